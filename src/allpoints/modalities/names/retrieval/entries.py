"""What the index keeps of a person: words, dates of birth packed into numbers, the sex."""

from functools import lru_cache
from typing import NamedTuple

from allpoints.modalities.names.slots import variant_words
from allpoints.records.births import parse_birth
from allpoints.records.people import Person

MAX_WORDS = 64
"""Of one person: what an index keeps of many long names."""
SEXES = ("", "F", "M", "X")
"""An index keeps a sex as its place here."""
MAX_BIRTHS = 4
WIDEST_RANGE = 10
"""Years within which a birth must lie to be searched by."""
ESTIMATED = 2
"""Years by which an estimated birth may be wrong."""


class Entry(NamedTuple):
    """What an index keeps of a person."""

    words: tuple[str, ...]
    births: tuple[int, ...]
    sex: int


def entry(person: Person) -> Entry:
    """What an index keeps of the person."""
    kept = dict.fromkeys(word for name in person.names for word in variant_words(name))
    return Entry(tuple(kept)[:MAX_WORDS], packed_births(person.birth), SEXES.index(person.sex))


@lru_cache(maxsize=65_536)
def packed_births(text: str) -> tuple[int, ...]:
    """The dates that a date of birth may be, each packed; none where none is known well enough to search by.

    A range of a few years stands for its middle. Raises `InvalidValue` as `parse_birth` does.
    """
    birth = parse_birth(text)
    if birth.until is None:
        return tuple(packed(*each) for each in birth.dates[:MAX_BIRTHS])
    first, last = birth.dates[0].year, birth.until.year
    return (packed((first + last) // 2, 0, 0),) if last - first <= WIDEST_RANGE else ()


def possible_births(text: str) -> tuple[int, ...]:
    """As `packed_births`, with every year that a range or an estimate leaves open."""
    birth = parse_birth(text)
    margin = ESTIMATED if birth.qualifier else 0
    if not margin and birth.until is None:
        return packed_births(text)
    last = birth.until or (birth.dates[-1] if birth.dates else None)
    if last is None or last.year - birth.dates[0].year > WIDEST_RANGE:
        return ()
    years = range(birth.dates[0].year - margin, last.year + margin + 1)
    exact = () if birth.until else packed_births(text)
    return tuple(dict.fromkeys((*exact, *(packed(year, 0, 0) for year in years))))


def packed(year: int, month: int, day: int) -> int:
    """A date of birth as an index keeps it; month and day are 0 where they are not known."""
    return year << 9 | month << 5 | day


def unpacked(birth: int) -> tuple[int, int, int]:
    """Year, month and day of a packed date."""
    return birth >> 9, birth >> 5 & 15, birth & 31
