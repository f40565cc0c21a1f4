"""How alike two cylinders are: the share of bits on which they agree where both lie over their prints.

Equation 19 of the paper that `cylinders` names, for bits.
"""

from math import pi, sqrt

import numba
import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.fingerprints.cylinders import BIT_WORDS, MASK_WORDS, wrapped

MOST_TURNED = 0.6 * pi
"""Radians that two prints of one finger are turned against each other at most."""
LEAST_SHARED = 50
"""Places at which both cylinders must be valid."""


@numba.njit(cache=True, nogil=True)
def similarities(
    probe: NDArray[np.float32],
    probe_bits: NDArray[np.uint64],
    reference: NDArray[np.float32],
    reference_bits: NDArray[np.uint64],
) -> NDArray[np.float32]:
    """Return the similarity, from 0 to 1, of every minutia of the probe with every minutia of the reference.

    Takes both sides' `Cylinders.geometry` and `Cylinders.bits`.
    """
    found = np.zeros((len(probe), len(reference)), np.float32)
    for i in range(len(probe)):
        for j in range(len(reference)):
            if abs(wrapped(probe[i, 2] - reference[j, 2])) <= MOST_TURNED:
                found[i, j] = similarity(probe_bits[i], reference_bits[j])
    return found


@numba.njit(cache=True, nogil=True)
def similarity(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    """Return how alike two cylinders are, from 0 to 1; both are rows of `Cylinders.bits`."""
    shared = 0
    in_a = in_b = differing = 0
    for word in range(MASK_WORDS):
        shared += bits_set(a[BIT_WORDS + word] & b[BIT_WORDS + word])
    if shared < LEAST_SHARED:
        return 0.0
    for word in range(BIT_WORDS):
        valid = a[BIT_WORDS + word % MASK_WORDS] & b[BIT_WORDS + word % MASK_WORDS]
        ours, theirs = a[word] & valid, b[word] & valid
        in_a += bits_set(ours)
        in_b += bits_set(theirs)
        differing += bits_set(ours ^ theirs)
    if in_a + in_b == 0:
        return 0.0
    return 1.0 - sqrt(differing) / (sqrt(in_a) + sqrt(in_b))


@numba.njit(cache=True, nogil=True)
def bits_set(word: np.uint64) -> int:
    """Count the bits of a word; compiles to the processor's own instruction."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int(np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56)))
