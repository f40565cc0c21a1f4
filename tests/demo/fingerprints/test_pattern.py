"""How the ridges of a drawn finger flow."""

import numpy as np
import pytest

from allpoints.demo.fingerprints.pattern import (
    FREQUENCIES,
    Flow,
    Pattern,
    direction,
    drawn_flow,
    spreading,
)


def flows(number: int) -> list[Flow]:
    chance = np.random.default_rng(1)
    return [drawn_flow(chance) for _ in range(number)]


def turned_around(flow: Flow, point: complex) -> float:
    """The Poincaré index: by how much the ridges turn on a small circle around the point, in whole turns."""
    circle = point + 2 * np.exp(1j * np.linspace(0, 2 * np.pi, 200))
    angles = np.array([direction(flow, z.real, z.imag) for z in circle])
    steps = np.diff(angles)
    return float((steps - np.pi * np.round(steps / np.pi)).sum() / (2 * np.pi))


def test_ridges_turn_by_half_around_a_core_and_back_by_half_around_a_delta() -> None:
    for flow in flows(40):
        assert [turned_around(flow, core) for core in flow.cores] == pytest.approx([0.5] * len(flow.cores))
        assert [turned_around(flow, delta) for delta in flow.deltas] == pytest.approx(
            [-0.5] * len(flow.deltas)
        )


def test_a_whorl_has_two_cores_and_deltas_a_loop_and_a_tented_arch_one_and_a_plain_arch_none() -> None:
    numbers = {(Pattern(flow.pattern), len(flow.cores), len(flow.deltas)) for flow in flows(400)}
    assert numbers == {
        (Pattern.LEFT_LOOP, 1, 1),
        (Pattern.RIGHT_LOOP, 1, 1),
        (Pattern.WHORL, 2, 2),
        (Pattern.PLAIN_ARCH, 0, 0),
        (Pattern.TENTED_ARCH, 1, 1),
    }


def test_a_loop_opens_away_from_its_delta() -> None:
    for flow in flows(100):
        if flow.pattern == Pattern.LEFT_LOOP:
            assert flow.deltas[0].real > flow.cores[0].real
        if flow.pattern == Pattern.RIGHT_LOOP:
            assert flow.deltas[0].real < flow.cores[0].real


def test_patterns_come_as_often_as_in_nature() -> None:
    shares = np.bincount([flow.pattern for flow in flows(20_000)], minlength=5) / 20_000
    assert shares == pytest.approx(np.array(FREQUENCIES), abs=0.015)


@pytest.mark.parametrize("angle", [0.0, 0.7, -1.2, 2.5])
def test_ridges_spread_around_a_core_as_the_calculus_says(angle: float) -> None:
    # Half the argument turns by 1 / 2r; its divergence along the ridge is cos(argument / 2) / 2r.
    flow = Flow(Pattern.PLAIN_ARCH, np.array([0j]), np.empty(0, np.complex128), 0.0, np.zeros(5))
    at = 50 * np.exp(1j * angle)
    assert spreading(flow, at.real, at.imag) == pytest.approx(np.cos(angle / 2) / 100, rel=0.01)
