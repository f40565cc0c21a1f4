"""Dates of birth as bureaus have them: whole, partial, uncertain, one of several, in any calendar.

The canonical form is EDTF (ISO 8601-2:2019) in the Gregorian calendar: `1970-03-12`, `1970-03`, `1970`,
`1970-XX-12`, `1970~` (about), `1970?` (perhaps), `1968/1972` (some time between), `[1970-03-12,1971-03-12]`
(one of these).
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec

from allpoints.errors import InvalidValue
from allpoints.records.calendars import CALENDARS, Span

FIRST_YEAR = 1500
"""Earlier than anybody of concern, and later than the years that other calendars now write."""
MAX_ALTERNATIVES = 16
MAX_TEXT = 200
_REMEDY = "Write 1970-03-12, 1970-03, 1970, 1970~ (about), 1968/1972 (between) or AH 1390-02-15."


class PartialDate(NamedTuple):
    """A day, or as much of it as is known: 0 stands for a month or day that is not."""

    year: int
    month: int = 0
    day: int = 0

    def __str__(self) -> str:
        if not self.day:
            return f"{self.year:04}-{self.month:02}" if self.month else f"{self.year:04}"
        return f"{self.year:04}-{f'{self.month:02}' if self.month else 'XX'}-{self.day:02}"

    @property
    def first(self) -> date:
        """The first day that it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> date:
        """The last day that it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


class Birth(msgspec.Struct, frozen=True):
    """A date of birth, read. `str()` gives its canonical form, which `parse_birth` reads as the same birth."""

    dates: tuple[PartialDate, ...] = ()
    """One of these; none where nothing is stated."""
    until: PartialDate | None = None
    """The end of the range that begins with the only date."""
    qualifier: str = ""
    """EDTF's: `~` about, `?` perhaps, `%` both."""

    def __str__(self) -> str:
        texts = [f"{each}{self.qualifier}" for each in self.dates]
        if self.until:
            return f"{texts[0]}/{self.until}{self.qualifier}"
        return f"[{','.join(texts)}]" if len(texts) > 1 else "".join(texts)

    def __bool__(self) -> bool:
        return bool(self.dates)


def parse_birth(text: str, *, field: str = "birth", today: date | None = None) -> Birth:
    """Return the date of birth that a text states; an empty text states none.

    Beside EDTF it reads other calendars (`AH 1390-02-15` lunar Hijri, `AP 1349-12-21` solar Hijri, `BE 2513`
    Buddhist, `ROC 59` Minguo, `EC 1962-07-03` Ethiopian, `昭和45年3月12日`), digits of any script, unknown parts
    as `XX` or `00`, and what people write where it can mean only one day: `12.03.1970`, `25/03/1970`,
    `12 March 1970`, `circa 1970`, `between 1968 and 1972`.

    Raises `InvalidValue`, naming the field, for what is no date, is ambiguous, lies in the future or before
    1500.
    """
    if len(text) > MAX_TEXT:
        raise InvalidValue(f"a date of birth has at most {MAX_TEXT} characters", field=field, remedy=_REMEDY)
    return _read(text, field, today or datetime.now(UTC).date() + timedelta(days=1))


@lru_cache(maxsize=1 << 16)
def _read(text: str, field: str, today: date) -> Birth:
    """Cached, because the people of a century share 36,525 days."""
    return _Reader(field, today).birth(_plain(text))


class _Reader(NamedTuple):
    field: str
    today: date

    def birth(self, text: str) -> Birth:
        if not text:
            return Birth()
        text, calendar = _calendar(text)
        about = _ABOUT.match(text)
        text = text[about.end() :] if about else text
        members = text[1:-1].split(",") if text[:1] + text[-1:] == "[]" else [text]
        if len(members) > MAX_ALTERNATIVES:
            raise self._refusal(f"more than {MAX_ALTERNATIVES} dates")
        marks = {"~"} if about else set[str]()
        read = [self._span(member.strip(), calendar, marks) for member in members]
        qualifier = "%" if marks >= {"~", "?"} else "".join(marks)
        if len(read) > 1:
            return self._one_of(read, qualifier)
        [(first, last)] = read
        return Birth((first,), last if last != first else None, qualifier)

    def _one_of(self, read: list[tuple[PartialDate, PartialDate]], qualifier: str) -> Birth:
        if any(first != last for first, last in read):
            raise self._refusal("a range within a set")
        return Birth(tuple(sorted({first for first, _ in read})), None, qualifier)

    def _span(
        self, text: str, calendar: "_Calendar | None", marks: set[str]
    ) -> tuple[PartialDate, PartialDate]:
        """From when to when; the same twice for a single date."""
        ends = _range(text)
        spans = []
        for end in ends:
            bare = end.rstrip("~?%")
            marks.update(end[len(bare) :].replace("%", "~?"))
            spans.append(self._date(bare.strip(), calendar))
        first, last = PartialDate(*spans[0][0]), PartialDate(*spans[-1][1])
        if first.first > last.last:
            raise self._refusal("the range ends before it begins", "Write the earlier date first.")
        if first.year < FIRST_YEAR:
            raise self._refusal(*_wrong_year(first.year))
        for one in (first, last):
            if one.first > self.today:
                raise self._refusal("lies in the future", "A person is born by today.")
        return first, last

    def _date(self, text: str, calendar: "_Calendar | None") -> Span:
        decade = _DECADE.fullmatch(text)
        if decade and not calendar:
            return (int(text.replace("X", "0")), 0, 0), (int(text.replace("X", "9")), 0, 0)
        year, month, day = self._parts(text)
        if calendar:
            try:
                return calendar(year, month, day)
            except ValueError:
                raise self._refusal(f"there is no such day as {text} in that calendar") from None
        if not FIRST_YEAR <= year <= self.today.year:
            raise self._refusal(*_wrong_year(year))
        if month > 12 or day > monthrange(year, month or 1)[1]:
            raise self._refusal(f"there is no such day as {text}")
        return (year, month, day), (year, month, day)

    def _parts(self, text: str) -> tuple[int, int, int]:
        for form in _YEAR_FIRST:
            if found := form.fullmatch(text):
                year, month, day = (found[name] or "0" for name in ("y", "m", "d"))
                return int(year), _number(month), _number(day)
        if found := _DAY_FIRST.fullmatch(text):
            return int(found["y"]), int(found["m"]), int(found["d"])
        if found := _EITHER_FIRST.fullmatch(text):
            return self._day_or_month_first(int(found["a"]), int(found["b"]), int(found["y"]))
        for form in _NAMED_MONTH:
            found = form.fullmatch(text)
            if found and (number := _MONTHS.get(found["m"][:3])):
                return int(found["y"]), number, int(found.groupdict().get("d") or 0)
        raise self._refusal("no date of birth")

    def _day_or_month_first(self, one: int, two: int, year: int) -> tuple[int, int, int]:
        if one == two or two > 12:
            return year, one, two
        if one > 12:
            return year, two, one
        raise self._refusal(
            "day and month cannot be told apart",
            f"Write {year}-{two:02}-{one:02} or {year}-{one:02}-{two:02}.",
        )

    def _refusal(self, detail: str, remedy: str = _REMEDY) -> InvalidValue:
        return InvalidValue(detail, field=self.field, remedy=remedy)


