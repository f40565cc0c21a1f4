"""Other people who look alike: what a search must tell apart."""

from datetime import date, timedelta
from enum import StrEnum
from random import Random

import msgspec
from msgspec.structs import replace

from allpoints.demo.humans.drawing import Human
from allpoints.demo.humans.vocabulary import TABLE, Word, patronymic, vocabulary


class Double(StrEnum):
    """Who a person that looks alike is."""

    SIBLING = "sibling"
    SAME_FAMILY_AND_YEAR = "same family name and year of birth"
    SWAPPED = "given name and father's name swapped"
    NAMESAKE = "same name, other birth"
    SAME_BIRTH = "same given name and birth, other family name"


class NearMiss(msgspec.Struct, frozen=True):
    """Somebody else, and what they share."""

    human: Human
    kind: Double


def near_miss(human: Human, chance: Random) -> NearMiss:
    """Return a different person who is easily taken for this one."""
    kind = chance.choice(list(Double))
    if kind is Double.SWAPPED and not _swappable(human):
        kind = Double.SIBLING
    if kind is Double.SWAPPED:
        return NearMiss(replace(human, words=_swapped(human), birth=_same_year(human.birth, chance)), kind)
    if kind is Double.NAMESAKE:
        return NearMiss(replace(human, birth=_another_day(human, chance)), kind)
    if kind is Double.SAME_BIRTH:
        return NearMiss(replace(human, words=_with_other(human, "family", chance)), kind)
    words = _with_other(human, "given", chance)
    if kind is Double.SIBLING:
        years = chance.choice((-7, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 7))
        birth = human.birth + timedelta(days=round(365.25 * years) + chance.randrange(-150, 150))
        return NearMiss(replace(human, words=words, birth=min(birth, _LATEST)), kind)
    return NearMiss(replace(human, words=words, birth=_same_year(human.birth, chance)), kind)


def _swappable(human: Human) -> bool:
    roles = {word.role for word in human.words}
    return human.sex == "M" and {"given", "patronymic"} <= roles and _swapped(human) != human.words


def _swapped(human: Human) -> tuple[Word, ...]:
    """The father's name as the given one and the given one as the father's; the first patronymic is the father's."""
    spoken = vocabulary(human.language)
    given = next(word for word in human.words if word.role == "given")
    fathers = next(word for word in human.words if word.role == "patronymic")
    if spoken.patronymics["M"]:
        father = spoken.given["M"][spoken.patronymics["M"].index(fathers)]
        new = {given: father, fathers: patronymic(given, "M", human.language)}
    else:
        new = {given: fathers._replace(role="given"), fathers: given._replace(role="patronymic")}
    return tuple(new.get(word, word) for word in human.words)


def _with_other(human: Human, role: str, chance: Random) -> tuple[Word, ...]:
    """The name with another word in this role; the last one where nobody has such a part."""
    spoken = vocabulary(human.language)
    at = next((i for i, word in enumerate(human.words) if word.role == role), len(human.words) - 1)
    table = (spoken.family if role == "family" else spoken.given)[human.sex]
    old = human.words[at]
    new = old
    while new.native == old.native:
        new = table[chance.randrange(TABLE)]
    return (*human.words[:at], new._replace(role=old.role), *human.words[at + 1 :])


def _another_day(human: Human, chance: Random) -> date:
    day = human.birth
    while abs((day - human.birth).days) < 400:
        day = date(1940, 1, 1) + timedelta(days=chance.randrange(25_000))
    return day


def _same_year(birth: date, chance: Random) -> date:
    day = birth
    while abs((day - birth).days) < 40:
        day = date(birth.year, 1, 1) + timedelta(days=chance.randrange(365))
    return day


_LATEST = date(2010, 12, 31)
