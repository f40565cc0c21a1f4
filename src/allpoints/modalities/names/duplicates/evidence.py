"""How strongly two records speak for one person: name, birth, places and sex, each as a log10 likelihood ratio.

The model is that of Fellegi and Sunter (1969) with frequencies by value (Winkler 2000): an agreement counts for
as much as its value is rare among the persons of these very holdings, and a slip of the pen for a little less.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import log10, nan
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from allpoints.modalities.names.duplicates.columns import FAMILY, Columns
from allpoints.modalities.names.duplicates.words import PACKED, Words

SLICE = 20_000
"""Pairs of one task."""
NAME, BIRTH, PLACES, SEX = range(4)
FIELDS = 4

RAREST_WORD = 1e-5
RAREST_BIRTH = 3e-5
"""No date is rarer than one day in a lifetime of ninety years, however few people the holdings have."""
BIRTH_SLIPPED = 0.7
"""What a date with a slip says less than the date itself, at least."""
RAREST_PLACE = 1e-4
FURTHER_WORD = 0.9
"""What a second word counts of its own: who bears a rare name of a people bears others of that people."""
OTHER_NAME = 1.0
"""Two names with a word left over on both sides: it happens to one person in ten."""
OTHER_GIVEN = 1.5
"""Where only the family names agree: brothers and sisters, who share birthplace and residence, too."""
FURTHER_OTHER = 0.5
CONTRADICTION = -6.0
"""Two full dates of birth that no slip explains."""
AGREED, AGREES, SLIPPED = 0.1, 0.3, 0.6
"""What an equal word, a word like it, and a short form lose to all the ways in which a name can be written."""
UNLIKE = 4.0
"""What a word loses that has nothing in common with the other; one that is half alike loses half."""
SAME_SEX, OTHER_SEX = 0.2, -0.8
"""Sex is a coin that holdings now and then enter wrongly."""


class Rarity(NamedTuple):
    """Shares of the persons who have a value, as far as the grouping knows them by now.

    `word` by word among those who write in its script, `like` with all words like it, `birth`, `year` and `day`
    (month and day) by record, `place` by place, `place_word` by word.
    """

    word: NDArray[np.float32]
    like: NDArray[np.float32]
    birth: NDArray[np.float32]
    year: NDArray[np.float32]
    day: NDArray[np.float32]
    place: NDArray[np.float32]
    place_word: NDArray[np.float32]


class Facts(NamedTuple):
    """All that a comparison needs."""

    columns: Columns
    words: Words
    rarity: Rarity


@njit(cache=True, nogil=True)
def _alike(a: int, b: int, w: Words) -> float:
    """How alike two different words are; 0 for different names."""
    low, high = w.near_start[a], w.near_start[a + 1]
    end = high
    while low < high:
        middle = (low + high) >> 1
        if w.near[middle] < b:
            low = middle + 1
        else:
            high = middle
    return float(w.likeness[low]) if low < end and w.near[low] == b else 0.0


@njit(cache=True, nogil=True)
def _short_form(a: int, b: int, w: Words) -> int:
    """How many letters the one word shares that is the other's beginning, such as `Ed` of `Edward`; else 0."""
    stem = min(w.stem[a], w.stem[b])
    if not 0 < stem <= PACKED or w.length[a] == w.length[b]:
        return 0
    shift = np.uint64(8 * (PACKED - stem))
    return stem if w.letters[a] >> shift == w.letters[b] >> shift else 0


@njit(cache=True, nogil=True)
def _word_llr(a: int, b: int, f: Facts) -> float:
    """The LLR of two words; negative where they are different names."""
    _, w, r = f
    if a == b:
        return max(-log10(max(r.word[a], RAREST_WORD)) - AGREED, 0.05)
    # A slip or another spelling could have come from any of the words that are like it.
    rare = -log10(max(r.like[a], r.like[b], RAREST_WORD))
    alike = _alike(a, b, w)
    if alike > 0:
        return max(rare - AGREES - UNLIKE * (1 - alike), 0.05)
    shared = _short_form(a, b, w)
    return min(max(rare - SLIPPED, 0.05), 0.7 * shared) if shared else -1.0


@njit(cache=True, nogil=True)
def _best(gain: NDArray[np.float64]) -> tuple[int, int]:
    """Where the largest gain is; (-1, -1) where none is positive."""
    best, p, q = 0.0, -1, -1
    for i in range(gain.shape[0]):
        for j in range(gain.shape[1]):
            if gain[i, j] > best:
                best, p, q = gain[i, j], i, j
    return p, q


@njit(cache=True, nogil=True)
def _name_llr(k: int, m: int, f: Facts) -> float:
    """Two names: their words in the best pairs; what is left over on both sides counts against."""
    c, w, _ = f
    a, b = c.word_start[k], c.word_start[m]
    n, o = c.word_start[k + 1] - a, c.word_start[m + 1] - b
    gain = np.empty((n, o))
    left = right = 0
    for i in range(n):
        left += w.telling[c.word[a + i]]
        for j in range(o):
            gain[i, j] = _word_llr(c.word[a + i], c.word[b + j], f)
    for j in range(o):
        right += w.telling[c.word[b + j]]
    result, weight, family_only = 0.0, 1.0, True
    p, q = _best(gain)
    while p >= 0:
        result += weight * gain[p, q]
        weight = FURTHER_WORD
        family_only = family_only and c.role[a + p] == FAMILY and c.role[b + q] == FAMILY
        left -= w.telling[c.word[a + p]]
        right -= w.telling[c.word[b + q]]
        gain[p, :] = gain[:, q] = -1.0
        p, q = _best(gain)
    against = min(left, right)
    if against > 0:
        result -= (OTHER_GIVEN if family_only else OTHER_NAME) + FURTHER_OTHER * (against - 1)
    return result


