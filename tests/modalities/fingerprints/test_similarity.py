"""Two cylinders are as alike as the bits on which they agree."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.modalities.fingerprints.cylinders import BIT_WORDS, MASK_WORDS, WORDS
from allpoints.modalities.fingerprints.similarity import bits_set, similarity

ALL = 2**64 - 1
words = st.lists(st.integers(0, ALL), min_size=BIT_WORDS, max_size=BIT_WORDS)


def cylinder(bits: list[int], mask: int = ALL) -> np.ndarray:
    return np.array([*bits, *[mask] * MASK_WORDS], np.uint64)


@settings(deadline=None)  # the first call compiles
@given(st.integers(0, ALL))
def test_bits_are_counted(word: int) -> None:
    assert bits_set(np.uint64(word)) == word.bit_count()


@settings(deadline=None)  # the first call compiles
@given(words, words)
def test_similarity_is_equation_19_of_the_paper(one: list[int], other: list[int]) -> None:
    a, b = (sum(word.bit_count() for word in bits) for bits in (one, other))
    differing = sum((x ^ y).bit_count() for x, y in zip(one, other, strict=True))
    expected = 1 - differing**0.5 / (a**0.5 + b**0.5) if a + b else 0.0
    assert similarity(cylinder(one), cylinder(other)) == pytest.approx(expected, abs=1e-9)
    assert similarity(cylinder(one), cylinder(other)) == similarity(cylinder(other), cylinder(one))


def test_what_lies_beside_either_print_does_not_count() -> None:
    left, right = cylinder([1 << 63] * BIT_WORDS, mask=ALL >> 1), cylinder([1] * BIT_WORDS)
    assert similarity(left, right) == similarity(cylinder([0] * BIT_WORDS), right)


def test_too_little_in_common_is_nothing() -> None:
    bits = [3] * BIT_WORDS
    assert similarity(cylinder(bits, mask=3), cylinder(bits)) == 0
    assert WORDS == BIT_WORDS + MASK_WORDS
