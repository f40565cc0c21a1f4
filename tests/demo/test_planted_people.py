"""The planted people."""

import unicodedata
from datetime import date
from pathlib import Path

from allpoints.demo import planted_people
from allpoints.demo.planted_people import CUT_ZONE, QUESTIONS
from allpoints.demo.planted_people import planted_people as planted
from allpoints.formats import mrz
from allpoints.records import Contribution, RecordKind, checked_record
from allpoints.records.people import checked_person

TODAY = date(2026, 1, 1)
CASES = {case.reference: case for code in ("UTO", "ALB", "FRA") for case in planted(code)}
ASKED = (*QUESTIONS, planted_people.SWAPPED_DATE, *(question for question, _ in planted_people.TWINS))


def scripts(case: Contribution) -> set[str]:
    names = "".join(map(str, case.particulars.names))
    return {unicodedata.name(letter).split()[0] for letter in names if letter.isalpha()}


def test_every_case_of_the_table_is_planted_and_can_be_contributed() -> None:
    doc = planted_people.__doc__ or ""
    named = {name for name in doc.split("`") if name[:4] in ("UTO-", "ALB-", "FRA-")}
    assert named == set(CASES)
    for reference, case in CASES.items():
        checked_record(case, owner=reference[:3], today=TODAY)
        assert case.particulars.synthetic


def test_they_are_named_in_twelve_scripts() -> None:
    assert len(set().union(*map(scripts, CASES.values()))) >= 12


def test_every_question_is_in_latin_letters_and_about_a_planted_person() -> None:
    for question in ASKED:
        checked_person(question.asked, field="asked", today=TODAY)
        assert CASES[question.finds].kind is RecordKind.PERSON
        assert all(letter.isascii() for name in question.asked.names for letter in str(name))


def test_the_zone_cuts_the_name() -> None:
    zone = mrz.parse(CUT_ZONE, today=TODAY)
    assert zone.given_names == "CHAYAPA DEJTHAMRONG K"
    assert all(digit.ok for digit in zone.check_digits)


def test_the_twin_has_the_same_names_in_other_places() -> None:
    [one], [other] = (CASES[name].particulars.names for name in ("UTO-SOKOLOV", "FRA-SOKOLOV-TWIN"))
    assert not isinstance(one, str)
    assert not isinstance(other, str)
    assert (one.given[0], one.patronymic[0]) == (other.patronymic[0], other.given[0])
    assert CASES["UTO-SOKOLOV"].particulars.birth == CASES["FRA-SOKOLOV-TWIN"].particulars.birth


def test_every_case_and_question_stands_on_the_page() -> None:
    page = (Path(__file__).parents[2] / "docs" / "demo.md").read_text()
    assert [reference for reference in CASES if f"`{reference}`" not in page] == []
    asked = [*(f'"{question.asked.names[0]}"' for question in ASKED), *CUT_ZONE.split("\n")]
    assert [text for text in asked if text not in page] == []
