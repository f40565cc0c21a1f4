"""Finding the records that hold an identifier: by its key, or by a pattern for those that were partly read.

The layers of the index are segments, oldest first, and one or more tails. What a layer says of a record hides
what every older layer says of it, so that feeding a change twice, or once more than needed, does no harm.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.modalities.base import (
    DEFAULT_LIMIT,
    Candidate,
    CandidateList,
    Population,
    checked_limit,
    checked_record_id,
)
from allpoints.modalities.identifiers.comparing import likeness
from allpoints.modalities.identifiers.keys import HASH_BITS, Keyring
from allpoints.modalities.identifiers.partial import VALUES, PatternSearch, checked_length, value_rows
from allpoints.modalities.identifiers.segments import (
    Ids,
    Keys,
    Rows,
    Segment,
    SegmentFolder,
    Snapshot,
    Table,
    contains,
    joined,
    no_rows,
)
from allpoints.records.identifiers import Identifier, Pattern, matches, scheme_named

KEYS = Table("keys")
TABLES = (KEYS, VALUES)
_KEYS, _VALUES = range(2)

FEW = 8
"""Up to so many probes, bisection in Python is faster than calling numpy."""
UNLISTED = 1_024
"""Changed values of a tail that a pattern is tried on one by one, before they are put into columns."""
MAX_SCORED = 2_000
"""Rows matching one pattern that are scored, so that the best come first; a pattern of more is too
unspecific."""


class Batch(NamedTuple):
    """A part of the truth, from which an index is built: unsorted, of any size."""

    keys: Keys
    ids: Ids
    partial_ids: Sequence[int] | Ids
    """The records of `partial`."""
    partial: Sequence[Identifier]
    """The identifiers of *partial* schemes among those that the keys were made of."""


class Memory(msgspec.Struct, frozen=True):
    """What an index takes up."""

    segments: int
    mapped_bytes: int
    """Shared by all processes on the machine, and given back to it when it needs the memory."""
    rows: int
    tail_records: int


class IdentifierIndex:
    """The index in one folder, as one process sees it. `modalities.base.Index` tells its doors."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self.keyring = Keyring(secret)
        self._secret = secret
        self._folder = SegmentFolder(folder, TABLES, self.keyring.fingerprint)
        self._layers = _Layers(self._folder.snapshot(), (_Tail(),))
        self._changing = Lock()
        """Held while a tail changes or a new one takes over, never while the disk is written or searched."""

    @classmethod
    def build(cls, folder: Path, secret: bytes, batches: Iterable[Batch], cursor: str) -> Self:
        """Make the index in `folder` anew from everything there is; `cursor` is where the feed goes on.

        The old one answers until the new one is complete. Beside the batches this takes about 1 GB of
        memory, and on the disk, for the time, twice the index.
        """
        rows = (
            (
                Rows(batch.keys, batch.ids, np.empty((0, len(batch.keys)), np.uint8)),
                value_rows(batch.partial_ids, batch.partial),
            )
            for batch in batches
        )
        SegmentFolder(folder, TABLES, Keyring(secret).fingerprint).replace(rows, cursor)
        return cls(folder, secret)

    @property
    def cursor(self) -> str:
        """From where in the change feed this index must be fed to be complete; empty at first."""
        return self._layers.snapshot.manifest.cursor

    def add(self, record_id: int, templates: Sequence[Identifier | Pattern]) -> None:
        """Make these the identifiers of the record, in place of all that were known of it."""
        identifiers = tuple(template for template in templates if isinstance(template, Identifier))
        if len(identifiers) < len(templates):
            raise InvalidValue("a pattern is a question, no record holds one", field="templates")
        partial = tuple(i for i in identifiers if scheme_named(i.scheme).partial)
        for identifier in partial:
            checked_length(identifier)
        self._change(
            checked_record_id(record_id),
            _Held(tuple(dict.fromkeys(map(self.keyring.key, identifiers))), partial),
        )

    def remove(self, record_id: int) -> None:
        """Forget the record."""
        self._change(checked_record_id(record_id), _Held((), ()))

    def search(self, template: Identifier | Pattern, limit: int = DEFAULT_LIMIT) -> CandidateList:
        """Return the records with this key, or with a value that matches this pattern.

        Qualifiers are not looked at: a candidate's score is what `compare` gives where none contradicts.
        """
        checked_limit(limit)
        if isinstance(template, Pattern):
            return self._search_pattern(template, limit)
        return self._answer(template.scheme, self._layers.ids(self.keyring.key(template)), limit)

    def search_many(
        self, templates: Sequence[Identifier | Pattern], limit: int = DEFAULT_LIMIT
    ) -> list[CandidateList]:
        """Search for each template, all in one go; `limit` holds for each."""
        checked_limit(limit)
        exact = [(at, template) for at, template in enumerate(templates) if isinstance(template, Identifier)]
        positions, records = self.find(self.keyring.keys(template for _, template in exact))
        ids: dict[int, list[int]] = {}
        for position, record_id in zip(positions.tolist(), records.tolist(), strict=True):
            ids.setdefault(exact[position][0], []).append(record_id)
        # most probes find nothing, and what finds nothing in one scheme has one answer
        nothing = {scheme: self._answer(scheme, (), limit) for scheme in {t.scheme for _, t in exact}}
        return [
            self._search_pattern(template, limit)
            if isinstance(template, Pattern)
            else self._answer(template.scheme, ids[at], limit)
            if at in ids
            else nothing[template.scheme]
            for at, template in enumerate(templates)
        ]

    def find(self, keys: Keys) -> tuple[NDArray[np.intp], Ids]:
        """Return which keys are held, and by which records: positions in `keys` and, beside them, ids."""
        return self._layers.find(keys)

    def count(self, scheme: str) -> int:
        """Return how many identifiers of the scheme are held. Superseded ones count until merged away."""
        return self._layers.count_of(_KEYS, scheme)

    def memory(self) -> Memory:
        """Return what the index takes up."""
        segments, tails = self._layers.snapshot.segments, self._layers.tails
        return Memory(
            segments=len(segments),
            mapped_bytes=sum(segment.nbytes for segment in segments),
            rows=sum(len(rows) for segment in segments for rows in segment.tables),
            tail_records=sum(len(tail.records) for tail in tails),
        )

    def outdated(self) -> bool:
        """Whether another process has written newer segments: open the folder anew and feed that one."""
        return self._folder.stamp() != self._layers.snapshot.stamp

    def reopened(self) -> Self:
        """This index as other processes have left its folder. Segments are shared by way of the memory they map."""
        return type(self)(self._folder.path, self._secret)

    def flush(self, cursor: str) -> None:
        """Write the tail as the newest segment and merge; `cursor` is how far in the feed it is complete.

        Searches go on meanwhile, and so may changes, which the next flush writes. Raises `Conflict` where
        another process writes or has written, `Unavailable` where the disk refuses: the tail stays then.
        """
        with self._changing:
            snapshot, full = self._layers
            self._layers = _Layers(snapshot, (*full, _Tail()))
        written = self._folder.append(_run(full), cursor, snapshot)
        with self._changing:
            self._layers = _Layers(written, self._layers.tails[len(full) :])

    def _change(self, record_id: int, held: "_Held") -> None:
        with self._changing:
            self._layers.tails[-1].change(record_id, held)

    def _answer(self, scheme: str, ids: Sequence[int], limit: int) -> CandidateList:
        records = tuple(dict.fromkeys(ids))
        return CandidateList(
            tuple(Candidate(record_id, 1.0) for record_id in records[:limit]),
            cut=len(records) > limit,
            population=Population(self.count(scheme), len(records)),
        )

    def _search_pattern(self, pattern: Pattern, limit: int) -> CandidateList:
        layers, search = self._layers, PatternSearch(pattern)
        rows = layers.survivors(search)
        scored = rows.part(0, MAX_SCORED)
        scores: dict[int, float] = {}
        refuted = 0
        for record_id, text in zip(scored.ids.tolist(), scored.text.T, strict=True):
            score = likeness(search.pattern, search.value(text))
            if score is None:
                refuted += 1
            else:
                scores[record_id] = max(score, scores.get(record_id, 0.0))
        best = sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))
        return CandidateList(
            tuple(Candidate(record_id, score) for record_id, score in best[:limit]),
            cut=len(best) > limit or len(rows) > MAX_SCORED,
            population=Population(layers.count_of(_VALUES, pattern.scheme), len(rows) - refuted),
        )


