"""Places, nationalities and sexes compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.modalities.names.places import (
    NationalityKind,
    PlaceKind,
    SexKind,
    compare_nationalities,
    compare_places,
    compare_sex,
)


@pytest.mark.parametrize(
    ("probe", "reference", "expected"),
    [
        ("Leningrad", "Saint Petersburg, Russia", PlaceKind.SAME),
        ("Bombay", "Mumbai, India", PlaceKind.SAME),
        ("Basra", "البصرة", PlaceKind.SAME),
        ("Tashkent, USSR", "Tashkent, Uzbekistan", PlaceKind.SAME),
        ("Tashkent UZB", "Tashkent", PlaceKind.SAME),
        ("Daraa", "Dar'a, Syria", PlaceKind.SIMILAR),
        ("Tripoli, Libya", "Tripoli, Lebanon", PlaceKind.SIMILAR),
        ("devon", "west devon", PlaceKind.CONTAINED),
        ("Jalisco, Mexico", "Guadalajara, Jalisco, Mexico", PlaceKind.CONTAINED),
        ("Uzbekistan", "Tashkent, UZB", PlaceKind.CONTAINED),
        ("Deutschland", "Germany", PlaceKind.SAME_STATE),
        ("日本", "Japan", PlaceKind.SAME_STATE),
        ("London, UK", "Manchester, England", PlaceKind.SAME_STATE),
        ("Uzbekistan", "Tashkent", PlaceKind.NOT_STATED),
        ("", "Tashkent", PlaceKind.NOT_STATED),
        ("!!!", "???", PlaceKind.NOT_STATED),
        ("USSR", "Uzbekistan", PlaceKind.NOT_STATED),
        ("Dresden", "Leipzig", PlaceKind.DIFFERENT),
        ("Iraq", "Iran", PlaceKind.DIFFERENT),
        ("tq13 8df", "TQ138DF", PlaceKind.SAME_POSTCODE),
        ("tq13 8df", "tq13 8dg", PlaceKind.POSTCODE_BESIDE),
        ("tq13 8df", "tq13 8hu", PlaceKind.SAME_DISTRICT),
        ("tq13 8df", "ab1 2aa", PlaceKind.DIFFERENT),
        ("10115 Berlin", "10117 Berlin", PlaceKind.SAME),
    ],
)
def test_each_kind_of_agreement(probe: str, reference: str, expected: PlaceKind) -> None:
    assert compare_places(probe, reference).kind is expected
    assert compare_places(reference, probe).kind is expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_are_compared_the_same_both_ways(probe: str, reference: str) -> None:
    assert compare_places(probe, reference).kind is compare_places(reference, probe).kind


@pytest.mark.parametrize(
    ("probe", "reference", "expected"),
    [
        (("IRQ",), ("IRQ",), NationalityKind.SAME),
        (("IRQ", "SWE"), ("SWE",), NationalityKind.SAME),
        (("D",), ("DEU",), NationalityKind.SAME),
        (("GBR",), ("GBO",), NationalityKind.SAME),
        (("DDR",), ("DEU",), NationalityKind.SAME),
        (("SUN",), ("UZB",), NationalityKind.COMPATIBLE),
        (("HRV",), ("YUG",), NationalityKind.COMPATIBLE),
        (("CSK",), ("SVK",), NationalityKind.COMPATIBLE),
        (("IRQ",), (), NationalityKind.NOT_STATED),
        (("XXA",), ("IRQ",), NationalityKind.NOT_STATED),
        (("IRQ",), ("IRN",), NationalityKind.DIFFERENT),
        (("RUS",), ("UKR",), NationalityKind.DIFFERENT),
    ],
)
def test_nationalities_are_compared_as_sets(
    probe: tuple[str, ...], reference: tuple[str, ...], expected: NationalityKind
) -> None:
    assert compare_nationalities(probe, reference).kind is expected
    assert compare_nationalities(reference, probe).kind is expected


def test_the_states_in_both_are_named() -> None:
    assert compare_nationalities(("IRQ", "SWE"), ("SWE", "DNK")).shared == ("SWE",)


@pytest.mark.parametrize(
    ("probe", "reference", "expected"),
    [
        ("F", "F", SexKind.SAME),
        ("F", "M", SexKind.DIFFERENT),
        ("X", "M", SexKind.NOT_STATED),
        ("", "M", SexKind.NOT_STATED),
        ("X", "X", SexKind.NOT_STATED),
    ],
)
def test_sex(probe: str, reference: str, expected: SexKind) -> None:
    assert compare_sex(probe, reference).kind is expected


def test_an_officer_reads_why() -> None:
    assert (
        compare_places("Leningrad", "Saint Petersburg").remark
        == "Leningrad against Saint Petersburg: same place"
    )
    assert compare_nationalities(("UZB",), ("SUN",)).remark == "UZB against SUN: compatible nationalities"
    assert compare_sex("F", "").remark == "F against (not stated): not stated"
