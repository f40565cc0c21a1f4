"""Pairs of minutiae that look alike, and how well they agree with each other.

Minutiae are paired one to one, the most alike first. Then the pairs are relaxed: one gains where the other pairs keep
their distances and directions to it, so that what looks alike by chance loses (LSS-R, section 5 of the paper that
`cylinders` names, with its constants).
"""

from math import atan2, exp, hypot, pi

import numba
import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.fingerprints.cylinders import wrapped

ROUNDS = 5
INERTIA = 0.5
"""What of a pair's own agreement is kept in each round."""
FEWEST_KEPT, MOST_KEPT = 4, 12
"""Pairs that make the agreement of two prints, by the number of minutiae of the poorer one."""


@numba.njit(cache=True, nogil=True)
def paired(alike: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pair minutiae one to one: (k, 2) rows and columns of the matrix of similarities, and k similarities."""
    rows, columns = alike.shape
    most = min(rows, columns)
    pairs, found = np.empty((most, 2), np.int64), np.empty(most)
    taken, given = np.zeros(rows, np.bool_), np.zeros(columns, np.bool_)
    count = 0
    for at in np.argsort(-alike.ravel()):
        i, j = at // columns, at % columns
        if alike[i, j] <= 0 or count == most:
            break
        if not (taken[i] or given[j]):
            taken[i] = given[j] = True
            pairs[count, 0], pairs[count, 1], found[count] = i, j, alike[i, j]
            count += 1
    return pairs[:count], found[:count]


@numba.njit(cache=True, nogil=True)
def relaxed(
    probe: NDArray[np.float32],
    reference: NDArray[np.float32],
    pairs: NDArray[np.int64],
    found: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return what is left of each pair's similarity after all pairs have supported each other.

    Takes both sides' `Cylinders.geometry`, and what `paired` gave, of which there are two at least.
    """
    count = len(pairs)
    fits = np.zeros((count, count))
    for a in range(count):
        for b in range(count):
            if a != b:
                fits[a, b] = _fit(
                    probe[pairs[a, 0]], probe[pairs[b, 0]], reference[pairs[a, 1]], reference[pairs[b, 1]]
                )
    left = found.copy()
    for _ in range(ROUNDS):
        left = INERTIA * left + (1 - INERTIA) * (fits @ left) / (count - 1)
    return left


@numba.njit(cache=True, nogil=True)
def agreement(left: NDArray[np.float64], found: NDArray[np.float64], fewer: int) -> float:
    """Return the mean over the pairs that lost least, from 0 to 1; `fewer` minutiae has the poorer print."""
    kept = FEWEST_KEPT + round((MOST_KEPT - FEWEST_KEPT) / (1 + exp(-0.4 * (fewer - 20))))
    return float(left[np.argsort(-left / found)[:kept]].mean())


@numba.njit(cache=True, nogil=True)
def _fit(
    a: NDArray[np.float32], b: NDArray[np.float32], c: NDArray[np.float32], d: NDArray[np.float32]
) -> float:
    """How well b lies to a as d lies to c: by distance, by direction, and by the way from the one to the other."""
    ux, uy, vx, vy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    stretched = abs(hypot(ux, uy) - hypot(vx, vy))
    turned = abs(wrapped((a[2] - b[2]) - (c[2] - d[2])))
    swung = abs(wrapped((a[2] - atan2(-uy, ux)) - (c[2] - atan2(-vy, vx))))
    return _soft(stretched, 5.0, 1.6) * _soft(turned, pi / 12, 30.0) * _soft(swung, pi / 12, 30.0)


@numba.njit(cache=True, nogil=True)
def _soft(off: float, half: float, steepness: float) -> float:
    return 1 / (1 + exp(steepness * (off - half)))
