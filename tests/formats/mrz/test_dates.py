"""Two-digit years, unknown parts, days that do not exist."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.formats.mrz.dates import PartialDate, impossible, read_birth, read_expiry, write_date

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "birth"),
    [
        ("740812", PartialDate(1974, 8, 12)),
        ("261122", PartialDate(2026, 11, 22)),
        ("261123", PartialDate(1926, 11, 23)),
        ("2612<<", PartialDate(1926, 12, None)),
        ("26<<<<", PartialDate(2026, None, None)),
        ("000229", PartialDate(2000, 2, 29)),
        ("<<0812", PartialDate(None, 8, 12)),
        ("7<0812", PartialDate(None, 8, 12)),
        ("<<<<<<", PartialDate()),
    ],
)
def test_nobody_is_born_in_the_future(text: str, birth: PartialDate) -> None:
    assert read_birth(text, TODAY) == birth


@pytest.mark.parametrize(
    ("text", "year"),
    [("120415", 2012), ("360415", 2036), ("750101", 2075), ("760101", 1976), ("961210", 1996)],
)
def test_an_expiry_lies_within_fifty_years(text: str, year: int) -> None:
    assert read_expiry(text, TODAY).year == year


@pytest.mark.parametrize("text", ["741312", "740800", "740832", "740431", "750229", "740012"])
def test_a_day_that_does_not_exist_is_noticed(text: str) -> None:
    assert impossible(text, read_birth(text, TODAY))


@given(st.dates(min_value=date(1927, 1, 1), max_value=TODAY))
def test_a_birth_date_comes_back(day: date) -> None:
    text = write_date(PartialDate.of(day), "mrz.birth")
    assert text == day.strftime("%y%m%d")
    assert read_birth(text, TODAY) == PartialDate.of(day)


@pytest.mark.parametrize(
    "day", [PartialDate(2025, 2, 29), PartialDate(2025, 13, 1), PartialDate(None, None, 32)]
)
def test_a_day_that_does_not_exist_is_not_written(day: PartialDate) -> None:
    with pytest.raises(InvalidValue, match=r"mrz\.expiry"):
        write_date(day, "mrz.expiry")


def test_unknown_parts_are_written_as_fillers() -> None:
    assert write_date(PartialDate(1974), "mrz.birth") == "74<<<<"
