"""One print laid over the other, minutia by minutia, as skin allows.

From a pair that may be right the probe is turned and shifted onto the reference, and what comes to lie close together
with the same direction is paired. Then the probe is fitted to its pairs, first as a whole, then smoothly from place to
place, since skin stretches; and so on for a few rounds. What lies in the overlap and finds no counterpart speaks
against a common source.
"""

from math import atan2, cos, exp, hypot, pi, sin, sqrt

import numba
import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.fingerprints.cylinders import wrapped
from allpoints.modalities.fingerprints.hull import Places, hull, within

NEAR = 13.0
"""Pixels at 500 dpi between a minutia and its counterpart: one ridge and a half."""
TURNED = pi / 7
"""Radians between their directions."""
STRETCH = 60.0
"""Pixels over which neighbouring skin is stretched alike."""
SEEDS = 4
ROUNDS = 3
LEAST_PAIRS = 3
CAUTION = 3.0
"""Minutiae without counterpart that every overlap is taken to hold: three of three say less than thirty of thirty."""


@numba.njit(cache=True, nogil=True)
def laid_over(
    probe: NDArray[np.float32],
    reference: NDArray[np.float32],
    alike: NDArray[np.float32],
    seeds: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64], float]:
    """Lay the probe over the reference, starting from each seed, and keep what fits best.

    Takes both sides' `Cylinders.geometry`, their similarities, and pairs of rows. Returns the pairs (k, 2), their
    certainties (k) from 0 to 1, and the share of the minutiae in the overlap that are paired.
    """
    best, share = -1e9, 0.0
    pairs, certainties = np.empty((0, 2), np.int64), np.empty(0)
    reference_hull = hull(reference[:, :2].astype(np.float64))
    for seed in seeds[:SEEDS]:
        moved = _onto(probe, probe[seed[0]], reference[seed[1]])
        found = _close(moved, reference, alike, reference[seed[1]], 150.0)
        for _ in range(ROUNDS - 1):
            if len(found) < LEAST_PAIRS:
                break
            moved = _fitted(probe, reference, alike, found)
            found = _close(moved, reference, alike, reference[seed[1]], 1e9)
        if len(found) < LEAST_PAIRS:
            continue
        alone_probe = _alone(moved, found[:, 0], reference_hull)
        alone_reference = _alone(reference, found[:, 1], hull(moved[:, :2].astype(np.float64)))
        likeness = 0.0
        for i, j in found:
            likeness += alike[i, j]
        good = 2 * likeness + 0.5 * len(found) - 0.2 * (alone_probe + alone_reference)
        if good > best:
            best, pairs = good, found
            few = len(found) + CAUTION
            share = len(found) / sqrt((few + alone_probe) * (few + alone_reference))
            certainties = _certainties(moved, reference, alike, found)
    return pairs, certainties, share


