"""Minutiae of many fingers, drawn without drawing their pictures: for measuring at scale.

The ridges flow as in a drawn finger (`pattern`). Minutiae lie where new ridges must begin because the others spread,
and pointing that way, and at random besides; neighbours keep about a ridge's distance (Cappelli, SFinGe 2009;
Chen and Jain, *Beyond minutiae: a fingerprint individuality model with pattern, ridge and pore information*, ICB
2009, for minutiae that follow the ridges' flow).
"""

import msgspec
import numpy as np
from numba import njit
from numpy.typing import NDArray

from allpoints.demo.fingerprints.pattern import RIDGE_PERIOD, direction, drawn_flow, spreading
from allpoints.errors import InvalidValue
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate, Minutia, template

WIDTH, HEIGHT = 400, 440
"""Pixels of the picture on which the minutiae of each finger lie."""
FEWEST, MOST = 25, 70

_DENSITY = 5.5e-4, 9.5e-4
"""Minutiae per square pixel of a finger, from the sparsest finger to the densest."""
_AT_RANDOM = 4.0e-4
"""Minutiae per square pixel that the flow does not demand."""
_DENSEST = 2.5e-3
_ALONG_THE_SPREAD = 0.85
"""Of the minutiae that the flow demands, those that point along with it; others close a ridge against it."""
_LEAST_SURE, _SUREST = 0.55, 0.97
"""What an extractor says of minutiae: most are nearly sure, few are doubtful."""


class DrawnMinutiae(msgspec.Struct, frozen=True, kw_only=True):
    """The minutiae of many fingers, one finger after the other: finger `i` has those from offsets[i] to offsets[i + 1].

    x, y: pixels at 500 dpi from the upper left, y downwards; angle: radians counter-clockwise from the x axis, 0 to 2π;
    quality: 0 to 1; all float32. finger: the position of each, 1 to 10 (`records.biometrics.FINGERS`) in turn.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    angle: NDArray[np.float32]
    quality: NDArray[np.float32]
    offsets: NDArray[np.int64]
    finger: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.finger)

    def of(self, index: int) -> NDArray[np.float32]:
        """Return the minutiae of one finger: n x 4, of x, y, angle and quality."""
        own = slice(self.offsets[index], self.offsets[index + 1])
        return np.stack([self.x[own], self.y[own], self.angle[own], self.quality[own]], axis=1)

    def template(self, index: int) -> FingerprintTemplate:
        """Return the template of one finger."""
        rows = self.of(index).tolist()
        return template(
            (Minutia(int(x), int(y), angle, quality) for x, y, angle, quality in rows),
            width=WIDTH,
            height=HEIGHT,
            finger=int(self.finger[index]),
        )


def drawn_minutiae(count: int, seed: int) -> DrawnMinutiae:
    """Draw the minutiae of `count` different fingers; the same at every call, and the first of more are the same.

    Raises `InvalidValue` for a negative count.
    """
    if count < 0:
        raise InvalidValue("a number of fingers is not negative", field="count")
    rows = np.empty((count * MOST, 4), np.float32)
    offsets = np.zeros(count + 1, np.int64)
    _draw(np.random.default_rng(seed), rows, offsets)
    columns = np.ascontiguousarray(rows[: offsets[-1]].T)
    return DrawnMinutiae(
        x=columns[0],
        y=columns[1],
        angle=columns[2],
        quality=columns[3],
        offsets=offsets,
        finger=(np.arange(count) % 10 + 1).astype(np.uint8),
    )


@njit(nogil=True, cache=True)
def _draw(chance: np.random.Generator, rows: NDArray[np.float32], offsets: NDArray[np.int64]) -> None:
    for finger in range(len(offsets) - 1):
        offsets[finger + 1] = _draw_finger(chance, rows, offsets[finger])


@njit(nogil=True, cache=True)
def _draw_finger(chance: np.random.Generator, rows: NDArray[np.float32], first: int) -> int:
    flow = drawn_flow(chance)
    turn = chance.normal(0, 0.15)
    cos, sin = np.cos(turn), np.sin(turn)
    left, up = chance.normal(0, 12), chance.normal(0, 12)
    half_width, half_height = chance.uniform(95, 140), chance.uniform(125, 185)
    clarity = chance.uniform(1.5, 4)
    area = np.pi * half_width * half_height
    wanted = min(max(round(area * chance.uniform(_DENSITY[0], _DENSITY[1])), FEWEST), MOST)
    end = first
    while end < first + wanted:
        x, y = chance.uniform(-half_width, half_width), chance.uniform(-half_height, half_height)
        if (x / half_width) ** 2 + (y / half_height) ** 2 > 1:
            continue
        spread = spreading(flow, x, y)
        demanded = min(abs(spread) / RIDGE_PERIOD, _DENSEST - _AT_RANDOM)
        if chance.random() * _DENSEST > demanded + _AT_RANDOM:
            continue
        px, py = WIDTH / 2 + cos * x - sin * y + left, HEIGHT / 2 - sin * x - cos * y - up
        if not _apart(rows[first:end], px, py, RIDGE_PERIOD * chance.uniform(0.8, 1.6)):
            continue
        follows = (demanded * _ALONG_THE_SPREAD + _AT_RANDOM * 0.5) / (demanded + _AT_RANDOM)
        angle = direction(flow, x, y) + turn + chance.normal(0, 0.05)
        if (chance.random() < follows) != (spread > 0):
            angle += np.pi
        rows[end, 0], rows[end, 1] = px, py
        rows[end, 2] = angle % (2 * np.pi)
        rows[end, 3] = _SUREST - (_SUREST - _LEAST_SURE) * chance.beta(0.6, clarity)
        end += 1
    return end


@njit(nogil=True, cache=True)
def _apart(rows: NDArray[np.float32], x: float, y: float, distance: float) -> bool:
    for row in rows:  # noqa: SIM110 - compiled; numba knows no generators
        if (row[0] - x) ** 2 + (row[1] - y) ** 2 < distance**2:
            return False
    return True
