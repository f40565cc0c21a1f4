"""The kernel of a search that gathers the rows worth scoring: those that share most with a probe's name.

It marks each row of a similar word's postings with two bits for the variant that the word is like, which say how
much, and two bits for the birth. A mask says what a row can be worth at best;
rows are taken from the best masks on until the budget is used up. It is ranked retrieval term at a time with
bounds (Turtle and Flood, Query evaluation: strategies and optimizations, 1995).
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from allpoints.modalities.names.retrieval.segments import Ids

MAX_MARKED = 7
"""Variants of one name that are marked: two bits each beside two for the birth, in sixteen."""
COMMON = 100_000
"""People from whom on a variant is common: none is gathered for it where rarer ones have found enough."""
FREQUENT = 10_000
"""People from whom on, where the probe's birth is known, only those born near it and those of unknown birth are
gathered; for the rarest variant only where it is common."""
WALK_BUDGET = 3_000_000
"""Rows that are marked for one name in one segment at most; little like words stand back."""
STRONG_LIKENESS = 0.85
"""From it on a word is much like another."""
EQUAL_LIKENESS = 0.995
"""From it on it is the same, as far as can be heard."""
_NO, _WEAK, _STRONG, _EQUAL = range(4)
_SHARE = (0.0, 0.7, 0.92, 1.0)
"""What a variant counts in a mask by how much the row's word is like it: the bits of two words that are weakly and
strongly like it make it equal, which puts the row too high, never too low."""

_ELSEWHERE, _UNKNOWN, _NEAR = 0, 1, 2
_BIRTH_BOUND = (-4.0, 0.0, 3.5)
"""What a row's birth is taken to be worth in a mask: far from the probe's, unknown, near it."""
_BIRTH_BITS = 2


class Sought(NamedTuple):
    """A name as a segment is searched for it: for each variant, the rarest first, the words like it."""

    starts: NDArray[np.int64]
    """Where each variant's words begin in the next two, and the end."""
    words: Ids
    likeness: NDArray[np.float32]
    """Falling for each variant."""
    slots: NDArray[np.int64]
    """For each variant a bit for each slot that it fills."""
    slot_count: int
    weights: NDArray[np.float32]
    """What a row gains by each variant."""
    total: float
    """What a row gains by the whole name."""
    initials: NDArray[np.bool_]
    """For each initial of the name whether it stands for a word that begins with this code."""


class Traits(NamedTuple):
    """What is known of a probe beside its names, as a segment is searched for it."""

    births: NDArray[np.int64]
    """The packed dates that it may have been born on."""
    runs: NDArray[np.int64]
    """Pairs of rows, from and up to: the people of unknown birth, then those born near one of the dates."""
    sex: int


class Bounds(NamedTuple):
    """How much a search is to find, and at most."""

    wanted: int
    """Good rows."""
    budget: int
    """Rows."""


@njit(nogil=True, cache=True)
def gathered_rows(marks, columns, sought, traits, bounds):  # type: ignore[no-untyped-def]
    """The rows worth scoring, and whether there were more than the budget allows.

    `marks` are zeros, one a row, and are so again afterwards.
    """
    counts = np.zeros(1 << (_BIRTH_BITS + 2 * len(sought.weights)), np.int32)
    everybody = np.array([[0, len(columns.records)]])
    born = len(traits.births) > 0
    walks, left = np.empty((0, 3), np.int64), WALK_BUDGET
    for variant in range(len(sought.weights)):
        people = _people(columns, sought, variant)
        if people > COMMON and variant and _better(counts, sought, variant, born) >= bounds.wanted:
            break
        narrow = born and people > (FREQUENT if variant else COMMON)
        spans = _spans(columns, sought, variant, traits.runs if narrow else everybody, left)
        _mark(marks, counts, columns.postings, spans, traits)
        walks = np.concatenate((walks, spans))
        left -= (spans[:, 1] - spans[:, 0]).sum()
    room = _room(counts, sought, bounds.budget)
    rows = _collected(marks, room, columns.postings, walks)
    return rows, len(rows) < counts.sum()


@njit(nogil=True, cache=True)
def _people(columns, sought, variant):  # type: ignore[no-untyped-def]
    """The rows that hold a word like the variant; who holds two counts twice."""
    people = np.int64(0)
    for k in range(sought.starts[variant], sought.starts[variant + 1]):
        word = sought.words[k]
        people += np.int64(columns.posting_starts[word + 1]) - np.int64(columns.posting_starts[word])
    return people


