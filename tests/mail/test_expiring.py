"""What nobody fetches in time expires, its sender is told, and nothing goes sooner."""

from datetime import UTC, datetime

from msgspec.structs import replace
from tests.corridors import Corridor
from tests.posting import CONTENT, Post

from allpoints.mail.expiring import expire
from allpoints.wire.messages import Envelope

NOW = datetime.now(UTC)


def aged(corridor: Corridor, table: str, column: str, where: str, value: str, days: int) -> None:
    """Make something older than it is."""
    statement = f"UPDATE {table} SET {column} = now() - %s * interval '1 day' WHERE {where} = %s"
    with corridor.connection() as connection:
        connection.execute(statement.encode(), [days, value])


def count(corridor: Corridor, table: str, where: str, value: str) -> int:
    """How many rows there are."""
    with corridor.connection() as connection:
        [(found,)] = connection.execute(f"SELECT count(*) FROM {table} WHERE {where} = %s".encode(), [value])
    return int(found)


def aged_copies(corridor: Corridor, envelope: Envelope, days: int) -> None:
    """Let a message have waited for so long."""
    aged(corridor, "message_copies", "since", "message_id", envelope.head.id, days)


async def test_what_waits_for_thirty_days_expires_and_its_sender_is_told(fresh: Corridor) -> None:
    post = Post(fresh)
    attachment = await post.upload("ALB", b"a file")
    old = await post.send("ALB", "FRA", "ITA", content=replace(CONTENT, attachments=(attachment,)))
    young = await post.send("ALB", "FRA")
    await post.collect("ITA", old)
    aged_copies(fresh, old, 31)
    aged_copies(fresh, young, 29)
    assert await expire(fresh.database, NOW) == 1
    assert await post.states(old) == {"FRA": "expired", "ITA": "collected"}
    assert await post.states(young) == {"FRA": "waiting"}
    assert await post.copy("FRA", old) is None
    assert count(fresh, "envelopes", "message_id", old.head.id) == 0
    assert count(fresh, "attachments", "id", attachment.id) == 0
    assert fresh.told("ALB") == [{"kind": "message-expired", "id": old.head.id, "recipients": ["FRA"]}]
    [entry] = [entry for entry in fresh.all_entries() if entry.act == "expire-message"]
    assert (entry.reader, entry.bureau, entry.subject) == ("ALB", "HUB", old.head.id)
    assert await expire(fresh.database, NOW) == 0


async def test_a_message_that_is_sent_again_after_it_expired_is_not_delivered(fresh: Corridor) -> None:
    post = Post(fresh)
    envelope = await post.send("ALB", "FRA")
    aged_copies(fresh, envelope, 31)
    await expire(fresh.database, NOW)
    await post.hand_over(envelope)
    assert await post.copy("FRA", envelope) is None


async def test_an_attachment_whose_message_never_came_is_dropped_after_two_days(fresh: Corridor) -> None:
    post = Post(fresh)
    ids = {}
    for days in (1, 3):
        ids[days] = (await post.upload("ALB", b"a file")).id
        aged(fresh, "attachments", "created_at", "id", ids[days], days)
    sent = await post.upload("ALB", b"a file")
    await post.send("ALB", "FRA", content=replace(CONTENT, attachments=(sent,)))
    aged(fresh, "attachments", "created_at", "id", sent.id, 3)
    await expire(fresh.database, NOW)
    assert [count(fresh, "attachments", "id", each) for each in (ids[1], ids[3], sent.id)] == [1, 0, 1]
    assert count(fresh, "attachment_parts", "attachment_id", ids[3]) == 0


async def test_what_is_left_of_a_message_is_forgotten_after_four_months(fresh: Corridor) -> None:
    post = Post(fresh)
    sent = {days: await post.send("ALB", "FRA") for days in (119, 121)}
    for days, envelope in sent.items():
        await post.collect("FRA", envelope)
        aged(fresh, "messages", "arrived_at", "id", envelope.head.id, days)
    await expire(fresh.database, NOW)
    assert [count(fresh, "messages", "id", e.head.id) for e in sent.values()] == [1, 0]
    assert [count(fresh, "message_copies", "message_id", e.head.id) for e in sent.values()] == [1, 0]
