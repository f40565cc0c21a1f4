from datetime import date

import pytest

from allpoints.access import Match
from allpoints.cli import hits
from allpoints.records import Evaluation, Identifier, Particulars, Purpose, RecordKind
from allpoints.wire import Hit

MATCH = Match(modality="identifiers", agreement="exact", explanation=("number equal",), score=1.0, llr=6.4)
FULL = Hit(
    record=7,
    level="full",
    owner="ALB",
    contact="+355 4 000",
    kind=RecordKind.TRAVEL_DOCUMENT,
    match=MATCH,
    synthetic=True,
    reference="A-1",
    version=2,
    identifiers=(Identifier("travel-document", "UTO:P:L898902C3"), Identifier("vin", "X", verified=False)),
    particulars=Particulars(reason="blank-stolen", instructions="Seize it.", names=("ERIKSSON ANNA",)),
    evaluation=Evaluation("A", 1),
    purposes=(Purpose.BORDER_CONTROL,),
    valid_until=date(2030, 1, 2),
)
CONTACT = Hit(record=8, level="contact", owner="FRA", contact="", kind=RecordKind.VEHICLE, match=MATCH)


def shown(capsys: pytest.CaptureFixture[str], *found: Hit) -> str:
    hits.show(found)
    return capsys.readouterr().out


def test_a_hit_says_all_that_its_owner_demands(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, FULL)
    for said in (
        "BLANK STOLEN: travel document",
        "DO: Seize it.",
        "ALB",
        "+355 4 000",
        "UTO:P:L898902C3",
        "X (unverified)",
        "ERIKSSON ANNA",
        "A1: source always reliable; known to be accurate",
        "2030-01-02",
        "border-control",
        ["very strong", "extremely strong"][1],
        "number equal",
        "7 (A-1), version 2",
        "SYNTHETIC",
        hits.CAUTION,
    ):
        assert said in text


def test_a_hit_fits_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert max(map(len, shown(capsys, FULL, CONTACT).splitlines())) <= 80


def test_a_contact_hit_sends_the_officer_to_the_owner(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, CONTACT)
    assert "HELD: vehicle" in text
    assert "Ask the owner before you act" in text
    assert "SYNTHETIC" not in text


def test_without_hits_there_is_nothing_to_caution_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys) == ""


@pytest.mark.parametrize(
    ("llr", "verbal"),
    [(0.0, "no support"), (0.5, "weak"), (1.5, "moderate"), (2.5, "moderately strong"), (3.5, "strong"),
     (5.0, "very strong"), (6.4, "extremely strong"), (-2.0, "speaks against")],
)  # fmt: skip
def test_strength_is_worded_as_enfsi_words_it(llr: float, verbal: str) -> None:
    said = hits.strength(llr)
    assert said.startswith(f"LLR {llr:.1f}: {verbal}")


def test_a_match_without_calibration_claims_no_strength() -> None:
    assert hits.strength(None) == ""


def test_all_operational_purposes_are_not_listed_one_by_one() -> None:
    from allpoints.records import OPERATIONAL_PURPOSES

    assert hits.purposes(OPERATIONAL_PURPOSES) == "every operational purpose"
    assert hits.purposes(OPERATIONAL_PURPOSES[:2]) == "border-control, criminal-investigation"
