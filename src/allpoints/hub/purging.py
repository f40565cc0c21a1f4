"""Retention: what is due is purged, its owners can read that it was, and nothing overdue is left."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from allpoints.audit.entries import Entry, entry_name
from allpoints.hits.advancing import settle
from allpoints.records import SECRETARIAT
from allpoints.store import confirmations, retention
from allpoints.store.database import Connection, Database
from allpoints.store.ledger import append_system

SLICE = 1_000
"""Records purged in one transaction, together with the entries that say so."""


class Purged(msgspec.Struct, frozen=True, kw_only=True):
    """What a purge did: how many records and candidate lists, under which log entries, and how many overdue records
    are left."""

    records: int
    examinations: int
    """Candidate lists that nobody decided in time: their probes are deleted."""
    entries: tuple[str, ...]
    overdue: int


async def count_due(database: Database, *, grace_days: int) -> int:
    """Count what is due once the grace of this many days is over. Sets the rule, purges nothing."""
    async with database.system() as connection:
        await retention.set_grace(connection, grace_days)
        return await retention.count_overdue(connection)


async def purge_due(database: Database, progress: Callable[[int], None]) -> Purged:
    """Purge what is due in slices, telling `progress` of each, and count what is overdue afterwards.

    Each slice and its entries share a transaction: an interruption loses neither.
    """
    entries: list[str] = []
    count = lapsed = 0
    while slice_ := await _purge_slice(database):
        records, named = slice_
        count += records
        entries += named
        progress(records)
    entries += await _settle_lists(database)
    while slice_ := await _lapse_slice(database):
        lists, named = slice_
        lapsed += lists
        entries += named
    async with database.system() as connection:
        await retention.forget_examinations(connection)
        await confirmations.forget(connection)
        overdue = await retention.count_overdue(connection)
    return Purged(records=count, examinations=lapsed, entries=tuple(entries), overdue=overdue)


async def _purge_slice(database: Database) -> tuple[int, list[str]] | None:
    async with database.system() as connection:
        purged = await retention.purge_overdue(connection, limit=SLICE)
        now = datetime.now(UTC)
        entries = [
            Entry(act="purge", at=now, reader=owner, bureau=SECRETARIAT, records=tuple(ids))
            for owner, ids in _by_bureau(purged)
        ]
        return await _logged(connection, len(purged), entries)


async def _settle_lists(database: Database) -> list[str]:
    """End the candidate lists on which nobody has to decide any more since records were withdrawn; return the entries.

    Each list has its own transaction, as it has in anybody's hands.
    """
    entries: list[str] = []
    last = 0
    while True:
        async with database.system() as connection:
            lists = await retention.examinations_under_way(connection, after=last, limit=SLICE)
        if not lists:
            return entries
        for number, bureau in lists:
            if entry := await settle(database, bureau, number, now=datetime.now(UTC)):
                entries.append(entry)
        last = lists[-1][0]


async def _lapse_slice(database: Database) -> tuple[int, list[str]] | None:
    async with database.system() as connection:
        lapsed = await retention.lapse_examinations(connection, limit=SLICE)
        now = datetime.now(UTC)
        entries = [
            Entry(
                act="lapse-examination",
                at=now,
                reader=bureau,
                bureau=SECRETARIAT,
                subject=" ".join(map(str, numbers)),
            )
            for bureau, numbers in _by_bureau(lapsed)
        ]
        return await _logged(connection, len(lapsed), entries)


async def _logged(connection: Connection, count: int, entries: list[Entry]) -> tuple[int, list[str]] | None:
    """How many things were done under which entries; None where nothing was."""
    if not count:
        return None
    group = await append_system(connection, entries)
    return count, [entry_name(group, position) for position in range(len(entries))]


def _by_bureau(done: list[tuple[int, str]]) -> list[tuple[str, list[int]]]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, bureau in done:
        numbers[bureau].append(number)
    return [(bureau, sorted(own)) for bureau, own in sorted(numbers.items())]
