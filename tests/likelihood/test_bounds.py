from math import log10

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.likelihood.bounds import STEP, empirical_bounds, softly_bounded

lowers = st.floats(-12, -0.05)
uppers = st.floats(0.05, 12)
llrs = st.floats(allow_nan=False, allow_infinity=False)


@given(llrs, lowers, uppers)
def test_no_llr_passes_its_bounds(llr: float, lower: float, upper: float) -> None:
    assert lower <= softly_bounded(llr, lower, upper) <= upper


@given(st.floats(-30, 30), st.floats(1e-6, 10), lowers, uppers)
def test_a_higher_llr_stays_higher(llr: float, more: float, lower: float, upper: float) -> None:
    assert softly_bounded(llr, lower, upper) < softly_bounded(llr + more, lower, upper)


@given(lowers, uppers, st.floats(0, 0.5))
def test_up_to_half_its_bound_an_llr_stays_as_it_is(lower: float, upper: float, share: float) -> None:
    assert softly_bounded(share * upper, lower, upper) == share * upper
    assert softly_bounded(share * lower, lower, upper) == share * lower


def test_an_llr_at_its_bound_goes_the_share_of_the_way_that_the_curve_says() -> None:
    # t = 1 at the bound itself: half + half / √2.
    assert softly_bounded(4, -2, 4) == pytest.approx(2 + 2 / 2**0.5)
    assert softly_bounded(-2, -2, 4) == pytest.approx(-1 - 1 / 2**0.5)


@pytest.mark.parametrize("seed", range(12))
def test_empirical_bounds_are_those_of_vergeer(seed: int) -> None:
    """Held against the reference implementation of the Netherlands Forensic Institute."""
    # It takes seconds to import.
    from lir.algorithms.bayeserror import elub

    random = np.random.default_rng(seed)
    same = random.normal(1 + seed / 4, 1.5, int(random.integers(20, 300)))
    different = random.normal(-1, 1 + seed / 6, int(random.integers(20, 900)))
    truth = np.repeat([1, 0], [len(same), len(different)])
    expected = elub(np.concatenate([same, different]), truth)
    assert empirical_bounds(same, different) == pytest.approx(expected, abs=1e-9)


def test_perfectly_apart_llrs_support_no_more_than_their_number() -> None:
    lower, upper = empirical_bounds(np.full(50, 300.0), np.full(1_000, -300.0))
    assert -log10(51) - 0.01 <= lower < -1.5
    assert 2.8 < upper <= log10(1_001) + 0.01


def test_llrs_that_say_nothing_are_bounded_to_nothing() -> None:
    random = np.random.default_rng(1)
    bounds = empirical_bounds(random.normal(0, 3, 500), random.normal(0, 3, 500))
    assert bounds == pytest.approx((0, 0), abs=STEP)


def test_one_strongly_misleading_comparison_lowers_the_bound() -> None:
    same, different = np.full(200, 3.0), np.full(1_000, -2.0)
    _, before = empirical_bounds(same, different)
    different[0] = 2.9
    _, after = empirical_bounds(same, different)
    assert after < before
