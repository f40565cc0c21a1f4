"""Groups of records that speak for one person each, without chaining strangers together.

Two groups become one only when hardly any other partner suits either of them better and all their members together
speak for it: one member that fits a stranger is outvoted by those that do not. Agglomerative clustering by average
linkage (Sokal and Michener 1958) in rounds of near-reciprocal nearest neighbours (after Benzécri 1982). Two full
dates of birth that no slip explains never stand in one group, whatever bridges them.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from allpoints.modalities.names.duplicates.columns import People
from allpoints.modalities.names.duplicates.evidence import (
    CONTRADICTION,
    FIELDS,
    Facts,
    birth_llr,
    fill_fields,
    on_all_cores,
)
from allpoints.modalities.names.duplicates.shares import rarity
from allpoints.modalities.names.duplicates.words import Words

SPEAKERS = 12
"""Members that speak for a group; in a larger one they are spread evenly."""
BEST_VALUE = 0.3
"""How much the values that fit best count against the average of all."""
AS_GOOD = 0.5
"""A partner whose LLR falls short of the best one's by no more than this is as good."""
ODDS = 0.3
"""Two to one: the least posterior odds, as log10, for two groups to become one."""
FEWEST, MOST = 0.01, 10.0
"""Other records of the same person that a record may be expected to have."""
HOPELESS = 5.0
"""A pair of groups that is further than this below the threshold is not looked at again."""


def grouped(
    people: People,
    w: Words,
    pairs: tuple[NDArray[np.int32], NDArray[np.int32]],
    threshold_llr: float | None,
    progress: Callable[[float], None],
) -> tuple[NDArray[np.int64], float]:
    """Return each record's group, numbered from 0, and the threshold that was reached.

    Without a threshold it is what makes the posterior odds `ODDS`: the prior odds of a pair are the records
    that a record is expected to find, among all. Nobody knows them beforehand; the grouping starts from few,
    takes the surest first, and counts what it has found.
    """
    n = len(people.ids)
    group = np.arange(n)
    expected = FEWEST
    while True:
        threshold = _threshold(n, expected) if threshold_llr is None else threshold_llr
        group = _settled(people, w, pairs, group, threshold)
        found = np.clip(_partners(group), expected, MOST)
        progress(float(np.log(found / FEWEST) / np.log(MOST / FEWEST)))
        if threshold_llr is not None or found < expected * 1.1:
            return group, threshold
        expected = float(found)


def lowest_threshold(n: int) -> float:
    """The threshold to which the grouping of n records may fall."""
    return _threshold(n, MOST)


def _threshold(n: int, expected: float) -> float:
    return float(np.log10(max(n, 1) / expected)) + ODDS


def _partners(group: NDArray[np.int64]) -> float:
    sizes = np.bincount(group)
    return float((sizes * (sizes - 1)).sum() / max(len(group), 1))


def _settled(
    people: People,
    w: Words,
    pairs: tuple[NDArray[np.int32], NDArray[np.int32]],
    group: NDArray[np.int64],
    threshold: float,
) -> NDArray[np.int64]:
    """Merge until no two groups reach the threshold. Shares are counted anew with each call."""
    facts = Facts(people.columns, w, rarity(people, w, group))
    one, other = _edges(group[pairs[0]], group[pairs[1]])
    llr = _scores(one, other, group, facts)
    while True:
        keep = llr >= threshold - HOPELESS
        one, other, llr = one[keep], other[keep], llr[keep]
        merged = _merged(one, other, llr, int(group.max(initial=-1)) + 1, threshold)
        if merged is None:
            return group
        into, changed = merged
        group = into[group]
        stale = changed[one] | changed[other]
        fresh_one, fresh_other = _edges(into[one[stale]], into[other[stale]])
        one = np.concatenate([into[one[~stale]], fresh_one])
        other = np.concatenate([into[other[~stale]], fresh_other])
        llr = np.concatenate([llr[~stale], _scores(fresh_one, fresh_other, group, facts)])