_Calendar = Callable[[int, int, int], Span]


def _wrong_year(year: int) -> tuple[str, str]:
    if 1200 <= year < FIRST_YEAR:
        return (
            f"{year} is no Gregorian year of a birth",
            f"Write AP {year} for the solar Hijri calendar, AH {year} for the lunar one.",
        )
    if 2400 <= year <= 2700:
        return "lies in the future", f"Write BE {year} for the Buddhist calendar."
    if year < FIRST_YEAR:
        return f"lies before {FIRST_YEAR}", "Write the year with all its digits."
    return "lies in the future", "A person is born by today."


def _plain(text: str) -> str:
    """Digits as ASCII, one kind of hyphen, blanks single, letters capital, no marks that only order the text."""
    text = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(
        str(unicodedata.decimal(character))
        if character.isdecimal()
        else "-"
        if character in _HYPHENS
        else character
        for character in text
        if unicodedata.category(character) != "Cf"
    )
    for mark in "年月년월":
        plain = re.sub(rf"\s*{mark}\s*", "-", plain)
    return " ".join(re.sub("[日일]", "", plain).split()).strip("-")


def _calendar(text: str) -> tuple[str, _Calendar | None]:
    """The text without a calendar's name before or after it, and that calendar."""
    for name, calendar in CALENDARS.items():
        if text.startswith(name) and re.match(r"[\s\d\[]", text[len(name) :]):
            return text[len(name) :].strip(), calendar
        if text.endswith(name) and re.search(r"[\s\d\]]$", text[: -len(name)]):
            return text[: -len(name)].strip().rstrip("-"), calendar
    return text, None


def _range(text: str) -> list[str]:
    """The two ends of a range, or the only date."""
    if found := _BETWEEN.fullmatch(text):
        return [found["a"], found["b"]]
    if found := _YEARS.fullmatch(text):
        return [found["a"], found["b"]]
    parts = text.split("/")
    return parts if len(parts) == 2 else [text]


def _number(text: str) -> int:
    return 0 if "X" in text else int(text)


_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u30fc"
_MONTHS = {
    name: number
    for number, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), start=1)  # noqa: SIM905
}
_ABOUT = re.compile(r"(?:CIRCA|CA\.?|C\.|ABOUT|APPROX(?:IMATELY|\.)?)\s*(?=\d)")
_BETWEEN = re.compile(r"(?:BETWEEN\s+)?(?P<a>\S.*?)\s+(?:AND|TO|-)\s+(?P<b>\S.*)")
_YEARS = re.compile(r"(?P<a>\d{4})-(?P<b>\d{4})")
_DECADE = re.compile(r"\d{3}X|\d{2}XX")
_YEAR_FIRST = [
    re.compile(r"(?P<y>\d{1,4})(?:-(?P<m>\d{1,2}|XX)(?:-(?P<d>\d{1,2}|XX))?)?"),
    re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>\d{4})\.\s?(?P<m>\d{1,2})\.\s?(?P<d>\d{1,2})\.?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
]
_DAY_FIRST = re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})")
_EITHER_FIRST = re.compile(r"(?P<a>\d{1,2})([/ -])(?P<b>\d{1,2})\2(?P<y>\d{4})")
_NAMED_MONTH = [
    re.compile(r"(?P<d>\d{1,2})(?:ST|ND|RD|TH)?[ .-]*(?P<m>[A-Z]{3,9})[ .,-]*(?P<y>\d{4})"),
    re.compile(r"(?P<m>[A-Z]{3,9})\.? (?P<d>\d{1,2})(?:ST|ND|RD|TH)?,? (?P<y>\d{4})"),
    re.compile(r"(?P<m>[A-Z]{3,9})[ .,-]*(?P<y>\d{4})"),
]
"""A dotted date begins with the day wherever dots are used; with strokes it depends on who writes."""
