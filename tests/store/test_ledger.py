"""The log's tables, as the sealer and whoever verifies read and write them."""

from datetime import UTC, datetime

import msgspec
from tests.corridors import Corridor

from allpoints.audit.entries import Entry
from allpoints.store import ledger
from allpoints.store.ledger import Head, stored_checkpoints, stored_entries

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def entry(subject: str) -> Entry:
    return Entry(act="purge", at=NOW, subject=subject)


async def grow(corridor: Corridor, *subjects: str) -> int:
    async with corridor.database.system() as connection:
        return await ledger.append_system(connection, map(entry, subjects))


async def test_an_empty_log_has_no_head(fresh: Corridor) -> None:
    async with fresh.database.system() as connection:
        assert await ledger.head(connection) == Head(0, "", ledger.BEFORE_EVERYTHING)


async def test_what_was_sealed_is_the_head_and_is_no_longer_unsealed(fresh: Corridor) -> None:
    first, second = await grow(fresh, "a"), await grow(fresh, "b", "c")
    async with fresh.database.system() as connection:
        snapshot, groups = await ledger.unsealed(connection, ledger.BEFORE_EVERYTHING)
        assert [(number, len(entries)) for number, entries in groups] == [(first, 1), (second, 2)]
        checkpoint = Head(3, "note of 3", snapshot)
        await ledger.seal(
            connection, places={first: 0, second: 1}, changed={(0, 0): b"x" * 96}, checkpoint=checkpoint
        )
    async with fresh.database.system() as connection:
        assert await ledger.head(connection) == checkpoint
        for since in (snapshot, ledger.BEFORE_EVERYTHING):
            assert (await ledger.unsealed(connection, since))[1] == []
        assert await ledger.tiles(connection, [(0, 0), (1, 0)]) == {(0, 0): b"x" * 96}


async def test_a_tile_that_grows_is_replaced(fresh: Corridor) -> None:
    for size in (1, 2):
        number = await grow(fresh, "a")
        async with fresh.database.system() as connection:
            snapshot, _ = await ledger.unsealed(connection, ledger.BEFORE_EVERYTHING)
            await ledger.seal(
                connection,
                places={number: size - 1},
                changed={(0, 0): bytes(32 * size)},
                checkpoint=Head(size, "note", snapshot),
            )
    async with fresh.database.system() as connection:
        assert await ledger.tiles(connection, [(0, 0)]) == {(0, 0): bytes(64)}


async def test_entries_come_in_the_order_of_the_tree_page_by_page(fresh: Corridor) -> None:
    numbers = [await grow(fresh, *subjects) for subjects in ("a", "bc", "d", "efg")]
    places = dict(zip(reversed(numbers), (0, 3, 4, 6), strict=True))
    async with fresh.database.system() as connection:
        await ledger.seal(connection, places=places, changed={}, checkpoint=Head(7, "note", "9:9:"))
    with fresh.connection() as connection:
        for page in (1, 2, 500):
            subjects = [
                msgspec.json.decode(e, type=Entry).subject for e in stored_entries(connection, page=page)
            ]
            assert "".join(subjects) == "efgdbca"
        assert list(stored_checkpoints(connection)) == ["note"]


async def test_receipts_find_the_first_checkpoint_that_covers_them(fresh: Corridor) -> None:
    for size in (2, 5):
        async with fresh.database.system() as connection:
            await ledger.seal(
                connection, places={}, changed={}, checkpoint=Head(size, f"note of {size}", "9:9:")
            )
    async with fresh.database.act() as act:
        covering = [await act.checkpoint_covering(index) for index in (0, 1, 2, 4, 5)]
        assert await act.latest_checkpoint() == (5, "note of 5")
    assert [found and found[0] for found in covering] == [2, 2, 5, 5, None]
