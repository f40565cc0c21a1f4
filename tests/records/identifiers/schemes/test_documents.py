import pytest

from allpoints.errors import InvalidValue
from allpoints.formats.mrz.states import STATE_CODES
from allpoints.records.identifiers import Identifier, RawIdentifier, parse_identifier
from allpoints.records.states import ISSUING_AUTHORITIES


def parse(scheme: str, value: str) -> Identifier:
    return parse_identifier(RawIdentifier(scheme, value), field="x")


def test_every_issuing_state_of_a_machine_readable_zone_is_one_here() -> None:
    assert {"D"} == STATE_CODES - ISSUING_AUTHORITIES
    assert parse("travel-document", "D:P:C01X00T47").value == "DEU:P:C01X00T47"
    assert parse("travel-document", "XKX:P:123").value == "RKS:P:123"


@pytest.mark.parametrize("kind", ["P", "PP", "PD", "PS", "I", "ID", "IR", "V", "A", "AC", "C"])
def test_document_codes_of_icao_9303_are_kept(kind: str) -> None:
    assert parse("travel-document", f"UTO:{kind}:L898902C3").value == f"UTO:{kind}:L898902C3"


@pytest.mark.parametrize("kind", ["PASSPORT", "1", "Ж"])
def test_other_types_are_refused(kind: str) -> None:
    with pytest.raises(InvalidValue, match="type"):
        parse("travel-document", f"UTO:{kind}:L898902C3")


def test_letters_that_no_latin_letter_looks_like_are_kept() -> None:
    assert parse("travel-document", "UKR:I:АБ 123456").value == "UKR:I:AБ123456"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        # Published specimens and the examples of the states' own rules.
        ("EST:368 0528 0109", "EST:36805280109"),
        ("FIN:131052-308t", "FIN:131052-308T"),
        ("SWE:880320-0016", "SWE:880320-0016"),
        ("SWE:8803200016", "SWE:880320-0016"),
        ("CZE:710319/2745", "CZE:7103192745"),
        ("ITA:RCC MNL 83S18 D969H", "ITA:RCCMNL83S18D969H"),
        ("ESP:54362315-K", "ESP:54362315K"),
        ("BEL:85.07.30-033 28", "BEL:85073003328"),
        ("BRA:390.533.447-05", "BRA:39053344705"),
        ("POL:44051401359", "POL:44051401359"),
        ("SVN:0101006500006", "SVN:0101006500006"),
        ("SRB:0101006500006", "SRB:0101006500006"),
    ],
)
def test_a_national_id_is_verified_as_its_state_does(written: str, canonical: str) -> None:
    assert parse("national-id", written) == Identifier("national-id", canonical)


def test_a_national_id_that_fails_its_check_or_has_none_is_unverified() -> None:
    assert parse("national-id", "EST:368 0528 0108") == Identifier("national-id", "EST:36805280108", False)
    assert parse("national-id", "ALB:J50101001A") == Identifier("national-id", "ALB:J50101001A", False)
    assert parse("national-id", "FIN:131052-308X") == Identifier("national-id", "FIN:131052308X", False)
