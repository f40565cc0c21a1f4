"""The rules of an examination, on lists and decisions alone."""

import itertools
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.hubs import asker

from allpoints.errors import AllpointsError, Conflict, Forbidden
from allpoints.hits.deciding import advanced, assigned, check_may_decide, outcome, seen, undecided
from allpoints.records import Asker
from allpoints.store.examinations import StoredDecision, StoredExamination
from allpoints.wire.corridor import CandidateOutcome, ExaminationState, ExaminerDecision

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OPERATOR = asker("UTO", "operator", "criminal-investigation", "police", user="operator")
SUPERVISOR = asker("UTO", "supervisor", "criminal-investigation", "police", user="supervisor")
SAME, OTHER, UNCLEAR = ExaminerDecision
PEOPLE = ("asker", "anna", "ben", "cleo", "dora")


def a_list(*, verify: bool = False) -> StoredExamination:
    """A list as a check leaves it."""
    return StoredExamination(
        id=1,
        asked_by="asker",
        agency="police",
        purpose="criminal-investigation",
        clearance=0,
        verify=verify,
        round=1,
        state=ExaminationState.OPEN,
        examiner=None,
        verifier=None,
        created_at=NOW,
        concluded_at=None,
    )


class Desk:
    """A list with its candidates 1 and 2, and what people do to it."""

    def __init__(self, *, verify: bool = False) -> None:
        self.list = a_list(verify=verify)
        self.decisions: list[StoredDecision] = []
        self.records = [1, 2]

    def assign(self, examiner: str, by: Asker = OPERATOR) -> None:
        """As `POST …/assignment`."""
        self.list = assigned(self.list, self.decisions, examiner, by)

    def decide(self, user: str, record: int, decision: ExaminerDecision) -> None:
        """As `POST …/decision`."""
        verification = check_may_decide(self.list, user)
        if record not in undecided(self.list, self.decisions, [record]):
            raise Conflict("decided already")
        self.decisions.append(
            StoredDecision(
                record=record,
                round=self.list.round,
                verification=verification,
                examiner=user,
                decision=decision,
                reason="because",
                name="random",
                decided_at=NOW,
            )
        )
        self.list = advanced(self.list, self.decisions, self.records)

    def outcomes(self) -> list[CandidateOutcome | None]:
        """Of both candidates."""
        return [outcome(self.list, self.decisions, record) for record in (1, 2)]

    def known_to(self, user: str) -> set[tuple[str, int]]:
        """Whose decisions on which candidate somebody knows of."""
        return {(d.examiner, d.record) for d in seen(self.list, self.decisions, user)}


def test_one_examiner_confirms_and_refutes_and_the_list_is_concluded_with_the_last_candidate() -> None:
    desk = Desk()
    desk.assign("anna")
    desk.decide("anna", 1, SAME)
    assert desk.outcomes() == [CandidateOutcome.CONFIRMED, None]
    assert desk.list.state is ExaminationState.ASSIGNED
    desk.decide("anna", 2, OTHER)
    assert desk.outcomes() == [CandidateOutcome.CONFIRMED, CandidateOutcome.REFUTED]
    assert desk.list.state is ExaminationState.CONCLUDED


def test_nobody_confirms_their_own() -> None:
    desk = Desk()
    with pytest.raises(Conflict, match="own"):
        desk.assign("asker")
    # Even where a list came to be assigned to them.
    desk.list = replace(desk.list, state=ExaminationState.ASSIGNED, examiner="asker")
    with pytest.raises(Forbidden, match="own"):
        desk.decide("asker", 1, SAME)


def test_only_the_assigned_examiner_decides() -> None:
    desk = Desk()
    for _ in range(2):
        with pytest.raises(Forbidden):
            desk.decide("ben", 1, SAME)
        desk.assign("anna")
    desk.assign("ben")
    with pytest.raises(Forbidden):
        desk.decide("anna", 1, SAME)


def test_a_decision_is_made_once() -> None:
    desk = Desk()
    desk.assign("anna")
    desk.decide("anna", 1, SAME)
    with pytest.raises(Conflict):
        desk.decide("anna", 1, OTHER)
    desk.assign("ben")
    with pytest.raises(Conflict):
        desk.decide("ben", 1, OTHER)
    assert desk.outcomes()[0] is CandidateOutcome.CONFIRMED