@numba.njit(cache=True, nogil=True)
def _onto(
    probe: NDArray[np.float32], from_: NDArray[np.float32], to: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Turn and shift the probe so that one minutia comes to lie on another."""
    return _turned(probe, to[2] - from_[2], from_[0], from_[1], to[0], to[1])


@numba.njit(cache=True, nogil=True)
def _turned(  # noqa: PLR0917
    minutiae: NDArray[np.float32], angle: float, x: float, y: float, to_x: float, to_y: float
) -> NDArray[np.float32]:
    """Turn counter-clockwise as seen (y points down) about x, y, which comes to lie on to_x, to_y."""
    moved = minutiae.copy()
    cosine, sine = cos(angle), sin(angle)
    dx, dy = minutiae[:, 0] - x, minutiae[:, 1] - y
    moved[:, 0] = to_x + cosine * dx + sine * dy
    moved[:, 1] = to_y - sine * dx + cosine * dy
    moved[:, 2] = minutiae[:, 2] + angle
    return moved


@numba.njit(cache=True, nogil=True)
def _close(
    moved: NDArray[np.float32],
    reference: NDArray[np.float32],
    alike: NDArray[np.float32],
    seed: NDArray[np.float32],
    slack: float,
) -> NDArray[np.int64]:
    """Pair what lies close together, the closest and most alike first; `slack` pixels from the seed twice as far."""
    places, costs = (
        np.empty((len(moved) * len(reference), 2), np.int64),
        np.empty(len(moved) * len(reference)),
    )
    count = 0
    for i in range(len(moved)):
        near = NEAR * (1 + hypot(moved[i, 0] - seed[0], moved[i, 1] - seed[1]) / slack)
        for j in range(len(reference)):
            dx, dy = moved[i, 0] - reference[j, 0], moved[i, 1] - reference[j, 1]
            if abs(dx) > near or abs(dy) > near:
                continue
            apart, turned = hypot(dx, dy) / near, abs(wrapped(moved[i, 2] - reference[j, 2])) / TURNED
            if apart <= 1 and turned <= 1:
                places[count, 0], places[count, 1] = i, j
                costs[count] = apart * apart + turned * turned - 2 * alike[i, j]
                count += 1
    taken, given = np.zeros(len(moved), np.bool_), np.zeros(len(reference), np.bool_)
    kept = 0
    pairs = np.empty((count, 2), np.int64)
    for at in np.argsort(costs[:count]):
        i, j = places[at]
        if not (taken[i] or given[j]):
            taken[i] = given[j] = True
            pairs[kept] = places[at]
            kept += 1
    return pairs[:kept]


@numba.njit(cache=True, nogil=True)
def _fitted(
    probe: NDArray[np.float32],
    reference: NDArray[np.float32],
    alike: NDArray[np.float32],
    pairs: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Lay the probe over its counterparts: as a whole by least squares, then place by place.

    How far a minutia is moved with its neighbours is told by the others alone, so that none draws itself along.
    """
    ours, theirs = np.empty((len(pairs), 2)), np.empty((len(pairs), 2))
    weights = np.empty(len(pairs))
    for at in range(len(pairs)):
        i, j = pairs[at]
        ours[at], theirs[at], weights[at] = probe[i, :2], reference[j, :2], 0.1 + alike[i, j]
    weights /= weights.sum()
    x, y = (weights * ours[:, 0]).sum(), (weights * ours[:, 1]).sum()
    to_x, to_y = (weights * theirs[:, 0]).sum(), (weights * theirs[:, 1]).sum()
    dx, dy, ex, ey = ours[:, 0] - x, ours[:, 1] - y, theirs[:, 0] - to_x, theirs[:, 1] - to_y
    angle = -atan2((weights * (dx * ey - dy * ex)).sum(), (weights * (dx * ex + dy * ey)).sum())
    whole = _turned(probe, angle, x, y, to_x, to_y)
    moved = whole.copy()
    for i in range(len(probe)):
        total, off_x, off_y = 1.0, 0.0, 0.0
        for at in range(len(pairs)):
            if pairs[at, 0] != i:
                gap = (probe[i, 0] - ours[at, 0]) ** 2 + (probe[i, 1] - ours[at, 1]) ** 2
                weight = exp(-gap / (2 * STRETCH * STRETCH))
                total += weight
                off_x += weight * (theirs[at, 0] - whole[pairs[at, 0], 0])
                off_y += weight * (theirs[at, 1] - whole[pairs[at, 0], 1])
        moved[i, 0] += off_x / total
        moved[i, 1] += off_y / total
    return moved


@numba.njit(cache=True, nogil=True)
def _alone(minutiae: NDArray[np.float32], with_counterpart: NDArray[np.int64], other: Places) -> int:
    """Count the minutiae that lie over the other print and have no counterpart."""
    has = np.zeros(len(minutiae), np.bool_)
    has[with_counterpart] = True
    count = 0
    for i in range(len(minutiae)):
        count += not has[i] and within(minutiae[i, 0], minutiae[i, 1], other, 0.0)
    return count


@numba.njit(cache=True, nogil=True)
def _certainties(
    moved: NDArray[np.float32],
    reference: NDArray[np.float32],
    alike: NDArray[np.float32],
    pairs: NDArray[np.int64],
) -> NDArray[np.float64]:
    """How sure each pair is: how alike its surroundings are, times how closely it lies, evened out by the root."""
    sure = np.empty(len(pairs))
    for at in range(len(pairs)):
        i, j = pairs[at]
        apart = hypot(moved[i, 0] - reference[j, 0], moved[i, 1] - reference[j, 1]) / NEAR
        turned = wrapped(moved[i, 2] - reference[j, 2]) / TURNED
        sure[at] = sqrt(alike[i, j] * exp(-(apart * apart + turned * turned) / 2))
    return sure
