"""From bytes to questions: limits first, and a mistake names its field."""

from contextlib import suppress
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.records import Identifier
from allpoints.records.evidence import (
    MAX_EVIDENCE,
    MAX_ID,
    Check,
    Evidence,
    IdentifierEvidence,
    MrzEvidence,
    PatternEvidence,
)
from allpoints.records.identifiers import Pattern
from allpoints.steps.decode import (
    MAX_BODY,
    MAX_LINES,
    MAX_SINGLE_BODY,
    Question,
    count_lines,
    decode_check,
    decode_checks,
)

TODAY = date(2026, 11, 22)
PLATE = IdentifierEvidence("plate", "alb aa123bc")
# Doc 9303-4, Appendix B
SPECIMEN = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def body(*evidence: Evidence, name: str = "") -> bytes:
    return msgspec.json.encode(Check(evidence, id=name))


def question(*evidence: Evidence) -> Question:
    return decode_check(body(*evidence), today=TODAY)


def test_an_identifier_becomes_its_canonical_form() -> None:
    assert question(IdentifierEvidence("plate", "alb:aa 123-bc")).templates == (
        Identifier("plate", "ALB:AA123BC"),
    )


def test_a_machine_readable_zone_becomes_its_document_and_says_what_is_odd() -> None:
    made = question(MrzEvidence(SPECIMEN))
    assert made.templates == (Identifier("travel-document", "UTO:P:L898902C3"),)
    assert "the document expired on 2012-04-15" in made.notes
    wrong = question(MrzEvidence(SPECIMEN.replace("L898902C36", "L898902C35")))
    assert any("check digit" in note for note in wrong.notes)


def test_a_pattern_stays_one() -> None:
    [template] = question(PatternEvidence("plate", "ALB:AA?2*")).templates
    assert isinstance(template, Pattern)


def test_the_same_evidence_twice_is_searched_once() -> None:
    document = IdentifierEvidence("travel-document", "UTO:P:L898902C3")
    assert len(question(MrzEvidence(SPECIMEN), document, document).templates) == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (b'{"evidence": []}', "evidence"),
        (body(*[IdentifierEvidence("plate", f"ALB:AA{n:03}") for n in range(MAX_EVIDENCE + 1)]), "evidence"),
        (body(IdentifierEvidence("plate", "ALB:AA1"), name="x" * (MAX_ID + 1)), "id"),
        (body(IdentifierEvidence("no-such", "1")), "evidence[0].scheme"),
        (
            body(IdentifierEvidence("plate", "ALB:AA1"), IdentifierEvidence("phone", "12")),
            "evidence[1].value",
        ),
        (b'{"evidence": [{"kind": "identifier", "scheme": "plate"}]}', "evidence[0]"),
        (b'{"evidence": [{"kind": "other"}]}', "evidence[0].kind"),
        (b'{"evidence": 7}', "evidence"),
        (b'{"evidence": [], "more": 1}', "body"),
        (b"[]", "body"),
    ],
)
def test_a_mistake_names_its_field(sent: bytes, field: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        decode_check(sent, today=TODAY)
    assert refusal.value.field
    assert refusal.value.field.startswith(field)


@pytest.mark.parametrize(
    "sent", [b"", b"{", b"\xff\xfe", b'{"evidence": "\xff"}', b"[" * 60_000, b"nonsense"]
)
def test_what_is_not_json_is_malformed(sent: bytes) -> None:
    with pytest.raises((MalformedInput, InvalidValue)):
        decode_check(sent, today=TODAY)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_refusal(sent: bytes) -> None:
    for decode in (decode_check, decode_checks):
        with suppress(AllpointsError):
            decode(sent, today=TODAY)


def test_a_check_that_is_too_large_is_not_decoded() -> None:
    with pytest.raises(TooLarge):
        decode_check(b"{" * (MAX_SINGLE_BODY + 1), today=TODAY)


def test_a_request_that_is_too_large_or_too_long_is_not_decoded() -> None:
    with pytest.raises(TooLarge, match="bytes"):
        decode_checks(b"{" * (MAX_BODY + 1), today=TODAY)
    with pytest.raises(TooLarge, match="lines"):
        decode_checks(b"{\n" * (MAX_LINES + 1), today=TODAY)
    assert len(decode_checks(b"{}\n" * MAX_LINES, today=TODAY)) == MAX_LINES


GOOD = body(IdentifierEvidence("plate", "ALB:AA123BC"))
LINES = {
    "good": GOOD,
    "empty": b"",
    "torn": b'{"evidence": [',
    "two in one line": GOOD + b" " + GOOD,
    "of another shape": b"7",
    "invalid": body(IdentifierEvidence("phone", "12")),
}


@given(st.lists(st.sampled_from(sorted(LINES)), max_size=6), st.booleans())
def test_every_line_has_its_own_answer_in_its_own_place(kinds: list[str], ended: bool) -> None:
    """However many values a line holds, and whichever lines are empty."""
    sent = b"\n".join(LINES[kind] for kind in kinds) + (b"\n" if kinds and ended else b"")
    lines = sent.split(b"\n")
    answers = decode_checks(sent, today=TODAY)
    expected = lines[:-1] if not lines[-1] else lines
    if sum(kind == "two in one line" for kind in kinds) == sum(not line for line in expected):
        # As many values as lines: nothing passes a limit, though a value may be counted for a neighbour's line.
        assert len(answers) == len(expected)
        return
    assert [isinstance(answer, Question) for answer in answers] == [line == GOOD for line in expected]


@given(st.binary(max_size=300))
def test_lines_are_counted_as_they_are_decoded(sent: bytes) -> None:
    answers = decode_checks(sent, today=TODAY)
    assert len(answers) <= count_lines(sent) <= len(answers) + 1
