"""The kernel of a search that scores rows: what agrees of a name, the birth and the sex.

A score adds up natural logarithms of how rare that is which agrees, each less the less alike it is. It orders
what a search proposes; how strong the evidence is, `comparing` says.
"""

from typing import Any

import numpy as np
from numba import njit

OTHER_SEX = 1.0
OTHER_WORD, MAX_OTHER_WORDS = 0.05, 6
"""What a person loses for each word that the probe lacks, so that of equals the plainer come first, and for how
many at most."""
GOOD_BIRTH = 5.0
BIRTH_COVERS = 0.2
"""A birth that agrees so well counts as so much of the name covered."""
SAME_BIRTH, SAME_BIRTH_COVERS = 9.0, 0.35
"""Likewise one that is the same."""
INITIAL = 1.5
"""What a word gains that begins as an initial of the probe does."""
_F_AND_M = 2
"""The product of the two numbers for a sex; no other pair has it."""
_MAX_ENTRY = 256
_PRIME = 2_654_435_761


@njit(nogil=True, cache=True)
def scored(rows, columns, sought, traits):  # type: ignore[no-untyped-def]
    """The score of each row, and how much of the name it covers: from 0 to 1, and a little for the birth.

    Each word of a person fills the slots of one variant, the most valuable first.
    """
    places, known, alike = _table(sought)
    scores, covered = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
    held = np.empty(_MAX_ENTRY, np.int64)
    for i in range(len(rows)):
        row = np.int64(rows[i])
        first, last = np.int64(columns.entry_starts[row]), np.int64(columns.entry_starts[row + 1])
        count = 0
        for at in range(first, min(last, first + _MAX_ENTRY)):
            place = places[_place(places, known, columns.entries[at])]
            if place >= 0:
                held[count] = place
                count += 1
        if count == 0 and len(sought.initials) == 0:
            continue
        name, share = _assigned(held[:count], alike, sought)
        if len(sought.initials):
            name += INITIAL * _begun(columns, row, places, known, sought.initials)
        birth = _birth_weight(traits.births, np.int64(columns.births[row]))
        others: Any = min(last - first - count, MAX_OTHER_WORDS)
        scores[i] = name + birth - OTHER_WORD * others
        if traits.sex * columns.sexes[row] == _F_AND_M:
            scores[i] -= OTHER_SEX
        covered[i] = 0.5 * (name / sought.total + share)
        if name > 0.0 and birth >= GOOD_BIRTH:
            covered[i] += SAME_BIRTH_COVERS if birth >= SAME_BIRTH else BIRTH_COVERS
    return scores, covered


@njit(nogil=True, cache=True)
def _table(sought):  # type: ignore[no-untyped-def]
    """A hash table of the similar words, and for each its likeness to each variant."""
    size = 16
    while size < 3 * len(sought.words):
        size *= 2
    places, known = np.full(size, -1, np.int64), np.empty(len(sought.words), np.uint32)
    alike = np.zeros((len(sought.words), len(sought.weights)), np.float32)
    count = 0
    for variant in range(len(sought.weights)):
        for k in range(sought.starts[variant], sought.starts[variant + 1]):
            place = _place(places, known, sought.words[k])
            if places[place] < 0:
                places[place] = count
                known[count] = sought.words[k]
                count += 1
            alike[places[place], variant] = max(alike[places[place], variant], sought.likeness[k])
    return places, known, alike


@njit(nogil=True, cache=True)
def _place(places, known, word):  # type: ignore[no-untyped-def]
    """Where the word is or would be, by open addressing."""
    last = len(places) - 1
    place = (np.int64(word) * _PRIME) & last
    while places[place] >= 0 and known[places[place]] != word:
        place = (place + 1) & last
    return place


