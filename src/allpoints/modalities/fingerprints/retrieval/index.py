"""Whose finger left this print? The index over all prints that are held.

It answers from shelves in memory: one for what the folder held when it was read, and smaller ones for what came
since. They are merged by size as in a log-structured merge tree (O'Neil, Cheng, Gawlick, O'Neil, Acta Informatica 33,
1996). The folder is a vault: sealed, and without a trace of what was withdrawn.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Self

import msgspec

from allpoints.modalities.base import (
    DEFAULT_LIMIT,
    Candidate,
    CandidateList,
    checked_limit,
    checked_record_id,
)
from allpoints.modalities.fingerprints.cylinders import cylinders
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate
from allpoints.modalities.fingerprints.retrieval.prints import Print, Prints, pack, prepared, unpack
from allpoints.modalities.fingerprints.retrieval.shelf import Found, Merged, Probe, Shelf
from allpoints.modalities.vault import Entry, Vault

LEAST_SCORE = 0.1
"""Below this score, odds of one to nine, a print is no candidate (`docs/fingerprints-search.md`)."""
MERGE_RATIO = 4
"""A newer shelf is merged with the one before it while that holds less than so many times its prints."""
MERGED_AT_ONCE = 2_048
"""Prints of shelves that are merged while somebody waits for the answer; larger ones wait for the next flush."""
PREPARED_AT_ONCE = 256
"""Records whose prints are prepared side by side while an index is built."""
READ_AT_ONCE = 16_384
"""Records that are read from the vault before their bytes are let go."""


class Memory(msgspec.Struct, frozen=True):
    """What an index takes up."""

    prints: int
    shelves: int
    nbytes: int


class FingerprintIndex:
    """The index in one folder, as one process sees it. `modalities.base.Index` tells its doors.

    A record has any number of prints and is found by the one that scores best. A probe of a known finger is
    compared with prints of that finger and of unknown ones, a probe of an unknown finger with all. The score is that
    of the full comparison (`consolidation`).
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        """Open the index in `folder`, an empty one where there is none; `key` has sealed it (32 bytes).

        Raises `Unavailable` where the folder is damaged, or was made with another key or by other rules.
        """
        self._begin(Vault(folder, key))
        self._read()

    @classmethod
    def build(
        cls,
        folder: Path,
        key: bytes,
        records: Iterable[tuple[int, Sequence[FingerprintTemplate]]],
        cursor: str,
    ) -> Self:
        """Make the index in `folder` anew from all there is; `cursor` is where the feed goes on.

        Each record comes once. The old index answers until the new one is complete.
        """
        with _pool() as pool:
            Vault.build(folder, key, _entries(records, pool), cursor)
        return cls(folder, key)

    def _begin(self, vault: Vault) -> None:
        self._vault = vault
        self._shelves: tuple[Shelf, ...] = ()
        self._unshelved: dict[int, tuple[Print, ...]] = {}
        """What was added and stands on no shelf yet."""
        self._changes: dict[int, tuple[bytes, ...]] = {}
        """What the vault does not know yet: payloads by record."""
        self._changing = Lock()
        """Held while prints are noted, shelved or taken out, for milliseconds."""
        self._flushing = Lock()
        """Held while the vault is written or shelves are merged, by one after the other."""

    @property
    def cursor(self) -> str:
        """From where in the change feed this index must be fed to be complete; empty at first."""
        return self._vault.cursor

    def add(self, record_id: int, templates: Sequence[FingerprintTemplate]) -> None:
        """Make these the prints of the record, in place of all that were known of it."""
        checked_record_id(record_id)
        prints = tuple(prepared(record_id, template) for template in templates)
        payloads = tuple(
            pack(template, each.cylinders) for template, each in zip(templates, prints, strict=True)
        )
        self._change(record_id, prints, payloads)

    def remove(self, record_id: int) -> None:
        """Forget the record."""
        self._change(checked_record_id(record_id), (), ())

    def search(self, template: FingerprintTemplate, limit: int = DEFAULT_LIMIT) -> CandidateList:
        """Return the records whose prints agree more with `template` than chance makes them, best first."""
        checked_limit(limit)
        probe = Probe(template.finger, cylinders(template))
        return _ranked([shelf.search(probe) for shelf in self._shelved()], limit)

    def search_exhaustively(self, template: FingerprintTemplate, limit: int = DEFAULT_LIMIT) -> CandidateList:
        """As `search`, with every print compared: the oracle for it; slow."""
        checked_limit(limit)
        probe = Probe(template.finger, cylinders(template))
        return _ranked([shelf.compare_all(probe) for shelf in self._shelved()], limit)

    def search_many(
        self, templates: Sequence[FingerprintTemplate], limit: int = DEFAULT_LIMIT
    ) -> list[CandidateList]:
        """Search for each template, on all processors; `limit` holds for each."""
        checked_limit(limit)
        with _pool() as pool:
            return list(pool.map(partial(self.search, limit=limit), templates))

    def memory(self) -> Memory:
        """Return what the index takes up."""
        shelves = self._shelved()
        return Memory(
            prints=sum(int(shelf.present.sum()) for shelf in shelves),
            shelves=len(shelves),
            nbytes=sum(shelf.nbytes for shelf in shelves),
        )

    def outdated(self) -> bool:
        """Whether another process has written the folder since."""
        return self._vault.outdated()

    def reopened(self) -> Self:
        """This index as other processes have left its folder, for the caller to feed from its cursor.

        What is unchanged is shared; this one goes on answering as before.
        """
        other = object.__new__(type(self))
        with self._flushing:
            # What the other one reads this one still has to read, should the other one be thrown away.
            other._begin(copy(self._vault))
            other._shelves = tuple(shelf.copy() for shelf in self._shelved())
            other._read()
        return other

    def flush(self, cursor: str) -> None:
        """Write to the folder what has changed; `cursor` is how far in the feed this index is complete.

        Searches and changes go on meanwhile; the next flush writes those. Raises `Conflict` where another
        process writes or has written, `Unavailable` where the disk refuses: nothing is lost then.
        """
        with self._flushing:
            with self._changing:
                changes, self._changes = self._changes, {}
            try:
                self._vault.append([Entry(*change) for change in changes.items()], cursor)
            except BaseException:
                with self._changing:
                    self._changes = changes | self._changes
                raise
            self._merge()

    def _change(self, record_id: int, prints: tuple[Print, ...], payloads: tuple[bytes, ...]) -> None:
        with self._changing:
            self._changes[record_id] = payloads
            self._unshelved[record_id] = prints
            for shelf in self._shelves:
                shelf.take_out((record_id,))

    def _shelved(self) -> tuple[Shelf, ...]:
        """All shelves, with one for the prints that stood on none."""
        if self._unshelved:
            with self._changing:
                self._shelve()
        return self._shelves

    def _shelve(self) -> None:
        """The caller holds `_changing`."""
        prints = Prints.of(each for added in self._unshelved.values() for each in added)
        self._unshelved = {}
        if not len(prints):
            return
        kept, parts = list(self._shelves), [prints]
        # while shelves are being merged they must stay where they are
        while kept and not self._flushing.locked() and len(kept[-1]) + sum(map(len, parts)) <= MERGED_AT_ONCE:
            last = kept.pop()
            parts.insert(0, last.prints.only(last.present))
        with _pool() as pool:
            self._shelves = (*kept, Shelf(Prints.joined(parts), pool))

    def _merge(self) -> None:
        """Merge what is small for its place, and what is more than half empty; the caller holds `_flushing`."""
        with self._changing:
            self._shelve()
            shelves = self._shelves
        first, size = len(shelves) - 1, shelves[-1].present.sum() if shelves else 0
        while first > 0 and len(shelves[first - 1]) < MERGE_RATIO * size:
            first -= 1
            size += shelves[first].present.sum()
        old = shelves[max(first, 0) :]
        if len(old) < 2 and 2 * size >= sum(map(len, old)):
            return
        with _pool() as pool:
            merged = Merged(old, pool)
        with self._changing:
            newer = self._shelves[max(first, 0) + len(old) :]
            self._shelves = (*shelves[:first], *merged.shelves(), *newer)

    def _read(self) -> None:
        """Bring in what the vault holds that was not yet read."""
        anew, entries = self._vault.read()
        if anew:
            self._shelves = ()
        prints = Prints.joined(self._batches(entries))
        if len(prints):
            with _pool() as pool:
                self._shelves = (*self._shelves, Shelf(prints, pool))
        self._merge()

    def _batches(self, entries: Iterator[Entry]) -> Iterator[Prints]:
        yield Prints.of([])
        while batch := list(islice(entries, READ_AT_ONCE)):
            for shelf in self._shelves:
                shelf.take_out([record_id for record_id, _ in batch])
            yield Prints.of(unpack(record_id, each) for record_id, payloads in batch for each in payloads)


def _entries(
    records: Iterable[tuple[int, Sequence[FingerprintTemplate]]], pool: ThreadPoolExecutor
) -> Iterator[Entry]:
    remaining = iter(records)
    while chunk := list(islice(remaining, PREPARED_AT_ONCE)):
        yield from pool.map(_entry, chunk)


def _entry(record: tuple[int, Sequence[FingerprintTemplate]]) -> Entry:
    record_id, templates = record
    return Entry(record_id, tuple(pack(template, cylinders(template)) for template in templates))


def _ranked(found: Sequence[Found], limit: int) -> CandidateList:
    """The best of each record, the best records first, those of equal score by their ids."""
    best: dict[int, float] = {}
    for part in found:
        listed = part.scores >= LEAST_SCORE
        for record_id, score in zip(part.records[listed].tolist(), part.scores[listed].tolist(), strict=True):
            best[record_id] = max(score, best.get(record_id, 0.0))
    order = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return CandidateList(tuple(Candidate(*item) for item in order[:limit]), cut=len(order) > limit)


def _pool() -> ThreadPoolExecutor:
    """A thread for each processor: what takes time releases the interpreter."""
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)))
