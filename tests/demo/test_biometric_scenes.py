"""What the scenes about fingerprints and faces promise: where the hub does not keep it, the story stops."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from allpoints.access import Match
from allpoints.bureau import Client
from allpoints.demo import expecting
from allpoints.demo.biometric_scenes import EXAMINERS, BiometricScenes
from allpoints.demo.expecting import NotAsTold
from allpoints.demo.planted_biometrics import CARD
from allpoints.demo.screen import Screen
from allpoints.records import Particulars, RecordKind
from allpoints.wire.corridor import (
    CandidateComparison,
    CheckReply,
    Correspondence,
    Examination,
    ExaminationList,
    ExaminationState,
    Examined,
    ExaminedCandidate,
    ExaminerDecision,
    Hit,
    Notification,
    Pair,
)

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PAIR = Pair(modality="fingerprints", probe=0, reference=0, llr=4.0)
HEAD: dict[str, Any] = {
    "id": 5,
    "purpose": "criminal-investigation",
    "asked_by": "alb-operator-7",
    "agency": "bureau",
    "verify": True,
    "round": 1,
    "examiner": EXAMINERS[0],
    "verifier": EXAMINERS[1],
    "created_at": NOW,
    "concluded_at": None,
}


def hit(record: int) -> Hit:
    return Hit(
        record=record,
        level="full",
        owner="UTO",
        contact="",
        kind=RecordKind.PERSON,
        match=Match(modality="fingerprints", agreement="fingerprint", llr=4.0),
        particulars=Particulars(reason="wanted", names=("Somebody",)),
    )


class Hub:
    """Answers as it is told."""

    def __init__(
        self, *, finds: int = 1, listed: int | None = 5, tells: bool = False, ends: str = "concluded"
    ) -> None:
        self._finds, self._listed, self._tells, self._ends = finds, listed, tells, ends

    def check_biometrics(self, evidence: list[Any], *, verify: bool = False) -> CheckReply:
        hits = (hit(self._finds),) if self._finds else ()
        return CheckReply(id="", at=NOW, hits=hits, examination=self._listed, entry="1.0", promise=None)

    def assign(self, number: int, examiner: str) -> None:
        assert (number, examiner in EXAMINERS) == (5, True)

    def comparison(self, number: int, record: int) -> CandidateComparison:
        same = Correspondence(number=1, probe=(1, 1), reference=(2, 2), certainty=1)
        return CandidateComparison(
            examination=number,
            record=record,
            modalities=(),
            pairs=(PAIR,),
            shown=PAIR,
            size=(20, 10),
            reference_x=12,
            correspondences=(same,),
            remarks=(),
        )

    def comparison_picture(self, number: int, record: int) -> bytes:
        return b"PNG"

    def examination(self, number: int) -> ExaminationList:
        made = Examined(
            examiner=EXAMINERS[0],
            round=1,
            verification=False,
            decision=ExaminerDecision.IDENTIFICATION,
            reason="",
            decided_at=NOW,
        )
        candidate = ExaminedCandidate(rank=1, hit=hit(1), decisions=(made,) if self._tells else ())
        state = ExaminationState.AWAITING_VERIFICATION
        return ExaminationList(**HEAD, state=state, probes=(), candidates=(candidate,))

    def decide(self, *_: object) -> Examination:
        return Examination(**HEAD, state=ExaminationState(self._ends))

    @property
    def client(self) -> Client:
        return cast(Client, self)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expecting, "PATIENCE_S", 0.05)


def scenes() -> BiometricScenes:
    return BiometricScenes(Screen(), {CARD: 1})


def test_a_mark_gives_a_candidate_list() -> None:
    assert scenes().find_whose_mark(Hub().client) == 5


@pytest.mark.parametrize("hub", [Hub(finds=0), Hub(finds=2), Hub(listed=None)])
def test_a_mark_that_finds_nothing_somebody_else_or_no_list_stops_the_story(hub: Hub) -> None:
    with pytest.raises(NotAsTold):
        scenes().find_whose_mark(hub.client)


def test_two_examiners_conclude_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    scenes().examine(5, Hub().client, Hub().client)
    assert "shown nothing of that" in capsys.readouterr().out


@pytest.mark.parametrize("second", [Hub(tells=True), Hub(ends="disputed")])
def test_a_verification_that_is_not_blind_or_ends_nothing_stops_the_story(second: Hub) -> None:
    with pytest.raises(NotAsTold):
        scenes().examine(5, Hub().client, second.client)


def test_the_owner_hears_of_a_confirmed_hit_and_of_nothing_else() -> None:
    def told(outcome: str) -> Notification:
        return Notification(id=1, body={"kind": "examined", "outcome": outcome}, created_at=NOW)

    scenes().tell_the_owner(lambda _: told("confirmed"))
    with pytest.raises(NotAsTold):
        scenes().tell_the_owner(lambda _: told("refuted"))


def test_a_face_finds_the_record_that_it_should() -> None:
    scenes().look_into_a_face(Hub().client)
    with pytest.raises(NotAsTold):
        scenes().look_into_a_face(Hub(finds=3).client)
