"""Two dates of birth compared: the same, told less exactly, slipped in one of the usual ways, or different.

The kinds come from how dates of birth go wrong between two files: typing errors in one place (the levels of
Fellegi-Sunter linkage as in fastLink and Splink), day and month in the other order, days that stand for unknown
ones (1 January above all), years counted in another calendar, and ages that were estimated.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache

import msgspec

from allpoints.records.births import Birth, PartialDate
from allpoints.records.calendars import ETHIOPIC, LUNAR_HIJRI, SOLAR_HIJRI


class BirthKind(StrEnum):
    """How two dates of birth agree, by falling likelihood ratio (docs/births.md reckons them)."""

    SAME_DAY = "same day"
    SAME_MONTH = "same month"
    """And the day is not stated on one side; or same year and day, and the month is not."""
    SWAPPED = "day and month swapped"
    SAME_STAND_IN = "same year, and both with the day that stands for an unknown one"
    YEAR_BESIDE = "year off by one"
    """With the same day and month."""
    TRANSPOSED = "digits transposed"
    SAME_YEAR = "same year"
    """And the rest is not stated on one side."""
    DAY_UNKNOWN = "day unknown"
    """One has a day that often stands for an unknown one, such as 1 January, in the year (or month) of the other."""
    DAY_APART = "a day or two apart"
    """As when a lunar date was converted twice, or a night parts two days."""
    CENTURY = "century off by one"
    CALENDAR = "calendar slip"
    """A year or date of another calendar taken for a Gregorian one."""
    WITHIN = "within the stated range"
    ONE_DIGIT = "one digit different"
    SAME_MONTH_OTHER_DAY = "same month, other day"
    SAME_DAY_OTHER_YEAR = "same day and month, other year"
    NEAR = "about the same year"
    SAME_YEAR_OTHER_DAY = "same year, other day"
    NOT_STATED = "not stated"
    """On one side or both: it says nothing."""
    DIFFERENT = "different"


class BirthAgreement(msgspec.Struct, frozen=True):
    """How two dates of birth agree, and the two dates, of several, that agree best."""

    kind: BirthKind
    sides: tuple[Birth | PartialDate, Birth | PartialDate]
    component: str = ""
    """What differs, `day`, `month` or `year`, where the kind leaves it open."""
    years: int = 0
    """How many years lie between the two; 0 within a year."""
    width: int = 0
    """How many years the stated range covers, for `WITHIN`."""

    @property
    def probe(self) -> str:
        """The probe's date in canonical form."""
        return str(self.sides[0])

    @property
    def reference(self) -> str:
        """The reference's date in canonical form."""
        return str(self.sides[1])

    @property
    def remark(self) -> str:
        """What an officer reads: `12 March against 3 December: day and month swapped`."""
        probe, reference = self.sides
        if self.kind is BirthKind.NOT_STATED:
            return (
                "date of birth not stated on one side" if probe or reference else "date of birth not stated"
            )
        if probe == reference:
            return f"{_told(probe)}: {self.kind}"
        with_year = self.years > 0 or not (_has_month(probe) and _has_month(reference))
        where = f" in the {self.component}" if self.kind in _LOCATED else ""
        return f"{_told(probe, with_year)} against {_told(reference, with_year)}: {self.kind}{where}"


def compare_births(probe: Birth, reference: Birth) -> BirthAgreement:
    """Compare two dates of birth; of several alternatives the two that agree best count. Symmetric."""
    if not probe.dates or not reference.dates:
        return BirthAgreement(BirthKind.NOT_STATED, (probe, reference))
    if probe.until or reference.until:
        return _ranges(probe, reference)
    if len(probe.dates) == len(reference.dates) == 1:
        return _one_by_one(probe, reference, probe.dates[0], reference.dates[0])
    pairs = (_one_by_one(probe, reference, a, b) for a in probe.dates for b in reference.dates)
    return min(pairs, key=lambda agreement: (_RANK[agreement.kind], agreement.years))


