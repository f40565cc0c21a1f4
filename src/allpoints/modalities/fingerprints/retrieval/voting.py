"""From cylinders that meet in the tables to prints that are worth comparing in full.

A cylinder of the gallery that meets one of the probe's in several tables makes a pair of minutiae. Pairs of one print
vouch for each other where one turn and shift brings both about onto their counterparts, and a print has as many
votes as its best pair and those that vouch for it have met.
"""

from math import cos, pi, sin, sqrt

import numba
import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.fingerprints.cylinders import Cylinders
from allpoints.modalities.fingerprints.retrieval.prints import Prints
from allpoints.modalities.fingerprints.retrieval.tables import TABLES, Tables, key_of
from allpoints.modalities.fingerprints.similarity import MOST_TURNED

LEAST_MET = 2
"""Tables in which two cylinders must meet; by chance they do so in one."""
TURNED = pi / 6
"""Radians by which the turns that two pairs ask for may differ."""
NEAR, STRETCHED = 10.0, 0.2
"""Pixels between a minutia and where the other pair puts it: so many, and this share of the way to it."""
MOST_PAIRS = 16
"""Pairs for each print of the gallery, on average, that are looked at; a quarter of them is usual."""


def votes(probe: Cylinders, tables: Tables, prints: Prints) -> NDArray[np.float32]:
    """How much of the probe each print has met; comparable within one gallery."""
    pairs = _met(probe, tables, prints.print_of, prints.cylinders.geometry, prints.offsets)
    return _vouched(probe.geometry, prints.cylinders.geometry, prints.offsets, pairs)


@numba.njit(cache=True, nogil=True)
def _met(
    probe: Cylinders,
    tables: Tables,
    print_of: NDArray[np.uint32],
    geometry: NDArray[np.float32],
    offsets: NDArray[np.int64],
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Pairs of minutiae (row of the probe, row of the gallery, tables in which they met), sorted by print.

    Print p has those from the second array's p to p + 1.
    """
    # high byte: for which of the probe's cylinders was counted, so that nothing need be cleared; low byte: the count
    met = np.zeros(len(geometry), np.uint16)
    several = np.empty(len(geometry), np.uint32)
    pairs = np.empty((MOST_PAIRS * len(offsets) + 1_024, 3), np.uint32)
    ends = np.zeros(len(offsets), np.int64)
    total = 0
    for i in range(len(probe.geometry)):
        mark = np.uint16((i + 1) << 8)
        count = 0
        for table in range(TABLES):
            key = key_of(probe.bits[i], tables.positions[table])
            if key < 0:
                continue
            for at in range(tables.starts[table, key], tables.starts[table, key + 1]):
                row = tables.entries[table, at]
                times = met[row] + np.uint16(1) if met[row] >= mark else mark + np.uint16(1)
                met[row] = times
                if times == mark + LEAST_MET:
                    several[count] = row
                    count += 1
        for row in several[:count]:
            off = abs(probe.geometry[i, 2] - geometry[row, 2])
            if total < len(pairs) and min(off, 2 * pi - off) <= MOST_TURNED:
                pairs[total, 0], pairs[total, 1], pairs[total, 2] = i, row, met[row] & 255
                ends[print_of[row] + 1] += 1
                total += 1
    for which in range(1, len(ends)):
        ends[which] += ends[which - 1]
    places = ends.copy()
    by_print = np.empty((total, 3), np.uint32)
    for at in range(total):
        which = print_of[pairs[at, 1]]
        by_print[places[which]] = pairs[at]
        places[which] += 1
    return by_print, ends


@numba.njit(cache=True, nogil=True)
def _vouched(
    probe: NDArray[np.float32],
    geometry: NDArray[np.float32],
    offsets: NDArray[np.int64],
    pairs: tuple[NDArray[np.uint32], NDArray[np.int64]],
) -> NDArray[np.float32]:
    found = np.zeros(len(offsets) - 1, np.float32)
    by_print, ends = pairs
    for which in range(len(found)):
        own = by_print[ends[which] : ends[which + 1]]
        most = 0
        for a in range(len(own)):
            i, r = own[a, 0], own[a, 1]
            turn = probe[i, 2] - geometry[r, 2]
            cosine, sine = cos(turn), sin(turn)
            met = own[a, 2]
            for b in range(len(own)):
                j, s = own[b, 0], own[b, 1]
                # both turns lie within 2π of none, so that they are whole turns apart at most twice; % takes longer
                off = abs(probe[j, 2] - geometry[s, 2] - turn)
                if off > 2 * pi:
                    off -= 2 * pi
                if i == j or r == s or min(off, 2 * pi - off) > TURNED:
                    continue
                dx, dy = geometry[s, 0] - geometry[r, 0], geometry[s, 1] - geometry[r, 1]
                x, y = probe[j, 0] - probe[i, 0], probe[j, 1] - probe[i, 1]
                # counter-clockwise as seen, with y downwards
                apart = sqrt((cosine * dx + sine * dy - x) ** 2 + (cosine * dy - sine * dx - y) ** 2)
                if apart <= NEAR + STRETCHED * sqrt(x * x + y * y):
                    met += own[b, 2]
            most = max(most, met)
        if most > 0:
            # prints with many minutiae meet more by chance
            found[which] = most / sqrt(offsets[which + 1] - offsets[which])
    return found
