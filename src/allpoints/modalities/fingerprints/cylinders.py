"""Minutia cylinders: what surrounds each minutia, as bits.

Cappelli, Ferrara and Maltoni, *Minutia Cylinder-Code: A New Representation and Matching Technique for Fingerprint
Recognition*, IEEE TPAMI 32 (2010) 2128–2141: the bit-based code. A cylinder stands on its minutia and is turned with
it, so that it neither knows where the finger lay nor how it was turned. A cell is set where enough neighbours lie about
its place with about its difference of direction; it is valid where it lies over the print.
"""

from math import cos, erf, exp, pi, sin, sqrt
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.fingerprints.hull import Places, hull, within
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate

RADIUS = 70.0
"""Pixels at 500 dpi."""
CELLS = 12
"""Cells along a cylinder's diameter. The paper's 16 tell no more, its 8 tell less."""
LAYERS = 5
"""Cells along a cylinder's height, which spans all differences of direction."""
SPREAD = 28.0 / 3.0
"""Standard deviation in pixels of where a neighbour is felt."""
TURN = 2.0 * pi / 9.0
"""Standard deviation in radians of the difference of direction for which it is felt."""
SET_FROM = 0.0025
"""What the neighbours must contribute together to set a cell."""
HULL_MARGIN = 50.0
"""Pixels about the convex hull of all minutiae that still count as print."""
MIN_NEIGHBOURS = 2
"""Other minutiae that a cylinder must hold to be valid."""

MASK_WORDS = 2
"""Words of 64 bits for one layer's cells: 112 of 12 × 12 lie within the circle."""
BIT_WORDS = LAYERS * MASK_WORDS
WORDS = BIT_WORDS + MASK_WORDS
"""Words of one cylinder: the layers' bits, layer by layer, then the mask of the valid places."""


class Cylinders(NamedTuple):
    """The cylinders of one print, or of many prints one after the other: row i belongs to minutia i.

    A minutia without a valid cylinder keeps its row, with an empty mask.
    """

    geometry: NDArray[np.float32]
    """(n, 4): x, y, angle, quality, as `FingerprintTemplate.geometry`."""
    bits: NDArray[np.uint64]
    """(n, `WORDS`)."""


def cylinders(template: FingerprintTemplate) -> Cylinders:
    """Build the cylinders of a print."""
    geometry = template.geometry
    return Cylinders(geometry, _build(geometry, hull(geometry[:, :2].astype(np.float64)), _PLACES))


def _cell_places() -> NDArray[np.float32]:
    """The middles of the cells within the circle, before the cylinder is turned."""
    step = 2 * RADIUS / CELLS
    along = (np.arange(CELLS) - (CELLS - 1) / 2) * step
    x, y = np.meshgrid(along, along, indexing="ij")
    within = x**2 + y**2 <= RADIUS**2
    return np.stack([x[within], y[within]], axis=1).astype(np.float32)


_PLACES = _cell_places()


@numba.njit(cache=True, nogil=True)
def _build(
    geometry: NDArray[np.float32], print_hull: Places, places: NDArray[np.float32]
) -> NDArray[np.uint64]:
    count = len(geometry)
    bits = np.zeros((count, WORDS), np.uint64)
    felt = np.empty(LAYERS)
    for i in range(count):
        near = _neighbours(geometry, i)
        if len(near) < MIN_NEIGHBOURS:
            continue
        directions = _directions(geometry, i, near)
        cosine, sine = cos(geometry[i, 2]), -sin(geometry[i, 2])
        for place in range(len(places)):
            x = geometry[i, 0] + places[place, 0] * cosine - places[place, 1] * sine
            y = geometry[i, 1] + places[place, 0] * sine + places[place, 1] * cosine
            # what is close to a minutia is close to the hull, which takes longer to ask
            beside = places[place, 0] ** 2 + places[place, 1] ** 2 < (HULL_MARGIN - 1) ** 2
            if not (beside or within(x, y, print_hull, HULL_MARGIN)):
                continue
            word, bit = place >> 6, np.uint64(1) << np.uint64(place & 63)
            bits[i, BIT_WORDS + word] |= bit
            _feel(geometry, near, directions, x, y, felt)
            for layer in range(LAYERS):
                if felt[layer] > SET_FROM:
                    bits[i, layer * MASK_WORDS + word] |= bit
    return bits


@numba.njit(cache=True, nogil=True)
def _neighbours(geometry: NDArray[np.float32], i: int) -> NDArray[np.int64]:
    """The minutiae that may be felt within the cylinder of minutia i."""
    reach = (RADIUS + 3 * SPREAD) ** 2
    found = np.empty(len(geometry), np.int64)
    count = 0
    for j in range(len(geometry)):
        dx, dy = geometry[j, 0] - geometry[i, 0], geometry[j, 1] - geometry[i, 1]
        if j != i and dx * dx + dy * dy <= reach:
            found[count] = j
            count += 1
    return found[:count]


@numba.njit(cache=True, nogil=True)
def _directions(geometry: NDArray[np.float32], i: int, near: NDArray[np.int64]) -> NDArray[np.float64]:
    """By its direction alone, how much each neighbour of minutia i contributes to each layer."""
    found = np.empty((len(near), LAYERS))
    for at in range(len(near)):
        turned = geometry[i, 2] - geometry[near[at], 2]
        for layer in range(LAYERS):
            off = wrapped((layer + 0.5) * 2 * pi / LAYERS - pi - turned)
            upper, lower = off + pi / LAYERS, off - pi / LAYERS
            found[at, layer] = erf(upper / (TURN * sqrt(2.0))) - erf(lower / (TURN * sqrt(2.0)))
    return found


@numba.njit(cache=True, nogil=True)
def _feel(  # noqa: PLR0917
    geometry: NDArray[np.float32],
    near: NDArray[np.int64],
    directions: NDArray[np.float64],
    x: float,
    y: float,
    felt: NDArray[np.float64],
) -> None:
    """Sum up what all neighbours contribute to the cells at one place, layer by layer."""
    felt[:] = 0.0
    for at in range(len(near)):
        dx, dy = geometry[near[at], 0] - x, geometry[near[at], 1] - y
        distance = dx * dx + dy * dy
        if distance > (3 * SPREAD) ** 2:
            continue
        share = exp(-distance / (2 * SPREAD * SPREAD)) / (SPREAD * sqrt(2 * pi))
        for layer in range(LAYERS):
            felt[layer] += share * 0.5 * directions[at, layer]


@numba.njit(cache=True, nogil=True)
def wrapped(angle: float) -> float:
    """Bring an angle into [-π, π)."""
    turned = angle + pi
    # nearly all angles are a turn away at most, for which the remainder of a division takes ten times longer
    if turned < -2 * pi or turned >= 4 * pi:
        turned %= 2 * pi
    elif turned < 0:
        turned += 2 * pi
    elif turned >= 2 * pi:
        turned -= 2 * pi
    return turned - pi
