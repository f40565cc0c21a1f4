"""Third step: which records may have the same source as the evidence?

The indexes hold record ids and never rights. They answer from segments that all workers of the machine share,
and from a tail in memory that the change feed keeps up to date.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
import structlog

from allpoints.errors import Unavailable
from allpoints.modalities import BIOMETRIC, IDENTIFIERS, CandidateList
from allpoints.modalities.base import Population
from allpoints.modalities.identifiers import Keyring
from allpoints.records import Identifier
from allpoints.records.identifiers import Pattern
from allpoints.steps.indexes import Indexes, Place
from allpoints.steps.templates import Probe
from allpoints.store import feed
from allpoints.store.database import Database

POLL_S = 0.1
"""How often a worker asks the change feed: well below the second within which a change must take effect."""
MAX_CANDIDATES = 100
MAX_LIKE = 100
"""Candidates of a probe of a single check, best first: each is compared in full, which costs more than to find it."""
MAX_LIKE_IN_BULK = 50
"""Candidates of a probe in bulk."""
CROWDED = 0.9
"""Where the last one listed has this share of the first one's score, those left out may be meant as well."""
SLICE = 200
"""Changes brought into the indexes in one go, about two milliseconds of work where none has a template."""

_BIOMETRIC = frozenset(modality.name for modality in BIOMETRIC)
Template = Identifier | Pattern
_log = structlog.get_logger("allpoints.search")


class Candidate(msgspec.Struct, frozen=True):
    """A record that the machine proposes for a question, and the template that found it."""

    question: int
    template: Any
    record_id: int
    population: Population
    modality: str = IDENTIFIERS.name


class Gallery:
    """One worker's view of the indexes, kept up to date from the change feed."""

    def __init__(self, database: Database, place: Place) -> None:
        self._database = database
        self._place = place
        self._keyring = Keyring(place.secret)
        self._indexes: Indexes | None = None
        self._snapshot = ""
        self._generation = ""

    @property
    def ready(self) -> bool:
        """Whether every index is open and has caught up once."""
        return self._indexes is not None

    def search(self, identifiers: Sequence[Sequence[Template]]) -> list[Candidate]:
        """Search for the identifiers of many questions at once; candidates in the order of the questions."""
        index = self._open_indexes().identifiers
        flat = [(number, self._sealed(t)) for number, several in enumerate(identifiers) for t in several]
        found = index.search_many([template for _, template in flat], MAX_CANDIDATES)
        return [
            Candidate(number, template, candidate.record_id, listed.population)
            for (number, template), listed in zip(flat, found, strict=True)
            if listed.candidates
            for candidate in listed.candidates
        ]

    def search_probes(
        self, probes: Sequence[Sequence[Probe]], limit: int
    ) -> tuple[list[Candidate], frozenset[int]]:
        """Search for what other modalities made of many questions; `limit` holds for each probe.

        Return the candidates, and the questions for which the limit kept some back that are about as alike as the
        best. It takes its time: call it in a thread.
        """
        indexes = self._open_indexes()
        found: list[Candidate] = []
        cut: set[int] = set()
        for modality in dict.fromkeys(probe.modality for several in probes for probe in several):
            flat = [(n, p) for n, several in enumerate(probes) for p in several if p.modality == modality]
            lists = indexes.of(modality).search_many([probe.template for _, probe in flat], limit)
            listed = list(zip(flat, lists, strict=True))
            # The best of every probe first: a trace of one finger must not wait behind a hundred of another.
            found += [
                Candidate(number, probe.template, each.candidates[rank].record_id, each.population, modality)
                for rank in range(max(len(each.candidates) for each in lists))
                for (number, probe), each in listed
                if rank < len(each.candidates)
            ]
            if modality not in _BIOMETRIC:
                # Strangers' prints are all about as unlike, so that of them it would say nothing.
                cut.update(number for (number, _), each in listed if _crowded(each))
        return found, frozenset(cut)

    def _sealed(self, template: Template) -> Template:
        """What is stored only as its hash is compared as its hash."""
        return template if isinstance(template, Pattern) else self._keyring.sealed(template)

    async def follow(self) -> None:
        """Keep the indexes up to date until cancelled. A broken line to the database is waited out."""
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
        indexes = self._indexes
        if indexes is None or indexes.outdated:
            indexes = await asyncio.to_thread(self._newest, indexes)
            self._snapshot = indexes.cursor
        if not self._snapshot:
            # The housekeeper has not built the first segments yet.
            return
        since, self._snapshot = self._snapshot, indexes.cursor
        async with self._database.system() as connection:
            if self._generation != self._database.generation:
                self._generation, since = self._database.generation, indexes.cursor
            if indexes is not self._indexes and not await feed.still_complete(connection, since):
                # Segments from before a long absence: the housekeeper is about to build new ones.
                return
            self._snapshot, changes = await feed.changes_since(connection, since)
        for start in range(0, len(changes), SLICE):
            part = changes[start : start + SLICE]
            if any(change.templates for change in part):
                await asyncio.to_thread(indexes.apply, part)
            else:
                indexes.apply(part)
                # A large upload must not hold up the checks that wait meanwhile.
                await asyncio.sleep(0)
        self._indexes = indexes

    def _newest(self, indexes: Indexes | None) -> Indexes:
        if indexes is None:
            indexes = Indexes.open(self._place)
            indexes.warm_up()
            return indexes
        return indexes.reopened()

    def _open_indexes(self) -> Indexes:
        if self._indexes is None:
            raise IndexNotReady("the index is being built", remedy="Try again when /health/ready says so.")
        return self._indexes


def _crowded(listed: CandidateList) -> bool:
    scores = [candidate.score for candidate in listed.candidates]
    return listed.cut and bool(scores) and scores[-1] >= CROWDED * scores[0]


class IndexNotReady(Unavailable):
    """The hub has just started; nothing was done, try again shortly."""
