"""The recipe keeps to common sense."""

import re
from pathlib import Path

import pytest

from allpoints.modalities.names import model as m
from allpoints.modalities.names.alike import Agreement
from allpoints.modalities.names.births import BirthKind
from allpoints.modalities.names.parts import PartRole
from allpoints.modalities.names.places import NationalityKind, PlaceKind, SexKind


def test_every_kind_has_its_row() -> None:
    one_sided = {Agreement.MISSING, Agreement.CONTRADICTING, Agreement.UNREAD}
    assert set(m.AGREEING) == set(Agreement) - one_sided
    assert set(m.CONTRADICTING) == set(m.MISSING) == set(PartRole)
    assert set(m.BIRTH) == set(BirthKind)
    assert set(m.PLACE) == set(PlaceKind)
    assert set(m.NATIONALITY) == set(NationalityKind)
    assert set(m.SEX) == set(SexKind)


def test_no_agreement_is_worth_more_than_an_equal_part() -> None:
    assert all(0 < share <= m.AGREEING[Agreement.EQUAL] for share in m.AGREEING.values())


def test_contradicting_counts_against_clearly_and_missing_mildly() -> None:
    for role in PartRole:
        assert m.CONTRADICTING[role] < 3 * m.MISSING[role] < 0


@pytest.mark.parametrize("table", [m.BIRTH, m.PLACE, m.NATIONALITY, m.SEX])
def test_what_is_not_stated_says_nothing_and_what_differs_counts_against(table: dict[str, float]) -> None:
    assert table[BirthKind.NOT_STATED] == 0
    assert table[next(kind for kind in table if kind.name == "DIFFERENT")] < 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", [m.BIRTH, m.NATIONALITY, m.SEX])
def test_weights_fall_as_the_kinds_do(table: dict[str, float]) -> None:
    stated = [weight for kind, weight in table.items() if kind != "not stated"]
    assert stated == sorted(stated, reverse=True)


def test_a_name_never_reaches_what_all_evidence_may() -> None:
    assert m.NAMES_UPPER + 3 * m.FURTHER_NAMES < m.UPPER - 1
    assert m.WEAK_ALIAS_AT_MOST < 1


PAGE = (Path(__file__).parents[3] / "docs" / "names.md").read_text(encoding="utf-8")
ROWS = {
    what: float(number) for what, number in re.findall(r"^\| (.+) \| (-?\d+\.\d+) \|$", PAGE, re.MULTILINE)
}


def test_the_page_tells_the_weights_that_count() -> None:
    assert {kind: share for kind, share in ROWS.items() if share > 0} == m.AGREEING
    against = [
        *(m.START, m.CONTRADICTING[PartRole.GIVEN], m.CONTRADICTING[PartRole.KUNYA]),
        m.UNREAD,
        *(m.MISSING[PartRole.FAMILY], m.MISSING[PartRole.PATRONYMIC], m.MISSING[PartRole.KUNYA]),
        *(m.ONE_PART_ONLY, m.INITIALS_ONLY, m.TURNED, m.SHUFFLED),
        *(m.SWAPPED_WITH_FATHER, m.FATHER, m.CROSSED),
    ]
    assert [weight for weight in ROWS.values() if weight < 0] == against
