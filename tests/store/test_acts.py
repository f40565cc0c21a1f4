"""What can be done in one transaction on behalf of an asker: whole, or not at all."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from tests.corridors import Cancelled, Corridor, contribution, operator, plate
from tests.hubs import asker
from tests.store.test_row_level_security import database_day

from allpoints.access.authenticate import SignedRequest
from allpoints.audit.entries import Entry, Group
from allpoints.bureau import BureauKey
from allpoints.errors import Conflict
from allpoints.records import Bureau
from allpoints.store.acts import KeyNotActive, ReplayedRequest

NOW = int(time.time())
AT = datetime.now(UTC)


def request(corridor: Corridor, bureau: str, nonce: bytes, created: int = NOW) -> SignedRequest:
    return SignedRequest(
        base="base",
        signature=b"signature",
        key_id=corridor.keys[bureau].key_id,
        created=created,
        nonce_digest=nonce,
        idempotency_key=None,
        if_match=None,
    )


def group(*requests: SignedRequest, newcomer: bool = False) -> Group:
    made = Group()
    for one in requests:
        made.claim(one, newcomer=newcomer)
        made.add(Entry(act="check", at=AT, reader="ALB"))
    return made


def rows(corridor: Corridor, table: str) -> int:
    with corridor.connection() as connection:
        [(number,)] = connection.execute(f"SELECT count(*) FROM {table}".encode())
    return int(number)


# The log's one door ---------------------------------------------------------------------------------------


async def test_a_group_is_appended_with_its_reads_and_notifications(fresh: Corridor) -> None:
    made = group(request(fresh, "ALB", b"1" * 16))
    read = made.add_reads(Entry(act="read", at=AT, reader="ITA", records=(7, 8)), (7, 8), "ITA")
    made.tell(read, "ITA", b'{"kind": "hit"}')
    async with fresh.database.act() as act:
        number = await act.append(made)
    async with fresh.database.act(operator("ITA")) as act:
        assert await act.log_group(number) == (made.entries, None)
        assert await act.record_reads(8, after=(0, 0), limit=9) == [(number, 1)]
        assert await act.record_reads(8, after=(number, 1), limit=9) == []
        [told] = await act.notifications("ITA", after=0, limit=9, unacknowledged=True)
    assert (told.entry, msgspec.json.decode(told.body)) == (f"{number}.1", {"kind": "hit"})


async def test_a_replayed_request_keeps_nothing_of_its_group(fresh: Corridor) -> None:
    old, new = request(fresh, "ALB", b"1" * 16), request(fresh, "FRA", b"2" * 16)
    async with fresh.database.act() as act:
        await act.append(group(old))
    with pytest.raises(ReplayedRequest):
        async with fresh.database.act() as act:
            await act.append(group(new, old))
    async with fresh.database.act() as act:
        assert await act.seen([old, new]) == {b"1" * 16}
    assert (rows(fresh, "log_groups"), rows(fresh, "nonces")) == (1, 1)


async def test_a_nonce_of_another_second_is_another_request(fresh: Corridor) -> None:
    async with fresh.database.act() as act:
        await act.append(group(request(fresh, "ALB", b"1" * 16), request(fresh, "ALB", b"1" * 16, NOW + 1)))
    assert rows(fresh, "nonces") == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE keys SET status = 'revoked' WHERE bureau = 'FRA'",
        "UPDATE keys SET status = 'pending' WHERE bureau = 'FRA'",
        "UPDATE bureaus SET status = 'suspended' WHERE code = 'FRA'",
        "DELETE FROM keys WHERE bureau = 'FRA'",
    ],
    ids=["revoked", "pending", "suspended", "unknown"],
)
async def test_a_key_that_is_not_active_is_named_and_nothing_is_kept(fresh: Corridor, statement: str) -> None:
    with fresh.connection() as connection:
        connection.execute(statement.encode())
    both = group(request(fresh, "ALB", b"1" * 16), request(fresh, "FRA", b"2" * 16))
    with pytest.raises(KeyNotActive) as refusal:
        async with fresh.database.single_statement() as act:
            await act.append(both)
    assert refusal.value.field == fresh.keys["FRA"].key_id
    assert (rows(fresh, "log_groups"), rows(fresh, "nonces")) == (0, 0)


async def test_a_newcomer_needs_no_active_key(fresh: Corridor) -> None:
    fresh.keys["XPO"] = BureauKey.generate("XPO")
    async with fresh.database.act() as act:
        await act.append(group(request(fresh, "XPO", b"1" * 16), newcomer=True))
    assert rows(fresh, "log_groups") == 1


# Retried uploads ------------------------------------------------------------------------------------------


async def test_a_key_is_claimed_once_and_then_answers(fresh: Corridor) -> None:
    async with fresh.database.act(operator("ITA")) as act:
        assert await act.claim_idempotency_key("ITA", "k", b"digest") is None
        await act.keep_reply("ITA", "k", b"reply")
    async with fresh.database.act(operator("ITA")) as act:
        assert await act.claim_idempotency_key("ITA", "k", b"digest") == b"reply"
        with pytest.raises(Conflict):
            await act.claim_idempotency_key("ITA", "k", b"another")


async def test_a_key_that_was_rolled_back_is_free_again(fresh: Corridor) -> None:
    with suppress(Cancelled):
        async with fresh.database.act(operator("ITA")) as act:
            await act.claim_idempotency_key("ITA", "k", b"digest")
            raise Cancelled
    async with fresh.database.act(operator("ITA")) as act:
        assert await act.claim_idempotency_key("ITA", "k", b"another") is None


# Records --------------------------------------------------------------------------------------------------


async def test_candidates_are_in_force_and_as_the_asker_sees_them(corridor: Corridor) -> None:
    kept = await corridor.contribute(operator("ITA"), *[contribution(plate()) for _ in range(3)])
    good, withdrawn, outdated = (line.id for line in kept)
    today = database_day(corridor)
    with corridor.connection() as connection:
        connection.execute("UPDATE records SET state = 'withdrawn' WHERE id = %s", [withdrawn])
        connection.execute("UPDATE records SET valid_until = %s::date - 1 WHERE id = %s", [today, outdated])
    for who in (operator("ITA"), asker("ALB")):
        async with corridor.database.act(who) as act:
            assert list(await act.candidates([good, withdrawn, outdated, 4_000_000_000])) == [good]
    async with corridor.database.act(operator("ITA")) as act:
        assert await act.record(withdrawn)
        assert await act.record(outdated)
    async with corridor.database.act(asker("ALB")) as act:
        assert not await act.record(withdrawn)
        assert not await act.record(outdated)


async def test_own_records_come_page_by_page(fresh: Corridor) -> None:
    given = [contribution(plate()) for _ in range(5)]
    await fresh.contribute(operator("ITA"), *given)
    await fresh.contribute(operator("FRA"), contribution(plate()))
    seen = []
    after = 0
    async with fresh.database.act(operator("ITA")) as act:
        while page := await act.own_records("ITA", after=after, limit=2, reference=None):
            seen += [held.reference for held in page]
            after = page[-1].id
        [one] = await act.own_records("ITA", after=0, limit=9, reference=given[3].reference)
        today = datetime.now(UTC).date()
        assert await act.own_records("ITA", after=0, limit=9, review_by=today) == []
        due = await act.own_records("ITA", after=0, limit=9, review_by=today + timedelta(days=366))
    assert [held.reference for held in due] == seen
    assert sorted(seen) == sorted(record.reference for record in given)
    assert one.particulars == given[3].particulars


async def test_notifications_are_acknowledged_once_and_by_their_bureau(fresh: Corridor) -> None:
    made = group(request(fresh, "ALB", b"1" * 16))
    place = made.add_aside(Entry(act="read", at=AT, reader="ITA"))
    for _ in range(3):
        made.tell(place, "ITA", b"{}")
    async with fresh.database.act() as act:
        await act.append(made)
    async with fresh.database.act(operator("ITA")) as act:
        one, two, three = [
            n.id for n in await act.notifications("ITA", after=0, limit=9, unacknowledged=True)
        ]
    async with fresh.database.act(operator("FRA")) as act:
        assert await act.acknowledge("ITA", [one, two]) == []
    async with fresh.database.act(operator("ITA")) as act:
        assert sorted(await act.acknowledge("ITA", [one, two])) == [one, two]
        assert await act.acknowledge("ITA", [one, two]) == []
        left = await act.notifications("ITA", after=0, limit=9, unacknowledged=True)
        everything = await act.notifications("ITA", after=one, limit=9, unacknowledged=False)
    assert [n.id for n in left] == [three]
    assert [(n.id, n.acknowledged_at is None) for n in everything] == [(two, False), (three, True)]


# Members --------------------------------------------------------------------------------------------------


async def test_a_key_waits_is_approved_and_ends(fresh: Corridor) -> None:
    key = BureauKey.generate("XPO")
    bureau = Bureau(code="XPO", name="Interpol", contact="desk@example.org")
    async with fresh.database.act() as act:
        assert await act.add_key(key.key_id, bureau, key.public_key, status="pending")
        assert not await act.add_key(key.key_id, bureau, key.public_key, status="active")
        assert await act.active_key(key.key_id) is None
        assert [waiting.key_id for waiting in await act.pending_keys()] == [key.key_id]
        assert await act.approve_key(key.key_id) == "XPO"
        assert await act.approve_key(key.key_id) is None
        assert await act.active_key(key.key_id) == (key.public_key, "XPO")
        assert (bureau, "active") in await act.bureaus()
        assert await act.pending_keys() == []
        assert not await act.revoke_key(key.key_id, "FRA")
        assert await act.revoke_key(key.key_id, "XPO")
        assert not await act.revoke_key(key.key_id, "XPO")
        assert await act.active_key(key.key_id) is None
        assert [stored.status for stored in await act.bureau_keys("XPO")] == ["revoked"]
        stored = await act.key(key.key_id)
    assert stored
    assert (stored.public_key, stored.bureau_name, stored.contact) == (
        key.public_key,
        "Interpol",
        "desk@example.org",
    )


async def test_groups_that_hold_the_same_requests_in_another_order_do_not_lock_each_other_up(
    fresh: Corridor,
) -> None:
    with fresh.connection() as connection:
        connection.execute(
            "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$"
        )
        connection.execute(
            "CREATE TRIGGER slowly BEFORE INSERT ON nonces FOR EACH ROW EXECUTE FUNCTION slowly()"
        )
    requests = [request(fresh, "ALB", bytes([number]) * 16) for number in range(2)]

    async def append(made: Group) -> bool:
        try:
            async with fresh.database.single_statement() as act:
                await act.append(made)
        except ReplayedRequest:
            return False
        return True

    both = (group(*requests), group(*reversed(requests)))
    assert sorted(await asyncio.gather(*map(append, both))) == [False, True]
