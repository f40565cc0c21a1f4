"""The index's one writer on this machine: builds it from the database, keeps it fed, writes its segments."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import structlog

from allpoints.errors import Unavailable
from allpoints.modalities.identifiers import Batch, IdentifierIndex
from allpoints.records import SCHEMES
from allpoints.steps.search import apply_changes
from allpoints.store import feed
from allpoints.store.database import Database

FLUSH_RECORDS = 50_000
FLUSH_EVERY_S = 60.0
FLUSH_PAUSE_S = 1.0
_PARTIAL = {scheme.name: scheme.number for scheme in SCHEMES if scheme.partial}
_log = structlog.get_logger("allpoints.index")


def rebuild(folder: Path, secret: bytes, conninfo: str) -> IdentifierIndex:
    """Make the index anew from the database; the old one answers until the new one is complete."""
    parts = feed.holdings(conninfo, _PARTIAL)
    cursor = str(next(parts))
    return IdentifierIndex.build(folder, secret, _batches(parts), cursor)


def _batches(parts: Iterator[str | feed.Holdings]) -> Iterator[Batch]:
    for part in parts:
        if isinstance(part, feed.Holdings):
            yield Batch(part.keys, part.ids, part.partial_ids, part.partial)


class IndexWriter:
    """Feeds the housekeeper's own copy of the index and writes new segments from it."""

    def __init__(self, database: Database, folder: Path, secret: bytes, conninfo: str) -> None:
        self._database = database
        self._folder = folder
        self._secret = secret
        self._conninfo = conninfo
        self._flushed_at = time.monotonic()
        self._snapshot = ""
        self._generation = 0
        self.index: IdentifierIndex | None = None

    async def feed(self) -> IdentifierIndex:
        """Bring the index up to date, building it first where there is none; return it."""
        if self.index is None or self.index.outdated():
            index = await asyncio.to_thread(self._open)
            if not await self._can_be_fed(index):
                _log.warning("index.unusable", reason="the change feed no longer reaches back to it")
                index = await asyncio.to_thread(rebuild, self._folder, self._secret, self._conninfo)
            await self._anchor(index.cursor)
            self.index, self._snapshot = index, index.cursor
        since, self._snapshot = self._snapshot, self.index.cursor
        async with self._database.system() as connection:
            if self._generation != self._database.generation:
                self._generation, since = self._database.generation, self.index.cursor
            self._snapshot, changes = await feed.changes_since(connection, since)
        await asyncio.to_thread(apply_changes, self.index, changes)
        return self.index

    async def flush_if_due(self) -> None:
        """Write the tail as a segment when it is large or old, and forget what no reader needs any more."""
        index = self.index
        if index is None:
            return
        waiting = index.memory().tail_records
        age = time.monotonic() - self._flushed_at
        if not waiting or age < (FLUSH_PAUSE_S if waiting >= FLUSH_RECORDS else FLUSH_EVERY_S):
            return
        oldest_needed = index.cursor
        self._flushed_at = time.monotonic()  # also where it fails: it is tried again as late as any
        await self._anchor(self._snapshot)
        await asyncio.to_thread(index.flush, self._snapshot)
        _log.info("index.flushed", records=waiting)
        # Readers of the segments before these still replay the feed from their cursor.
        async with self._database.system() as connection:
            links = await feed.position(connection, "links")
            if links is not None:
                await feed.trim(connection, oldest_needed)

    async def _can_be_fed(self, index: IdentifierIndex) -> bool:
        async with self._database.system() as connection:
            return await feed.still_complete(connection, index.cursor)

    async def _anchor(self, snapshot: str) -> None:
        """Make sure that the snapshot means the same after a crash, before a segment relies on it.

        PostgreSQL may use the numbers of transactions again that left nothing in its log. It does not go back
        behind a transaction that was committed after the snapshot, and this is one.
        """
        async with self._database.system() as connection:
            await feed.move(connection, "index", snapshot)

    def _open(self) -> IdentifierIndex:
        try:
            index = IdentifierIndex(self._folder, self._secret)
        except Unavailable as damaged:
            _log.warning("index.unusable", reason=damaged.detail)
        else:
            if index.cursor:
                return index
        _log.info("index.building")
        return rebuild(self._folder, self._secret, self._conninfo)
