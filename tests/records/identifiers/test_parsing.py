"""What holds for every scheme, and the door they all share."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.records.identifiers import (
    MAX_VALUE,
    SCHEMES,
    Identifier,
    RawIdentifier,
    Scheme,
    key_text,
    parse_identifier,
    scheme_named,
)

every_scheme = pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
quick_schemes = pytest.mark.parametrize(
    "scheme", [scheme for scheme in SCHEMES if scheme.quick], ids=lambda scheme: scheme.name
)

SEPARATED = st.lists(st.text(max_size=12), min_size=1, max_size=5).map(":".join)
NEARLY = st.text("AB OIQZ019?*+-./:@#%&=[]ÀßＡ１ʼnАВС١ı\u200f\u00ad", max_size=40)
ANYTHING = st.text() | SEPARATED | NEARLY


def parse(scheme: str, value: str) -> Identifier:
    return parse_identifier(RawIdentifier(scheme, value), field="identifiers[2]")


def parsed_or_refused_by_field(scheme: Scheme, value: str) -> Identifier | None:
    try:
        return parse(scheme.name, value)
    except InvalidValue as error:
        refused = error
    assert refused.field == "identifiers[2].value"
    assert scheme.examples[0] in refused.remedy or "characters" in refused.detail
    return None


def test_numbers_and_names_are_unique_and_fit_six_bits() -> None:
    assert (
        len({scheme.number for scheme in SCHEMES}) == len({scheme.name for scheme in SCHEMES}) == len(SCHEMES)
    )
    assert all(1 <= scheme.number <= 63 for scheme in SCHEMES)


def test_a_number_never_changes() -> None:
    assert {scheme.name: scheme.number for scheme in SCHEMES} == {
        "travel-document": 1,
        "national-id": 2,
        "plate": 3,
        "vin": 4,
        "engine-number": 5,
        "imo": 6,
        "mmsi": 7,
        "hull-number": 8,
        "aircraft-registration": 9,
        "firearm": 10,
        "phone": 11,
        "email": 12,
        "iban": 13,
        "payment-card": 14,
        "imei": 15,
        "crypto-address": 16,
        "container": 17,
        "file-hash": 18,
        "url": 19,
    }


@every_scheme
def test_every_part_is_either_key_or_qualifier(scheme: Scheme) -> None:
    assert set(scheme.key) | set(scheme.qualifiers) == set(scheme.parts)
    assert not set(scheme.key) & set(scheme.qualifiers)
    assert not scheme.partial or scheme.key[-1] == scheme.parts[-1]


@every_scheme
def test_it_stands_in_the_documentation(scheme: Scheme) -> None:
    text = (Path(__file__).parents[3] / "docs" / "identifiers.md").read_text("utf-8")
    row = next(line for line in text.splitlines() if line.startswith(f"| {scheme.number} | `{scheme.name}` "))
    assert f"`{scheme.form}`" in row
    assert f"`{scheme.examples[0]}`" in row


@every_scheme
def test_its_examples_are_canonical_after_one_parse(scheme: Scheme) -> None:
    for text in scheme.examples:
        identifier = parse(scheme.name, text)
        assert parse(scheme.name, identifier.value) == identifier
        assert identifier.scheme == scheme.name


@every_scheme
@given(text=ANYTHING)
@example(text="ŉ:ŉ:9mmŉ:ŉ")
@example(text="ﷺ" * 200)
@example(text="http://[::1")
@example(text="https://a/%ff/%7E/%2e%2E/..\u3002")
def test_any_text_is_parsed_once_and_for_all_or_refused_by_field(scheme: Scheme, text: str) -> None:
    identifier = parsed_or_refused_by_field(scheme, text)
    if identifier is None:
        return
    assert parse(scheme.name, identifier.value) == identifier
    assert len(identifier.value) <= MAX_VALUE + 3
    assert key_text(identifier)


@every_scheme
@given(data=st.data())
def test_near_misses_of_an_example_are_parsed_once_and_for_all_or_refused(
    scheme: Scheme, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from(scheme.examples))
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 3))
    text = text[:at] + data.draw(st.text(max_size=3) | NEARLY) + text[at + cut :]
    identifier = parsed_or_refused_by_field(scheme, text)
    assert identifier is None or parse(scheme.name, identifier.value) == identifier


@quick_schemes
@given(data=st.data())
def test_the_quick_way_says_what_the_long_way_says(scheme: Scheme, data: st.DataObject) -> None:
    plain = {
        "travel-document": r"(ALB|DEU|UTO|XXA|QQQ):(P|PD|I|):[A-Z0-9]{1,9}|ALB:[A-Z0-9]{1,31}",
        "plate": r"(ALB|RUS|UTO|QQQ):[A-Z0-9]{1,17}",
        "vin": r"[1-9JLSVW][A-Z0-9]{15,17}",
        "phone": r"\+(1|7|44|39|33|355|54|52|800|999)[0-9]{5,13}",
    }[scheme.name]
    text = data.draw(st.from_regex(plain, fullmatch=True))
    assert scheme.quick
    quick = scheme.quick(text)
    if quick is not None:
        # A leading space is enough to send it the long way.
        assert scheme.quick(f" {text}") is None
        assert parse(scheme.name, f" {text}") == quick


def test_both_ways_of_writing_a_document_are_found_by_one_key() -> None:
    full, short = parse("travel-document", "ALB:P:BA1234567"), parse("travel-document", "ALB:BA1234567")
    assert (full.value, short.value) == ("ALB:P:BA1234567", "ALB::BA1234567")
    assert key_text(full) == key_text(short) == "ALB:BA1234567"
    assert (
        key_text(parse("firearm", "Glock:17:9mm Luger:abc-123"))
        == key_text(parse("firearm", "ABC123"))
        == "ABC123"
    )


def test_an_unknown_scheme_is_refused_by_its_own_field() -> None:
    with pytest.raises(InvalidValue) as refused:
        parse("pasport", "ALB:BA1234567")
    assert refused.value.field == "identifiers[2].scheme"
    assert "travel-document" in refused.value.remedy
    with pytest.raises(InvalidValue):
        scheme_named("")


def test_a_refusal_names_field_and_part_and_shows_an_example() -> None:
    with pytest.raises(InvalidValue) as refused:
        parse("travel-document", "ALB:P:BA#1")
    assert str(refused.value).startswith("identifiers[2].value: travel-document number ")
    assert "issuing_state:type:number, such as ALB:P:BA1234567" in refused.value.remedy


@pytest.mark.parametrize("value", ["ALB::", "ALB:", ":", "::X", ":X", "", "ALB:P:X:Y", "ALB:P: ", "ALB:---"])
def test_a_document_needs_its_state_and_number_and_no_more(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("travel-document", value)


def test_an_alpha_2_code_is_refused_with_the_right_one() -> None:
    with pytest.raises(InvalidValue) as refused:
        parse("plate", "AL:AA123BB")
    assert "ALB" in refused.value.remedy


@pytest.mark.parametrize(
    "value", ["ALB:P:BA\x001", "ALB:P:B\x1bA1", "ALB:P:BA\n1", "ALB:P:BA\ud8001", "ALB:P:BA\uffff"]
)
def test_control_characters_and_non_characters_are_refused(value: str) -> None:
    with pytest.raises(InvalidValue):
        parse("travel-document", value)


@pytest.mark.parametrize(
    "value",
    [
        "ALB:P:BA1234567",
        " alb : p : ba 123 45-67 ",
        "ＡＬＢ：Ｐ：ＢＡ１２３４５６７",
        "ALB:P<:BA1234567<<",
        "ALB:P:\u202aBA1234567\u202c",
        "ALB:P:B\u00adA\u200b1234567",
        "ALB:P:ВА1234567",
        "ALB:P:ΒΑ1234567",
        "ALB:P:BA١٢٣٤٥٦٧",
        "ALB:P:BA۱۲۳۴۵۶۷",
    ],
)
def test_spacing_case_script_and_digits_do_not_matter(value: str) -> None:
    assert parse("travel-document", value) == Identifier("travel-document", "ALB:P:BA1234567")


def test_too_long_a_value_is_refused_before_it_is_read() -> None:
    with pytest.raises(InvalidValue, match="more than 2000"):
        parse("url", "https://example.org/" + "a" * MAX_VALUE)
    with pytest.raises(InvalidValue, match="ligatures"):
        parse("url", "ﷺ" * MAX_VALUE)
    with pytest.raises(InvalidValue, match="canonical"):
        parse("url", "https://example.org/" + "ж" * 1000)


def test_no_refusal_repeats_the_value() -> None:
    with pytest.raises(InvalidValue) as refused:
        parse("payment-card", "4242424242424241")
    assert "42424" not in f"{refused.value} {refused.value.remedy}".replace("4242 4242 4242 4242", "")
