"""Finding the people whom a name may mean, in any script, misspelt, in another order, in part.

The index answers from layers: the segments of a folder, oldest first, then those in memory that hold what has
changed since. What a layer says of a record hides what every older layer says of it, so that feeding a change
twice, or once more than needed, does no harm.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.base import (
    DEFAULT_LIMIT,
    Candidate,
    CandidateList,
    Population,
    checked_limit,
    checked_record_id,
)
from allpoints.modalities.names.people import PersonTemplate
from allpoints.modalities.names.retrieval.entries import Entry, entry
from allpoints.modalities.names.retrieval.folder import MERGE_RATIO, NameFolder, Snapshot
from allpoints.modalities.names.retrieval.keys import fingerprint
from allpoints.modalities.names.retrieval.layers import Layer
from allpoints.modalities.names.retrieval.probes import Probe
from allpoints.modalities.names.retrieval.segments import (
    NOBODY,
    Builder,
    Columns,
    Ids,
    contains,
    merged,
    union,
)
from allpoints.records.people import Person

LISTED_AT_ONCE = 1_024
"""Changes after which a layer is made of them though nobody searches."""
KEPT = 4
"""Rows for each candidate that is asked for: a record may have several."""
RUN_PEOPLE = 12_000_000
"""People from whom one segment is made at a time while an index is built."""


class Memory(msgspec.Struct, frozen=True):
    """What an index takes up."""

    segments: int
    mapped_bytes: int
    """Shared by all processes on the machine, and given back to it when it needs the memory."""
    people: int
    tail_records: int


class NameIndex:
    """The index in one folder, as one process sees it. `modalities.base.Index` tells its doors."""

    def __init__(self, folder: Path) -> None:
        _load_kernels()
        self._folder = NameFolder(folder, fingerprint())
        snapshot = self._folder.snapshot()
        self._layers = _Layers(snapshot, tuple(map(Layer, snapshot.segments)), ())
        self._changes: dict[int, tuple[Entry, ...]] = {}
        self._changing = Lock()
        """Held while changes are noted or layers replaced: never for long."""
        self._listing = Lock()
        """Held while a layer is made of the changes; whoever searches waits for it."""
        self._merging = Lock()
        """Held while layers in memory become one; nobody waits for it but the writer."""
        self._flushing = Lock()
        """Held while the tail is written, by one flush after the other."""
        self._written = 0
        """How many layers in memory a flush is writing; told and replaced together with the layers."""

    @classmethod
    def build(
        cls,
        folder: Path,
        batches: Iterable[tuple[Sequence[int], Sequence[Person]]],
        cursor: str,
        progress: Callable[[int], None] | None = None,
    ) -> Self:
        """Make the index in `folder` anew from everything there is; `cursor` is where the feed goes on.

        A batch is record ids and beside them people; a record of several people comes several times.
        `progress` is told how many people were read. The old index answers until the new one is complete.
        """
        NameFolder(folder, fingerprint()).replace(_runs(batches, progress or (lambda _: None)), cursor)
        return cls(folder)

    @property
    def cursor(self) -> str:
        """From where in the change feed this index must be fed to be complete; empty at first."""
        return self._layers.snapshot.manifest.cursor

    @property
    def size(self) -> int:
        """How many people are held. Superseded ones count until they are merged away."""
        return self._listed().size

    def add(self, record_id: int, templates: Sequence[PersonTemplate]) -> None:
        """Make these the people of the record, in place of all that were known of it."""
        self._change(checked_record_id(record_id), tuple(entry(template.person) for template in templates))

    def remove(self, record_id: int) -> None:
        """Forget the record."""
        self._change(checked_record_id(record_id), ())

    def search(self, template: PersonTemplate, limit: int = DEFAULT_LIMIT) -> CandidateList:
        """Return the records of people who may be meant, best first.

        A score adds up what agrees: the rarer a word and the more alike, the more; the birth and the sex on
        top, or against it. Scores of one search can be compared with each other, not with another one's.
        """
        return self._search(template.person, checked_limit(limit), exhaustively=False)

    def search_exhaustively(self, template: PersonTemplate, limit: int = DEFAULT_LIMIT) -> CandidateList:
        """As `search`, with every word and every person tried: the oracle for it; slow."""
        return self._search(template.person, checked_limit(limit), exhaustively=True)

    def search_many(
        self, templates: Sequence[PersonTemplate], limit: int = DEFAULT_LIMIT
    ) -> list[CandidateList]:
        """Search for each template, all in one go; `limit` holds for each."""
        checked_limit(limit)
        return [self.search(template, limit) for template in templates]

    def frequency(self, word: str) -> int:
        """Return how many people hold this very word, folded as `scripts.words` does."""
        return sum(layer.frequency(word) for layer in self._listed().all())

    def memory(self) -> Memory:
        """Return what the index takes up."""
        layers = self._listed()
        return Memory(
            segments=len(layers.mapped),
            mapped_bytes=sum(column.nbytes for layer in layers.mapped for column in layer.columns),
            people=layers.size,
            tail_records=sum(len(layer.columns.hidden) for layer in layers.tail),
        )

    def outdated(self) -> bool:
        """Whether another process has written newer segments: open the folder anew and feed that one."""
        return self._folder.stamp() != self._layers.snapshot.stamp

    def reopened(self) -> Self:
        """This index as other processes have left its folder. Segments are shared by way of the memory they map."""
        return type(self)(self._folder.path)

    def flush(self, cursor: str) -> None:
        """Write the tail as the newest segment and merge; `cursor` is how far in the feed it is complete.

        Searches go on meanwhile, and so may changes, which the next flush writes. Raises `Conflict` where
        another process writes or has written, `Unavailable` where the disk refuses: the tail stays then.
        """
        with self._flushing:
            self._listed()
            with self._merging, self._changing:
                layers = self._layers
                self._written = len(layers.tail)
            try:
                run = merged([layer.columns for layer in layers.tail] or [Builder().columns()], oldest=False)
                snapshot = self._folder.append(run, cursor, layers.snapshot)
                known = {id(layer.columns): layer for layer in layers.mapped}
                mapped = tuple(known.get(id(columns)) or Layer(columns) for columns in snapshot.segments)
            except BaseException:
                with self._changing:
                    self._written = 0
                raise
            with self._changing:
                self._layers = _Layers(snapshot, mapped, self._layers.tail[self._written :])
                self._written = 0

    def _change(self, record_id: int, entries: tuple[Entry, ...]) -> None:
        with self._changing:
            self._changes[record_id] = entries
            many = len(self._changes) >= LISTED_AT_ONCE
        if many:
            self._listed()

    def _listed(self) -> "_Layers":
        """All layers, with one for the changes that were in none."""
        if self._changes or self._listing.locked():
            with self._listing:
                changes = dict(self._changes)
                if changes:
                    layer = Layer(_run(changes))
                    with self._changing:
                        self._layers = self._layers._replace(tail=(*self._layers.tail, layer))
                        for record_id, entries in changes.items():
                            if self._changes.get(record_id) is entries:
                                del self._changes[record_id]
            self._merge_tail()
        return self._layers

    def _merge_tail(self) -> None:
        if not self._merging.acquire(blocking=False):
            return
        try:
            with self._changing:
                tail = self._layers.tail[self._written :]
            first, size = len(tail) - 1, len(tail[-1].columns.hidden) if tail else 0
            while first > 0 and len(tail[first - 1].columns.hidden) < MERGE_RATIO * size:
                first -= 1
                size += len(tail[first].columns.hidden)
            if first >= len(tail) - 1:
                return
            layer = Layer(merged([each.columns for each in tail[first:]], oldest=False))
            with self._changing:
                now = self._layers.tail
                # a flush may have taken its layers away meanwhile, so that these stand elsewhere now
                start = now.index(tail[first])
                after = now[start + len(tail) - first :]
                self._layers = self._layers._replace(tail=(*now[:start], layer, *after))
        finally:
            self._merging.release()

    def _search(self, person: Person, limit: int, *, exhaustively: bool) -> CandidateList:
        layers = self._listed()
        every = layers.all()
        probe = Probe(person, every, layers.size, exhaustively=exhaustively)
        records, scores = [NOBODY], [np.empty(0, np.float32)]
        more = False
        for depth in range(len(every)):
            found = probe.found(depth, limit)
            visible = ~contains(union([newer.columns.hidden for newer in every[depth + 1 :]]), found.records)
            records.append(found.records[visible])
            scores.append(found.scores[visible])
            more |= found.more
        return _ranked(np.concatenate(records), np.concatenate(scores), limit, layers.size, more=more)


def _ranked(records: Ids, scores: NDArray[np.float32], limit: int, size: int, *, more: bool) -> CandidateList:
    """The best of each record, the best records first, those of equal score by their ids."""
    agreeing = len(records)
    if agreeing > KEPT * limit:
        kept = np.argpartition(-scores, KEPT * limit)[: KEPT * limit]
        records, scores = records[kept], scores[kept]
    order = np.lexsort((records, -scores))
    best = dict(zip(records[order[::-1]].tolist(), scores[order[::-1]].tolist(), strict=True))
    ordered = dict.fromkeys(records[order].tolist())
    return CandidateList(
        tuple(Candidate(record_id, best[record_id]) for record_id in islice(ordered, limit)),
        cut=more or len(ordered) > limit,
        population=Population(size, agreeing),
    )


@cache
def _load_kernels() -> None:
    """Search once, so that no check of this process waits for the compiler."""
    somebody = Person(names=("Anna Lind",), birth="1970-01-01")
    builder = Builder()
    builder.add(1, entry(somebody))
    Probe(somebody, (Layer(merged([builder.columns()], oldest=True)),), 1).found(0, 1)


class _Layers(NamedTuple):
    """Everything that answers, at one moment: replaced as a whole, never changed."""

    snapshot: Snapshot
    mapped: tuple[Layer, ...]
    tail: tuple[Layer, ...]

    def all(self) -> tuple[Layer, ...]:
        return (*self.mapped, *self.tail)

    @property
    def size(self) -> int:
        return sum(map(len, self.all()))


def _run(changes: dict[int, tuple[Entry, ...]]) -> Columns:
    builder = Builder()
    for record_id, entries in changes.items():
        for each in entries:
            builder.add(record_id, each)
    return builder.columns(hidden=tuple(changes))


def _runs(
    batches: Iterable[tuple[Sequence[int], Sequence[Person]]], progress: Callable[[int], None]
) -> Iterator[Columns]:
    builder, done = Builder(), 0
    for record_ids, people in batches:
        for record_id, person in zip(record_ids, people, strict=True):
            builder.add(checked_record_id(record_id), entry(person))
        done += len(record_ids)
        progress(done)
        if len(builder) >= RUN_PEOPLE:
            yield builder.columns()
            builder = Builder()
    if len(builder):
        yield builder.columns()
