"""The rules of an examination: who may be assigned, who may decide, who learns what, and what comes of it.

Pure: everything follows from a stored list and the decisions that people made. Whatever is a confirmed hit or refuted
follows from decisions and from nothing else; there is no way from a score to an outcome.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from allpoints.errors import Conflict, Forbidden
from allpoints.records import Asker, Role
from allpoints.store.examinations import StoredDecision, StoredExamination
from allpoints.wire.corridor import CandidateOutcome, ExaminationState, ExaminerDecision

_OUTCOMES = {
    ExaminerDecision.IDENTIFICATION: CandidateOutcome.CONFIRMED,
    ExaminerDecision.EXCLUSION: CandidateOutcome.REFUTED,
    ExaminerDecision.INCONCLUSIVE: CandidateOutcome.INCONCLUSIVE,
}
_ENDED = {
    ExaminationState.CONCLUDED: "the list is concluded",
    ExaminationState.LAPSED: "the list has lapsed",
}
_ASK_AGAIN = "Make the check again where there is anything left to examine."


def seen(
    examination: StoredExamination, decisions: Sequence[StoredDecision], user: str
) -> list[StoredDecision]:
    """The decisions that a user of the bureau may know of.

    Where a second examiner decides too, nobody knows of another's decision before both have decided on the whole
    list: what the first one made of one candidate tells what he made of the next. A candidate on which only one had
    decided before it was hidden may come back: that one's decision stays the examiner's own.
    """
    parts = Counter((decided.record, decided.round) for decided in decisions)
    return [
        decided
        for decided in decisions
        if not examination.verify
        or decided.examiner == user
        or (_over(examination, decided.round) and parts[decided.record, decided.round] == 2)
    ]


def outcome(
    examination: StoredExamination, decisions: Iterable[StoredDecision], record: int
) -> CandidateOutcome | None:
    """What came of a candidate; None while it is undecided."""
    of_record = [decided for decided in decisions if decided.record == record]
    if not examination.verify:
        return _OUTCOMES[of_record[0].decision] if of_record else None
    found = None
    for round_ in range(1, examination.round + 1):
        made = {d.verification: d.decision for d in of_record if d.round == round_}
        if _over(examination, round_) and len(made) == 2:
            found = _OUTCOMES[made[False]] if made[False] is made[True] else CandidateOutcome.DISPUTED
    return found


def undecided(
    examination: StoredExamination, decisions: Sequence[StoredDecision], records: Iterable[int]
) -> set[int]:
    """Those of the records on which somebody still has to decide in the part of the examination under way."""
    verification = examination.state is ExaminationState.AWAITING_VERIFICATION
    made = {d.record for d in decisions if d.round == examination.round and d.verification is verification}
    settled = (None, CandidateOutcome.DISPUTED)
    return {r for r in records if r not in made and outcome(examination, decisions, r) in settled}


def assigned(
    examination: StoredExamination, decisions: Iterable[StoredDecision], examiner: str, by: Asker
) -> StoredExamination:
    """The list, assigned to an examiner, or to a second one where the first has decided.

    Raises `Conflict` for somebody who has something to do with it already, `Forbidden` where only a supervisor may.
    """
    _check_under_way(examination)
    if examiner == examination.asked_by:
        raise Conflict(
            "nobody confirms their own: this is whose check it was",
            field="examiner",
            remedy="Assign it to another examiner.",
        )
    state, round_ = examination.state, examination.round
    if state is ExaminationState.DISPUTED:
        if by.role is not Role.SUPERVISOR:
            raise Forbidden(
                "the two examiners differ", remedy="A supervisor assigns the list to a new examiner."
            )
        state, round_ = ExaminationState.ASSIGNED, round_ + 1
    verification = state is ExaminationState.AWAITING_VERIFICATION
    others = {d.examiner for d in decisions if (d.round, d.verification) != (round_, verification)}
    if examiner in others or (verification and examiner == examination.examiner):
        raise Conflict(
            "this examiner has decided on the list already",
            field="examiner",
            remedy="Assign it to somebody who has not: whoever verifies is another person.",
        )
    if verification:
        return replace(examination, verifier=examiner)
    return replace(
        examination, state=ExaminationState.ASSIGNED, round=round_, examiner=examiner, verifier=None
    )


def check_may_decide(examination: StoredExamination, user: str) -> bool:
    """Return whether the user decides as the second examiner.

    Raises `Forbidden` for everybody to whom the list is not assigned now, `Conflict` where nobody decides on it.
    """
    _check_under_way(examination)
    if user == examination.asked_by:
        raise Forbidden(
            "nobody confirms their own: you asked for this check", remedy="Have another examiner decide."
        )
    if examination.state is ExaminationState.DISPUTED:
        raise Conflict(
            "both examiners have decided, and differ", remedy="A supervisor assigns it to a new examiner."
        )
    verification = examination.state is ExaminationState.AWAITING_VERIFICATION
    if user != (examination.verifier if verification else examination.examiner):
        raise Forbidden(
            "the list is not assigned to you" + (" for verification" if verification else ""),
            remedy="Only the examiner to whom a list is assigned decides on it.",
        )
    return verification


def advanced(
    examination: StoredExamination, decisions: Sequence[StoredDecision], records: Sequence[int]
) -> StoredExamination:
    """The list as far as the decisions bring it: as it was where somebody still has to decide on one of the records.

    Candidates that their owners have hidden meanwhile hold nothing up.
    """
    if undecided(examination, decisions, records):
        return examination
    if not examination.verify:
        return replace(examination, state=ExaminationState.CONCLUDED)
    if examination.state is ExaminationState.ASSIGNED:
        awaiting = replace(examination, state=ExaminationState.AWAITING_VERIFICATION)
        return advanced(awaiting, decisions, records)
    over = replace(examination, state=ExaminationState.CONCLUDED)
    if any(outcome(over, decisions, record) is CandidateOutcome.DISPUTED for record in records):
        return replace(over, state=ExaminationState.DISPUTED)
    return over


def _check_under_way(examination: StoredExamination) -> None:
    if ended := _ENDED.get(examination.state):
        raise Conflict(f"{ended}: its decisions stand", field="id", remedy=_ASK_AGAIN)


def _over(examination: StoredExamination, round_: int) -> bool:
    """Whether both examiners have decided in a round."""
    return round_ < examination.round or examination.state in (
        ExaminationState.CONCLUDED,
        ExaminationState.DISPUTED,
    )
