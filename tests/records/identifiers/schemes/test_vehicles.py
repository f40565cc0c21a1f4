import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.records.identifiers import Identifier, RawIdentifier, parse_identifier

# 49 CFR 565.15, tables III and IV, as printed there.
VALUES = dict(zip("ABCDEFGH", range(1, 9), strict=True)) | dict(zip("JKLMN", range(1, 6), strict=True))
VALUES |= {"P": 7, "R": 9} | dict(zip("STUVWXYZ", range(2, 10), strict=True)) | {str(n): n for n in range(10)}
WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]
CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


def parse(scheme: str, value: str) -> Identifier:
    return parse_identifier(RawIdentifier(scheme, value), field="x")


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("alb:aa-123-bb", "ALB:AA123BB"),
        ("ALB:AA · 123 · BB", "ALB:AA123BB"),
        ("RUS:а 123 вс 77", "RUS:A123BC77"),
        ("GRC:ΖΗΜ-1234", "GRC:ZHM1234"),
        ("EGY:س ص ط ١٢٣", "EGY:سصط123"),
        ("CHN:京A·12345", "CHN:京A12345"),
        ("JPN:品川 500 さ 20-46", "JPN:品川500さ2046"),
    ],
)
def test_a_plate_is_spelled_one_way(written: str, canonical: str) -> None:
    assert parse("plate", written) == Identifier("plate", canonical)


@pytest.mark.parametrize("value", ["ALB:", "AA123BB", "QQQ:AA123BB", "ALB:AA#1", "ALB:" + "A" * 17])
def test_a_plate_needs_state_and_characters(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("plate", value)


@given(st.sampled_from("12345L"), st.text(CHARACTERS, min_size=16, max_size=16))
def test_a_vin_of_north_america_is_verified_exactly_by_its_check_digit(region: str, rest: str) -> None:
    vin = region + rest
    right = "0123456789X"[sum(VALUES[c] * w for c, w in zip(vin, WEIGHTS, strict=True)) % 11]
    assert parse("vin", vin).verified == (vin[8] == right)
    assert parse("vin", vin[:8] + right + vin[9:]).verified


def test_a_published_vin_is_verified() -> None:
    assert parse("vin", "1M8GDM9A-XKP042788") == Identifier("vin", "1M8GDM9AXKP042788")
    assert parse("vin", "1" * 17) == Identifier("vin", "1" * 17)


def test_a_european_vin_has_no_check_digit_to_meet() -> None:
    assert parse("vin", "WVWZZZ1JZXW000001") == Identifier("vin", "WVWZZZ1JZXW000001", False)


def test_letters_that_no_vin_holds_are_read_as_the_digits_they_look_like() -> None:
    assert parse("vin", "iM8GDM9AXKPQ42788") == Identifier("vin", "1M8GDM9AXKP042788")
    assert parse("vin", "1M8GDM9AXKPО42788") == Identifier("vin", "1M8GDM9AXKP042788")


def test_an_old_or_partly_filed_off_number_is_kept_unverified() -> None:
    assert parse("vin", "1234567") == Identifier("vin", "1234567", False)
    assert parse("vin", "1M8GDM9AXKP04?788") == Identifier("vin", "1M8GDM9AXKP04?788", False)


@pytest.mark.parametrize("value", ["", "?" * 17, "1M8GDM9AXKP0427889", "1M8GDM9AXKP0427ж8"])
def test_what_no_vehicle_bears_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("vin", value)


def test_an_engine_number_may_be_partly_unreadable() -> None:
    assert parse("engine-number", "g4fc-8u 123456") == Identifier("engine-number", "G4FC8U123456")
    assert parse("engine-number", "G4FC8U12345?") == Identifier("engine-number", "G4FC8U12345?", False)
