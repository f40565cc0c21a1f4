"""What is due is purged with all that hangs on it; nothing else can be deleted at all."""

import re

import psycopg
import pytest
from psycopg import sql
from tests.corridors import Corridor, contribution, evidence, operator, plate
from tests.hubs import asker

from allpoints.hits.links import Linker
from allpoints.records import Particulars
from allpoints.store import feed, retention
from allpoints.store.ledger import BEFORE_EVERYTHING

DUE = {
    "valid_until = current_date - 31": True,
    "valid_until = current_date - 30": False,
    "valid_until = current_date - 1": False,
    "state = 'withdrawn', withdrawn_at = now() - interval '31 days'": True,
    "state = 'withdrawn', withdrawn_at = now() - interval '29 days'": False,
    "state = 'withdrawn', withdrawn_at = now()": False,
    "review_by = current_date - 400": False,
}


async def in_every_state(corridor: Corridor) -> dict[int, bool]:
    """Records, and whether each is due with a grace of thirty days."""
    kept = await corridor.contribute(operator("ITA"), *[contribution(plate()) for _ in DUE])
    due = {}
    with corridor.connection() as connection:
        for stored, (change, is_due) in zip(kept, DUE.items(), strict=True):
            connection.execute(f"UPDATE records SET {change} WHERE id = %s".encode(), [stored.id])
            assert stored.id
            due[stored.id] = is_due
    return due


async def purge(corridor: Corridor, *, limit: int = 100) -> list[tuple[int, str]]:
    async with corridor.database.system() as connection:
        return await retention.purge_overdue(connection, limit=limit)


async def overdue(corridor: Corridor) -> int:
    async with corridor.database.system() as connection:
        return await retention.count_overdue(connection)


def all_ids(corridor: Corridor) -> set[int]:
    with corridor.connection() as connection:
        return {number for (number,) in connection.execute("SELECT id FROM records")}


async def test_only_what_is_overdue_is_purged_and_nothing_overdue_is_left(fresh: Corridor) -> None:
    due = await in_every_state(fresh)
    assert await overdue(fresh) == sum(due.values())
    assert sorted(await purge(fresh)) == sorted((number, "ITA") for number, is_due in due.items() if is_due)
    assert all_ids(fresh) == {number for number, is_due in due.items() if not is_due}
    assert await overdue(fresh) == 0
    assert await purge(fresh) == []


async def test_even_a_mistaken_statement_deletes_only_what_is_overdue(fresh: Corridor) -> None:
    due = await in_every_state(fresh)
    with fresh.connection("allpoints_system") as connection:
        assert connection.execute("DELETE FROM records").rowcount == sum(due.values())
    assert all_ids(fresh) == {number for number, is_due in due.items() if not is_due}


async def test_the_grace_can_be_set(fresh: Corridor) -> None:
    await in_every_state(fresh)
    async with fresh.database.system() as connection:
        await retention.set_grace(connection, 0)
    # Everything whose validity is over or that was withdrawn at all; a review that is due purges nothing.
    assert await overdue(fresh) == len(DUE) - 1
    async with fresh.database.system() as connection:
        await retention.set_grace(connection, 3650)
    assert await overdue(fresh) == 0


async def test_a_purge_takes_a_slice_at_a_time(fresh: Corridor) -> None:
    due = await in_every_state(fresh)
    assert [len(await purge(fresh, limit=1)) for _ in range(sum(due.values()) + 1)] == [1, 1, 0]


async def test_a_purged_record_leaves_nothing_of_itself_in_any_table(fresh: Corridor) -> None:
    secret, number = "the blue suitcase", plate()
    told = Particulars(reason="stolen", description=secret, names=("Eriksson Anna",))
    first = contribution(number, particulars=told)
    [kept] = await fresh.contribute(operator("ITA"), first)
    await fresh.contribute(operator("FRA"), contribution(number))
    body = fresh.upload(operator("ITA"), first).body
    headers = {"idempotency_key": "correct", "if_match": '"1"'}
    message = fresh.message(operator("ITA"), body, method="PUT", path=f"/v1/records/{kept.id}", **headers)
    await fresh.pipeline.correct(message, kept.id)
    assert await Linker(fresh.database, await fresh.writer.feed()).run_once() == 1
    await fresh.catch_up()
    await fresh.check(asker("ALB"), evidence(number))
    with fresh.connection() as connection:
        connection.execute("DELETE FROM records WHERE owner = 'FRA'")
        connection.execute("UPDATE records SET valid_until = current_date - 31")
    hangs_on_it = {"records", "particulars", "versions"}
    assert tables_with(fresh, secret) == {"particulars", "versions"}
    assert tables_with(fresh, number[1]) == {"records", "versions"}
    assert await purge(fresh) == [(kept.id, "ITA")]
    assert tables_with(fresh, secret) == tables_with(fresh, number[1]) == set()
    for table in hangs_on_it | {"links"}:
        with fresh.connection() as connection:
            assert connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,), table


def tables_with(corridor: Corridor, text: str) -> set[str]:
    """In which tables a text stands."""
    with corridor.connection() as connection:
        tables = [
            t for (t,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'allpoints'")
        ]
        found = set()
        for table in tables:
            rows = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
            # Bytes are shown in hexadecimal.
            shown = [
                row + bytes.fromhex("".join(re.findall(r"\\x([0-9a-f]*)", row))).decode("latin-1")
                for (row,) in rows
            ]
            found |= {table} if any(text in row for row in shown) else set()
        return found


async def test_indexes_are_told_of_a_purge(fresh: Corridor) -> None:
    [kept] = await fresh.contribute(operator("ITA"), contribution(plate()))
    async with fresh.database.system() as connection:
        snapshot, _ = await feed.changes_since(connection, BEFORE_EVERYTHING)
    with fresh.connection() as connection:
        connection.execute("UPDATE records SET valid_until = current_date - 31")
    await purge(fresh)
    async with fresh.database.system() as connection:
        _, changes = await feed.changes_since(connection, snapshot)
    assert changes == [feed.Change(kept.id, wipe=True)]


async def test_signatures_and_replies_are_forgotten_when_they_are_old(fresh: Corridor) -> None:
    for owner in ("ITA", "FRA"):
        await fresh.contribute(operator(owner), contribution(plate()))
    with fresh.connection() as connection:
        [(created,)] = connection.execute("SELECT max(created) FROM nonces")
        connection.execute(
            "UPDATE idempotency SET created_at = now() - interval '8 days' WHERE bureau = 'ITA'"
        )
        connection.execute("INSERT INTO nonces VALUES (%s, 'old')", [created - 500])
    async with fresh.database.system() as connection:
        await retention.forget_signatures(connection, created_before=created - 240)
    with fresh.connection() as connection:
        assert connection.execute("SELECT count(*) FROM nonces").fetchone() == (2,)
        assert connection.execute("SELECT bureau FROM idempotency").fetchall() == [("FRA",)]


async def test_no_grace_can_make_a_valid_record_overdue(fresh: Corridor) -> None:
    async with fresh.database.system() as connection:
        with pytest.raises(psycopg.errors.CheckViolation):
            await retention.set_grace(connection, -1)
    [kept] = await fresh.contribute(operator("ITA"), contribution(plate()))
    with fresh.connection() as connection:
        connection.execute("UPDATE records SET valid_until = current_date WHERE id = %s", [kept.id])
    async with fresh.database.system() as connection:
        await retention.set_grace(connection, 0)
    assert await overdue(fresh) == 0
