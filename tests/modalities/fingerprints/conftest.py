"""Prints that no finger has left: scattered minutiae, and the same finger set down again."""

from collections.abc import Callable
from math import cos, pi, sin

import numpy as np
import pytest
from numpy.typing import NDArray

from allpoints.demo.fingerprints import finger, impression
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate, Minutia, template

Scattered = Callable[[int], list[Minutia]]
SetDown = Callable[..., FingerprintTemplate]

SIDE = 500


@pytest.fixture(scope="session")
def scattered() -> Scattered:
    """Forty minutiae about the middle of a picture; another finger for each seed."""

    def scatter(seed: int) -> list[Minutia]:
        chance = np.random.default_rng(seed)
        places: list[tuple[int, int]] = []
        while len(places) < 40:
            x, y = chance.integers(130, 370, 2).tolist()
            if all((x - u) ** 2 + (y - v) ** 2 > 400 for u, v in places):
                places.append((x, y))
        return [Minutia(x, y, chance.uniform(0, 2 * pi), chance.uniform(0.5, 1)) for x, y in places]

    return scatter


@pytest.fixture(scope="session")
def set_down() -> SetDown:
    """Turned about the picture's middle, shifted, each minutia a little off, and some missing."""

    def place(
        minutiae: list[Minutia],
        *,
        turn: float = 0.0,
        shift: tuple[float, float] = (0.0, 0.0),
        off: float = 0.0,
        kept: int = 40,
        finger: int = 0,
        seed: int = 0,
    ) -> FingerprintTemplate:
        chance = np.random.default_rng(seed)
        moved = []
        for m in minutiae[:kept]:
            dx, dy = m.x - SIDE / 2, m.y - SIDE / 2
            x = SIDE / 2 + cos(turn) * dx + sin(turn) * dy + shift[0] + chance.normal(0, off)
            y = SIDE / 2 - sin(turn) * dx + cos(turn) * dy + shift[1] + chance.normal(0, off)
            angle = m.angle + turn + chance.normal(0, off / 30)
            moved.append(Minutia(round(x), round(y), angle % (2 * pi), m.quality, m.kind))
        return template(moved, width=SIDE, height=SIDE, finger=finger)

    return place


@pytest.fixture(scope="session")
def two_impressions() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Grey pixels of one drawn finger, set down twice."""
    drawn = finger(7)
    return impression(drawn, 1), impression(drawn, 2)
