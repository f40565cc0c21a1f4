"""A cylinder tells what surrounds its minutia, wherever the finger lay and however it was turned."""

from math import pi

import numpy as np
import pytest

from allpoints.modalities.fingerprints.cylinders import BIT_WORDS, WORDS, cylinders, wrapped
from allpoints.modalities.fingerprints.minutiae import Minutia, template
from allpoints.modalities.fingerprints.similarity import similarities


@pytest.mark.parametrize("turn", [0.0, pi / 2, pi, 2.0])
def test_a_cylinder_turns_with_its_finger(scattered, set_down, turn: float) -> None:
    one = cylinders(set_down(scattered(1)))
    other = cylinders(set_down(scattered(1), turn=turn))
    alike = similarities(
        one.geometry * np.float32([1, 1, 0, 1]),
        one.bits,
        other.geometry * np.float32([1, 1, 0, 1]),
        other.bits,
    )
    assert np.median(alike.max(axis=1)) > 0.85


def test_a_print_moved_by_whole_pixels_has_the_same_cylinders(scattered, set_down) -> None:
    one = cylinders(set_down(scattered(2)))
    other = cylinders(set_down(scattered(2), shift=(20.0, -30.0)))
    assert (one.bits == other.bits).mean() > 0.95


def test_a_lonely_minutia_has_no_valid_cylinder() -> None:
    alone = Minutia(50, 50, 0.0, 1.0)
    together = [Minutia(400 + 20 * k, 400, 1.0, 0.9) for k in range(5)]
    built = cylinders(template([alone, *together], width=600, height=600))
    assert built.bits.shape == (6, WORDS)
    assert not built.bits[0].any()
    assert built.bits[1:, BIT_WORDS:].any(axis=1).all()


def test_an_empty_print_has_no_cylinders() -> None:
    assert len(cylinders(template([], width=100, height=100)).bits) == 0


def test_bits_are_set_only_where_the_mask_is(scattered, set_down) -> None:
    bits = cylinders(set_down(scattered(3))).bits
    for word in range(BIT_WORDS):
        assert not (bits[:, word] & ~bits[:, BIT_WORDS + word % (WORDS - BIT_WORDS)]).any()


@pytest.mark.parametrize(("angle", "expected"), [(0, 0), (4, 4 - 2 * pi), (-4, 2 * pi - 4), (7 * pi, -pi)])
def test_angles_are_wrapped_to_half_a_turn_either_way(angle: float, expected: float) -> None:
    assert wrapped(angle) == pytest.approx(expected)