def _edges(a: NDArray[np.int64], b: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs of different groups, each once."""
    edges = np.unique((np.minimum(a, b) << 32 | np.maximum(a, b))[a != b])
    return edges >> 32, edges & 0xFFFFFFFF


def _scores(
    one: NDArray[np.int64], other: NDArray[np.int64], group: NDArray[np.int64], facts: Facts
) -> NDArray[np.float32]:
    members = np.argsort(group, kind="stable")
    start = np.searchsorted(group[members], np.arange(group.max(initial=-1) + 2))
    return on_all_cores(_group_llrs, one, other, Members(start, members), facts)


def _merged(
    one: NDArray[np.int64], other: NDArray[np.int64], llr: NDArray[np.float32], groups: int, threshold: float
) -> tuple[NDArray[np.int64], NDArray[np.bool_]] | None:
    """Match groups with partners as good as their best. Return each group's new number and which changed."""
    best = np.full(groups, -np.inf, np.float32)
    np.maximum.at(best, one, llr)
    np.maximum.at(best, other, llr)
    good = np.flatnonzero((llr >= threshold) & (llr + AS_GOOD >= best[one]) & (llr + AS_GOOD >= best[other]))
    if not len(good):
        return None
    order = good[np.lexsort((other[good], one[good], -llr[good]))]
    target, changed = _matched(one[order], other[order], groups)
    return np.unique(target, return_inverse=True)[1], changed


@njit(cache=True, nogil=True)
def _matched(
    one: NDArray[np.int64], other: NDArray[np.int64], groups: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    target = np.arange(groups)
    changed = np.zeros(groups, np.bool_)
    for p in range(len(one)):
        a, b = one[p], other[p]
        if not changed[a] and not changed[b]:
            changed[a] = changed[b] = True
            target[b] = a
    return target, changed


class Members(NamedTuple):
    """The records of group g are `record[start[g]:start[g + 1]]`."""

    start: NDArray[np.int64]
    record: NDArray[np.int64]


@njit(cache=True, nogil=True)
def _contradict(one: NDArray[np.int64], other: NDArray[np.int64], f: Facts) -> bool:
    """Whether any two members have dates of birth that cannot be one person's."""
    for i in one:
        for j in other:
            if birth_llr(i, j, f) == CONTRADICTION:
                return True
    return False


@njit(cache=True, nogil=True)
def _group_llr(one: NDArray[np.int64], other: NDArray[np.int64], f: Facts) -> float:
    """Each field's LLR, averaged over the pairs of members that state it, and summed over the fields."""
    if _contradict(one, other, f):
        return -np.inf
    sums, best, counts = np.zeros(FIELDS), np.zeros(FIELDS), np.zeros(FIELDS)
    values = np.empty(FIELDS)
    n, m = min(len(one), SPEAKERS), min(len(other), SPEAKERS)
    for p in range(n):
        for q in range(m):
            fill_fields(one[p * len(one) // n], other[q * len(other) // m], f, values)
            for field in range(FIELDS):
                if not np.isnan(values[field]):
                    sums[field] += values[field]
                    best[field] += 10.0 ** values[field]
                    counts[field] += 1
    result = 0.0
    for field in range(FIELDS):
        if counts[field] > 0:
            average, mixture = sums[field] / counts[field], np.log10(best[field] / counts[field])
            result += (1 - BEST_VALUE) * average + BEST_VALUE * mixture
    return result


@njit(cache=True, nogil=True)
def _group_llrs(
    one: NDArray[np.int64], other: NDArray[np.int64], members: Members, f: Facts
) -> NDArray[np.float32]:
    result = np.empty(len(one), np.float32)
    for p in range(len(one)):
        a, b = one[p], other[p]
        ours = members.record[members.start[a] : members.start[a + 1]]
        result[p] = _group_llr(ours, members.record[members.start[b] : members.start[b + 1]], f)
    return result
