"""The index's one writer on this machine: builds it from the database, keeps it fed, writes its segments."""

import asyncio
import time

import structlog

from allpoints.steps.indexes import Indexes, Place, rebuild
from allpoints.store import feed
from allpoints.store.database import Database

FLUSH_RECORDS = 50_000
FLUSH_EVERY_S = 60.0
FLUSH_PAUSE_S = 1.0
_log = structlog.get_logger("allpoints.index")


class IndexWriter:
    """Feeds the housekeeper's own copy of the indexes and writes new segments from it."""

    def __init__(self, database: Database, place: Place, conninfo: str) -> None:
        self._database = database
        self._place = place
        self._conninfo = conninfo
        self._flushed_at = time.monotonic()
        self._waiting = 0
        """Changes in the tails, which no segment has yet."""
        self._wipe = False
        """Whether one of them takes something of the body out of the segments."""
        self._snapshot = ""
        self._generation = ""
        self.indexes: Indexes | None = None

    async def feed(self) -> Indexes:
        """Bring the indexes up to date, building first what there is not; return them."""
        if self.indexes is None or self.indexes.outdated:
            indexes = await asyncio.to_thread(Indexes.open_whole, self._place, self._conninfo)
            if not await self._can_be_fed(indexes):
                _log.warning("index.unusable", reason="the change feed no longer reaches back to it")
                indexes = await asyncio.to_thread(rebuild, self._place, self._conninfo)
            await self._anchor(indexes.cursor)
            self.indexes, self._snapshot, self._waiting = indexes, indexes.cursor, 0
        since, self._snapshot = self._snapshot, self.indexes.cursor
        async with self._database.system() as connection:
            if self._generation != self._database.generation:
                self._generation, since = self._database.generation, self.indexes.cursor
            self._snapshot, changes = await feed.changes_since(connection, since)
        await asyncio.to_thread(self.indexes.apply, changes)
        self._waiting += len(changes)
        self._wipe = self._wipe or any(change.wipe for change in changes)
        return self.indexes

    async def flush_if_due(self) -> None:
        """Write the tails as segments when they are large or old, and forget what no reader needs any more.

        What an owner takes back of a body is out of the files within seconds.
        """
        indexes, waiting = self.indexes, self._waiting
        if indexes is None:
            return
        age = time.monotonic() - self._flushed_at
        soon = self._wipe or waiting >= FLUSH_RECORDS
        if not waiting or age < (FLUSH_PAUSE_S if soon else FLUSH_EVERY_S):
            return
        oldest_needed = indexes.cursor
        self._flushed_at = time.monotonic()  # also where it fails: it is tried again as late as any
        await self._anchor(self._snapshot)
        await asyncio.to_thread(indexes.flush, self._snapshot)
        self._waiting, self._wipe = 0, False
        _log.info("index.flushed", records=waiting)
        # Readers of the segments before these still replay the feed from their cursor.
        async with self._database.system() as connection:
            links = await feed.position(connection, "links")
            if links is not None:
                await feed.trim(connection, oldest_needed)

    async def _can_be_fed(self, indexes: Indexes) -> bool:
        async with self._database.system() as connection:
            return await feed.still_complete(connection, indexes.cursor)

    async def _anchor(self, snapshot: str) -> None:
        """Make sure that the snapshot means the same after a crash, before a segment relies on it.

        PostgreSQL may use the numbers of transactions again that left nothing in its log. It does not go back
        behind a transaction that was committed after the snapshot, and this is one.
        """
        async with self._database.system() as connection:
            await feed.move(connection, "index", snapshot)
