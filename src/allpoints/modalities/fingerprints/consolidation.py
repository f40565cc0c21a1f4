"""From similar minutiae to similar prints: one score, and the pairs that made it.

How well the pairs agree with each other (`relaxation`) tells most; whether the minutiae in the overlap have
counterparts (`alignment`) tells the rest. Prints with many minutiae agree more by chance, so their number counts
against them. The weights are a logistic regression's; `docs/fingerprints.md` says how they were found.
"""

from math import exp, log
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.fingerprints.alignment import laid_over
from allpoints.modalities.fingerprints.cylinders import Cylinders
from allpoints.modalities.fingerprints.relaxation import agreement, paired, relaxed
from allpoints.modalities.fingerprints.similarity import similarities

START = 20.2
PER_AGREEMENT = 6.0
"""For each factor of e in the pairs' agreement."""
PER_SHARE = 12.0
"""For the share of the minutiae in the overlap that are paired."""
PER_NUMBER = -1.0
"""For each factor of e in the number of minutiae of the richer print."""
HOPELESS = -7.7
"""Log odds below which two prints are not laid over each other, which takes longer than all the rest."""
CHANCE_SHARE = 0.29
"""The share that two people's prints have on average, which those are taken to have."""

_FLOOR = 1e-4
_LEAST_PAIRS = 3


class Match(NamedTuple):
    """What two prints have in common."""

    score: float
    """From 0 to 1; it rises with the evidence for one source, which it speaks for from 0.5 on. One in ten pairs of two
    people's prints reaches 0.04, one in a hundred 0.2. 0 where fewer than three minutiae look alike."""
    pairs: NDArray[np.int64]
    """(k, 2): rows of the probe's minutiae and of the reference's, surest first."""
    certainties: NDArray[np.float64]
    """(k,): from 0 to 1."""


def match(probe: Cylinders, reference: Cylinders) -> Match:
    """Compare two prints, with the pairs. `match(a, b)` and `match(b, a)` say the same."""
    score, _, _, pairs, certainties = _compared(*probe, *reference, True)
    order = np.argsort(-certainties, kind="stable")
    return Match(score, pairs[order], certainties[order])


@numba.njit(cache=True, nogil=True)
def score(
    probe: NDArray[np.float32],
    probe_bits: NDArray[np.uint64],
    reference: NDArray[np.float32],
    reference_bits: NDArray[np.uint64],
) -> float:
    """The score of `match`, to be called from compiled code: `geometry` and `bits` of both `Cylinders`."""
    return _compared(probe, probe_bits, reference, reference_bits, False)[0]


@numba.njit(cache=True, nogil=True)
def scores(  # noqa: PLR0917
    probe: NDArray[np.float32],
    probe_bits: NDArray[np.uint64],
    geometry: NDArray[np.float32],
    bits: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    candidates: NDArray[np.int64],
) -> NDArray[np.float32]:
    """The score of a probe with each candidate of a gallery.

    The gallery's cylinders lie one print after the other; print c has the rows `offsets[c]` to `offsets[c + 1]`.
    """
    found = np.empty(len(candidates), np.float32)
    for at in range(len(candidates)):
        first, last = offsets[candidates[at]], offsets[candidates[at] + 1]
        found[at] = score(probe, probe_bits, geometry[first:last], bits[first:last])
    return found


@numba.njit(cache=True, nogil=True)
def _compared(
    probe: NDArray[np.float32],
    probe_bits: NDArray[np.uint64],
    reference: NDArray[np.float32],
    reference_bits: NDArray[np.uint64],
    with_pairs: bool,
) -> tuple[float, float, float, NDArray[np.int64], NDArray[np.float64]]:
    """The score, the agreement and the share that made it, and the pairs, which cost time where little agrees."""
    if _swapped(probe, reference):
        found = _ordered(reference, reference_bits, probe, probe_bits, with_pairs)
        return found[0], found[1], found[2], np.ascontiguousarray(found[3][:, ::-1]), found[4]
    return _ordered(probe, probe_bits, reference, reference_bits, with_pairs)


@numba.njit(cache=True, nogil=True)
def _ordered(
    probe: NDArray[np.float32],
    probe_bits: NDArray[np.uint64],
    reference: NDArray[np.float32],
    reference_bits: NDArray[np.uint64],
    with_pairs: bool,
) -> tuple[float, float, float, NDArray[np.int64], NDArray[np.float64]]:
    alike = similarities(probe, probe_bits, reference, reference_bits)
    pairs, found = paired(alike)
    if len(pairs) < _LEAST_PAIRS:
        return 0.0, 0.0, 0.0, pairs[:0], found[:0]
    left = relaxed(probe, reference, pairs, found)
    agreed = agreement(left, found, min(len(probe), len(reference)))
    log_odds = (
        START + PER_AGREEMENT * log(agreed + _FLOOR) + PER_NUMBER * log(max(len(probe), len(reference)) + 1)
    )
    hopeless = log_odds < HOPELESS
    if hopeless and not with_pairs:
        return _probability(log_odds + PER_SHARE * CHANCE_SHARE), agreed, 0.0, pairs[:0], found[:0]
    pairs, found, share = laid_over(probe, reference, alike, pairs[np.argsort(-left)])
    log_odds += PER_SHARE * (CHANCE_SHARE if hopeless else share)
    return _probability(log_odds), agreed, share, pairs, found


@numba.njit(cache=True, nogil=True)
def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


@numba.njit(cache=True, nogil=True)
def _swapped(probe: NDArray[np.float32], reference: NDArray[np.float32]) -> bool:
    """Whether the two change places, so that the order in which they are given says nothing: the poorer is first."""
    if len(probe) != len(reference):
        return len(probe) > len(reference)
    for i in range(len(probe)):
        for k in range(4):
            if probe[i, k] != reference[i, k]:
                return bool(probe[i, k] > reference[i, k])
    return False
