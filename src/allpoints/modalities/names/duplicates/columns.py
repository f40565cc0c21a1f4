"""People as columns of numbers: every word, date and place becomes a number, so that bulk work never sees text.

A word, a date or a place is kept once, however many records hold it; what two words have in common is worked out
once for the two words and not for each pair of records.
"""

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.names.parts import PartRole, parse
from allpoints.modalities.names.scripts import folded
from allpoints.records.people import Person, named

UNKNOWN = -1
_DIGITS = re.compile(r"\s*(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
OTHER, GIVEN, FAMILY = range(3)
_ROLES = {PartRole.GIVEN: GIVEN, PartRole.FAMILY: FAMILY}
_SEXES = {"F": 1, "M": 2}

SOME = 1_000
"""Records after which the progress is told."""

Advance = Callable[[int], None]


class Columns(NamedTuple):
    """`n` records with `m` names between them.

    Record i has the names `name_start[i]` to `name_start[i + 1]`, name k the words `word_start[k]` to
    `word_start[k + 1]` of `word`, each with its role in the name; likewise place p has the words
    `place_start[p]` to `place_start[p + 1]` of `place_word`. `birth` is the number yyyymmdd with zeros for what
    is not known, `birthplace` and `residence` number the places, `sex` is 0 where it is not known.
    """

    name_start: NDArray[np.int64]
    word_start: NDArray[np.int64]
    word: NDArray[np.int32]
    role: NDArray[np.int8]
    birth: NDArray[np.int32]
    birthplace: NDArray[np.int32]
    residence: NDArray[np.int32]
    place_start: NDArray[np.int64]
    place_word: NDArray[np.int32]
    sex: NDArray[np.int8]


class People(NamedTuple):
    """The columns, the caller's record ids in their order, and the vocabulary of the names."""

    ids: NDArray[np.int64]
    columns: Columns
    vocabulary: list[str]
    place_words: int
    """How many different words the places have."""


class Numbering(dict[str, int]):
    """Numbers what it is asked for in the order in which it is first asked."""

    def __missing__(self, key: str) -> int:
        self[key] = number = len(self)
        return number


def columns(people: Iterable[tuple[int, Person]], advance: Advance) -> People:
    """Read the people, telling `advance` how many are read.

    What cannot be read of a date is left out, never refused: it was accepted long ago.
    """
    ids, birth = array("q"), array("i")
    name_start, word_start, place_start = array("q", [0]), array("q", [0]), array("q", [0])
    word, place_word, birthplace, residence = array("i"), array("i"), array("i"), array("i")
    role, sex = array("b"), array("b")
    vocabulary, places, place_words = Numbering(), Numbering(), Numbering()

    def place(text: str) -> int:
        found = _place_words(text)
        if not found:
            return UNKNOWN
        known = len(places)
        number = places[" ".join(found)]
        if number == known:
            place_word.extend(place_words[w] for w in found)
            place_start.append(len(place_word))
        return number

    for record_id, person in people:
        ids.append(record_id)
        for name in dict.fromkeys(map(named, person.names)):
            parts = parse(name).parts
            word.extend(vocabulary[part.word] for part in parts)
            role.extend(_ROLES.get(part.role, OTHER) for part in parts)
            word_start.append(len(word))
        name_start.append(len(word_start) - 1)
        birth.append(digits(person.birth))
        birthplace.append(place(person.birthplace))
        residence.append(place(person.residence))
        sex.append(_SEXES.get(person.sex, 0))
        if len(ids) % SOME == 0:
            advance(len(ids))
    table = Columns(
        name_start=np.array(name_start),
        word_start=np.array(word_start),
        word=np.array(word),
        role=np.array(role),
        birth=np.array(birth),
        birthplace=np.array(birthplace),
        residence=np.array(residence),
        place_start=np.array(place_start),
        place_word=np.array(place_word),
        sex=np.array(sex),
    )
    return People(np.array(ids), table, list(vocabulary), len(place_words))


def digits(birth: str) -> int:
    """Return a date of birth as yyyymmdd, zeros for what is not known; 0 for what is no date at all.

    The digits of an impossible date are kept: `1835-81-01` is one slip away from `1835-11-01`.
    """
    found = _DIGITS.fullmatch(birth)
    year, month, day = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return year * 10_000 + month * 100 + day


def _place_words(text: str) -> list[str]:
    return sorted(set(re.findall(r"\w+", folded(text))))


def ragged(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return where each row starts (one more than there are rows), and all rows one after the other."""
    starts = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=starts[1:])
    return starts, np.fromiter((value for row in rows for value in row), np.int32, int(starts[-1]))
