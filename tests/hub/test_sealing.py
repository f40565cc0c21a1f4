"""Every group enters the tree once, in whatever order they commit; the whole log then proves itself."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from tests.corridors import Corridor, evidence, plate
from tests.hubs import asker

from allpoints.audit.checkpoint import Checkpoint
from allpoints.audit.merkle import EMPTY_ROOT
from allpoints.audit.verify import LogVerdict, verify_log
from allpoints.errors import TamperingFound
from allpoints.hub import sealing
from allpoints.store import ledger
from allpoints.store.ledger import stored_checkpoints, stored_entries


async def appended(connection: psycopg.AsyncConnection, *entries: bytes) -> int:
    cursor = await connection.execute(
        "INSERT INTO log_groups (entries) VALUES (%s) RETURNING id", [list(entries)]
    )
    [(number,)] = await cursor.fetchall()
    return int(number)


async def append(corridor: Corridor, *entries: bytes) -> int:
    async with await psycopg.AsyncConnection.connect(corridor.conninfos["allpoints_hub"]) as connection:
        return await appended(connection, *entries)


def verified(corridor: Corridor) -> LogVerdict:
    with corridor.connection() as connection:
        notes = [Checkpoint.parse(note) for note in stored_checkpoints(connection)]
        return verify_log(stored_entries(connection), notes, corridor.identity.verifier_key)


def entries_of(corridor: Corridor) -> list[bytes]:
    with corridor.connection() as connection:
        return [bytes(entry) for entry in stored_entries(connection)]


async def test_an_empty_log_has_a_signed_head(fresh: Corridor) -> None:
    assert await fresh.sealer.seal() == 0
    with fresh.connection() as connection:
        [note] = stored_checkpoints(connection)
    head = Checkpoint.parse(note)
    assert (head.size, head.root) == (0, EMPTY_ROOT)
    assert verified(fresh).checkpoints == 1


async def test_where_nothing_is_new_nothing_is_signed(fresh: Corridor) -> None:
    await append(fresh, b"a")
    assert [await fresh.sealer.seal() for _ in range(3)] == [1, 1, 1]
    assert verified(fresh).checkpoints == 1


async def test_groups_that_commit_out_of_order_are_all_sealed_once(fresh: Corridor) -> None:
    connect = psycopg.AsyncConnection.connect
    async with await connect(fresh.conninfos["allpoints_hub"]) as early:
        first = await appended(early, b"first", b"of two")
        second = await append(fresh, b"second")
        assert first < second
        assert await fresh.sealer.seal() == 1
        await early.commit()
    assert await fresh.sealer.seal() == 3
    assert entries_of(fresh) == [b"second", b"first", b"of two"]
    assert verified(fresh).sealed == 3


async def test_under_concurrent_commits_and_rollbacks_every_committed_group_is_sealed_once(
    fresh: Corridor,
) -> None:
    chance = random.Random(3)
    committed: list[bytes] = []
    writing = True

    async def write(number: int) -> None:
        connect = psycopg.AsyncConnection.connect
        async with await connect(fresh.conninfos["allpoints_hub"]) as connection:
            for turn in range(15):
                entries = [f"{number}.{turn}.{place}".encode() for place in range(chance.randint(1, 4))]
                await appended(connection, *entries)
                await asyncio.sleep(chance.random() * 0.01)
                if chance.random() < 0.2:
                    await connection.rollback()
                else:
                    await connection.commit()
                    committed.extend(entries)

    async def seal() -> None:
        other = fresh.new_sealer()
        while writing:
            await asyncio.gather(fresh.sealer.seal(), other.seal())

    sealing_ = asyncio.create_task(seal())
    await asyncio.gather(*(write(number) for number in range(5)))
    writing = False
    await sealing_
    assert await fresh.sealer.seal() == len(committed)
    assert sorted(entries_of(fresh)) == sorted(committed)
    verdict = verified(fresh)
    assert (verdict.sealed, verdict.unsealed) == (len(committed), 0)
    assert verdict.checkpoints > 1


async def test_a_sealer_that_starts_anew_goes_on_where_the_last_one_ended(fresh: Corridor) -> None:
    # More than a tile of 256 leaves, so that the frontier stands on several levels.
    for size in (1, 255, 1, 300, 2):
        await append(fresh, *[f"{size}.{place}".encode() for place in range(size)])
        await fresh.new_sealer().seal()
    verdict = verified(fresh)
    assert (verdict.checkpoints, verdict.sealed) == (5, 559)


async def test_a_sealer_that_fails_seals_the_same_groups_the_next_time(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await append(fresh, b"a")
    await fresh.sealer.seal()
    await append(fresh, b"b", b"c")
    real = ledger.seal

    async def crash(*arguments: object, **named: object) -> None:
        await real(*arguments, **named)  # type: ignore[arg-type]
        raise RuntimeError("crash")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "seal", crash)
        with pytest.raises(RuntimeError, match="crash"):
            await fresh.sealer.seal()
    assert verified(fresh).sealed == 1
    assert await fresh.sealer.seal() == 3
    assert verified(fresh).sealed == 3


async def test_after_a_long_pause_the_log_is_sealed_in_parts(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "MAX_GROUPS", 4)
    for number in range(10):
        await append(fresh, str(number).encode())
    assert [await fresh.sealer.seal() for _ in range(4)] == [4, 8, 10, 10]
    assert verified(fresh).sealed == 10


async def test_of_two_sealers_one_waits_for_nobody(fresh: Corridor) -> None:
    await append(fresh, b"a")
    async with fresh.database.system() as connection:
        assert await sealing.only_one(connection, sealing.SEAL_LOCK)
        assert await fresh.sealer.seal() == 0
    assert await fresh.sealer.seal() == 1


async def test_a_clock_set_back_does_not_set_the_log_back(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await append(fresh, b"a")
    await fresh.sealer.seal()

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now(UTC) - timedelta(hours=1)

    monkeypatch.setattr(sealing, "datetime", Earlier)
    await append(fresh, b"b")
    await fresh.sealer.seal()
    assert verified(fresh).checkpoints == 2


@pytest.mark.parametrize("byte", [0, -1])
async def test_a_flipped_byte_in_the_log_is_found(fresh: Corridor, byte: int) -> None:
    for _ in range(3):
        await fresh.check(asker("ALB"), evidence(plate()))
        await fresh.sealer.seal()
    verified(fresh)
    with fresh.connection() as connection:
        [(entries,)] = connection.execute("SELECT entries FROM log_groups WHERE id = 2")
        forged = bytearray(entries[0])
        forged[byte] ^= 1
        connection.execute("UPDATE log_groups SET entries = %s WHERE id = 2", [[bytes(forged)]])
    with pytest.raises(TamperingFound, match="those from 1 on"):
        verified(fresh)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM log_seals WHERE group_id = 2", "DELETE FROM log_groups WHERE id = 3"]
)
async def test_a_missing_group_is_found(fresh: Corridor, statement: str) -> None:
    for _ in range(3):
        await fresh.check(asker("ALB"), evidence(plate()))
    await fresh.sealer.seal()
    with fresh.connection() as connection:
        connection.execute(statement.encode())
    with pytest.raises(TamperingFound):
        verified(fresh)
