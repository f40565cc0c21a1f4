"""How common each value is among the persons of the holdings, as far as the grouping knows them by now.

Records of one person count once: otherwise a person with twenty records would make a rare name look common.
"""

import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.names.duplicates.columns import Columns, People
from allpoints.modalities.names.duplicates.evidence import Rarity
from allpoints.modalities.names.duplicates.words import Words

UNSEEN = 100
"""Persons with other values, whom a small holding would show if it were larger: no share is near one half by
chance."""

Numbers = NDArray[np.int32] | NDArray[np.int64]


def rarity(people: People, w: Words, group: Numbers) -> Rarity:
    """Count the values anew. `group` numbers the group of each record, from 0."""
    c = people.columns
    word, like = _words(people, w, group)
    return Rarity(
        word=word,
        like=like,
        birth=_by_record(group, c.birth, c.birth > 0),
        year=_by_record(group, c.birth // 10_000, c.birth > 0),
        day=_by_record(group, c.birth % 10_000, c.birth > 0),
        place=np.maximum(_of_places(group, c.birthplace, c), _of_places(group, c.residence, c)),
        place_word=np.maximum(
            _of_place_words(group, c.birthplace, people), _of_place_words(group, c.residence, people)
        ),
    )


def _words(people: People, w: Words, group: Numbers) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    c = people.columns
    names = np.repeat(np.arange(len(c.birth)), np.diff(c.name_start))
    holders = group[np.repeat(names, np.diff(c.word_start))]
    writers = _persons(holders, w.script[c.word], int(w.script.max(initial=0)) + 1)
    word = _persons(holders, c.word, len(people.vocabulary)) / (writers[w.script] + UNSEEN)
    like = word.copy()
    np.add.at(like, np.repeat(np.arange(len(word)), np.diff(w.near_start)), word[w.near])
    return word.astype(np.float32), like.astype(np.float32)


def _persons(group: Numbers, value: Numbers, size: int) -> NDArray[np.int64]:
    """How many persons have each value from 0 to `size`."""
    distinct = np.unique(group.astype(np.int64) * size + value)
    return np.bincount(distinct % size, minlength=size)


def _shares(group: Numbers, value: Numbers, size: int) -> NDArray[np.float32]:
    """Which share of the persons for whom any value is stated has each value."""
    stated = len(np.unique(group)) + UNSEEN
    return (_persons(group, value, size) / stated).astype(np.float32)


def _by_record(group: Numbers, values: NDArray[np.int32], stated: NDArray[np.bool_]) -> NDArray[np.float32]:
    known, number = np.unique(values, return_inverse=True)
    return _shares(group[stated], number[stated], len(known))[number]


def _of_places(group: Numbers, place: NDArray[np.int32], c: Columns) -> NDArray[np.float32]:
    stated = place >= 0
    return _shares(group[stated], place[stated], len(c.place_start) - 1)


def _of_place_words(group: Numbers, place: NDArray[np.int32], people: People) -> NDArray[np.float32]:
    c = people.columns
    stated = np.flatnonzero(place >= 0)
    begin = c.place_start[place[stated]]
    count = c.place_start[place[stated] + 1] - begin
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    found = c.place_word[np.repeat(begin, count) + within]
    return _shares(group[np.repeat(stated, count)], found, people.place_words)
