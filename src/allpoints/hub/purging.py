"""Retention: what is due is purged, its owners can read that it was, and nothing overdue is left."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from allpoints.audit.entries import Entry, entry_name
from allpoints.records import SECRETARIAT
from allpoints.store import retention
from allpoints.store.database import Database
from allpoints.store.ledger import append_system

SLICE = 1_000
"""Records purged in one transaction, together with the entries that say so."""


class Purged(msgspec.Struct, frozen=True, kw_only=True):
    """What a purge did: how many records, under which log entries, and how many overdue ones are left."""

    records: int
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
    count = 0
    while slice_ := await _purge_slice(database):
        records, named = slice_
        count += records
        entries += named
        progress(records)
    async with database.system() as connection:
        overdue = await retention.count_overdue(connection)
    return Purged(records=count, entries=tuple(entries), overdue=overdue)


async def _purge_slice(database: Database) -> tuple[int, list[str]] | None:
    async with database.system() as connection:
        purged = await retention.purge_overdue(connection, limit=SLICE)
        if not purged:
            return None
        by_owner: dict[str, list[int]] = defaultdict(list)
        for record_id, owner in purged:
            by_owner[owner].append(record_id)
        now = datetime.now(UTC)
        group = await append_system(
            connection,
            [
                Entry(act="purge", at=now, reader=owner, bureau=SECRETARIAT, records=tuple(sorted(ids)))
                for owner, ids in sorted(by_owner.items())
            ],
        )
    return len(purged), [entry_name(group, position) for position in range(len(by_owner))]
