"""What people type, scan or drop, as evidence."""

import pytest

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.formats.typed_evidence import identifier, named_picture, zone
from allpoints.records import SCHEMES, Face, NistFile
from allpoints.records.biometrics import MAX_PICTURE
from allpoints.records.evidence import IdentifierEvidence, MrzEvidence, PatternEvidence

SPECIMEN = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_every_example_of_every_scheme_can_be_asked(scheme: object) -> None:
    from allpoints.records import Scheme

    assert isinstance(scheme, Scheme)
    for example in scheme.examples:
        asked = identifier(scheme.name, example, field="x")
        assert isinstance(asked, PatternEvidence if scheme.partial and "?" in example else IdentifierEvidence)


def test_wildcards_make_a_pattern_where_the_scheme_has_them() -> None:
    assert identifier("plate", "ALB:AA1*", field="x") == PatternEvidence("plate", "ALB:AA1*")
    assert identifier("url", "https://a.example/?q=*", field="x") == IdentifierEvidence(
        "url", "https://a.example/?q=*"
    )


def test_confusable_makes_a_pattern_of_a_whole_plate() -> None:
    asked = identifier("plate", "ALB:AA123BB", confusable=True, field="x")
    assert asked == PatternEvidence("plate", "ALB:AA123BB", confusable=True)


def test_a_bad_value_is_refused_by_the_option_that_brought_it() -> None:
    for value in ("QQQ:AA123", "ALB:A?"):
        with pytest.raises(InvalidValue) as refusal:
            identifier("plate", value, field="--plate")
        assert refusal.value.field == "--plate"


def test_a_zone_is_read_before_it_is_sent() -> None:
    assert zone(SPECIMEN) == MrzEvidence(SPECIMEN)
    with pytest.raises(MalformedInput):
        zone("P<UTO")


def test_a_file_is_what_its_name_says() -> None:
    assert named_picture("FACE of the man.jpg", b"x") == Face(image=b"x")
    assert named_picture("card.AN2", b"x") == NistFile(file=b"x")


@pytest.mark.parametrize(("name", "content"), [("IMG_1.png", b"x"), ("face.jpg", b"")])
def test_a_file_that_says_nothing_is_refused_by_its_name(name: str, content: bytes) -> None:
    with pytest.raises(InvalidValue) as refusal:
        named_picture(name, content)
    assert refusal.value.field == name


def test_a_file_that_is_too_large_is_refused_by_its_name() -> None:
    with pytest.raises(TooLarge) as refusal:
        named_picture("face.jpg", bytes(MAX_PICTURE + 1))
    assert refusal.value.field == "face.jpg"
