"""The calls about examinations: candidate lists, what is compared, and what examiners decide."""

import msgspec

from allpoints.bureau.call import Call, get, post, random_name, slow
from allpoints.wire.corridor import (
    CandidateComparison,
    Examination,
    ExaminationList,
    ExaminationState,
    ExaminerDecision,
    Page,
)


def examinations(
    *, after: int = 0, limit: int = 100, state: ExaminationState | None = None, mine: bool = False
) -> Call[Page[Examination]]:
    """List the bureau's candidate lists, oldest first; `mine` are those assigned to the asker."""
    wanted = "true" if mine else None
    return get("/v1/examinations", Page[Examination], after=after, limit=limit, state=state, mine=wanted)


def examination(number: int) -> Call[ExaminationList]:
    """Read one candidate list; what is no longer disclosed is not in it. The purpose is that of the check."""
    return get(f"/v1/examinations/{number}", ExaminationList)


def assign(number: int, examiner: str) -> Call[Examination]:
    """Assign a list to an examiner; to the second one where the first has decided and the check asks for it."""
    return post(f"/v1/examinations/{number}/assignment", {"examiner": examiner}, Examination)


def decide(
    number: int, record_id: int, decision: ExaminerDecision, reason: str, *, name: str | None = None
) -> Call[Examination]:
    """Decide on a candidate, for good, as the examiner to whom the list is assigned.

    A repeated call with the same random `name` decides once.
    """
    said = {"decision": decision, "reason": reason, "id": name or random_name()}
    return post(f"{_candidate(number, record_id)}/decision", said, Examination)


def comparison(number: int, record_id: int, *, probe: int | None = None) -> Call[CandidateComparison]:
    """Read what the machine compared. The correspondences are those of one picture of the probe, by default the one
    that fits best."""
    return slow(get(f"{_candidate(number, record_id)}/comparison", CandidateComparison, probe=probe))


def comparison_picture(number: int, record_id: int, *, probe: int | None = None) -> Call[bytes]:
    """Read the PNG of one picture of the probe beside the candidate's; as `comparison`."""
    call = get(f"{_candidate(number, record_id)}/comparison.png", bytes, probe=probe)
    return slow(msgspec.structs.replace(call, read=bytes))


def _candidate(number: int, record_id: int) -> str:
    return f"/v1/examinations/{number}/candidates/{record_id}"
