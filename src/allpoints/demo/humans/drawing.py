"""Synthetic people, each made from nothing but a seed and a number."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.demo.humans.languages import LANGUAGES, Custom
from allpoints.demo.humans.vocabulary import TABLE, Vocabulary, Word, vocabulary
from allpoints.errors import InvalidValue
from allpoints.records.people import Person

FIRST_BIRTH = date(1935, 1, 1)
_DAYS = (date(2008, 12, 31) - FIRST_BIRTH).days
_STAND_INS = 0.03
"""Of all births, those registered on 1 January because the day is not known; more where registers are young."""
_STAND_INS_BY_LANGUAGE = {
    "pashto": 0.5,
    "somali": 0.4,
    "amharic": 0.2,
    "arabic": 0.08,
    "urdu": 0.1,
    "bengali": 0.15,
}
_BLOCK = 8192
_SLOTS = 18
_LOW = TABLE - 1


class Human(msgspec.Struct, frozen=True, dict=True):
    """Somebody who does not exist."""

    number: int
    language: str
    script: str
    words: tuple[Word, ...]
    """The parts of the full name, in the order in which it is written."""
    sex: Literal["F", "M"]
    birth: date
    nationality: str
    birthplace: str
    spaced: bool = True
    """Whether the parts are written apart in the original script."""
    latin_first: bool = False
    """Whether records name the person in Latin letters first."""

    @cached_property
    def native(self) -> str:
        """The full name in its own script."""
        return (" " if self.spaced else "").join([word.native for word in self.words])

    @cached_property
    def latin(self) -> str:
        """The full name as the passport has it."""
        return " ".join([word.latin[0] for word in self.words])

    @property
    def text(self) -> str:
        """The name under which a record would hold the person: most in their own script, some in Latin letters."""
        return self.latin if self.latin_first else self.native

    @property
    def person(self) -> Person:
        """Everything that a record could hold of them."""
        names = (self.native,) if self.native == self.latin else (self.native, self.latin)
        return Person(
            names=names,
            birth=self.birth.isoformat(),
            sex=self.sex,
            nationalities=(self.nationality,),
            birthplace=self.birthplace,
        )


class Humans:
    """People without end. The same seed and number give the same person on every machine."""

    def __init__(self, seed: str | int = "allpoints") -> None:
        self.seed = seed
        self._key = np.uint64(int.from_bytes(blake2b(str(seed).encode(), digest_size=8).digest(), "big"))
        self._languages = _by_share()

    def draw(self, n: int, start: int = 0) -> Iterator[Human]:
        """The people of the numbers from `start` on. Raises `InvalidValue` for a negative number."""
        for number, slots in self._slots(n, start):
            words = _WORDS[(spoken := self._languages[slots[0] & _LOW]).language.custom](spoken, slots)
            yield self._human(number, spoken, words, slots)

    def human(self, number: int) -> Human:
        """The person of that number, the same alone as among many."""
        return next(self.draw(1, number))

    def texts(self, n: int, start: int = 0) -> Iterator[tuple[str, int]]:
        """Name and date of birth (as 19700312) of the people from `start` on, faster than whole people."""
        for _, slots in self._slots(n, start):
            spoken = self._languages[slots[0] & _LOW]
            words = _WORDS[spoken.language.custom](spoken, slots)
            if slots[1] & 0xFF00 < _LATIN_FIRST:
                yield " ".join([word[2][0] for word in words]), _born(spoken.language.name, slots)
            elif spoken.language.spaced:
                yield " ".join([word[1] for word in words]), _born(spoken.language.name, slots)
            else:
                yield "".join([word[1] for word in words]), _born(spoken.language.name, slots)

    def _human(self, number: int, spoken: Vocabulary, words: tuple[Word, ...], slots: list[int]) -> Human:
        language = spoken.language
        towns = spoken.towns
        town, state = towns[slots[3] % len(towns)]
        if slots[4] & 0xFF < 20:
            state = towns[slots[4] % len(towns)][1]
        born = _born(language.name, slots)
        return Human(
            number,
            language.name,
            language.script,
            words,
            "F" if slots[1] & 1 else "M",
            date(born // 10_000, born // 100 % 100, born % 100),
            state,
            town,
            language.spaced,
            slots[1] & 0xFF00 < _LATIN_FIRST,
        )

    def _slots(self, n: int, start: int) -> Iterator[tuple[int, list[int]]]:
        """For each number eighteen numbers of 32 bits, by SplitMix64 (Steele, Lea and Flood 2014)."""
        if n < 0 or start < 0:
            raise InvalidValue("people are numbered from 0 on", field="start" if start < 0 else "n")
        for first in range(start, start + n, _BLOCK):
            numbers = range(first, min(first + _BLOCK, start + n))
            yield from zip(numbers, self._mixed(first, len(numbers)).tolist(), strict=True)

    def _mixed(self, first: int, n: int) -> NDArray[np.uint32]:
        lanes = np.arange(first * _SLOTS // 2, (first + n) * _SLOTS // 2, dtype=np.uint64)
        mixed = (lanes + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + self._key
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
        return mixed.astype("<u8").view("<u4").reshape(n, _SLOTS)


_LATIN_FIRST = 0x5900
"""Of 0xFF00: about a third of the records hold a name in Latin letters only."""


def _by_share() -> list[Vocabulary]:
    """A table of languages, each as often as people are named in it."""
    total = sum(language.people for language in LANGUAGES)
    table = [
        vocabulary(language.name)
        for language in LANGUAGES
        for _ in range(round(language.people * TABLE / total))
    ]
    return (table + table)[:TABLE]


def _born(language: str, slots: list[int]) -> int:
    """Year, month and day as one number. The young are many: two draws, of which the later counts."""
    day = _BIRTHS[max(slots[2] % _DAYS, slots[5] % _DAYS)]
    stand_ins = _STAND_INS_BY_LANGUAGE.get(language, _STAND_INS)
    return day - day % 10_000 + 101 if slots[6] < stand_ins * 2**32 else day


_BIRTHS = [
    day.year * 10_000 + day.month * 100 + day.day
    for day in (FIRST_BIRTH + timedelta(days=number) for number in range(_DAYS))
]


def _family(spoken: Vocabulary, sex: str, bits: int, choice: int) -> Word:
    if bits >> 12 < spoken.language.rare * 2**20:
        return spoken.rare_family(choice, sex)
    return spoken.family[sex][bits & _LOW]


def _given_family(spoken: Vocabulary, slots: list[int]) -> tuple[Word, ...]:
    sex = "F" if slots[1] & 1 else "M"
    given = spoken.given[sex]
    first, family = given[slots[7] & _LOW], _family(spoken, sex, slots[8], slots[9])
    if slots[10] < spoken.language.middle * 2**32:
        second = given[slots[11] & _LOW]
        if second is not first:
            return first, Word("middle", second[1], second[2]), family
    return first, family


def _patronymic(spoken: Vocabulary, slots: list[int]) -> tuple[Word, ...]:
    sex = "F" if slots[1] & 1 else "M"
    father = spoken.patronymics[sex][slots[10] & _LOW]
    family, given = _family(spoken, sex, slots[8], slots[9]), spoken.given[sex][slots[7] & _LOW]
    return (family, given, father) if slots[11] & 0xFF < 220 else (family, given)


def _arab(spoken: Vocabulary, slots: list[int]) -> tuple[Word, ...]:
    sex = "F" if slots[1] & 1 else "M"
    men = spoken.given["M"]
    first, father = spoken.given[sex][slots[7] & _LOW], men[slots[10] & _LOW]
    family = _family(spoken, "M", slots[8], slots[9])
    fathers = Word("patronymic", father[1], father[2])
    kind = slots[11] & 0xFF
    if kind < 70:
        return first, family
    if kind < 150:
        return first, fathers, family
    grandfather = men[slots[12] & _LOW]
    grandfathers = Word("patronymic", grandfather[1], grandfather[2])
    if kind < 210:
        return first, fathers, grandfathers, family
    child = _BIN if sex == "M" else _BINT
    return first, child, fathers, _BIN, grandfathers, family


_BIN = Word("particle", "بن", ("bin", "ibn", "ben"))
_BINT = Word("particle", "بنت", ("bint", "bent"))


def _family_given(spoken: Vocabulary, slots: list[int]) -> tuple[Word, ...]:
    sex = "F" if slots[1] & 1 else "M"
    return _family(spoken, sex, slots[8], slots[9]), spoken.given[sex][slots[7] & _LOW]


def _vietnamese(spoken: Vocabulary, slots: list[int]) -> tuple[Word, ...]:
    sex = "F" if slots[1] & 1 else "M"
    middles = spoken.middle[sex]
    family, given = spoken.family[sex][slots[8] & _LOW], spoken.given[sex][slots[7] & _LOW]
    chosen = [middles[slots[10] % len(middles)]]
    if slots[11] & 0xFF < 90:
        chosen.append(middles[slots[12] % len(middles)])
    return (
        family,
        *(Word("middle", word[1], tuple(form.capitalize() for form in word[2])) for word in chosen),
        given,
    )


def _two_families(spoken: Vocabulary, slots: list[int]) -> tuple[Word, ...]:
    sex = "F" if slots[1] & 1 else "M"
    given = spoken.given[sex]
    words = [given[slots[7] & _LOW]]
    if slots[10] & 0xFF < 90:
        second = given[slots[11] & _LOW]
        words.append(Word("middle", second[1], second[2]))
    words.append(_family(spoken, sex, slots[8], slots[9]))
    if slots[12] & 0xFF < 200:
        words.append(_family(spoken, sex, slots[13], slots[14]))
    return tuple(words)


def _fathers(spoken: Vocabulary, slots: list[int]) -> tuple[Word, ...]:
    sex = "F" if slots[1] & 1 else "M"
    father = _family(spoken, "M", slots[8], slots[9])
    words = (spoken.given[sex][slots[7] & _LOW], Word("patronymic", father[1], father[2]))
    if slots[10] & 0xFF < 150:
        return *words, Word("patronymic", *spoken.family["M"][slots[11] & _LOW][1:])
    return words


def _father_first(spoken: Vocabulary, slots: list[int]) -> tuple[Word, ...]:
    sex = "F" if slots[1] & 1 else "M"
    return _family(spoken, sex, slots[8], slots[9]), spoken.given[sex][slots[7] & _LOW]


def _mononym(spoken: Vocabulary, slots: list[int]) -> tuple[Word, ...]:
    words = _given_family(spoken, slots)
    if slots[12] & 0xFF < 60:
        return (Word("given", *words[-1][1:]),)
    return words


_WORDS: dict[Custom, Callable[[Vocabulary, list[int]], tuple[Word, ...]]] = {
    Custom.GIVEN_FAMILY: _given_family,
    Custom.PATRONYMIC: _patronymic,
    Custom.ARAB: _arab,
    Custom.FAMILY_GIVEN: _family_given,
    Custom.VIETNAMESE: _vietnamese,
    Custom.TWO_FAMILIES: _two_families,
    Custom.FATHERS: _fathers,
    Custom.FATHER_FIRST: _father_first,
    Custom.MONONYM: _mononym,
}
