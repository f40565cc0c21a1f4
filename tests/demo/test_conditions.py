"""Conditions of every kind."""

from allpoints.demo.conditions import MIX, conditions, evaluation
from allpoints.demo.draw import draw
from allpoints.records import OPERATIONAL_PURPOSES, Confidentiality, Release, checked_conditions

MIXED = [mixed for mixed, _ in MIX]


def test_the_mix_has_every_kind_of_condition() -> None:
    assert {mixed.bureaus.mode for mixed in MIXED} == {"everyone", "only", "except"}
    assert {mixed.agencies.mode for mixed in MIXED} == {"everyone", "only", "except"}
    assert {mixed.disclosure for mixed in MIXED} == set(Release)
    assert {mixed.confidentiality for mixed in MIXED} == set(Confidentiality)
    assert {purpose for mixed in MIXED for purpose in mixed.purposes} == set(OPERATIONAL_PURPOSES)
    assert any(len(mixed.purposes) < len(OPERATIONAL_PURPOSES) for mixed in MIXED)


def test_every_set_can_be_contributed() -> None:
    for mixed in MIXED:
        checked_conditions(mixed)


def test_all_of_them_are_drawn() -> None:
    drawn = {conditions(draw("seed", number)) for number in range(1_000)}
    assert drawn == set(MIXED)
    assert len({str(evaluation(draw("seed", number))) for number in range(100)}) > 3


def test_the_shares_are_of_a_hundred() -> None:
    assert sum(share for _, share in MIX) == 100
