"""From bytes to questions: limits first, and a mistake names its field."""

from contextlib import suppress
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.records import Identifier, Name, NameKind, Person
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
    QUICK_LINE,
    UNREADABLE_HOLDER,
    Question,
    count_lines,
    decode_check,
    decode_checks,
    may_take_time,
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
    assert question(IdentifierEvidence("plate", "alb:aa 123-bc")).identifiers == (
        Identifier("plate", "ALB:AA123BC"),
    )


def test_a_machine_readable_zone_becomes_its_document_and_says_what_is_odd() -> None:
    made = question(MrzEvidence(SPECIMEN))
    assert made.identifiers == (Identifier("travel-document", "UTO:P:L898902C3"),)
    assert "the document expired on 2012-04-15" in made.notes
    wrong = question(MrzEvidence(SPECIMEN.replace("L898902C36", "L898902C35")))
    assert any("check digit" in note for note in wrong.notes)


def test_a_machine_readable_zone_asks_for_its_holder_too() -> None:
    [holder] = question(MrzEvidence(SPECIMEN)).people
    assert holder == Person(
        names=(Name(family="ERIKSSON", given="ANNA MARIA", kind=NameKind.DOCUMENT),),
        birth="1974-08-12",
        sex="F",
        nationalities=("UTO",),
    )


def test_a_name_that_fills_its_field_may_be_cut_off() -> None:
    first = "P<UTONILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"
    made = question(MrzEvidence(SPECIMEN.replace(SPECIMEN[:44], first)))
    [holder] = made.people
    [name] = holder.names
    assert isinstance(name, Name)
    assert (name.family, name.truncated) == ("NILAVADHANANANDA", True)
    assert any(note.startswith("names: the zone had no room") for note in made.notes)


@pytest.mark.parametrize(
    ("second", "birth", "sex"),
    [
        ("L898902C36UTO7408<<4F1204159ZE184226B<<<<<<6", "1974-08", "F"),
        ("L898902C36UTO74<<<<6F1204159ZE184226B<<<<<<4", "1974", "F"),
        ("L898902C36UTO<<<<<<0X1204159ZE184226B<<<<<<8", "", ""),
        ("L898902C36UTO7408122<1204159ZE184226B<<<<<10", "1974-08-12", ""),
    ],
)
def test_what_a_zone_leaves_open_is_not_stated(second: str, birth: str, sex: str) -> None:
    [holder] = question(MrzEvidence(f"{SPECIMEN[:44]}\n{second}")).people
    assert (holder.birth, holder.sex) == (birth, sex)


def test_a_document_without_a_readable_name_is_checked_all_the_same() -> None:
    made = question(MrzEvidence(f"P<UTO{'<' * 39}{SPECIMEN[44:]}"))
    assert made.identifiers == (Identifier("travel-document", "UTO:P:L898902C3"),)
    assert made.people == ()
    assert UNREADABLE_HOLDER in made.notes


def test_a_person_becomes_its_canonical_form() -> None:
    [made] = question(Person(names=("  Anna\u202e  Eriksson ",), birth="13.8.1974")).people
    assert (made.names, made.birth) == (("Anna Eriksson",), "1974-08-13")


def test_the_same_description_twice_is_searched_once() -> None:
    one = Person(names=("Anna Eriksson",))
    assert len(question(one, one).people) == 1


@given(st.binary(max_size=300))
def test_only_identifiers_are_quick(body: bytes) -> None:
    """What could need longer is seen without decoding: the words that its kind needs stand in the body."""
    with suppress(AllpointsError):
        made = decode_check(body, today=TODAY)
        assert may_take_time(body) or not made.people


@pytest.mark.parametrize(
    ("evidence", "slow"),
    [
        (PLATE, False),
        (Person(names=("Anna",)), True),
        (MrzEvidence(SPECIMEN), True),
        (PatternEvidence("plate", "ALB:AA?2*"), True),
    ],
)
def test_who_asks_for_an_identifier_waits_with_such(evidence: Evidence, slow: bool) -> None:
    assert may_take_time(body(evidence)) is slow


@pytest.mark.parametrize(
    ("sent", "slow"),
    [
        (rb'{"evidence": [{"kind": "\u0070erson", "names": ["Anna"]}]}', True),
        (b'{"evidence": [' + b" " * QUICK_LINE + b"]}", True),
        (b"\n".join([body(PLATE)] * 100), False),
    ],
    ids=["a word in escapes", "a long check", "many short ones"],
)
def test_what_could_be_more_than_identifiers_waits_with_such(sent: bytes, slow: bool) -> None:
    assert may_take_time(sent) is slow


def test_a_pattern_stays_one() -> None:
    [template] = question(PatternEvidence("plate", "ALB:AA?2*")).identifiers
    assert isinstance(template, Pattern)


def test_the_same_evidence_twice_is_searched_once() -> None:
    document = IdentifierEvidence("travel-document", "UTO:P:L898902C3")
    assert len(question(MrzEvidence(SPECIMEN), document, document).identifiers) == 1


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
