"""What the scenes about people promise: where the hub does not keep it, the story stops."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from allpoints.access import Match
from allpoints.bureau import Client
from allpoints.demo.expecting import NotAsTold
from allpoints.demo.people_scenes import PeopleScenes
from allpoints.demo.planted_people import COMMON, COMMON_REFERENCES, SWAPPED_DATE, TWINS, planted_people
from allpoints.demo.screen import Screen
from allpoints.records import Particulars, RecordKind
from allpoints.wire.corridor import CheckReply, Hit

IDS = {
    case.reference: number
    for number, case in enumerate(case for code in ("UTO", "ALB", "FRA") for case in planted_people(code))
}


class Hub:
    """Answers each question with what it was told to answer."""

    def __init__(self, answers: dict[Any, list[tuple[str, float]]]) -> None:
        self._answers = answers

    def check(self, evidence: list[Any]) -> CheckReply:
        hits = tuple(hit(reference, llr) for reference, llr in self._answers.get(evidence[0], []))
        return CheckReply(id="", at=datetime.now(UTC), hits=hits, notes=(), entry="1.0", promise=None)

    @property
    def client(self) -> Client:
        return cast(Client, self)


def hit(reference: str, llr: float) -> Hit:
    return Hit(
        record=IDS[reference],
        level="full",
        owner=reference[:3],
        contact="",
        kind=RecordKind.PERSON,
        match=Match(modality="names", agreement="name", llr=llr, explanation=(f"{reference} agrees",)),
        particulars=Particulars(reason="wanted", names=(reference,)),
    )


def scenes() -> PeopleScenes:
    return PeopleScenes(Screen(), IDS)


def twins(other_llr: float) -> dict[Any, list[tuple[str, float]]]:
    told = {question.asked: [(question.finds, 3.5), (other, other_llr)] for question, other in TWINS}
    return {**told, COMMON: [(reference, 1.0) for reference in COMMON_REFERENCES]}


def test_people_told_apart_are_shown_with_what_tells_them_apart(capsys: pytest.CaptureFixture[str]) -> None:
    scenes().tell_apart(Hub(twins(0.2)).client)
    told = " ".join(capsys.readouterr().out.split())
    assert "none with an LLR above 1.0" in told


def test_a_twin_who_comes_near_stops_the_story() -> None:
    with pytest.raises(NotAsTold, match="well before"):
        scenes().tell_apart(Hub(twins(3.0)).client)


def test_a_common_name_that_says_much_stops_the_story() -> None:
    answers = twins(0.2) | {COMMON: [(reference, 3.0) for reference in COMMON_REFERENCES]}
    with pytest.raises(NotAsTold, match="very common name"):
        scenes().tell_apart(Hub(answers).client)


def test_a_person_who_is_not_found_first_stops_the_story() -> None:
    for found in ([], [("UTO-SATO", 2.0), ("FRA-ALIYEV", 1.0)]):
        with pytest.raises(NotAsTold, match="should find FRA-ALIYEV first"):
            scenes().ask_in_latin_letters(Hub({SWAPPED_DATE.asked: found}).client)


def test_a_zone_that_finds_only_the_holder_stops_the_story() -> None:
    from allpoints.demo.planted_people import CUT_ZONE
    from allpoints.records.evidence import MrzEvidence

    with pytest.raises(NotAsTold, match="passport and its holder"):
        scenes().read_a_cut_name(Hub({MrzEvidence(CUT_ZONE): [("FRA-CUT-NAME", 3.0)]}).client)
