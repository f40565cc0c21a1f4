"""The change feed loses nothing, in whatever order transactions begin and end."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest
from msgspec.structs import replace
from tests.corridors import Cancelled, Corridor, contribution, operator, person, plate

from allpoints.modalities import NAMES
from allpoints.store import feed
from allpoints.store.ledger import BEFORE_EVERYTHING

WRITERS = 6
ROUNDS = 25


class Reader:
    """Reads the feed as every consumer does; beside it, reads a table by its sequence as one might."""

    def __init__(self, corridor: Corridor) -> None:
        self._corridor = corridor
        self._snapshot = BEFORE_EVERYTHING
        self._last_number = 0
        self.seen: set[int] = set()
        self.seen_by_number: set[int] = set()

    async def poll(self) -> set[int]:
        """What is new."""
        async with self._corridor.database.system() as connection:
            self._snapshot, changes = await feed.changes_since(connection, self._snapshot)
        new = {change.record_id for change in changes}
        self.seen |= new
        return new

    async def poll_by_number(self) -> None:
        """What is new to who remembers the highest number."""
        with self._corridor.connection() as connection:
            rows = connection.execute(
                "SELECT number, record_id FROM numbered WHERE number > %s ORDER BY number",
                [self._last_number],
            ).fetchall()
        self.seen_by_number |= {record_id for _, record_id in rows}
        self._last_number = max([self._last_number, *(number for number, _ in rows)])


@pytest.fixture
async def reader(fresh: Corridor) -> Reader:
    with fresh.connection() as connection:
        connection.execute("CREATE TABLE numbered (number bigserial PRIMARY KEY, record_id bigint NOT NULL)")
        connection.execute("GRANT INSERT ON numbered TO allpoints_hub")
        connection.execute("GRANT USAGE ON SEQUENCE numbered_number_seq TO allpoints_hub")
    return Reader(fresh)


@asynccontextmanager
async def writer(corridor: Corridor) -> AsyncIterator[psycopg.AsyncConnection]:
    connection = await psycopg.AsyncConnection.connect(corridor.conninfos["allpoints_hub"])
    async with connection:
        yield connection


async def announce(connection: psycopg.AsyncConnection, record_id: int) -> None:
    await connection.execute("INSERT INTO numbered (record_id) VALUES (%s)", [record_id])
    await connection.execute("INSERT INTO changes (record_id) VALUES (%s)", [record_id])


async def test_a_change_that_commits_after_a_later_one_is_not_lost(fresh: Corridor, reader: Reader) -> None:
    async with writer(fresh) as early, writer(fresh) as late:
        await announce(early, 1)
        await announce(late, 2)
        await late.commit()
        await reader.poll_by_number()
        assert await reader.poll() == {2}
        await early.commit()
        await reader.poll_by_number()
        assert await reader.poll() == {1}
    assert reader.seen_by_number == {2}, "whoever remembers the highest number has lost the first"


async def test_under_concurrent_commits_and_rollbacks_every_committed_change_is_seen_once(
    fresh: Corridor, reader: Reader
) -> None:
    chance = random.Random(7)
    committed: set[int] = set()
    seen: list[int] = []
    writing = True

    async def write(number: int) -> None:
        async with writer(fresh) as connection:
            for turn in range(ROUNDS):
                record_id = number * ROUNDS + turn + 1
                await announce(connection, record_id)
                await asyncio.sleep(chance.random() * 0.01)
                if chance.random() < 0.2:
                    await connection.rollback()
                else:
                    await connection.commit()
                    committed.add(record_id)

    async def read() -> None:
        while writing:
            seen.extend(await reader.poll())
            await reader.poll_by_number()

    reading = asyncio.create_task(read())
    await asyncio.gather(*(write(number) for number in range(WRITERS)))
    writing = False
    await reading
    seen.extend(await reader.poll())
    await reader.poll_by_number()
    assert sorted(seen) == sorted(committed)
    assert reader.seen_by_number < committed, (
        "the same turns lose changes for who remembers the highest number"
    )


async def test_a_stalled_transaction_holds_up_nobody_and_is_seen_when_it_ends(
    fresh: Corridor, reader: Reader
) -> None:
    async with writer(fresh) as stalled, writer(fresh) as busy:
        await announce(stalled, 1)
        for record_id in range(2, 7):
            await announce(busy, record_id)
            await busy.commit()
            assert await reader.poll() == {record_id}
        async with fresh.database.system() as connection:
            read_up_to = await feed.current_snapshot(connection)
        await stalled.commit()
        async with fresh.database.system() as connection:
            await feed.trim(connection, read_up_to)
        assert await reader.poll() == {1}
        assert await reader.poll() == set()


async def test_trimming_forgets_what_the_snapshot_has_seen(fresh: Corridor, reader: Reader) -> None:
    async with writer(fresh) as connection:
        await announce(connection, 1)
        await connection.commit()
    await reader.poll()
    async with fresh.database.system() as system:
        await feed.trim(system, await feed.current_snapshot(system))
        _, changes = await feed.changes_since(system, BEFORE_EVERYTHING)
    assert changes == []


async def test_a_change_brings_what_the_record_holds_now(fresh: Corridor) -> None:
    number = plate()
    [kept] = await fresh.contribute(operator("ITA"), contribution(number))
    assert kept.id
    async with fresh.database.system() as connection:
        snapshot, [change] = await feed.changes_since(connection, BEFORE_EVERYTHING)
    assert (change.record_id, [i.value for i in change.identifiers]) == (kept.id, [number[1]])
    assert len(change.keys) == 1
    message = fresh.message(operator("ITA"), method="DELETE", path=f"/v1/records/{kept.id}")
    await fresh.pipeline.withdraw(message, kept.id)
    async with fresh.database.system() as connection:
        _, [change] = await feed.changes_since(connection, snapshot)
    assert change == feed.Change(kept.id)


async def test_a_change_brings_the_templates_and_the_version(fresh: Corridor) -> None:
    [kept] = await fresh.contribute(operator("ITA"), one := person("Anna Karenina", birth="1850"))
    async with fresh.database.system() as connection:
        snapshot, [change] = await feed.changes_since(connection, BEFORE_EVERYTHING)
    [body] = change.templates["names"]
    assert (change.version, NAMES.load(body).person.birth) == (1, "1850")
    again = replace(person("Anna Karenina", birth="1851"), reference=one.reference)
    message = fresh.message(
        operator("ITA"), fresh.upload(operator("ITA"), again).body, method="PUT",
        path=f"/v1/records/{kept.id}", idempotency_key="c", if_match='"1"',
    )  # fmt: skip
    assert kept.id
    await fresh.pipeline.correct(message, kept.id)
    async with fresh.database.system() as connection:
        _, [change] = await feed.changes_since(connection, snapshot)
    [body] = change.templates["names"]
    assert (change.version, NAMES.load(body).person.birth) == (2, "1851")


async def test_all_templates_in_force_are_read_as_of_one_snapshot(fresh: Corridor) -> None:
    first, gone, _ = await fresh.contribute(
        operator("ITA"), person("Anna Karenina"), person("Konstantin Levin"), contribution(plate())
    )
    assert gone.id
    message = fresh.message(operator("ITA"), method="DELETE", path=f"/v1/records/{gone.id}")
    await fresh.pipeline.withdraw(message, gone.id)
    with feed.all_templates(fresh.conninfos["allpoints_system"], "names") as (snapshot, records):
        [late] = await fresh.contribute(operator("ITA"), person("Darja Oblonskaja"))
        [(record_id, [body])] = list(records)
    assert (record_id, NAMES.load(body).person.names) == (first.id, ("Anna Karenina",))
    async with fresh.database.system() as connection:
        _, changes = await feed.changes_since(connection, snapshot)
    assert [change.record_id for change in changes] == [late.id]
    with feed.all_templates(fresh.conninfos["allpoints_system"], "faces") as (_, records):
        assert list(records) == []


async def test_a_consumers_place_moves_with_its_transaction(fresh: Corridor) -> None:
    async with fresh.database.system() as connection:
        assert await feed.position(connection, "test") is None
        await feed.move(connection, "test", "5:5:")
    with suppress(Cancelled):
        async with fresh.database.system() as connection:
            await feed.move(connection, "test", "9:9:")
            raise Cancelled
    async with fresh.database.system() as connection:
        assert await feed.position(connection, "test") == "5:5:"


async def test_holdings_and_feed_together_miss_nothing(fresh: Corridor) -> None:
    """What a transaction that is open while the holdings are read brings later, the feed brings."""
    [before] = await fresh.contribute(operator("ITA"), contribution(plate(), ("phone", "+390612345678")))
    assert before.id
    parts = feed.holdings(fresh.conninfos["allpoints_system"], {"plate": 1})
    snapshot = str(next(parts))
    [during] = await fresh.contribute(operator("ITA"), contribution(plate()))
    held = [part for part in parts if isinstance(part, feed.Holdings)]
    assert {int(number) for part in held for number in part.ids} == {before.id}
    assert sum(len(part.keys) for part in held) == 2
    async with fresh.database.system() as connection:
        _, changes = await feed.changes_since(connection, snapshot)
    assert [change.record_id for change in changes] == [during.id]
