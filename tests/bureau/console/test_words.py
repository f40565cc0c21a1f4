"""Every code that people see has a word."""

from allpoints.bureau.console.words import WORDS
from allpoints.bureau.desk import MatterState
from allpoints.bureau.desk.kinds import KINDS
from allpoints.records import (
    AgencyKind,
    Confidentiality,
    NameKind,
    Purpose,
    Reason,
    RecordKind,
    RecordState,
    Release,
    Role,
)
from allpoints.wire.confirmations import ConfirmationState, Urgency
from allpoints.wire.corridor import CandidateOutcome, Decision, ExaminationState, ExaminerDecision
from allpoints.wire.messages import CopyState, Priority

CODES = {
    "role": Role,
    "purpose": Purpose,
    "agency": AgencyKind,
    "confidentiality": Confidentiality,
    "record-kind": RecordKind,
    "record-state": RecordState,
    "release": Release,
    "name-kind": NameKind,
    "examination-state": ExaminationState,
    "examiner-decision": ExaminerDecision,
    "outcome": CandidateOutcome,
    "decision": Decision,
    "urgency": Urgency,
    "confirmation-state": ConfirmationState,
    "priority": Priority,
    "copy-state": CopyState,
    "matter-state": MatterState,
}


def test_every_code_has_a_word() -> None:
    for what, codes in CODES.items():
        assert set(WORDS[what]) == set(codes), what


def test_every_reason_has_a_word() -> None:
    assert set(WORDS["reason"]) == set(Reason.__args__)  # type: ignore[attr-defined]


def test_every_kind_of_matter_has_a_word() -> None:
    assert set(WORDS["matter"]) == set(KINDS)


def test_a_word_is_marked_under_what_it_is_a_word_for() -> None:
    for what, words in WORDS.items():
        assert {context for context, _ in words.values()} == {what}, what
        assert all(isinstance(word, str) and word for _, word in words.values())