@njit(cache=True, nogil=True)
def _names_llr(i: int, j: int, f: Facts) -> float:
    """The best pair of names, less what so many tries bring by chance."""
    start = f.columns.name_start
    tries = (start[i + 1] - start[i]) * (start[j + 1] - start[j])
    if tries == 0:
        return nan
    best = -np.inf
    for k in range(start[i], start[i + 1]):
        for m in range(start[j], start[j + 1]):
            best = max(best, _name_llr(k, m, f))
    return best - log10(tries)


@njit(cache=True, nogil=True)
def _different_digits(a: int, b: int) -> int:
    count = 0
    while a > 0 or b > 0:
        count += a % 10 != b % 10
        a //= 10
        b //= 10
    return count


@njit(cache=True, nogil=True)
def birth_llr(i: int, j: int, f: Facts) -> float:
    """Two dates of birth: the same, told less exactly, one or two slips apart, swapped, or a contradiction."""
    c, _, r = f
    a, b = c.birth[i], c.birth[j]
    if a == 0 or b == 0:
        return nan
    if a == b:
        return -log10(max(r.birth[i], RAREST_BIRTH)) - 0.2
    year, day = max(r.year[i], r.year[j]), max(r.day[i], r.day[j])
    if a % 100 == 0 or b % 100 == 0:
        return _partial_birth_llr(a, b, year)
    same_year, same_day = a // 10_000 == b // 10_000, a % 10_000 == b % 10_000
    most = min(-log10(max(r.birth[i], r.birth[j], RAREST_BIRTH)) - BIRTH_SLIPPED, 3.0)
    if same_year and a % 100 == b // 100 % 100 and b % 100 == a // 100 % 100:
        return min(-log10(year) + 0.7, most)
    digits = _different_digits(a, b)
    if digits == 1:
        # Of the years in use about one in seven is one digit away, of the days one in eight.
        return min(log10(0.25 / (day * 0.15 if same_day else year * 0.12)), most)
    chance = day * 0.3 if same_day else year * 0.3 if same_year else 0.02
    return min(log10(0.02 / chance), most - 1.0) if digits == 2 else CONTRADICTION


@njit(cache=True, nogil=True)
def _partial_birth_llr(a: int, b: int, year: float) -> float:
    """Two dates of which one lacks the day or more; `year` is the share of the year."""
    if a // 10_000 != b // 10_000:
        return 0.0 if _different_digits(a // 10_000, b // 10_000) == 1 else -1.5
    month_a, month_b = a // 100 % 100, b // 100 % 100
    if month_a == 0 or month_b == 0:
        return -log10(year) - 0.1
    return -log10(year) + 0.8 if month_a == month_b else 0.0


@njit(cache=True, nogil=True)
def _place_llr(a: int, b: int, f: Facts) -> float:
    """Two places: the same, or the rarest word that they share, such as half a postcode."""
    c, _, r = f
    if a < 0 or b < 0:
        return nan
    if a == b:
        return -log10(max(r.place[a], RAREST_PLACE)) - 0.3
    rarest = 1.0
    for i in range(c.place_start[a], c.place_start[a + 1]):
        for j in range(c.place_start[b], c.place_start[b + 1]):
            if c.place_word[i] == c.place_word[j]:
                rarest = min(rarest, r.place_word[c.place_word[i]])
    return -0.5 if rarest == 1.0 else max(-log10(max(rarest, RAREST_PLACE)) - 0.7, 0.0)


@njit(cache=True, nogil=True)
def fill_fields(i: int, j: int, f: Facts, out: NDArray[np.float64]) -> None:
    """Fill `out` with the fields' LLRs; what either record does not state is nan."""
    c = f.columns
    out[NAME] = _names_llr(i, j, f)
    out[BIRTH] = birth_llr(i, j, f)
    born, lived = (
        _place_llr(c.birthplace[i], c.birthplace[j], f),
        _place_llr(c.residence[i], c.residence[j], f),
    )
    if np.isnan(born) or np.isnan(lived):
        out[PLACES] = lived if np.isnan(born) else born
    else:
        # Where a person lives depends on where the person was born.
        out[PLACES] = max(born, lived) + 0.5 * min(born, lived)
    stated = c.sex[i] != 0 and c.sex[j] != 0
    out[SEX] = (SAME_SEX if c.sex[i] == c.sex[j] else OTHER_SEX) if stated else nan


@njit(cache=True, nogil=True)
def pair_llrs(one: NDArray[np.int32], other: NDArray[np.int32], f: Facts) -> NDArray[np.float32]:
    """The LLR of each pair of records, all fields together."""
    result = np.empty(len(one), np.float32)
    values = np.empty(FIELDS)
    for p in range(len(one)):
        fill_fields(one[p], other[p], f, values)
        result[p] = np.nansum(values)
    return result


@njit(cache=True, nogil=True)
def pair_fields(one: NDArray[np.int32], other: NDArray[np.int32], f: Facts) -> NDArray[np.float64]:
    """The LLRs of each pair's fields, a row for each pair."""
    result = np.empty((len(one), FIELDS))
    for p in range(len(one)):
        fill_fields(one[p], other[p], f, result[p])
    return result


def on_all_cores(
    kernel: Callable[..., NDArray[Any]], one: NDArray[Any], other: NDArray[Any], *rest: NamedTuple
) -> NDArray[Any]:
    """Let a kernel, which holds no lock of the interpreter, work on slices of the pairs side by side."""
    cuts = range(0, max(len(one), 1), SLICE)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda cut: kernel(one[cut : cut + SLICE], other[cut : cut + SLICE], *rest), cuts)
        return np.concatenate(list(done))
