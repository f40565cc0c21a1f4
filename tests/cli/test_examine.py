"""Candidate lists on the command line: what an examiner reads, and what is sent of a decision."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

from allpoints.access import Compared, Match
from allpoints.bureau import Client
from allpoints.errors import Forbidden
from allpoints.records import Particulars, RecordKind
from allpoints.wire.corridor import (
    CandidateComparison,
    CandidateOutcome,
    Correspondence,
    Examination,
    ExaminationList,
    ExaminationState,
    ExaminedCandidate,
    ExaminerDecision,
    Hit,
    ModalityComparison,
    Page,
    Pair,
    Probe,
)

Member = Callable[..., list[str]]

HEAD: dict[str, Any] = {
    "id": 3,
    "state": ExaminationState.ASSIGNED,
    "purpose": "criminal-investigation",
    "asked_by": "u-3",
    "agency": "police",
    "verify": True,
    "round": 1,
    "examiner": "u-7",
    "verifier": None,
    "created_at": datetime(2026, 11, 22, tzinfo=UTC),
    "concluded_at": None,
}
CANDIDATE = ExaminedCandidate(
    rank=1,
    outcome=CandidateOutcome.CONFIRMED,
    hit=Hit(
        record=9,
        level="full",
        owner="ITA",
        contact="desk",
        kind=RecordKind.PERSON,
        match=Match(modality="fingerprints", agreement="fingerprint", strength="very strong", llr=4.2),
        particulars=Particulars(reason="wanted", names=("Zoe X",)),
    ),
)
COMPARED = CandidateComparison(
    examination=3,
    record=9,
    modalities=(
        ModalityComparison(
            modality="fingerprints",
            score=0.8,
            llr=4.2,
            strength="very strong",
            same="one finger made both",
            different="two fingers made them",
            fmr=0.0001,
            fnmr=0.02,
            findings=(Compared("minutiae", "41", "52", "compatible", "23 correspond"),),
            remarks=(),
        ),
    ),
    pairs=(),
    shown=Pair(modality="fingerprints", probe=0, reference=1, llr=4.2),
    size=(20, 10),
    reference_x=12,
    correspondences=tuple(
        Correspondence(number=n, probe=(1, 2), reference=(3, 4), certainty=certainty)
        for n, certainty in enumerate((0.9, 0.8, 0.1), start=1)
    ),
    remarks=("the probe shows a small part of the finger",),
)


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_lists_say_whose_turn_it_is(run: Run, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(
        Client, "examinations", lambda _, **given: asked.append(given) or Page(items=(Examination(**HEAD),))
    )
    out = run("examine", "list", "--mine", "--state", "assigned", *member("ALB")).out
    assert asked[0]["mine"] is True
    assert asked[0]["state"] == "assigned"
    for said in ("assigned", "u-7", "nobody yet", "u-3", "criminal-investigation"):
        assert said in out


def test_a_list_shows_its_candidates_and_that_the_machine_only_proposes(
    run: Run, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ExaminationList(
        **HEAD, probes=(Probe(number=0, modality="fingerprints"),), candidates=(CANDIDATE,)
    )
    monkeypatch.setattr(Client, "examination", lambda *_: found)
    out = run("examine", "show", 3, *member("ALB")).out
    for said in (
        "WANTED: person",
        "Zoe X",
        "very strong (LLR 4.2)",
        "ITA",
        "CONFIRMED",
        "The machine proposes",
    ):
        assert said in out


def test_an_examiner_reads_strength_and_error_rates_and_gets_the_pictures(
    run: Run, member: Member, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Client, "comparison", lambda *_, **__: COMPARED)
    monkeypatch.setattr(Client, "comparison_picture", lambda *_, **__: b"PNG")
    file = tmp_path / "pair.png"
    ended = run("examine", "compare", 3, 9, "--picture", file, *member("ALB"))
    assert ended.status == 0
    assert file.read_bytes() == b"PNG"
    for said in (
        "LLR 4.2",
        "0.01%",
        "2.00%",
        "3 places correspond, 2 of them rather surely",
        "23 correspond",
    ):
        assert said in ended.out
    assert "a small part of the finger" in ended.err


def test_a_decision_is_sent_with_its_reason(
    run: Run, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(Client, "decide", lambda _, *said: sent.append(said) or Examination(**HEAD))
    ended = run("examine", "decide", 3, 9, "exclusion", "--reason", "another pattern", *member("ALB"))
    assert ended.status == 0
    assert sent == [(3, 9, ExaminerDecision.EXCLUSION, "another pattern")]


@pytest.mark.parametrize(
    "missing", [("decide", 3, 9, "exclusion"), ("decide", 3, 9, "maybe", "--reason", "x")]
)
def test_no_decision_goes_without_a_reason_or_with_another_word(
    run: Run, member: Member, missing: tuple[object, ...]
) -> None:
    assert run("examine", *missing, *member("ALB")).status == 2


def test_what_the_hub_refuses_is_said(run: Run, member: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise Forbidden("nobody confirms their own", field="examiner")

    monkeypatch.setattr(Client, "assign", refused)
    ended = run("examine", "assign", 3, "u-3", *member("ALB"))
    assert ended.status == 3
    assert "nobody confirms their own" in ended.err