def _one_by_one(probe: Birth, reference: Birth, a: PartialDate, b: PartialDate) -> BirthAgreement:
    kind, component = _kind(a, b)
    years = a[0] - b[0] if a[0] > b[0] else b[0] - a[0]
    if (probe.qualifier or reference.qualifier) and _RANK[kind] > _RANK[BirthKind.SAME_STAND_IN]:
        kind = BirthKind.WITHIN if years <= ABOUT else BirthKind.NEAR if years <= 2 * ABOUT else kind
        return BirthAgreement(kind, (probe, reference), component, years, 2 * ABOUT + 1)
    return BirthAgreement(kind, (a, b), component, years)


def _ranges(probe: Birth, reference: Birth) -> BirthAgreement:
    (first_a, last_a), (first_b, last_b) = _extent(probe), _extent(reference)
    days = max(first_a - last_b, first_b - last_a)
    if days <= 0:
        width = max(last_a - first_a, last_b - first_b)
        return BirthAgreement(BirthKind.WITHIN, (probe, reference), width=max(1, round(width / 365.25)))
    kind = BirthKind.NEAR if days <= 366 else BirthKind.DIFFERENT
    return BirthAgreement(kind, (probe, reference), years=round(days / 365.25))


def _extent(birth: Birth) -> tuple[int, int]:
    """The first and the last day that it leaves open, as ordinals."""
    margin = round(365.25 * ABOUT) if birth.qualifier else 0
    last = birth.until or birth.dates[-1]
    return birth.dates[0].first.toordinal() - margin, last.last.toordinal() + margin


def _kind(a: PartialDate, b: PartialDate) -> tuple[BirthKind, str]:
    """The kind of agreement, and the component that differs where the kind leaves it open."""
    year_a, month_a, day_a = a
    year_b, month_b, day_b = b
    if not (month_a and day_a and month_b and day_b):
        return _partial(a, b)
    if a == b:
        return (BirthKind.SAME_STAND_IN if (month_a, day_a) in STAND_INS else BirthKind.SAME_DAY), ""
    if year_a == year_b:
        return _same_year(month_a, day_a, month_b, day_b)
    return _other_year(a, b) if month_a == month_b and day_a == day_b else _far(a, b)


def _far(a: PartialDate, b: PartialDate) -> tuple[BirthKind, str]:
    """Neither the year nor the day within it agrees."""
    beside = abs(a.year - b.year) == 1
    if beside and abs(date(*a).toordinal() - date(*b).toordinal()) <= DAYS_APART:
        return BirthKind.DAY_APART, ""
    if a[1:] in STAND_INS or b[1:] in STAND_INS:
        return (BirthKind.NEAR if beside else BirthKind.DIFFERENT), ""
    return (BirthKind.CALENDAR if _calendar_slip(a, b) else BirthKind.DIFFERENT), ""


def _partial(a: PartialDate, b: PartialDate) -> tuple[BirthKind, str]:
    if a.year != b.year:
        return (BirthKind.NEAR if abs(a.year - b.year) == 1 else BirthKind.DIFFERENT), ""
    months, days = a.month and b.month, a.day and b.day
    if (months and a.month != b.month) or (days and a.day != b.day):
        return BirthKind.SAME_YEAR_OTHER_DAY, ""
    return (BirthKind.SAME_MONTH if months or days else BirthKind.SAME_YEAR), ""


def _same_year(month_a: int, day_a: int, month_b: int, day_b: int) -> tuple[BirthKind, str]:
    if month_a == day_b and day_a == month_b:
        return BirthKind.SWAPPED, ""
    if (month_a, day_a) in STAND_INS or (month_b, day_b) in STAND_INS:
        return BirthKind.DAY_UNKNOWN, "month"
    if month_a == month_b:
        return _same_month(day_a, day_b)
    if day_a == day_b:
        return _other_month(month_a, month_b)
    if abs(month_a - month_b) == 1 and abs(day_a - day_b) > 31 - DAYS_APART - 3:
        later, earlier = max((month_a, day_a), (month_b, day_b)), min((month_a, day_a), (month_b, day_b))
        if date(2001, *later).toordinal() - date(2001, *earlier).toordinal() <= DAYS_APART:
            return BirthKind.DAY_APART, ""
    return BirthKind.SAME_YEAR_OTHER_DAY, ""