@njit(nogil=True, cache=True)
def _assigned(held, alike, sought):  # type: ignore[no-untyped-def]
    """What the words held are worth, and the share of the slots that they fill."""
    taken, name, filled = np.int64(0), np.float32(0.0), np.float32(0.0)
    count = len(held)
    while count:
        best, best_held, best_variant = np.float32(0.0), 0, 0
        for h in range(count):
            for variant in range(len(sought.weights)):
                worth = alike[held[h], variant] * sought.weights[variant]
                if worth > best and not sought.slots[variant] & taken:
                    best, best_held, best_variant = worth, h, variant
        if best == 0.0:
            break
        name += best
        for slot in range(sought.slot_count):
            if (sought.slots[best_variant] >> slot) & 1:
                filled += alike[held[best_held], best_variant]
        taken |= sought.slots[best_variant]
        count -= 1
        held[best_held] = held[count]
    return name, filled / sought.slot_count


@njit(nogil=True, cache=True)
def _begun(columns, row, places, known, initials):  # type: ignore[no-untyped-def]
    """How many of the initials begin one of the row's words that are like none of the probe's."""
    begun = 0
    taken = 0
    for at in range(columns.entry_starts[row], columns.entry_starts[row + 1]):
        word = columns.entries[at]
        if places[_place(places, known, word)] < 0:
            found = _initial_of(columns, word, initials, taken)
            if found >= 0:
                taken |= 1 << found
                begun += 1
    return begun


@njit(nogil=True, cache=True)
def _initial_of(columns, word, initials, taken):  # type: ignore[no-untyped-def]
    """The first initial not taken that begins a reading of the word; -1 where none does."""
    reading = np.searchsorted(columns.reading_words, word)
    while reading < len(columns.reading_words) and columns.reading_words[reading] == word:
        start = columns.code_starts[reading]
        if start < columns.code_starts[reading + 1]:
            for i in range(len(initials)):
                if not taken >> i & 1 and initials[i, columns.codes[start]]:
                    return i
        reading += 1
    return -1


@njit(nogil=True, cache=True)
def _birth_weight(probes, reference):  # type: ignore[no-untyped-def]
    """What a packed date of birth adds where the probe's is one of these: nothing where one is not known."""
    if len(probes) == 0 or reference == 0:
        return np.float32(0.0)
    best = np.float32(-100.0)
    for probe in probes:
        months, days = ((probe >> 5) & 15, (reference >> 5) & 15), (probe & 31, reference & 31)
        apart = abs((probe >> 9) - (reference >> 9))
        best = max(best, _other_year(apart, months, days) if apart else _same_year(months, days))
    return best


@njit(nogil=True, cache=True)
def _same_year(months, days):  # type: ignore[no-untyped-def]
    if _stands_in(months[0], days[0]) or _stands_in(months[1], days[1]):
        return np.float32(4.0 if months[0] == months[1] and days[0] == days[1] else 3.0)
    whole = months[0] * months[1] * days[0] * days[1] > 0
    same_month, same_day = months[0] == months[1], days[0] == days[1]
    if same_month and same_day:
        return np.float32(9.0 if days[0] else 6.0)
    if whole and days[0] == months[1] and months[0] == days[1]:
        return np.float32(7.5)
    if same_month or same_day:
        return np.float32(4.0)
    return np.float32(0.5 if whole else 3.5)


@njit(nogil=True, cache=True)
def _stands_in(month, day):  # type: ignore[no-untyped-def]
    """Whether only the year is known: no month, or 1 January, with which files fill the place."""
    return month == 0 or (month == 1 and day == 1)


@njit(nogil=True, cache=True)
def _other_year(apart, months, days):  # type: ignore[no-untyped-def]
    whole = months[0] * months[1] * days[0] * days[1] > 0
    if whole and months[0] == months[1] and days[0] == days[1] and not _stands_in(months[0], days[0]):
        return np.float32(6.0 if apart in (1, 10) else 5.0)
    if whole and days[0] == months[1] and months[0] == days[1]:
        return np.float32(1.0)
    if apart == 1:
        return np.float32(-1.0 if whole else 1.0)
    return np.float32(-2.0 if apart == 2 else -4.0)
