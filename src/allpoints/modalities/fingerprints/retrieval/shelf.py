"""A gallery to search: the tables propose prints, the full comparison ranks the best of them."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.fingerprints.consolidation import scores
from allpoints.modalities.fingerprints.cylinders import Cylinders
from allpoints.modalities.fingerprints.retrieval.prints import Prints
from allpoints.modalities.fingerprints.retrieval.tables import Tables, key_bits, tabulated
from allpoints.modalities.fingerprints.retrieval.voting import votes

FEWEST_COMPARED, MOST_COMPARED = 64, 400
"""Prints that are compared in full for one probe; a shelf of fewer needs no votes."""
PRUNED = 10
"""One print in so many is compared in full, within the bounds above."""

BLOCK = 12_288
"""Prints that have tables of their own: what is counted while voting stays in the processor's cache."""

UNKNOWN_FINGER = 0


class Probe(NamedTuple):
    """What is searched for."""

    finger: int
    cylinders: Cylinders


class Found(NamedTuple):
    """Prints that were compared, by the records they belong to."""

    records: NDArray[np.uint32]
    scores: NDArray[np.float32]


class Shelf:
    """Prints and their tables: never changed, but that prints are taken out."""

    def __init__(self, prints: Prints, pool: ThreadPoolExecutor) -> None:
        self.prints = prints
        self.present = np.ones(len(prints), np.bool_)
        """Which prints are still there. Searches read it while others are taken out: it is never replaced."""
        bits = key_bits(len(prints.cylinders.bits))
        self._blocks: list[tuple[Tables, Prints]] = [
            (tabulated(block, bits, pool), block)
            for first in range(0, len(prints), BLOCK)
            for block in (prints.part(first, first + BLOCK),)
        ]

    def __len__(self) -> int:
        return len(self.prints)

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return self.prints.nbytes + sum(array.nbytes for tables, _ in self._blocks for array in tables)

    def copy(self) -> Self:
        """The same shelf, from which prints can be taken out without the other's knowing."""
        other = object.__new__(type(self))
        other.prints, other._blocks, other.present = self.prints, self._blocks, self.present.copy()
        return other

    def take_out(self, record_ids: Collection[int]) -> None:
        """Take out the prints of these records, also from memory, and from shelves that share it."""
        self.discard(np.isin(self.prints.records, np.fromiter(record_ids, np.uint32, len(record_ids))))

    def discard(self, prints: NDArray[np.bool_]) -> None:
        """As `take_out`, for these prints."""
        self.present[prints] = False
        for which in np.flatnonzero(prints):
            rows = slice(*self.prints.offsets[which : which + 2])
            for array in self.prints.cylinders:
                array[rows] = 0

    def search(self, probe: Probe) -> Found:
        """Compare the probe with the prints that have the most votes."""
        if len(self) <= FEWEST_COMPARED:
            return self.compare_all(probe)
        comparable = self._comparable(probe.finger)
        count = min(max(len(self) // PRUNED, FEWEST_COMPARED), MOST_COMPARED)
        best, most = np.empty(0, np.int64), np.empty(0, np.float32)
        first = 0
        for tables, prints in self._blocks:
            least = float(most[-1]) if len(most) == count else 0.0
            found = votes(probe.cylinders, tables, prints, least)
            voted = np.flatnonzero((found > 0) & comparable[first : first + len(prints)])
            most = np.concatenate([most, found[voted]])
            order = np.argsort(-most, kind="stable")[:count]
            best, most = np.concatenate([best, first + voted])[order], most[order]
            first += len(prints)
        return self._compared(probe, best)

    def compare_all(self, probe: Probe) -> Found:
        """Compare the probe with every print."""
        return self._compared(probe, np.flatnonzero(self._comparable(probe.finger)))

    def _comparable(self, finger: int) -> NDArray[np.bool_]:
        if finger == UNKNOWN_FINGER:
            return self.present
        return self.present & np.isin(self.prints.fingers, (UNKNOWN_FINGER, finger))

    def _compared(self, probe: Probe, which: NDArray[np.int64]) -> Found:
        found = scores(*probe.cylinders, *self.prints.cylinders, self.prints.offsets, which.astype(np.int64))
        still = self.present[which]
        return Found(self.prints.records[which][still], found[still])


class Merged:
    """One shelf made of several, while prints may be taken out of those."""

    def __init__(self, old: Sequence[Shelf], pool: ThreadPoolExecutor) -> None:
        self._old = old
        self._taken = [shelf.present.copy() for shelf in old]
        parts = [shelf.prints.only(taken) for shelf, taken in zip(old, self._taken, strict=True)]
        self._new = Shelf(Prints.joined(parts), pool)

    def shelves(self) -> tuple[Shelf, ...]:
        """The new shelf, without what was taken out of the old ones meanwhile; none where nothing is left."""
        gone = [~shelf.present[taken] for shelf, taken in zip(self._old, self._taken, strict=True)]
        self._new.discard(np.concatenate(gone))
        return (self._new,) if self._new.present.any() else ()