def test_until_both_have_decided_on_everything_nobody_learns_anything() -> None:
    desk = Desk(verify=True)
    desk.assign("anna")
    desk.decide("anna", 1, SAME)
    desk.decide("anna", 2, OTHER)
    assert desk.list.state is ExaminationState.AWAITING_VERIFICATION
    desk.assign("ben")
    desk.decide("ben", 1, OTHER)
    for user in ("asker", "operator", "supervisor", "cleo"):
        assert desk.known_to(user) == set()
    assert desk.known_to("anna") == {("anna", 1), ("anna", 2)}
    assert desk.known_to("ben") == {("ben", 1)}
    assert desk.outcomes() == [None, None]
    desk.decide("ben", 2, OTHER)
    assert desk.known_to("operator") == {("anna", 1), ("anna", 2), ("ben", 1), ("ben", 2)}
    assert desk.outcomes() == [CandidateOutcome.DISPUTED, CandidateOutcome.REFUTED]
    assert desk.list.state is ExaminationState.DISPUTED


def test_two_who_agree_conclude_the_list() -> None:
    desk = Desk(verify=True)
    desk.assign("anna")
    for record in (1, 2):
        desk.decide("anna", record, SAME)
    desk.assign("ben")
    for record in (1, 2):
        desk.decide("ben", record, SAME)
    assert desk.list.state is ExaminationState.CONCLUDED
    assert desk.outcomes() == [CandidateOutcome.CONFIRMED] * 2


def test_nobody_verifies_their_own_decision() -> None:
    desk = Desk(verify=True)
    desk.assign("anna")
    for record in (1, 2):
        desk.decide("anna", record, SAME)
    with pytest.raises(Conflict):
        desk.assign("anna")
    for _ in range(2):
        with pytest.raises(Forbidden, match="verification"):
            desk.decide("anna", 1, SAME)
        desk.assign("ben")
    assert desk.outcomes() == [None, None]


def test_whoever_has_decided_verifies_nothing_even_where_somebody_else_finished() -> None:
    desk = Desk(verify=True)
    desk.assign("anna")
    desk.decide("anna", 1, SAME)
    desk.assign("cleo")
    desk.decide("cleo", 2, SAME)
    for first in ("anna", "cleo"):
        with pytest.raises(Conflict):
            desk.assign(first)
    desk.assign("ben")


def disputed() -> Desk:
    """Anna and Ben differ on candidate 1 and agree on candidate 2."""
    desk = Desk(verify=True)
    for user, decision in (("anna", SAME), ("ben", OTHER)):
        desk.assign(user)
        desk.decide(user, 1, decision)
        desk.decide(user, 2, OTHER)
    return desk


def test_a_dispute_is_examined_anew_by_others_whom_a_supervisor_assigns() -> None:
    desk = disputed()
    with pytest.raises(Conflict):
        desk.decide("anna", 1, OTHER)
    with pytest.raises(Forbidden, match="differ"):
        desk.assign("cleo")
    for before in ("anna", "ben"):
        with pytest.raises(Conflict):
            desk.assign(before, SUPERVISOR)
    desk.assign("cleo", SUPERVISOR)
    assert (desk.list.state, desk.list.round, desk.list.verifier) == (ExaminationState.ASSIGNED, 2, None)
    with pytest.raises(Conflict):
        desk.decide("cleo", 2, SAME)
    desk.decide("cleo", 1, UNCLEAR)
    assert desk.list.state is ExaminationState.AWAITING_VERIFICATION
    assert ("cleo", 1) not in desk.known_to("dora")
    with pytest.raises(Conflict):
        desk.assign("ben")
    desk.assign("dora")
    desk.decide("dora", 1, UNCLEAR)
    assert desk.list.state is ExaminationState.CONCLUDED
    assert desk.outcomes() == [CandidateOutcome.INCONCLUSIVE, CandidateOutcome.REFUTED]


