"""From cylinders that meet in the tables to prints that are worth comparing in full.

A cylinder of the gallery that meets one of the probe's in several tables makes a pair of minutiae. Pairs of one print
vouch for each other where one turn and shift brings both about onto their counterparts, and a print has as many
votes as its best pair and those that vouch for it have met.
"""

from math import cos, pi, sin, sqrt
from threading import local
from typing import NamedTuple

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


def votes(probe: Cylinders, tables: Tables, prints: Prints, least: float = 0.0) -> NDArray[np.float32]:
    """How much of the probe each print has met; comparable within one gallery.

    A print that cannot come to `least` votes has none, without a look at how its pairs lie.
    """
    geometry = prints.cylinders.geometry
    scratch = _scratch(len(geometry), MOST_PAIRS * len(prints) + 1_024)
    total = _met(probe, tables, prints.print_of, geometry, scratch)
    return _vouched(probe.geometry, geometry, prints.offsets, scratch.pairs[:total], np.float32(least))


class _Scratch(NamedTuple):
    """Memory that is written anew for each gallery: to get it from the system takes as long as the work on it."""

    met: NDArray[np.uint16]
    """For each cylinder of the gallery, in how many tables it has met one of the probe's: see `_met`."""
    several: NDArray[np.uint32]
    pairs: NDArray[np.uint32]
    """(n, 4): row of the probe, row of the gallery, its print, tables in which they met."""


_own = local()


def _scratch(cylinders: int, pairs: int) -> _Scratch:
    """This thread's, made larger where it has become too small."""
    held: _Scratch | None = getattr(_own, "scratch", None)
    if held is None or len(held.met) < cylinders or len(held.pairs) < pairs:
        held = _own.scratch = _Scratch(
            np.empty(cylinders, np.uint16),
            np.empty(cylinders + 1, np.uint32),
            np.empty((pairs, 4), np.uint32),
        )
    return held


@numba.njit(cache=True, nogil=True)
def _met(
    probe: Cylinders,
    tables: Tables,
    print_of: NDArray[np.uint32],
    geometry: NDArray[np.float32],
    scratch: _Scratch,
) -> int:
    """Find pairs of minutiae whose cylinders met; how many there are now in `scratch.pairs`."""
    met, several, pairs = scratch.met, scratch.several, scratch.pairs
    met[: len(geometry)] = 0
    total = 0
    for i in range(len(probe.geometry)):
        # high byte: for which of the probe's cylinders was counted, so that none need be cleared; low byte: the count
        mark = np.uint16((i + 1) << 8)
        several_from = np.uint16(mark + LEAST_MET)
        count = 0
        for table in range(TABLES):
            key = key_of(probe.bits[i], tables.positions[table])
            if key < 0:
                continue
            for row in tables.entries[table, tables.starts[table, key] : tables.starts[table, key + 1]]:
                times = np.uint16(max(met[row], mark) + 1)
                met[row] = times
                # written in any case and counted where it is one: a branch would be guessed wrong
                several[count] = row
                count += times == several_from
        angle = probe.geometry[i, 2]
        for row in several[:count]:
            off = abs(angle - geometry[row, 2])
            if total < len(pairs) and min(off, 2 * pi - off) <= MOST_TURNED:
                pairs[total, 0], pairs[total, 1] = i, row
                pairs[total, 2], pairs[total, 3] = print_of[row], met[row] & 255
                total += 1
    return total


@numba.njit(cache=True, nogil=True)
def _vouched(
    probe: NDArray[np.float32],
    geometry: NDArray[np.float32],
    offsets: NDArray[np.int64],
    pairs: NDArray[np.uint32],
    least: np.float32,
) -> NDArray[np.float32]:
    count = len(offsets) - 1
    # prints with many minutiae meet more by chance
    roots = np.sqrt((offsets[1:] - offsets[:-1]).astype(np.float64))
    together, ends = np.zeros(count, np.int64), np.zeros(count + 1, np.int64)
    for at in range(len(pairs)):
        together[pairs[at, 2]] += pairs[at, 3]
        ends[pairs[at, 2] + 1] += 1
    for which in range(count):
        if np.float32(together[which] / roots[which]) < least:
            together[which] = ends[which + 1] = 0
        ends[which + 1] += ends[which]
    places = ends.copy()
    by_print = np.empty((ends[-1], 3), np.uint32)
    for at in range(len(pairs)):
        which = pairs[at, 2]
        if together[which] > 0:
            own = by_print[places[which]]
            own[0], own[1], own[2] = pairs[at, 0], pairs[at, 1], pairs[at, 3]
            places[which] += 1
    found = np.zeros(count, np.float32)
    for which in range(count):
        if together[which] > 0:
            own = by_print[ends[which] : ends[which + 1]]
            found[which] = _best_vouched(probe, geometry, own) / roots[which]
    return found


@numba.njit(cache=True, nogil=True)
def _best_vouched(
    probe: NDArray[np.float32], geometry: NDArray[np.float32], pairs: NDArray[np.uint32]
) -> int:
    """In how many tables the best pair of one print met, and those that vouch for it."""
    most = 0
    for a in range(len(pairs)):
        i, r = pairs[a, 0], pairs[a, 1]
        turn = probe[i, 2] - geometry[r, 2]
        cosine, sine = cos(turn), sin(turn)
        met = int(pairs[a, 2])
        for b in range(len(pairs)):
            j, s = pairs[b, 0], pairs[b, 1]
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
                met += int(pairs[b, 2])
        most = max(most, met)
    return most
