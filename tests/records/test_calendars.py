"""Other calendars, by days known from histories and from Calendrical Calculations' sample data."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.records.calendars import ETHIOPIC, LUNAR_HIJRI, SOLAR_HIJRI, Calendar


@pytest.mark.parametrize(
    ("calendar", "there", "here"),
    [
        (LUNAR_HIJRI, (1416, 10, 5), (1996, 2, 25)),
        (LUNAR_HIJRI, (1400, 1, 1), (1979, 11, 21)),
        (SOLAR_HIJRI, (1357, 11, 22), (1979, 2, 11)),
        (SOLAR_HIJRI, (1399, 12, 30), (2021, 3, 20)),
        (SOLAR_HIJRI, (1403, 1, 1), (2024, 3, 20)),
        (ETHIOPIC, (2000, 1, 1), (2007, 9, 12)),
    ],
)
def test_known_days(calendar: Calendar, there: tuple[int, int, int], here: tuple[int, int, int]) -> None:
    assert calendar.gregorian(*there) == (here, here)
    assert calendar.of(date(*here)) == there


@pytest.mark.parametrize("calendar", [LUNAR_HIJRI, SOLAR_HIJRI, ETHIOPIC])
@given(day=st.dates(date(1800, 1, 1), date(2100, 1, 1)))
def test_there_and_back(calendar: Calendar, day: date) -> None:
    assert calendar.gregorian(*calendar.of(day))[0] == (day.year, day.month, day.day)


def test_a_year_is_all_its_days() -> None:
    assert SOLAR_HIJRI.gregorian(1349) == ((1970, 3, 21), (1971, 3, 20))


@pytest.mark.parametrize("there", [(1400, 13, 1), (1400, 12, 31), (1400, 0, 3), (0, 1, 1), (99_999, 1, 1)])
def test_a_day_that_there_is_not_is_refused(there: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no such day"):
        LUNAR_HIJRI.gregorian(*there)