def test_a_withdrawn_candidate_holds_nothing_up() -> None:
    desk = Desk()
    desk.assign("anna")
    desk.records = [1]
    desk.decide("anna", 1, OTHER)
    assert desk.list.state is ExaminationState.CONCLUDED
    assert desk.outcomes() == [CandidateOutcome.REFUTED, None]


def test_what_only_one_has_decided_nobody_else_learns_even_when_the_list_is_concluded() -> None:
    desk = Desk(verify=True)
    desk.assign("anna")
    desk.decide("anna", 1, SAME)
    desk.decide("anna", 2, SAME)
    desk.assign("ben")
    desk.records = [1]
    desk.decide("ben", 1, SAME)
    assert desk.list.state is ExaminationState.CONCLUDED
    assert desk.outcomes() == [CandidateOutcome.CONFIRMED, None]
    assert desk.known_to("operator") == desk.known_to("ben") == {("anna", 1), ("ben", 1)}
    assert desk.known_to("anna") == {("anna", 1), ("anna", 2), ("ben", 1)}


@pytest.mark.parametrize("verify", [False, True])
def test_a_list_of_which_nothing_is_left_is_concluded(verify: bool) -> None:
    desk = Desk(verify=verify)
    assert advanced(desk.list, [], []).state is ExaminationState.CONCLUDED
    desk.assign("anna")
    assert advanced(desk.list, [], []).state is ExaminationState.CONCLUDED


def test_where_what_is_disputed_is_withdrawn_the_rest_stands() -> None:
    desk = disputed()
    over = advanced(desk.list, desk.decisions, [2])
    assert over.state is ExaminationState.CONCLUDED
    assert advanced(desk.list, desk.decisions, [1, 2]) == desk.list


@pytest.mark.parametrize("ended", [ExaminationState.CONCLUDED, ExaminationState.LAPSED])
def test_what_has_ended_is_neither_assigned_nor_decided(ended: ExaminationState) -> None:
    desk = Desk()
    desk.list = replace(desk.list, state=ended, examiner="anna")
    with pytest.raises(Conflict):
        desk.assign("ben", SUPERVISOR)
    with pytest.raises(Conflict):
        desk.decide("anna", 1, SAME)


def test_what_lapsed_before_both_had_decided_stays_blind() -> None:
    desk = Desk(verify=True)
    desk.assign("anna")
    desk.decide("anna", 1, SAME)
    desk.list = replace(desk.list, state=ExaminationState.LAPSED)
    assert desk.known_to("ben") == set()
    assert desk.outcomes() == [None, None]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("assign"), st.sampled_from(PEOPLE), st.sampled_from((OPERATOR, SUPERVISOR))),
        st.tuples(st.sampled_from(PEOPLE), st.sampled_from((1, 2)), st.sampled_from(ExaminerDecision)),
    ),
    max_size=40,
)


@given(verify=st.booleans(), done=steps)
def test_whatever_people_try_in_whatever_order_the_promises_hold(verify: bool, done: list[tuple]) -> None:
    desk = Desk(verify=verify)
    for what, first, second in done:
        try:
            if what == "assign":
                desk.assign(first, second)
            else:
                desk.decide(what, first, second)
        except AllpointsError:
            continue
        assert desk.list.asked_by not in {d.examiner for d in desk.decisions}
        for record, came in zip((1, 2), desk.outcomes(), strict=True):
            last = [d for d in desk.decisions if d.record == record]
            by_round = {
                r: list(group) for r, group in itertools.groupby(last, key=lambda decided: decided.round)
            }
            if came in (CandidateOutcome.CONFIRMED, CandidateOutcome.REFUTED):
                said = SAME if came is CandidateOutcome.CONFIRMED else OTHER
                agreeing = [g for g in by_round.values() if {d.decision for d in g} == {said}]
                assert any(len({d.examiner for d in g}) == 1 + verify for g in agreeing)
        if verify and desk.list.state not in (ExaminationState.CONCLUDED, ExaminationState.DISPUTED):
            hidden = {(d.examiner, d.record) for d in desk.decisions if d.round == desk.list.round}
            for user in PEOPLE:
                assert {(who, r) for who, r in desk.known_to(user) & hidden if who != user} <= {
                    (d.examiner, d.record) for d in desk.decisions if d.round < desk.list.round
                }
