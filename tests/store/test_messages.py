"""Messages, attachments and public keys in the database: whose they are, and what nobody can do to them, whatever the
hub's code does."""

import asyncio

import psycopg
import pytest
from msgspec.structs import replace
from tests.corridors import Corridor, operator
from tests.posting import CONTENT, Post, sealed_file
from tests.store.test_row_level_security import as_asker, bind_the_owner, refuse

from allpoints.bureau.sealed import Attachment
from allpoints.wire.messages import Envelope

TABLES = {
    "messages": "id",
    "envelopes": "message_id",
    "message_copies": "message_id",
    "attachments": "message_id",
}


async def sent(post: Post) -> tuple[Envelope, Attachment]:
    """A message with an attachment from ALB to FRA and ITA."""
    attachment = await post.upload("ALB", b"a file")
    return await post.send(
        "ALB", "FRA", "ITA", content=replace(CONTENT, attachments=(attachment,))
    ), attachment


def seen(corridor: Corridor, bureau: str, envelope: Envelope, attachment: Attachment) -> tuple[int, ...]:
    """How many rows of a message somebody of the bureau sees in each table, and how many parts."""

    def count(connection: psycopg.Connection, table: str, column: str, value: str) -> int:
        [(found,)] = connection.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s".encode(), [value])
        return int(found)

    with corridor.connection("allpoints_hub") as connection, connection.transaction():
        if bureau:
            as_asker(connection, operator(bureau))
        return (
            *(count(connection, table, column, envelope.head.id) for table, column in TABLES.items()),
            count(connection, "attachment_parts", "attachment_id", attachment.id),
        )


async def test_only_the_two_sides_see_a_message_and_a_recipient_its_own_copy(
    post: Post, corridor: Corridor
) -> None:
    envelope, attachment = await sent(post)
    expected = {
        "ALB": (1, 1, 2, 1, 1),
        "FRA": (1, 1, 1, 1, 1),
        "ITA": (1, 1, 1, 1, 1),
        "UTO": (0,) * 5,
        "": (0,) * 5,
    }
    assert {bureau: seen(corridor, bureau, envelope, attachment) for bureau in expected} == expected
    await post.collect("FRA", envelope)
    assert seen(corridor, "FRA", envelope, attachment) == (0, 0, 1, 0, 0)
    assert seen(corridor, "ITA", envelope, attachment) == expected["ITA"]
    await post.recall("ALB", envelope)
    assert seen(corridor, "ITA", envelope, attachment) == (0, 0, 1, 0, 0)
    assert seen(corridor, "ALB", envelope, attachment) == (1, 0, 2, 0, 0)


async def test_neither_side_does_what_is_the_others(post: Post, corridor: Corridor) -> None:
    envelope, attachment = await sent(post)
    number, id_ = envelope.head.id, attachment.id
    end = "UPDATE message_copies SET state = {}, sealed = NULL WHERE message_id = %s"
    for state, bureau in (("'recalled'", "FRA"), ("'collected'", "ALB"), ("'expired'", "FRA")):
        refuse(corridor, "allpoints_hub", end.format(state), number, who=operator(bureau))
    for statement in (
        "UPDATE message_copies SET recipient = 'UTO' WHERE message_id = %s",
        "UPDATE envelopes SET body = '' WHERE message_id = %s",
        "DELETE FROM envelopes WHERE message_id = %s",
        "DELETE FROM messages WHERE id = %s",
        "DELETE FROM message_copies WHERE message_id = %s",
    ):
        for bureau in ("ALB", "FRA"):
            refuse(corridor, "allpoints_hub", statement, number, who=operator(bureau))
    refuse(
        corridor,
        "allpoints_hub",
        "DELETE FROM attachment_parts WHERE attachment_id = %s",
        id_,
        who=operator("ALB"),
    )
    with corridor.connection("allpoints_hub") as connection, connection.transaction():
        as_asker(connection, operator("ALB"))
        assert connection.execute("DELETE FROM attachments WHERE id = %s", [id_]).rowcount == 0
        as_asker(connection, operator("UTO"))
        assert connection.execute(end.format("'collected'").encode(), [number]).rowcount == 0


async def test_nobody_sends_in_anothers_name(post: Post, corridor: Corridor) -> None:
    envelope, attachment = await sent(post)
    digest, new = bytes(32), "message-0000000000000001"
    for statement, *values in (
        ("INSERT INTO messages (id, sender, digest) VALUES (%s, 'ALB', %s)", new, digest),
        (
            "INSERT INTO message_copies (message_id, sender, recipient, sealing_key, sealed)"
            " VALUES (%s, 'ALB', 'UTO', 'k', '')",
            envelope.head.id,
        ),
        (
            "INSERT INTO message_copies (message_id, sender, recipient, sealing_key, sealed)"
            " VALUES (%s, 'ITA', 'UTO', 'k', '')",
            envelope.head.id,
        ),
        ("INSERT INTO attachments (id, sender) VALUES (%s, 'ALB')", new),
        (
            "INSERT INTO attachment_parts (attachment_id, number, digest, body) VALUES (%s, 7, '', '')",
            attachment.id,
        ),
        (
            "INSERT INTO sealing_keys SELECT %s, 'ALB', public_key, created_at, signing_key, signature"
            " FROM sealing_keys LIMIT 1",
            new,
        ),
    ):
        refuse(corridor, "allpoints_hub", statement, *values, who=operator("ITA"))


