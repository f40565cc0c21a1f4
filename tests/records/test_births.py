"""Dates of birth as bureaus have them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.records.births import FIRST_YEAR, MAX_TEXT, Birth, PartialDate, parse_birth

TODAY = date(2026, 11, 22)


def canonical(text: str) -> str:
    return str(parse_birth(text, today=TODAY))


@pytest.mark.parametrize(
    "text",
    [
        *("1970-03-12", "1970-03", "1970", "1970-XX-12", "1970~", "1970?", "1970%", "1970-03-12~"),
        *("1968/1972", "1970-03-12/1970-04", "1968~/1972~", "[1970-03-12,1971-03-12]", "[1970,1972]", ""),
    ],
)
def test_the_canonical_form_is_edtf_and_stays_as_it_is(text: str) -> None:
    assert canonical(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-XX-XX", "1970"),
        ("1970-03-XX", "1970-03"),
        ("1970-00-00", "1970"),
        ("00.00.1970", "1970"),
        ("197X", "1970/1979"),
        ("12.03.1970", "1970-03-12"),
        ("25/03/1970", "1970-03-25"),
        ("03/25/1970", "1970-03-25"),
        ("12/12/1970", "1970-12-12"),
        ("1970/3/5", "1970-03-05"),
        ("19700312", "1970-03-12"),
        ("12 March 1970", "1970-03-12"),
        ("March 12, 1970", "1970-03-12"),
        ("12MAR1970", "1970-03-12"),
        ("Mar 1970", "1970-03"),
        ("circa 1970", "1970~"),
        ("between 1968 and 1972", "1968/1972"),
        ("1968-1972", "1968/1972"),
        ("1968 to 1972", "1968/1972"),
        ("[1971-03-12,1970-03-12,1970-03-12]", "[1970-03-12,1971-03-12]"),
        ("1970/1970", "1970"),
        (" 1970–03–12 ", "1970-03-12"),
        ("١٩٧٠-٠٣-١٢", "1970-03-12"),
        ("１９７０-０３-１２", "1970-03-12"),
        ("१९७०", "1970"),
        ("\u202a1970-03-12\u202c", "1970-03-12"),
        ("1970年3月12日", "1970-03-12"),
        ("1970년 3월 12일", "1970-03-12"),
    ],
)
def test_what_people_write_is_read(text: str, expected: str) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AH 1400-01-01", "1979-11-21"),
        ("AH 1416-10-05", "1996-02-25"),
        ("١٤٠٠/٠١/٠١ هـ", "1979-11-21"),
        ("AP 1357-11-22", "1979-02-11"),
        ("SH 1349-12-21", "1971-03-12"),
        ("AP ۱۳۴۹/۱۲/۲۱", "1971-03-12"),
        ("AP 1349", "1970-03-21/1971-03-20"),
        ("AP 1349~", "1970-03-21~/1971-03-20~"),
        ("BE 2513-03-12", "1970-03-12"),
        ("พ.ศ. 2513", "1970"),
        ("ROC 59-03-12", "1970-03-12"),
        ("民國59年3月12日", "1970-03-12"),
        ("昭和45年3月12日", "1970-03-12"),
        ("EC 2000-01-01", "2007-09-12"),
        ("[AH 1390-02-15,1971]", None),
    ],
)
def test_other_calendars_are_named(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(InvalidValue):
            canonical(text)
    else:
        assert canonical(text) == expected


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("12/03/1970", "1970-03-12 or 1970-12-03"),
        ("1390-02-15", "AP 1390"),
        ("2513", "BE 2513"),
        ("70-03-12", "all its digits"),
        ("2027", "born by today"),
        ("2026-11-23", "born by today"),
        ("1968/2030", "born by today"),
        ("1972/1968", "earlier date first"),
        ("AH 100", "all its digits"),
        ("AH 1390-13-01", "1970-03-12"),
        ("1970-02-30", "1970-03-12"),
        ("1970-13", "1970-03-12"),
        ("XXXX-03-12", "1970-03-12"),
        ("yesterday", "1970-03-12"),
        ("[", "1970-03-12"),
        ("[]", "1970-03-12"),
        ("[1968/1970,1972]", "1970-03-12"),
        ("[" + ",".join(map(str, range(1950, 1967))) + "]", "1970-03-12"),
        ("1" * (MAX_TEXT + 1), "1970-03-12"),
    ],
)
def test_what_is_no_date_of_birth_is_refused_with_a_remedy(text: str, remedy: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_birth(text, field="evidence[0].birth", today=TODAY)
    assert refused.value.field == "evidence[0].birth"
    assert remedy in refused.value.remedy


def test_today_is_not_in_the_future_and_nothing_stated_is_false() -> None:
    assert canonical("2026-11-22") == "2026-11-22"
    assert not parse_birth("  ", today=TODAY)
    assert parse_birth("1970", today=TODAY)


def test_a_partial_date_knows_its_first_and_last_day() -> None:
    assert (PartialDate(1972, 2).first, PartialDate(1972, 2).last) == (date(1972, 2, 1), date(1972, 2, 29))
    assert PartialDate(1970).last == date(1970, 12, 31)
    assert PartialDate(1970, 0, 12).last == date(1970, 12, 12)


days = st.dates(date(FIRST_YEAR, 1, 1), TODAY).map(lambda day: PartialDate(day.year, day.month, day.day))
dates = st.one_of(
    days, days.map(lambda day: day._replace(day=0)), days.map(lambda day: PartialDate(day.year))
)
births = st.one_of(
    st.builds(
        lambda several, mark: Birth(tuple(sorted(several)), None, mark),
        st.sets(dates, max_size=5).filter(lambda several: len(several) != 0),
        st.sampled_from(["", "~", "?", "%"]),
    ),
    st.tuples(dates, dates)
    .filter(lambda ends: ends[0] != ends[1] and ends[0].first <= ends[1].last)
    .map(lambda ends: Birth(ends[:1], ends[1])),
)


@given(births)
def test_the_canonical_form_reads_as_the_same_birth(birth: Birth) -> None:
    assert parse_birth(str(birth), today=TODAY) == birth


@given(st.text(max_size=MAX_TEXT + 10))
@example("AH AH")
@example("BE 0543")
@example("9999999999")
@example("/")
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidValue):
        birth = parse_birth(text, today=TODAY)
        assert parse_birth(str(birth), today=TODAY) == birth


@given(st.text(alphabet="0123456789-/.[],~?%X AHBEPC", max_size=25))
def test_almost_a_date_is_read_or_refused(text: str) -> None:
    test_any_text_is_read_or_refused.hypothesis.inner_test(text)  # type: ignore[attr-defined]
