"""Which records are worth comparing: those that share two features, or one that is rare.

No single key decides. A record stands in the block of every pair of features in `BLOCKS`, so that a slip in one
feature leaves the others. A block that is too large to compare whole is walked in two orders, by name and by
birth, each record with its next neighbours (the sorted neighbourhood of Hernández and Stolfo 1995): the work grows
with the records and no block is dropped.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from allpoints.modalities.names.duplicates.columns import Columns
from allpoints.modalities.names.duplicates.evidence import Facts
from allpoints.modalities.names.duplicates.words import Words

WINDOW = 30
"""Neighbours with which a record is compared in one walk; a block of one more is compared whole."""
CLASSES = 6
"""Classes of sound and symbol by which one record is found, its rarest."""
PLACE_WORDS = 3
NEW_YEAR = 101
"""1 January, which mostly means that the day is not known."""
CHUNK = 4_000_000
"""Pairs that are handed on at a time."""

BLOCKS = (
    ("name", "name"),
    ("name", "birth"),
    ("name", "year"),
    ("name", "day"),
    ("name", "place"),
    ("birth", "place"),
    ("birth", "birth"),
    ("residence", "year"),
    ("residence", "day"),
    ("rare name", "rare name"),
)
"""The pairs of features that make a block. A feature paired with itself stands alone, except names, of which
two different ones are meant."""


class Feature(NamedTuple):
    """Values of a feature: those of record i are `values[start[i]:start[i + 1]]`."""

    start: NDArray[np.int64]
    values: NDArray[np.int32]


class Chunk(NamedTuple):
    """Pairs of records as `smaller << 32 | larger`, none twice, and how far the blocks have been walked."""

    pairs: NDArray[np.uint64]
    left_out: int
    """Pairs of the blocks that the walk leaves out."""
    share: float


def candidate_pairs(f: Facts) -> Iterator[Chunk]:
    """Yield the pairs that are worth comparing."""
    c = f.columns
    found = _features(f)
    by_name = _first(found["rare name"])
    ranks = (_ranked(c.birth, by_name), _ranked(by_name, c.birth))
    for number, (one, other) in enumerate(BLOCKS):
        keys, records = _keys(found[one], found[other], number, one == other, one == "name")
        for walk, rank in enumerate(ranks):
            order = np.lexsort((rank[records], keys))
            keys, records = keys[order], records[order]
            share = (number + walk / len(ranks)) / len(BLOCKS)
            yield from _neighbours(keys, records, share, whole_too=walk == 0)


def _features(f: Facts) -> dict[str, Feature]:
    """Every record's features by their names in `BLOCKS`."""
    c, w, r = f
    class_share = np.zeros(int(w.classes.max(initial=-1)) + 1, np.float32)
    np.add.at(class_share, w.classes, np.repeat(r.word, np.diff(w.class_start)))
    full = c.birth % 100 > 0
    return {
        "name": Feature(*_rarest_classes(c, w, class_share, CLASSES)),
        "rare name": Feature(*_rarest_classes(c, w, class_share, 2)),
        "birth": _single(c.birth, full),
        "year": _single(c.birth // 10_000, c.birth > 0),
        "day": _single(c.birth % 10_000, full & (c.birth % 10_000 != NEW_YEAR)),
        "place": Feature(*_rarest_place_words(c, r.place_word, PLACE_WORDS)),
        "residence": _single(c.residence, c.residence >= 0),
    }


def _first(feature: Feature) -> NDArray[np.int32]:
    """Each record's first value, -1 where it has none."""
    first = np.full(len(feature.start) - 1, -1, np.int32)
    stated = np.diff(feature.start) > 0
    first[stated] = feature.values[feature.start[:-1][stated]]
    return first


def _ranked(minor: NDArray[np.int32], major: NDArray[np.int32]) -> NDArray[np.int64]:
    rank = np.empty(len(major), np.int64)
    rank[np.lexsort((minor, major))] = np.arange(len(major))
    return rank


def _neighbours(
    keys: NDArray[np.uint64], records: NDArray[np.int32], share: float, *, whole_too: bool
) -> Iterator[Chunk]:
    """Walk the sorted blocks; those that are compared whole only where that is wanted."""
    begins = np.flatnonzero(np.diff(keys, prepend=~keys[:1]))
    sizes = np.diff(begins, append=len(keys))
    left = np.repeat(begins + sizes, sizes) - np.arange(len(keys)) - 1
    reach = np.minimum(left, WINDOW)
    if not whole_too:
        reach[np.repeat(sizes <= WINDOW + 1, sizes)] = 0
    left_out = int((left - reach).sum()) if whole_too else 0
    upto = np.concatenate([[0], np.cumsum(reach)])
    begin = 0
    while begin < len(keys):
        end = max(int(np.searchsorted(upto, upto[begin] + CHUNK)) - 1, begin + 1)
        pairs = _pairs(records, reach, begin, end, int(upto[end] - upto[begin]))
        yield Chunk(np.unique(pairs), left_out if begin == 0 else 0, share)
        begin = end


@njit(cache=True, nogil=True)
def _pairs(
    records: NDArray[np.int32], reach: NDArray[np.int64], begin: int, end: int, count: int
) -> NDArray[np.uint64]:
    pairs = np.empty(count, np.uint64)
    n = 0
    for p in range(begin, end):
        for q in range(p + 1, p + 1 + reach[p]):
            low, high = records[p], records[q]
            if low != high:
                if low > high:
                    low, high = high, low
                pairs[n] = np.uint64(low) << np.uint64(32) | np.uint64(high)
                n += 1
    return pairs[:n]


def _single(values: NDArray[np.int32], stated: NDArray[np.bool_]) -> Feature:
    start = np.concatenate([[0], np.cumsum(stated)]).astype(np.int64)
    return Feature(start, values[stated].astype(np.int32))


@njit(cache=True, nogil=True)
def _mixed(a: np.integer[Any] | int, b: np.integer[Any] | int) -> np.uint64:
    """Two numbers as one key; the finalizer of MurmurHash3."""
    x = (np.uint64(a) << np.uint64(32)) ^ np.uint64(b)
    x ^= x >> np.uint64(33)
    x *= np.uint64(0xFF51AFD7ED558CCD)
    x ^= x >> np.uint64(33)
    x *= np.uint64(0xC4CEB9FE1A85EC53)
    return x ^ (x >> np.uint64(33))


@njit(cache=True, nogil=True)
def _keys(
    one: Feature, other: Feature, salt: int, alone: bool, paired: bool
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """The blocks' keys with the records that have them. `alone` and `paired` tell a feature with itself."""
    (start_a, a), (start_b, b) = one, other
    n = len(start_a) - 1
    count = 0
    for i in range(n):
        x, y = start_a[i + 1] - start_a[i], start_b[i + 1] - start_b[i]
        count += x * (x - 1) // 2 if alone and paired else x if alone else x * y
    keys, records = np.empty(count, np.uint64), np.empty(count, np.int32)
    k = 0
    for i in range(n):
        for p in range(start_a[i], start_a[i + 1]):
            if alone and not paired:
                keys[k], records[k] = _mixed(a[p], salt), i
                k += 1
                continue
            for q in range(p + 1 if alone else start_b[i], start_b[i + 1]):
                low, high = a[p], b[q]
                if alone and low > high:
                    low, high = high, low
                keys[k], records[k] = _mixed(_mixed(low, salt) >> np.uint64(32), high), i
                k += 1
    return keys, records


@njit(cache=True, nogil=True)
def _rarest(found: NDArray[np.int32], count: int, share: NDArray[np.float32], most: int) -> int:
    """Sort the first `count` values of `found` by their share and keep the rarest, each once."""
    for i in range(1, count):
        value = found[i]
        j = i - 1
        while j >= 0 and (
            share[found[j]] > share[value] or (share[found[j]] == share[value] and found[j] > value)
        ):
            found[j + 1] = found[j]
            j -= 1
        found[j + 1] = value
    kept = 0
    for i in range(count):
        if (i == 0 or found[i] != found[i - 1]) and kept < most:
            found[kept] = found[i]
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _rarest_classes(
    c: Columns, w: Words, share: NDArray[np.float32], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The rarest classes of all words of the names."""
    n = len(c.birth)
    start, values = np.zeros(n + 1, np.int64), np.empty(n * most, np.int32)
    found = np.empty(4096, np.int32)
    end = 0
    for i in range(n):
        count = 0
        for k in range(c.word_start[c.name_start[i]], c.word_start[c.name_start[i + 1]]):
            word = c.word[k]
            if w.telling[word]:
                for p in range(w.class_start[word], w.class_start[word + 1]):
                    if count < len(found):
                        found[count] = w.classes[p]
                        count += 1
        kept = _rarest(found, count, share, most)
        values[end : end + kept] = found[:kept]
        end += kept
        start[i + 1] = end
    return start, values[:end]


@njit(cache=True, nogil=True)
def _rarest_place_words(
    c: Columns, share: NDArray[np.float32], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Of either place the rarest words."""
    n = len(c.birth)
    start, values = np.zeros(n + 1, np.int64), np.empty(2 * n * most, np.int32)
    found = np.empty(256, np.int32)
    end = 0
    for i in range(n):
        for place in (c.birthplace[i], c.residence[i]):
            if place >= 0:
                count = min(c.place_start[place + 1] - c.place_start[place], len(found))
                found[:count] = c.place_word[c.place_start[place] : c.place_start[place] + count]
                kept = _rarest(found, count, share, most)
                values[end : end + kept] = found[:kept]
                end += kept
        start[i + 1] = end
    return start, values[:end]
