"""Impressions are compared finger by finger, and what a person's fingers say together is bounded."""

from itertools import permutations

import pytest

from allpoints.likelihood import load
from allpoints.modalities.fingerprints.comparing import (
    compare,
    compare_sets,
    explain,
    explain_sets,
)

BOUNDS = load("allpoints.modalities.fingerprints")


@pytest.fixture
def card(scattered, set_down):
    """Ten fingers of one person; `off` makes another impression of each."""

    def of(person: int, fingers=range(1, 11), off: float = 0.0):
        return [
            set_down(scattered(20 * person + f), finger=f, off=off, seed=f, turn=off / 10) for f in fingers
        ]

    return of


def test_one_finger_speaks_for_and_two_against(scattered, set_down) -> None:
    probe = set_down(scattered(1), finger=2)
    assert compare(probe, set_down(scattered(1), turn=0.3, off=1.5)).llr > 2
    assert compare(probe, set_down(scattered(2))).llr < 0


def test_llrs_keep_to_the_calibrations_bounds(scattered, set_down) -> None:
    same, other = set_down(scattered(1)), set_down(scattered(2))
    assert compare(same, same).llr <= BOUNDS.upper
    assert compare(same, other).llr >= BOUNDS.lower


def test_an_explanation_numbers_the_minutiae_that_correspond(scattered, set_down) -> None:
    probe, reference = set_down(scattered(1), finger=2), set_down(scattered(1), turn=0.2, finger=7)
    told = explain(probe, reference)
    assert told.comparison == compare(probe, reference)
    assert [finding.what for finding in told.findings[1:4]] == ["minutia 1", "minutia 2", "minutia 3"]
    assert len(told.findings) > 30
    assert any("two different fingers" in remark for remark in told.remarks)


def test_cards_of_one_person_say_more_than_one_finger(card) -> None:
    one = compare_sets(card(1), card(1, off=1.5))
    assert one.llr > BOUNDS.upper
    assert one.llr <= 10 * BOUNDS.upper
    assert compare_sets(card(1), card(2)).llr < BOUNDS.lower


def test_different_fingers_are_not_compared(card) -> None:
    left, right = card(1, [2]), card(1, [3])
    assert compare_sets(left, right).llr == 0
    told = explain_sets(left, right)
    assert told.findings == ()
    assert told.remarks


def test_a_trace_is_compared_with_every_finger_and_pays_for_it(card, scattered, set_down) -> None:
    trace = [set_down(scattered(24), finger=0, off=1.0)]
    with_card, with_finger = compare_sets(trace, card(1)), compare_sets(trace, card(1, [4]))
    assert with_card.llr == pytest.approx(with_finger.llr - 1, abs=0.05)
    assert len(explain_sets(trace, card(1)).findings) == 10


def test_a_set_takes_no_side_and_no_order(card) -> None:
    left, right = card(1, [1, 2, 3]), [*card(1, [2, 3], off=2.0), *card(3, [1])]
    expected = compare_sets(left, right).llr
    assert compare_sets(right, left).llr == pytest.approx(expected)
    for order in permutations(right):
        assert compare_sets(left, order).llr == pytest.approx(expected)


def test_nothing_says_nothing(card) -> None:
    assert compare_sets([], card(1, [1])).llr == 0


def test_a_finger_that_contradicts_lowers_the_strength(card) -> None:
    agreeing = compare_sets(card(1, [1, 2]), card(1, [1, 2], off=1.0)).llr
    mixed = compare_sets(card(1, [1, 2, 3]), [*card(1, [1, 2], off=1.0), *card(2, [3])]).llr
    assert mixed < agreeing
