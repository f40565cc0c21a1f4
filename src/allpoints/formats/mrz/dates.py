"""Six characters YYMMDD, any part of which may be unknown (Doc 9303-3, section 4.8)."""

from datetime import date
from typing import Self

import msgspec

from allpoints.errors import InvalidValue

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class PartialDate(msgspec.Struct, frozen=True):
    """A date of which the year, the month or the day may be unknown (None)."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month, day.day)


def read_birth(text: str, today: date) -> PartialDate:
    """The latest such day that is not after today: nobody is born in the future."""
    year, month, day = _parts(text)
    if year is not None:
        year = today.year - (today.year - year) % 100
        if (year, month or 0, day or 0) > (today.year, today.month, today.day):
            year -= 100
    return _possible(year, month, day)


def read_expiry(text: str, today: date) -> PartialDate:
    """The such day that lies from fifty years back to forty-nine years ahead of today's year."""
    year, month, day = _parts(text)
    if year is not None:
        first = today.year - 50
        year = first + (year - first) % 100
    return _possible(year, month, day)


def impossible(text: str, read: PartialDate) -> bool:
    """Whether the text names a month or a day that does not exist, which `read` then leaves unknown."""
    if read.month is not None and read.day is not None:
        return False
    _, month, day = _parts(text)
    return month != read.month or day != read.day


def write_date(day: PartialDate, field: str) -> str:
    """YYMMDD with fillers for what is unknown; raises InvalidValue when there is no such day."""
    if _possible(day.year, day.month, day.day) != day or not 0 <= (day.year or 0) <= 9999:
        raise InvalidValue("there is no such day", field=field, remedy="Correct the date or leave out parts.")
    parts = (None if day.year is None else day.year % 100, day.month, day.day)
    return "".join("<<" if part is None else f"{part:02}" for part in parts)


def _parts(text: str) -> tuple[int | None, int | None, int | None]:
    if "<" not in text:
        return int(text[:2]), int(text[2:4]), int(text[4:])
    year, month, day = (None if "<" in part else int(part) for part in (text[:2], text[2:4], text[4:]))
    return year, month, day


def _possible(year: int | None, month: int | None, day: int | None) -> PartialDate:
    """Leaves unknown what the calendar does not have, such as the month 00 of some issuers."""
    if month is not None and not 1 <= month <= 12:
        month = None
    if day is not None:
        days = 31 if month is None else _DAYS[month - 1]
        common_year = year is not None and (year % 4 != 0 or (year % 100 == 0 and year % 400 != 0))
        if month == 2 and common_year:
            days = 28
        if not 1 <= day <= days:
            day = None
    return PartialDate(year, month, day)
