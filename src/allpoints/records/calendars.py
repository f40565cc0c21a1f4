"""Other calendars' dates in the Gregorian one, as spans of days or, where the months agree, as they stand.

Sources: Reingold and Dershowitz, Calendrical Calculations (4th ed., 2018), for the Islamic (civil, tabular) and
the Ethiopic calendar; the 33-year rule for the solar Hijri calendar, exact from 1178 to 1633 AP (Borkowski 1996).
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

Parts = tuple[int, int, int]
"""Year, month and day; 0 for a month or day that is not known."""
Span = tuple[Parts, Parts]
"""The first and the last; the same twice for a day, and for a month or year that both calendars share."""


class Calendar(NamedTuple):
    """A calendar with months of its own."""

    first_day: Callable[[int, int], int]
    """The proleptic Gregorian ordinal with which a month of a year begins."""
    months: int
    years_since: int
    """At most so many years less than the Gregorian ones."""

    def gregorian(self, year: int, month: int = 0, day: int = 0) -> Span:
        """The days of a date, a month or a year. Raises `ValueError` where there is no such."""
        if not 1 <= year <= 9000 or month > self.months or (day and not month):
            raise ValueError("no such day")
        begin = self.first_day(year, month or 1)
        end = self.first_day(year + 1, 1) if month in (0, self.months) else self.first_day(year, month + 1)
        if day > end - begin:
            raise ValueError("no such day")
        if day:
            begin += day - 1
            end = begin + 1
        return _parts(begin), _parts(end - 1)

    def of(self, day: date) -> Parts:
        """The day in this calendar."""
        ordinal = day.toordinal()
        year = day.year - self.years_since
        while self.first_day(year + 1, 1) <= ordinal:
            year += 1
        month = max(month for month in range(1, self.months + 1) if self.first_day(year, month) <= ordinal)
        return year, month, ordinal - self.first_day(year, month) + 1


def _lunar_day(year: int, month: int) -> int:
    return _LUNAR_EPOCH + (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2


def _solar_day(year: int, month: int) -> int:
    return _SOLAR_EPOCH + 365 * (year - 1) + (8 * year + 21) // 33 + 30 * (month - 1) + min(month - 1, 6)


def _ethiopic_day(year: int, month: int) -> int:
    return _ETHIOPIC_EPOCH + 365 * (year - 1) + year // 4 + 30 * (month - 1)


_LUNAR_EPOCH = date(622, 7, 19).toordinal()
_SOLAR_EPOCH = date(622, 3, 21).toordinal()
_ETHIOPIC_EPOCH = date(8, 8, 27).toordinal()

LUNAR_HIJRI = Calendar(_lunar_day, 12, 622)
"""The Islamic calendar in its civil, tabular form: observed dates differ by a day or two."""
SOLAR_HIJRI = Calendar(_solar_day, 12, 622)
"""The Persian and Afghan calendar."""
ETHIOPIC = Calendar(_ethiopic_day, 13, 8)


def _parts(ordinal: int) -> Parts:
    day = date.fromordinal(ordinal)
    return day.year, day.month, day.day


def _counted_from(offset: int) -> Callable[[int, int, int], Span]:
    """A calendar with the Gregorian months and days, and its own count of years."""

    def convert(year: int, month: int, day: int) -> Span:
        date(year + offset, month or 1, day or 1)
        here = (year + offset, month, day)
        return here, here

    return convert


CALENDARS: dict[str, Callable[[int, int, int], Span]] = {
    "AH": LUNAR_HIJRI.gregorian,
    "هـ": LUNAR_HIJRI.gregorian,
    "AP": SOLAR_HIJRI.gregorian,
    "SH": SOLAR_HIJRI.gregorian,
    "ه.ش": SOLAR_HIJRI.gregorian,
    "EC": ETHIOPIC.gregorian,
    "BE": _counted_from(-543),
    "พ.ศ.": _counted_from(-543),
    "ROC": _counted_from(1911),
    "民國": _counted_from(1911),
    "民国": _counted_from(1911),
    "明治": _counted_from(1867),
    "大正": _counted_from(1911),
    "昭和": _counted_from(1925),
    "平成": _counted_from(1988),
    "令和": _counted_from(2018),
}
"""By the name that stands before or after a date: `AH 1390-02-15`, `民國59年`, `พ.ศ. 2513`."""