class _Held(NamedTuple):
    """What a tail knows of one record."""

    keys: tuple[int, ...]
    partial: tuple[Identifier, ...]

    def groups(self) -> Iterator[tuple[int, int]]:
        """Yield the table and the scheme's number of each row."""
        yield from ((_KEYS, key >> HASH_BITS) for key in self.keys)
        yield from ((_VALUES, scheme_named(identifier.scheme).number) for identifier in self.partial)


class _Tail:
    """The newest changes, in memory: what each record holds now, in place of what older layers say of it."""

    def __init__(self) -> None:
        self.records: dict[int, _Held] = {}
        self.ids: dict[int, tuple[int, ...]] = {}
        self.counts: Counter[tuple[int, int]] = Counter()
        self._listed = Segment([no_rows(table) for table in TABLES], np.empty(0, np.uint32))
        """Every value that a record had since the tail began: most of them need no trying one by one."""
        self._unlisted: list[tuple[int, Identifier]] = []

    def change(self, record_id: int, held: _Held) -> None:
        """Replace what is known of the record. A search at the same time sees the old, the new or both."""
        old = self.records.get(record_id, _Held((), ()))
        for key in held.keys:
            if record_id not in (ids := self.ids.get(key, ())):
                self.ids[key] = (*ids, record_id)
        self.records[record_id] = held
        for key in set(old.keys).difference(held.keys):
            if ids := tuple(other for other in self.ids[key] if other != record_id):
                self.ids[key] = ids
            else:
                del self.ids[key]
        self.counts.update(held.groups())
        self.counts.subtract(old.groups())
        self._unlisted += [(record_id, identifier) for identifier in held.partial]
        if len(self._unlisted) >= UNLISTED:
            self._list_values()

    def likely(self, search: PatternSearch) -> set[int]:
        """The records that may hold a value that matches the pattern."""
        # in this order, for a value is listed before it stops being unlisted
        unlisted, listed = self._unlisted, self._listed
        ids = {record_id for record_id, identifier in unlisted if identifier.scheme == search.asked.scheme}
        return ids.union(_matching(listed, search).ids.tolist())

    def _list_values(self) -> None:
        ids, identifiers = zip(*self._unlisted, strict=True)
        values = joined([self._listed.tables[_VALUES], value_rows(ids, identifiers)]).ordered()
        self._listed = Segment([no_rows(KEYS), values], self._listed.removed)
        self._unlisted = []