def _same_month(a: int, b: int) -> tuple[BirthKind, str]:
    if a % 10 * 10 + a // 10 == b:
        return BirthKind.TRANSPOSED, "day"
    if a == 1 or b == 1:
        return BirthKind.DAY_UNKNOWN, "day"
    if -DAYS_APART <= a - b <= DAYS_APART:
        return BirthKind.DAY_APART, ""
    if a // 10 == b // 10 or a % 10 == b % 10:
        return BirthKind.ONE_DIGIT, "day"
    return BirthKind.SAME_MONTH_OTHER_DAY, ""


def _other_month(a: int, b: int) -> tuple[BirthKind, str]:
    """Year and day agree."""
    if {a, b} == {1, 10}:
        return BirthKind.TRANSPOSED, "month"
    if a // 10 == b // 10 or a % 10 == b % 10:
        return BirthKind.ONE_DIGIT, "month"
    return BirthKind.SAME_YEAR_OTHER_DAY, ""


def _other_year(a: PartialDate, b: PartialDate) -> tuple[BirthKind, str]:
    """Day and month agree."""
    years = abs(a.year - b.year)
    if a[1:] in STAND_INS:
        return (BirthKind.NEAR if years == 1 else BirthKind.DIFFERENT), ""
    if years == 1:
        return BirthKind.YEAR_BESIDE, ""
    if years == 100:
        return BirthKind.CENTURY, ""
    one, two = str(a.year), str(b.year)
    places = [i for i in range(4) if one[i] != two[i]]
    if len(places) == 1:
        return BirthKind.ONE_DIGIT, "year"
    i, k = places[0], places[-1]
    if k - i == 1 and one[i] == two[k] and one[k] == two[i]:
        return BirthKind.TRANSPOSED, "year"
    return (BirthKind.CALENDAR if _calendar_slip(a, b) else BirthKind.SAME_DAY_OTHER_YEAR), ""


def _calendar_slip(a: PartialDate, b: PartialDate) -> bool:
    return (a[0] % 100, a[1], a[2]) in _in_other_calendars(b) or (
        b[0] % 100,
        b[1],
        b[2],
    ) in _in_other_calendars(a)


@lru_cache(maxsize=1 << 16)
def _in_other_calendars(one: PartialDate) -> frozenset[tuple[int, int, int]]:
    """How the day is written elsewhere, with the last two digits of the year: more rarely reach a Gregorian field."""
    day = date(*one)
    written = [calendar.of(day) for calendar in (LUNAR_HIJRI, SOLAR_HIJRI, ETHIOPIC)]
    written += [(one.year + 543, one.month, one.day), (one.year - 1911, one.month, one.day)]
    return frozenset((year % 100, month, day) for year, month, day in written)


def _has_month(one: Birth | PartialDate) -> bool:
    return isinstance(one, PartialDate) and one.month > 0


def _told(one: Birth | PartialDate, with_year: bool = True) -> str:
    """As people say it; a birth with a range, alternatives or a qualifier in its canonical form."""
    if not isinstance(one, PartialDate) or (one.day and not one.month):
        return str(one)
    words = [str(one.day or ""), _MONTHS[one.month], str(one.year) if with_year else ""]
    return " ".join(filter(None, words))


STAND_INS = frozenset({(1, 1), (7, 1), (12, 31)})
"""Months and days that registries put for unknown ones."""
ABOUT = 2
"""How many years `about 1970` reaches in each direction."""
DAYS_APART = 2
"""A lunar date converted by sighting and by table differs by a day, seldom by two."""

_RANK = {kind: rank for rank, kind in enumerate(BirthKind)}
_LOCATED = frozenset({BirthKind.TRANSPOSED, BirthKind.ONE_DIGIT})
_MONTHS = (
    "", "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