async def test_a_sender_puts_nothing_into_a_message_that_is_sent(post: Post, corridor: Corridor) -> None:
    _, attachment = await sent(post)
    statement = "INSERT INTO attachment_parts (attachment_id, number, digest, body) VALUES (%s, 7, '', '')"
    refuse(corridor, "allpoints_hub", statement, attachment.id, who=operator("ALB"))


async def test_what_has_ended_can_be_opened_no_more(post: Post, corridor: Corridor) -> None:
    envelope, _ = await sent(post)
    with corridor.connection("allpoints_hub") as connection, connection.transaction(force_rollback=True):
        as_asker(connection, operator("FRA"))
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(
                "UPDATE message_copies SET state = 'collected' WHERE message_id = %s", [envelope.head.id]
            )


async def test_the_housekeeper_reads_nothing_that_is_sealed_and_ends_nothing_before_its_time(
    post: Post, corridor: Corridor
) -> None:
    envelope, attachment = await sent(post)
    unsent = await post.upload("ALB", b"a file")
    for statement, value in (
        ("SELECT body FROM envelopes WHERE message_id = %s", envelope.head.id),
        ("SELECT head FROM envelopes WHERE message_id = %s", envelope.head.id),
        ("SELECT sealed FROM message_copies WHERE message_id = %s", envelope.head.id),
        ("SELECT body FROM attachment_parts WHERE attachment_id = %s", attachment.id),
        ("DELETE FROM message_copies WHERE message_id = %s", envelope.head.id),
    ):
        refuse(corridor, "allpoints_system", statement, value)
    with corridor.connection("allpoints_system") as connection:
        expire = "UPDATE message_copies SET state = 'expired', sealed = NULL WHERE message_id = %s"
        for statement, value in (
            (expire, envelope.head.id),
            ("DELETE FROM messages WHERE id = %s", envelope.head.id),
            ("DELETE FROM attachments WHERE id = %s", attachment.id),
            ("DELETE FROM attachments WHERE id = %s", unsent.id),
        ):
            assert connection.execute(statement.encode(), [value]).rowcount == 0, statement


async def test_a_retired_sealing_key_is_changed_by_nobody(post: Post, corridor: Corridor) -> None:
    key = (await post.bureau("ALB")).sealing.key_id
    with corridor.connection() as connection, connection.transaction(force_rollback=True):
        connection.execute("UPDATE sealing_keys SET retired_at = now() WHERE key_id = %s", [key])
        connection.execute("SET LOCAL ROLE allpoints_hub")
        as_asker(connection, operator("ALB"))
        back = "UPDATE sealing_keys SET retired_at = NULL WHERE key_id = %s"
        assert connection.execute(back.encode(), [key]).rowcount == 0


async def test_two_who_collect_at_once_leave_nothing_behind(post: Post, corridor: Corridor) -> None:
    several = [await post.send("ALB", "FRA", "ITA", "UTO") for _ in range(20)]
    backwards = several[::-1]
    await asyncio.gather(
        post.collect("FRA", *several), post.collect("ITA", *backwards), post.collect("UTO", *several)
    )
    with corridor.connection() as connection:
        left = connection.execute(
            "SELECT 1 FROM envelopes WHERE message_id = ANY (%s)", [[each.head.id for each in several]]
        ).fetchall()
    assert left == []


async def test_what_has_ended_goes_also_where_the_schemas_owner_is_bound_by_the_rules(
    fresh: Corridor,
) -> None:
    """A superuser passes row-level security anyway; an owner who is none depends on the policies."""
    post = Post(fresh)
    envelope, _ = await sent(post)
    with fresh.connection() as connection:
        bind_the_owner(connection)
        for bureau in ("FRA", "ITA"):
            await post.collect(bureau, envelope)
        for table in ("envelopes", "attachments", "attachment_parts"):
            [(left,)] = connection.execute(f"SELECT count(*) FROM {table}".encode())
            assert left == 0, table


async def test_two_who_send_one_message_at_once_send_it_once(post: Post) -> None:
    attachment, parts = sealed_file(b"a file")
    await asyncio.gather(*(post.put("ALB", attachment.id, 0, parts[0]) for _ in range(4)))
    envelope = await post.envelope("ALB", "FRA", content=replace(CONTENT, attachments=(attachment,)))
    done = await asyncio.gather(*(post.hand_over(envelope) for _ in range(4)))
    assert len({each.result for each in done}) == 1
    assert await post.states(envelope) == {"FRA": "waiting"}
    told = [body for body in post.corridor.told("FRA") if body.get("id") == envelope.head.id]
    assert len(told) == 1
