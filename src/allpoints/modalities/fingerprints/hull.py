"""The part of a picture that a set of places spans: its convex hull."""

from math import hypot

import numba
import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]
"""(n, 2): x and y in pixels."""


@numba.njit(cache=True, nogil=True)
def hull(places: Places) -> Places:
    """Return the corners of the convex hull, in order (Andrew 1979, the monotone chain)."""
    order = np.argsort(places[:, 0] + places[:, 1] * 1e-6)
    corners = np.empty((2 * len(places) + 2, 2))
    size = 0
    for back in range(2):
        first = size
        for at in range(len(places)):
            place = places[order[len(places) - 1 - at if back else at]]
            while size - first >= 2 and _area(corners[size - 2], corners[size - 1], place) <= 0:
                size -= 1
            corners[size] = place
            size += 1
        size -= 1
    return corners[: max(size, min(len(places), 1))]


@numba.njit(cache=True, nogil=True)
def within(x: float, y: float, corners: Places, margin: float) -> bool:
    """Tell whether a place lies in a hull or not further than the margin from it."""
    inside = len(corners) > 2
    for at in range(len(corners)):
        ax, ay = corners[at]
        bx, by = corners[(at + 1) % len(corners)]
        ex, ey = bx - ax, by - ay
        if ex * (y - ay) - ey * (x - ax) < 0:
            inside = False
        length = ex * ex + ey * ey
        share = 0.0 if length == 0 else min(1.0, max(0.0, ((x - ax) * ex + (y - ay) * ey) / length))
        if hypot(x - ax - share * ex, y - ay - share * ey) <= margin:
            return True
    return inside


@numba.njit(cache=True, nogil=True)
def _area(a: Places, b: Places, c: Places) -> float:
    """Twice the triangle's area, above 0 where c lies on the hull's side of the line from a to b."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
