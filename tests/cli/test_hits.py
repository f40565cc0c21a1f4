from datetime import date

import pytest

from allpoints.access import Compared, Match
from allpoints.cli import hits
from allpoints.records import Evaluation, Identifier, Particulars, Purpose, RecordKind
from allpoints.records.people import Name, NameKind
from allpoints.wire.corridor import Hit

MATCH = Match(
    modality="identifiers",
    agreement="exact",
    explanation=("number equal",),
    score=1.0,
    llr=6.4,
    strength="extremely strong support that both are the same",
)
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
WANTED = Hit(
    record=9,
    level="full",
    owner="FRA",
    contact="desk@fra.example",
    kind=RecordKind.PERSON,
    match=Match(
        modality="names",
        agreement="name, date of birth",
        explanation=("Мұхаммед = Mohammed (transliteration); born 1970-12-03: day and month swapped",),
        findings=(Compared("given name", "Mohammed", "Мұхаммед", "equal", "transliteration", 1.62),),
        score=0.9,
        llr=3.42,
        strength="strong support that both are the same",
        parts=(Match(modality="identifiers", agreement="exact", llr=6.0, strength="very strong"),),
    ),
    particulars=Particulars(
        reason="wanted",
        instructions="Detain.",
        names=(
            "Мұхаммед Әлиев",
            Name(family="Aliyev", given="M."),
            Name(text="Mika", kind=NameKind.WEAK_ALIAS),
        ),
        birth="1970-12-03",
        birthplace="Шымкент",
    ),
)


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
        "extremely strong support that both are the same (LLR 6.4)",
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


def test_a_person_is_shown_with_why_and_how_strongly_before_anything_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = " ".join(shown(capsys, WANTED).replace("│", " ").split())
    places = [
        text.index(said)
        for said in (
            "WANTED: person",
            "DO: Detain.",
            "why",
            "day and month swapped",
            "strong support that both are the same (LLR 3.4)",
            "by identifiers",
            "owner",
            "Мұхаммед Әлиев / M. Aliyev",
            "weak alias",
            "Шымкент",
        )
    ]
    assert places == sorted(places)
    assert "given name" not in text


def test_the_table_behind_the_explanation_is_shown_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    hits.show([WANTED, FULL], compared=True)
    lines = capsys.readouterr().out.splitlines()
    [row] = [line.split() for line in lines if "given name" in line]
    assert row == ["│", "given", "name", "Mohammed", "Мұхаммед", "transliteration", "+1.6", "│"]


def test_the_strongest_hits_are_shown_in_full_and_the_others_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = shown(capsys, *[WANTED] * hits.IN_FULL, FULL, CONTACT)
    assert text.count("DO: ") == hits.IN_FULL
    listed = text.split("no.")[1]
    assert "BLANK STOLEN" in listed
    assert "HELD: vehicle" in listed
    assert "--json" in listed
    assert text.count(hits.CAUTION) == 1


def test_at_contact_the_strength_is_said_in_words_alone() -> None:
    assert hits.strength(Match(modality="names", agreement="name", strength="weak")) == "weak"
    assert (
        hits.strength(Match(modality="names", agreement="name", strength="weak", llr=0.52))
        == "weak (LLR 0.5)"
    )


def test_in_a_table_the_strength_is_brief() -> None:
    assert hits.brief(MATCH) == "extremely strong (LLR 6.4)"
    against = Match(
        modality="names", agreement="name", strength="weak support that they are different", llr=-0.5
    )
    assert hits.brief(against) == "weak support that they are different (LLR -0.5)"


def test_who_it_is_about_is_the_main_name_and_the_birth() -> None:
    assert hits.who(WANTED) == "Мұхаммед Әлиев, 1970-12-03"
    assert hits.who(FULL) == "ERIKSSON ANNA"
    assert hits.who(CONTACT) == ""


def test_all_operational_purposes_are_not_listed_one_by_one() -> None:
    from allpoints.records import OPERATIONAL_PURPOSES

    assert hits.purposes(OPERATIONAL_PURPOSES) == "every operational purpose"
    assert hits.purposes(OPERATIONAL_PURPOSES[:2]) == "border-control, criminal-investigation"
