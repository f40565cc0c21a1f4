"""Cylinders by what a few of their bits say: hash tables in which those that are alike collide.

Cappelli, Ferrara and Maltoni, *Fingerprint Indexing Based on Minutia Cylinder-Code*, IEEE TPAMI 33 (2011) 1051–1057:
locality-sensitive hashing of the binary cylinders. Each table takes other bits, drawn once and for all.
"""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from math import log2
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.fingerprints.cylinders import CELLS, LAYERS, MASK_WORDS
from allpoints.modalities.fingerprints.retrieval.prints import Prints

TABLES = 32
FEWEST_BITS, MOST_BITS = 10, 20
"""Bits of a key, by the number of cylinders."""
BUCKET = 7.0
"""Log2 of how many cylinders share a key, were all keys as likely."""
LEAST_SET = 2
"""Bits that must be set in a key: keys without tell that nothing is there, which many cylinders have in common."""


def _drawn_bits() -> NDArray[np.int64]:
    """Which bits each table takes: a word and a bit within it, counted through."""
    middle = (CELLS - 1) / 2
    x, y = np.meshgrid(np.arange(CELLS) - middle, np.arange(CELLS) - middle)
    places = int((x**2 + y**2 <= (CELLS / 2) ** 2).sum())
    positions = [layer * MASK_WORDS * 64 + place for layer in range(LAYERS) for place in range(places)]
    chance = np.random.default_rng(2011)
    return np.stack([chance.choice(positions, MOST_BITS, replace=False) for _ in range(TABLES)])


_BITS = _drawn_bits()


class Tables(NamedTuple):
    """All tables over one gallery: the cylinders of table t with key k stand from `starts[t, k]` to the next."""

    positions: NDArray[np.int64]
    """(tables, bits of a key)."""
    starts: NDArray[np.uint32]
    entries: NDArray[np.uint32]


def key_bits(cylinders: int) -> int:
    """How many bits a key has in a gallery of so many cylinders."""
    return min(max(round(log2(cylinders + 1) - BUCKET), FEWEST_BITS), MOST_BITS)


def tabulated(prints: Prints, bits: int, pool: ThreadPoolExecutor) -> Tables:
    """Make the tables, with keys of so many bits."""
    rows = prints.cylinders.bits
    starts = np.zeros((TABLES, (1 << bits) + 1), np.uint32)
    entries = np.empty((TABLES, len(rows)), np.uint32)
    tables = Tables(np.ascontiguousarray(_BITS[:, :bits]), starts, entries)
    list(pool.map(_fill, repeat(rows), *tables))
    return tables


@numba.njit(cache=True, nogil=True)
def _fill(
    rows: NDArray[np.uint64],
    positions: NDArray[np.int64],
    starts: NDArray[np.uint32],
    entries: NDArray[np.uint32],
) -> None:
    """Sort the rows by key (counting sort)."""
    keys = np.empty(len(rows), np.int32)
    for row in range(len(rows)):
        key = key_of(rows[row], positions)
        keys[row] = key
        if key >= 0:
            starts[key + 1] += np.uint32(1)
    for key in range(1, len(starts)):
        starts[key] += starts[key - 1]
    places = starts.copy()
    for row in range(len(rows)):
        if keys[row] >= 0:
            entries[places[keys[row]]] = row
            places[keys[row]] += np.uint32(1)


@numba.njit(cache=True, nogil=True)
def key_of(row: NDArray[np.uint64], positions: NDArray[np.int64]) -> int:
    """The cylinder's key, -1 where too few of its bits are set."""
    key = found = 0
    for position in positions:
        bit = int((row[position >> 6] >> np.uint64(position & 63)) & np.uint64(1))
        key = key << 1 | bit
        found += bit
    return key if found >= LEAST_SET else -1
