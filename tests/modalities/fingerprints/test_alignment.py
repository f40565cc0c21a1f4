"""One print is laid over the other however it was set down, and stretched skin is followed."""

from math import pi

import numpy as np
import pytest

from allpoints.modalities.fingerprints.alignment import laid_over

SEED = np.array([[0, 0]])


def same_row_alike(count: int) -> np.ndarray:
    return (np.eye(count) * 0.8).astype(np.float32)


@pytest.mark.parametrize("turn", [0.0, pi / 3, -2.0])
def test_a_turned_and_shifted_print_is_laid_over(scattered, set_down, turn: float) -> None:
    probe = set_down(scattered(1)).geometry
    reference = set_down(scattered(1), turn=turn, shift=(25.0, -12.0)).geometry
    pairs, certainties, share = laid_over(probe, reference, same_row_alike(40), SEED)
    assert len(pairs) == 40
    assert (pairs[:, 0] == pairs[:, 1]).all()
    assert certainties.min() > 0.7
    assert share > 0.9


def test_stretched_skin_is_followed(scattered, set_down) -> None:
    probe = set_down(scattered(2)).geometry
    reference = probe.copy()
    reference[:, 0] += 0.12 * (probe[:, 0] - 250)
    reference[:, 1] += 12 * np.sin(probe[:, 0] / 90)
    pairs, _, _ = laid_over(probe, reference, same_row_alike(40), SEED)
    assert (pairs[:, 0] == pairs[:, 1]).sum() >= 36


def test_minutiae_without_counterpart_lower_the_share(scattered, set_down) -> None:
    probe = set_down(scattered(3)).geometry
    half = probe[::2].copy()
    _, _, whole = laid_over(probe, probe, same_row_alike(40), SEED)
    _, _, less = laid_over(probe, half, np.repeat(np.eye(20), 2, axis=0).astype(np.float32), SEED)
    assert less < whole - 0.15


def test_minutiae_beyond_the_other_print_do_not(scattered, set_down) -> None:
    probe = set_down(scattered(4)).geometry
    corner = probe[(probe[:, 0] < 250) & (probe[:, 1] < 300)]
    first = int(np.flatnonzero((probe == corner[0]).all(axis=1))[0])
    alike = (np.all(probe[:, None] == corner[None], axis=2) * 0.8).astype(np.float32)
    pairs, _, share = laid_over(probe, corner, alike, np.array([[first, 0]]))
    assert len(pairs) == len(corner)
    assert share == pytest.approx(len(corner) / (len(corner) + 3), abs=0.05)


def test_a_seed_that_leads_nowhere_gives_nothing(scattered, set_down) -> None:
    probe = set_down(scattered(5)).geometry[:2]
    pairs, certainties, share = laid_over(probe, probe + 5, np.zeros((2, 2), np.float32), SEED)
    assert (len(pairs), len(certainties), share) == (0, 0, 0.0)
