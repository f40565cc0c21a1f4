"""Third step: which records may have the same source as the evidence?

The indexes hold record ids and never rights. They answer from segments that all workers of the machine share,
and from a tail in memory that the change feed keeps up to date.
"""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import structlog

from allpoints.errors import Unavailable
from allpoints.modalities import IDENTIFIERS, Index
from allpoints.modalities.base import Population
from allpoints.modalities.identifiers import Keyring
from allpoints.records import Identifier
from allpoints.records.identifiers import Pattern
from allpoints.store import feed
from allpoints.store.database import Database

POLL_S = 0.1
"""How often a worker asks the change feed: well below the second within which a change must take effect."""
MAX_CANDIDATES = 100
SLICE = 200
"""Changes brought into the index in one go, about two milliseconds of work."""

Template = Identifier | Pattern
_log = structlog.get_logger("allpoints.search")


class Candidate(msgspec.Struct, frozen=True):
    """A record that the machine proposes for a question, and the template that found it."""

    question: int
    template: Template
    record_id: int
    population: Population


class Gallery:
    """One worker's view of the index, kept up to date from the change feed."""

    def __init__(self, database: Database, folder: Path, secret: bytes) -> None:
        self._database = database
        self._folder = folder
        self._secret = secret
        self._keyring = Keyring(secret)
        self._index: Index[Template] | None = None
        self._snapshot = ""
        self._generation = 0

    @property
    def ready(self) -> bool:
        """Whether the index is open and has caught up once."""
        return self._index is not None

    def search(self, templates: Sequence[Sequence[Template]]) -> list[Candidate]:
        """Search for the templates of many questions at once; candidates in the order of the questions."""
        index = self._open_index()
        flat = [(number, self._sealed(t)) for number, several in enumerate(templates) for t in several]
        found = index.search_many([template for _, template in flat], MAX_CANDIDATES)
        return [
            Candidate(number, template, candidate.record_id, listed.population)
            for (number, template), listed in zip(flat, found, strict=True)
            if listed.candidates
            for candidate in listed.candidates
        ]

    def _sealed(self, template: Template) -> Template:
        """What is stored only as its hash is compared as its hash."""
        return template if isinstance(template, Pattern) else self._keyring.sealed(template)

    async def follow(self) -> None:
        """Keep the index up to date until cancelled. A broken line to the database is waited out."""
        while True:
            try:
                await self.catch_up()
            except Exception as error:
                # Whatever it is, a worker that went on answering from an index that stands still would be worse.
                _log.warning("index.lagging", reason=type(error).__name__)
            await asyncio.sleep(POLL_S)

    async def catch_up(self) -> None:
        """Read the feed once; open newer segments where the housekeeper has written some.

        Where the feed breaks it is replayed from the segments' cursor: after a crash PostgreSQL may use numbers
        of transactions again that a snapshot held in memory takes for seen.
        """
        index = self._index
        if index is None or index.outdated():
            index = await asyncio.to_thread(IDENTIFIERS.open_index, self._folder, self._secret)
            self._snapshot = index.cursor
        if not self._snapshot:
            # The housekeeper has not built the first segments yet.
            return
        since, self._snapshot = self._snapshot, index.cursor
        async with self._database.system() as connection:
            if self._generation != self._database.generation:
                self._generation, since = self._database.generation, index.cursor
            if index is not self._index and not await feed.still_complete(connection, since):
                # Segments from before a long absence: the housekeeper is about to build new ones.
                return
            self._snapshot, changes = await feed.changes_since(connection, since)
        for start in range(0, len(changes), SLICE):
            apply_changes(index, changes[start : start + SLICE])
            # A large upload must not hold up the checks that wait meanwhile.
            await asyncio.sleep(0)
        self._index = index

    def _open_index(self) -> Index[Template]:
        if self._index is None:
            raise IndexNotReady("the index is being built", remedy="Try again when /health/ready says so.")
        return self._index


class IndexNotReady(Unavailable):
    """The hub has just started; nothing was done, try again shortly."""


def apply_changes(index: Index[Template], changes: Iterable[feed.Change]) -> None:
    """Bring what changed into an index."""
    for change in changes:
        if change.identifiers:
            index.add(change.record_id, change.identifiers)
        else:
            index.remove(change.record_id)
