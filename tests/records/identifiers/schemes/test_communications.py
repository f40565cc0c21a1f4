import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.records.identifiers import Identifier, RawIdentifier, parse_identifier
from allpoints.records.identifiers.schemes.communications import plain_phone

EXAMPLES = [
    phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for region in phonenumbers.SUPPORTED_REGIONS
    for kind in phonenumbers.PhoneNumberType.values()
    if (number := phonenumbers.example_number_for_type(region, kind))
]


def parse(scheme: str, value: str) -> Identifier:
    return parse_identifier(RawIdentifier(scheme, value), field="x")


@pytest.mark.parametrize(
    "value",
    [
        "+355672123456",
        "+355 67 212 3456",
        "00355-67-212-3456",
        "+355 (0) 67 212 3456",
        "＋٣٥٥ ٦٧ ٢١٢ ٣٤٥٦",
        "tel:+355672123456",
    ],
)
def test_a_phone_number_is_written_in_e_164(value: str) -> None:
    if value.startswith("tel:"):
        with pytest.raises(InvalidValue, match="international"):
            parse("phone", value)
    else:
        assert parse("phone", value) == Identifier("phone", "+355672123456")


def test_a_plausible_number_outside_its_plan_is_unverified() -> None:
    assert parse("phone", "+12345550123") == Identifier("phone", "+12345550123", True)
    assert parse("phone", "+19995550123") == Identifier("phone", "+19995550123", False)


@pytest.mark.parametrize(
    "value", ["067 212 3456", "+999123456789", "+35512", "+", "", "+355 67 212 3456 ext. 9", "+1" + "2" * 50]
)
def test_what_is_no_international_number_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("phone", value)


def test_the_quick_way_knows_nearly_every_kind_of_number() -> None:
    missed = [number for number in EXAMPLES if plain_phone(number) is None]
    assert len(EXAMPLES) > 1000
    assert len(missed) < len(EXAMPLES) / 50


@given(st.sampled_from(EXAMPLES), st.integers(4, 14), st.text("0123456789", max_size=4))
def test_the_quick_way_never_says_more_than_the_long_way(number: str, at: int, digits: str) -> None:
    number = number[:at] + digits + number[at + len(digits) :]
    quick = plain_phone(number)
    if quick is not None:
        assert parse("phone", f" {number}") == quick
        assert quick.verified


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Someone@Example.ORG", "someone@example.org"),
        ("some.one+tag@example.org.", "some.one+tag@example.org"),
        ("jörg@Bücher.example", "jörg@xn--bcher-kva.example"),
        ("ａ@example.org", "a@example.org"),
    ],
)
def test_a_mail_address_is_lower_case_with_an_ascii_domain(written: str, canonical: str) -> None:
    assert parse("email", written) == Identifier("email", canonical)


@pytest.mark.parametrize(
    "value", ["", "a", "@b.org", "a@", "a b@c.org", "a@b..org", "a@-b.org", "a@b c", "<a@b.org>"]
)
def test_what_is_no_mail_address_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("email", value)


@pytest.mark.parametrize(
    "value",
    ["49-015420-323751-8", "490154203237518", "49015420323751", "490154203237510", "4901542032375199"],
)
def test_a_handset_is_its_first_fourteen_digits(value: str) -> None:
    # 490154203237518 is the worked example of the check digit; 0 is what networks transmit in its place.
    assert parse("imei", value) == Identifier("imei", "49015420323751")


@pytest.mark.parametrize(
    "value", ["490154203237517", "4901542032375", "49015420323751888", "49015420323751X"]
)
def test_a_wrong_check_digit_or_length_is_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("imei", value)