class _Layers(NamedTuple):
    """Everything that answers, at one moment: replaced as a whole, never changed but for the last tail."""

    snapshot: Snapshot
    tails: tuple[_Tail, ...]

    def count_of(self, table: int, scheme: str) -> int:
        number = scheme_named(scheme).number
        held: int = sum(segment.counts[table][number] for segment in self.snapshot.segments)
        return held + sum(tail.counts[table, number] for tail in self.tails)

    def ids(self, key: int) -> list[int]:
        """The records that hold this key."""
        segments, tails = self.snapshot.segments, self.tails
        found = []
        for depth, segment in enumerate(segments):
            start, stop = segment.span(_KEYS, key, key)
            for record_id in segment.tables[_KEYS].ids[start:stop].tolist() if start < stop else ():
                hidden = any(newer.hides(record_id) for newer in segments[depth + 1 :])
                if not hidden and not any(record_id in tail.records for tail in tails):
                    found.append(record_id)
        for depth, tail in enumerate(tails):
            ids = tail.ids.get(key, ())
            found += [i for i in ids if not any(i in newer.records for newer in tails[depth + 1 :])]
        return found

    def find(self, keys: Keys) -> tuple[NDArray[np.intp], Ids]:
        """As `ids` for each key: positions in `keys` and, beside them, records."""
        if len(keys) <= FEW:
            return _arrays([(at, found) for at, key in enumerate(keys.tolist()) for found in self.ids(key)])
        # neighbouring probes find their way through memory that is in the processor's cache already
        order = np.argsort(keys)
        sorted_keys = keys[order]
        found = [
            (order[probes], ids)
            for depth in range(len(self.snapshot.segments))
            for probes, ids in [self._in_segment(depth, sorted_keys)]
        ]
        found += [self._in_tail(depth, keys) for depth in range(len(self.tails)) if self.tails[depth].ids]
        if not found:
            return _arrays([])
        return np.concatenate([probes for probes, _ in found]), np.concatenate([ids for _, ids in found])

    def survivors(self, search: PatternSearch) -> Rows:
        """The rows that can match a pattern, in no order."""
        pieces = [value_rows(*self._matching_in_tails(search))]
        for depth, segment in enumerate(self.snapshot.segments):
            rows = _matching(segment, search)
            pieces.append(rows.taken(self._visible(depth, rows.ids)))
        return joined(pieces)

    def _in_segment(self, depth: int, probes: Keys) -> tuple[NDArray[np.intp], Ids]:
        rows = self.snapshot.segments[depth].tables[_KEYS]
        if not len(rows):
            return _arrays([])
        starts = rows.keys.searchsorted(probes)
        hit = np.flatnonzero(rows.keys[np.minimum(starts, len(rows) - 1)] == probes)
        starts = starts[hit]
        counts = rows.keys.searchsorted(probes[hit], side="right") - starts
        within = np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)
        ids = rows.ids[np.repeat(starts, counts) + within]
        visible = self._visible(depth, ids)
        return np.repeat(hit, counts)[visible], ids[visible]

    def _in_tail(self, depth: int, keys: Keys) -> tuple[NDArray[np.intp], Ids]:
        held, newer = self.tails[depth].ids, self.tails[depth + 1 :]
        return _arrays(
            [
                (at, record_id)
                for at, key in enumerate(keys.tolist())
                if key in held
                for record_id in held.get(key, ())
                if not any(record_id in tail.records for tail in newer)
            ]
        )

    def _visible(self, depth: int, ids: Ids) -> NDArray[np.bool_]:
        """Which of these ids, found in one segment, no newer layer hides."""
        visible = np.ones(len(ids), np.bool_)
        for newer in self.snapshot.segments[depth + 1 :]:
            if len(newer.removed):
                visible &= ~contains(newer.removed, ids)
        for tail in self.tails:
            if tail.records:
                visible &= np.array([record_id not in tail.records for record_id in ids.tolist()], np.bool_)
        return visible

    def _matching_in_tails(self, search: PatternSearch) -> tuple[list[int], list[Identifier]]:
        found = [
            (record_id, identifier)
            for depth, tail in enumerate(self.tails)
            for record_id in tail.likely(search)
            if not any(record_id in newer.records for newer in self.tails[depth + 1 :])
            for identifier in tail.records[record_id].partial
            if identifier.scheme == search.asked.scheme
            and matches(search.asked, identifier.value) is not None
        ]
        return [record_id for record_id, _ in found], [identifier for _, identifier in found]


