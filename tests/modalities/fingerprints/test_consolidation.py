"""Prints of one finger score high however they were set down, those of two fingers low; the order says nothing."""

import numpy as np
import pytest

from allpoints.modalities.fingerprints.consolidation import match, score, scores
from allpoints.modalities.fingerprints.cylinders import Cylinders, cylinders
from allpoints.modalities.fingerprints.minutiae import template


@pytest.mark.parametrize("seed", range(5))
def test_one_finger_set_down_twice_is_recognised(scattered, set_down, seed: int) -> None:
    one = cylinders(set_down(scattered(seed), off=1.5, kept=36, seed=1))
    other = cylinders(set_down(scattered(seed)[4:], turn=0.5, shift=(20, 10), off=1.5, seed=2))
    found = match(one, other)
    assert found.score > 0.99
    assert len(found.pairs) >= 25


@pytest.mark.parametrize("seed", range(5))
def test_two_fingers_are_not(scattered, set_down, seed: int) -> None:
    assert match(cylinders(set_down(scattered(seed))), cylinders(set_down(scattered(seed + 100)))).score < 0.5


def test_the_pairs_are_the_minutiae_that_belong_together(scattered, set_down) -> None:
    left, right = set_down(scattered(7)), set_down(scattered(7), turn=1.0, off=1.0)
    found = match(cylinders(left), cylinders(right))
    right_pairs = found.pairs[:, 0] == found.pairs[:, 1]
    assert right_pairs.mean() > 0.9
    assert (np.diff(found.certainties) <= 0).all()
    assert found.certainties[right_pairs].mean() > 0.6


@pytest.mark.parametrize("others", [7, 8])
def test_a_match_takes_no_side(scattered, set_down, others: int) -> None:
    one, other = (
        cylinders(set_down(scattered(7), kept=33)),
        cylinders(set_down(scattered(others), turn=0.3, off=2)),
    )
    here, there = match(one, other), match(other, one)
    assert here.score == there.score
    assert here.pairs.tolist() == there.pairs[:, ::-1].tolist()


def test_a_gallery_is_scored_as_pair_by_pair(scattered, set_down) -> None:
    probe = cylinders(set_down(scattered(1)))
    gallery = [cylinders(set_down(scattered(seed), off=2, kept=20 + seed)) for seed in range(6)]
    packed = Cylinders(*(np.concatenate(parts) for parts in zip(*gallery, strict=True)))
    offsets = np.cumsum([0, *(len(each.bits) for each in gallery)])
    found = scores(*probe, *packed, offsets, np.array([4, 1, 0]))
    assert found.tolist() == pytest.approx([score(*probe, *gallery[at]) for at in (4, 1, 0)])
    assert score(*probe, *gallery[1]) == match(probe, gallery[1]).score


def test_an_empty_print_agrees_with_nothing(scattered, set_down) -> None:
    empty = cylinders(template([], width=100, height=100))
    assert match(empty, empty).score == 0
    assert match(cylinders(set_down(scattered(1))), empty).score == 0
