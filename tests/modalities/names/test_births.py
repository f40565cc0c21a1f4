"""Two dates of birth compared."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names.births import BirthKind, compare_births
from allpoints.records.births import parse_birth

TODAY = date(2026, 11, 22)


def kind(probe: str, reference: str) -> BirthKind:
    return compare_births(parse_birth(probe, today=TODAY), parse_birth(reference, today=TODAY)).kind


@pytest.mark.parametrize(
    ("probe", "reference", "expected"),
    [
        ("1970-03-12", "1970-03-12", BirthKind.SAME_DAY),
        ("1970-03", "1970-03-12", BirthKind.SAME_MONTH),
        ("1970-XX-12", "1970-03-12", BirthKind.SAME_MONTH),
        ("1970-03-12", "1970-12-03", BirthKind.SWAPPED),
        ("1970-01-01", "1970-01-01", BirthKind.SAME_STAND_IN),
        ("1970-03-12", "1971-03-12", BirthKind.YEAR_BESIDE),
        ("1970-03-12", "1970-03-21", BirthKind.TRANSPOSED),
        ("1970-01-12", "1970-10-12", BirthKind.TRANSPOSED),
        ("1978-03-12", "1987-03-12", BirthKind.TRANSPOSED),
        ("1970", "1970-03-12", BirthKind.SAME_YEAR),
        ("1970-01-01", "1970-05-06", BirthKind.DAY_UNKNOWN),
        ("1970-07-01", "1970-05-06", BirthKind.DAY_UNKNOWN),
        ("1970-05-01", "1970-05-17", BirthKind.DAY_UNKNOWN),
        ("1970-02-28", "1970-03-01", BirthKind.DAY_APART),
        ("1969-12-30", "1970-01-01", BirthKind.DAY_APART),
        ("1870-03-12", "1970-03-12", BirthKind.CENTURY),
        ("1970-03-12", "2013-03-12", BirthKind.CALENDAR),  # Buddhist 2513, its last two digits
        ("1970-03-12", "1959-03-12", BirthKind.CALENDAR),  # Minguo 59
        ("1970-03-12", "1948-12-21", BirthKind.CALENDAR),  # solar Hijri 1348-12-21
        ("1979-11-21", "2000-01-01", BirthKind.DIFFERENT),  # lunar Hijri 1400-01-01, but also a stand-in
        ("1996-02-25", "1916-10-05", BirthKind.CALENDAR),  # lunar Hijri 1416-10-05
        ("1968/1972", "1970-03-12", BirthKind.WITHIN),
        ("1970~", "1972-03-05", BirthKind.WITHIN),
        ("1970~", "1970-03-05", BirthKind.WITHIN),
        ("1970-03-12", "1970-03-22", BirthKind.ONE_DIGIT),
        ("1970-03-12", "1970-08-12", BirthKind.ONE_DIGIT),
        ("1970-03-12", "1978-03-12", BirthKind.ONE_DIGIT),
        ("1970-03-12", "1970-03-30", BirthKind.SAME_MONTH_OTHER_DAY),
        ("1970-03-12", "1983-03-12", BirthKind.SAME_DAY_OTHER_YEAR),
        ("1970", "1971", BirthKind.NEAR),
        ("1970-01-01", "1971-05-06", BirthKind.NEAR),
        ("1970~", "1974", BirthKind.NEAR),
        ("1968/1972", "1973-03-12", BirthKind.NEAR),
        ("1970-03-14", "1970-12-14", BirthKind.SAME_YEAR_OTHER_DAY),
        ("1970-03-12", "1970-07-30", BirthKind.SAME_YEAR_OTHER_DAY),
        ("1970-03", "1970-05", BirthKind.SAME_YEAR_OTHER_DAY),
        ("", "1970", BirthKind.NOT_STATED),
        ("", "", BirthKind.NOT_STATED),
        ("1970-03-12", "1988-07-30", BirthKind.DIFFERENT),
        ("1970", "1975", BirthKind.DIFFERENT),
        ("1970~", "1980", BirthKind.DIFFERENT),
        ("1970-01-01", "1971-01-01", BirthKind.NEAR),
    ],
)
def test_each_kind_of_agreement(probe: str, reference: str, expected: BirthKind) -> None:
    assert kind(probe, reference) is expected


def test_of_several_dates_the_best_two_count() -> None:
    found = compare_births(parse_birth("[1968-05-06,1970-03-12]"), parse_birth("[1970-03-12,1999]"))
    assert (found.kind, found.probe, found.reference) == (BirthKind.SAME_DAY, "1970-03-12", "1970-03-12")


@pytest.mark.parametrize(
    ("probe", "reference", "remark"),
    [
        ("1970-03-12", "1970-12-03", "12 March against 3 December: day and month swapped"),
        ("1970-03-12", "1970-03-12", "12 March 1970: same day"),
        ("1970-03-12", "1971-03-12", "12 March 1970 against 12 March 1971: year off by one"),
        ("1970-03-12", "1970-03-21", "12 March against 21 March: digits transposed in the day"),
        ("1970", "1970-03-12", "1970 against 12 March 1970: same year"),
        ("1968/1972", "1970", "1968/1972 against 1970: within the stated range"),
        ("", "1970", "date of birth not stated on one side"),
        ("", "", "date of birth not stated"),
    ],
)
def test_an_officer_reads_why(probe: str, reference: str, remark: str) -> None:
    assert compare_births(parse_birth(probe), parse_birth(reference)).remark == remark


def test_a_difference_says_how_many_years_and_a_range_how_wide() -> None:
    assert compare_births(parse_birth("1970-03-12"), parse_birth("1988-07-30")).years == 18
    assert compare_births(parse_birth("1968/1972"), parse_birth("1970")).width == 5
    assert compare_births(parse_birth("1970-03-12"), parse_birth("1970-08-12")).component == "month"


texts = st.one_of(
    st.dates(date(1900, 1, 1), date(2020, 12, 31)).flatmap(
        lambda day: st.sampled_from([str(day), str(day)[:7], str(day)[:4], f"{day}~", f"[1950,{day}]"])
    ),
    st.tuples(st.integers(1900, 1960), st.integers(1961, 2020)).map(lambda ends: f"{ends[0]}/{ends[1]}"),
    st.just(""),
)


@given(texts, texts)
def test_the_order_of_the_two_does_not_matter(probe: str, reference: str) -> None:
    assert kind(probe, reference) is kind(reference, probe)


@given(texts)
def test_a_date_never_contradicts_itself(text: str) -> None:
    alike = list(BirthKind)
    assert alike.index(kind(text, text)) <= alike.index(BirthKind.WITHIN) or not text
