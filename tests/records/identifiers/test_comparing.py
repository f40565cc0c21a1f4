import pytest

from allpoints.records.identifiers import (
    SCHEMES,
    Agreement,
    RawIdentifier,
    agreements,
    contradicts,
    parse_identifier,
)


def compared(scheme: str, probe: str, reference: str) -> tuple[tuple[str, ...], dict[str, Agreement]]:
    one, other = (parse_identifier(RawIdentifier(scheme, value), field="x") for value in (probe, reference))
    assert contradicts(one, other) == contradicts(other, one)
    assert agreements(one, other) == agreements(other, one)
    return contradicts(one, other), agreements(one, other)


@pytest.mark.parametrize(
    ("probe", "reference", "kind"),
    [
        ("ALB:P:X1", "ALB:P:X1", Agreement.EQUAL),
        ("ALB:P:X1", "ALB:PD:X1", Agreement.COMPATIBLE),
        ("ALB:I:X1", "ALB:ID:X1", Agreement.COMPATIBLE),
        ("ALB:AC:X1", "ALB:ID:X1", Agreement.COMPATIBLE),
        ("ALB:X1", "ALB:P:X1", Agreement.MISSING),
        ("ALB:X1", "ALB:X1", Agreement.MISSING),
        ("ALB:P:X1", "ALB:ID:X1", Agreement.CONTRADICTING),
        ("ALB:V:X1", "ALB:P:X1", Agreement.CONTRADICTING),
    ],
)
def test_the_first_letter_of_a_type_decides(probe: str, reference: str, kind: Agreement) -> None:
    contradicting, parts = compared("travel-document", probe, reference)
    assert parts["type"] is kind
    assert parts["issuing_state"] is parts["number"] is Agreement.EQUAL
    assert contradicting == (("type",) if kind is Agreement.CONTRADICTING else ())


@pytest.mark.parametrize(
    ("probe", "reference", "contradicting"),
    [
        ("Glock:17:9x19:A1", "GLOCK:G17:9 mm Luger:A1", ()),
        ("Beretta:92:9mm:A1", "Pietro Beretta:92FS:9mm Para:A1", ()),
        ("A1", "Glock:17:9x19:A1", ()),
        ("Glock:::A1", ":17::A1", ()),
        ("Glock:17:9x19:A1", "Beretta:92:9x19:A1", ("make", "model")),
        ("Glock:17:9x19:A1", "Glock:17:9x18:A1", ("calibre",)),
        ("::.45:A1", "::.45 ACP:A1", ()),
        ("::45:A1", "::.45 Auto:A1", ()),
        ("::.38:A1", "::.357 Magnum:A1", ("calibre",)),
        ("::4:A1", "::45:A1", ("calibre",)),
    ],
)
def test_a_firearms_qualifiers_contradict_only_where_they_cannot_mean_the_same(
    probe: str, reference: str, contradicting: tuple[str, ...]
) -> None:
    assert compared("firearm", probe, reference)[0] == contradicting


def test_different_keys_are_shown_as_contradicting_but_are_no_qualifiers() -> None:
    contradicting, parts = compared("plate", "ALB:AA1", "ALB:AA2")
    assert contradicting == ()
    assert parts == {"state": Agreement.EQUAL, "number": Agreement.CONTRADICTING}


def test_an_identifier_never_contradicts_itself() -> None:
    for scheme in SCHEMES:
        for text in scheme.examples:
            contradicting, parts = compared(scheme.name, text, text)
            assert contradicting == ()
            assert set(parts) == set(scheme.parts)
            assert set(parts.values()) <= {Agreement.EQUAL, Agreement.MISSING}