@njit(nogil=True, cache=True)
def _better(counts, sought, variant, born):  # type: ignore[no-untyped-def]
    """How many marked rows no other row can be worth more than by the variants from this one on."""
    rest = np.float32(_BIRTH_BOUND[_NEAR] if born else 0.0)
    for other in range(variant, len(sought.weights)):
        rest += sought.weights[other]
    better = 0
    for mask in np.flatnonzero(counts):
        if _worth(mask, sought) >= rest:
            better += counts[mask]
    return better


@njit(nogil=True, cache=True)
def _spans(columns, sought, variant, runs, left):  # type: ignore[no-untyped-def]
    """The postings of the variant in these runs of rows, as long as there are some left to walk: from, up to, and
    the bits to mark them with."""
    first_word, last_word = sought.starts[variant], sought.starts[variant + 1]
    spans = np.empty(((last_word - first_word) * len(runs), 3), np.int64)
    unit = 1 << (_BIRTH_BITS + 2 * variant)
    count = 0
    for k in range(first_word, last_word):
        word = sought.words[k]
        begin, last = np.int64(columns.posting_starts[word]), np.int64(columns.posting_starts[word + 1])
        level = _WEAK
        if sought.likeness[k] >= STRONG_LIKENESS:
            level = _EQUAL if sought.likeness[k] >= EQUAL_LIKENESS else _STRONG
        for run in range(len(runs)):
            end = last
            if len(runs) > 1:
                begin = _first_from(columns.postings, begin, last, runs[run, 0])
                end = _first_from(columns.postings, begin, last, runs[run, 1])
            left -= end - begin
            if left < 0:
                return spans[:count]
            spans[count, 0], spans[count, 1], spans[count, 2] = begin, end, level * unit
            count += 1
    return spans[:count]


@njit(nogil=True, cache=True)
def _first_from(postings, start, stop, row):  # type: ignore[no-untyped-def]
    """Where the postings from `start` to `stop` reach the row."""
    while start < stop:
        middle = (start + stop) // 2
        if postings[middle] < row:
            start = middle + 1
        else:
            stop = middle
    return start


@njit(nogil=True, cache=True)
def _mark(marks, counts, postings, spans, traits):  # type: ignore[no-untyped-def]
    for k in range(len(spans)):
        bits = spans[k, 2]
        for at in range(spans[k, 0], spans[k, 1]):
            row = np.int64(postings[at])
            old = np.int64(marks[row])
            new = old | bits
            if new != old:
                if old:
                    counts[old] -= 1
                else:
                    new |= _birth_bits(row, traits)
                counts[new] += 1
                marks[row] = new


@njit(nogil=True, cache=True)
def _birth_bits(row, traits):  # type: ignore[no-untyped-def]
    if len(traits.births) == 0 or row < traits.runs[0, 1]:
        return _UNKNOWN
    for run in range(1, len(traits.runs)):
        if traits.runs[run, 0] <= row < traits.runs[run, 1]:
            return _NEAR
    return _ELSEWHERE


@njit(nogil=True, cache=True)
def _room(counts, sought, budget):  # type: ignore[no-untyped-def]
    """How many rows to take of each mask: the best masks first."""
    masks = np.flatnonzero(counts)
    worth = np.empty(len(masks), np.float32)
    for i in range(len(masks)):
        worth[i] = _worth(masks[i], sought)
    room = np.zeros(len(counts), np.int32)
    for i in np.argsort(-worth):
        room[masks[i]] = min(budget, counts[masks[i]])
        budget -= room[masks[i]]
    return room


@njit(nogil=True, cache=True)
def _worth(mask, sought):  # type: ignore[no-untyped-def]
    """What a row with this mask can be worth: for each slot the best variant that fills it, and the birth."""
    best = np.zeros(sought.slot_count, np.float32)
    for variant in range(len(sought.weights)):
        bits = (mask >> (_BIRTH_BITS + 2 * variant)) & 3
        if bits:
            filled = 0
            for slot in range(sought.slot_count):
                filled += (sought.slots[variant] >> slot) & 1
            worth = sought.weights[variant] * _SHARE[bits] / filled
            for slot in range(sought.slot_count):
                if (sought.slots[variant] >> slot) & 1:
                    best[slot] = max(best[slot], worth)
    return best.sum() + _BIRTH_BOUND[mask & 3]


@njit(nogil=True, cache=True)
def _collected(marks, room, postings, spans):  # type: ignore[no-untyped-def]
    """The rows for which there is room; all marks become zeros."""
    rows = np.empty(room.sum(), np.uint32)
    found = 0
    for k in range(len(spans)):
        for at in range(spans[k, 0], spans[k, 1]):
            row = postings[at]
            mask = marks[row]
            if mask:
                marks[row] = 0
                if room[mask]:
                    room[mask] -= 1
                    rows[found] = row
                    found += 1
    return rows