def _matching(segment: Segment, search: PatternSearch) -> Rows:
    """The rows of one segment that can match a pattern."""
    pieces = [no_rows(VALUES)]
    for group in search.groups():
        start, stop = segment.span(_VALUES, group.first, group.last)
        if start < stop:
            rows = segment.tables[_VALUES].part(start, stop)
            pieces.append(rows.taken(search.survivors(rows.text, group)))
    return joined(pieces)


def _arrays(found: list[tuple[int, int]]) -> tuple[NDArray[np.intp], Ids]:
    return np.array([at for at, _ in found], np.intp), np.array([ids for _, ids in found], np.uint32)


def _run(tails: Sequence[_Tail]) -> Segment:
    """The tails as one segment in memory."""
    records: dict[int, _Held] = {}
    for tail in tails:
        records.update(tail.records)
    keys = [(key, record_id) for record_id, held in records.items() for key in held.keys]
    partial = [(record_id, identifier) for record_id, held in records.items() for identifier in held.partial]
    return Segment(
        [
            Rows(
                np.array([key for key, _ in keys], np.uint64),
                np.array([record_id for _, record_id in keys], np.uint32),
                np.empty((KEYS.width, len(keys)), np.uint8),
            ).ordered(),
            value_rows(
                [record_id for record_id, _ in partial], [identifier for _, identifier in partial]
            ).ordered(),
        ],
        np.sort(np.array(list(records), np.uint32)),
    )
