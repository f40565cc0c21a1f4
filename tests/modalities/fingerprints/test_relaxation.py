"""Pairs that keep their place to each other gain; one that stands alone loses."""

import numpy as np
import pytest

from allpoints.modalities.fingerprints.relaxation import agreement, paired, relaxed


def test_pairs_are_one_to_one_and_the_most_alike_come_first() -> None:
    alike = np.array([[0.9, 0.8, 0.0], [0.85, 0.1, 0.0]], np.float32)
    pairs, found = paired(alike)
    assert pairs.tolist() == [[0, 0], [1, 1]]
    assert found.tolist() == pytest.approx([0.9, 0.1])


def test_nothing_alike_makes_no_pair() -> None:
    assert len(paired(np.zeros((4, 3), np.float32))[0]) == 0


def test_a_pair_that_fits_no_other_loses_most(scattered, set_down) -> None:
    probe = set_down(scattered(1)).geometry[:10]
    reference = probe.copy()
    reference[9, :2] += 60
    pairs = np.repeat(np.arange(10)[:, None], 2, axis=1)
    left = relaxed(probe, reference, pairs, np.full(10, 0.8))
    assert left.argmin() == 9
    assert left[9] < 0.1 < left[:9].min()


def test_agreement_does_not_ask_where_the_finger_lay(scattered, set_down) -> None:
    probe = set_down(scattered(1))
    turned = set_down(scattered(1), turn=0.7, shift=(30, 10))
    pairs, found = np.repeat(np.arange(40)[:, None], 2, axis=1), np.ones(40)
    left = relaxed(probe.geometry, turned.geometry, pairs, found)
    assert agreement(left, found, 40) > 0.7
