import pytest

from allpoints.errors import InvalidValue
from allpoints.records.identifiers import Identifier, RawIdentifier, parse_identifier


def parse(scheme: str, value: str) -> Identifier:
    return parse_identifier(RawIdentifier(scheme, value), field="x")


@pytest.mark.parametrize("value", ["IMO 9074729", "imo9074729", "9074729", "٩٠٧٤٧٢٩"])
def test_an_imo_number_is_seven_digits(value: str) -> None:
    # 9x7 + 0x6 + 7x5 + 4x4 + 7x3 + 2x2 = 139, so the check digit is 9.
    assert parse("imo", value) == Identifier("imo", "9074729")


def test_an_imo_number_with_a_wrong_check_digit_is_unverified() -> None:
    assert parse("imo", "9074728") == Identifier("imo", "9074728", False)


@pytest.mark.parametrize("value", ["907472", "90747290", "IMO", "907472A"])
def test_an_imo_number_of_another_length_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("imo", value)


@pytest.mark.parametrize(
    ("number", "verified"),
    [
        ("201100123", True),
        ("020110012", True),
        ("002011001", True),
        ("111201001", True),
        ("982011001", True),
        ("992011001", True),
        ("970201001", True),
        ("820110012", True),
        ("123456789", False),
        ("999999999", False),
        ("900000000", False),
    ],
)
def test_an_mmsi_is_verified_by_the_formats_of_itu_r_m_585(number: str, verified: bool) -> None:
    assert parse("mmsi", number) == Identifier("mmsi", number, verified)


def test_an_mmsi_has_nine_digits() -> None:
    with pytest.raises(InvalidValue):
        parse("mmsi", "20110012")


def test_a_hull_number_is_verified_by_its_form() -> None:
    assert parse("hull-number", "fr-abc 12345 d404") == Identifier("hull-number", "FRABC12345D404")
    assert parse("hull-number", "ABC12345D404") == Identifier("hull-number", "ABC12345D404", False)


def test_an_aircraft_is_found_with_and_without_hyphen() -> None:
    assert parse("aircraft-registration", "za-abc") == parse("aircraft-registration", "ZAABC")


def test_a_container_number_is_verified_by_its_check_digit() -> None:
    # The example printed in ISO 6346.
    assert parse("container", "csqu 305438 3") == Identifier("container", "CSQU3054383")
    assert parse("container", "CSQU305438") == Identifier("container", "CSQU3054383")
    assert parse("container", "CSQU3054384") == Identifier("container", "CSQU3054384", False)
    with pytest.raises(InvalidValue):
        parse("container", "CSQA3054383")
