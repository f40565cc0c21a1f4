"""What the demo shows."""

from datetime import date

import pytest

from allpoints.access import Match
from allpoints.demo.screen import Screen
from allpoints.records import (
    OPERATIONAL_PURPOSES,
    Confidentiality,
    Evaluation,
    Identifier,
    Particulars,
    RecordKind,
)
from allpoints.wire.corridor import Hit

MATCH = Match(modality="identifiers", agreement="exact", explanation=("number 1 = 1",), score=1.0, llr=3.26)
FULL = Hit(
    record=1,
    level="full",
    owner="UTO",
    contact="uto@ncb.example",
    kind=RecordKind.TRAVEL_DOCUMENT,
    match=MATCH,
    synthetic=True,
    identifiers=(Identifier("travel-document", "UTO:P:1", verified=False),),
    particulars=Particulars(
        reason="stolen", instructions="Seize it.", names=("Eriksson Anna",), synthetic=True
    ),
    evaluation=Evaluation("A", 1),
    purposes=tuple(OPERATIONAL_PURPOSES),
    confidentiality=Confidentiality.OFFICIAL,
    valid_until=date(2031, 1, 1),
)
CONTACT = Hit(
    record=2,
    level="contact",
    owner="FRA",
    contact="fra@ncb.example",
    kind=RecordKind.ITEM,
    match=MATCH,
    synthetic=True,
)


def test_every_step_and_every_hit_says_that_it_is_synthetic(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.step("First")
    screen.step("Second")
    screen.hits([FULL, CONTACT])
    shown = capsys.readouterr().out
    assert shown.count("SYNTHETIC") == 4
    assert "2. Second" in shown


def test_a_hit_shows_the_owners_conditions_and_the_strength(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().hits([FULL])
    shown = capsys.readouterr().out
    for said in (
        "STOLEN",
        "Seize it.",
        "uto@ncb.example",
        "(unverified)",
        "A1",
        "any operational purpose",
        "3.26",
    ):
        assert said in shown


def test_a_contact_shows_nothing_but_how_to_ask(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().hits([CONTACT])
    shown = capsys.readouterr().out
    assert "fra@ncb.example" in shown
    assert "use only for" not in shown


def test_no_hit_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().hits([])
    assert "No hit" in capsys.readouterr().out
