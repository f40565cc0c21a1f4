from math import log10
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import InvalidValue
from allpoints.likelihood import ErrorRates
from allpoints.likelihood.measures import (
    Values,
    calibration_error,
    cllr,
    cllr_interval,
    cllr_min,
    eer,
    empirical_cross_entropy,
    error_rates,
    probability,
    reliability,
    tippett,
)

# The reference implementation takes seconds to import: the tests that hold ours against it do so.
if TYPE_CHECKING:
    from lir.data.models import LLRData


def drawn(seed: int) -> tuple[Values, Values]:
    """LLRs that tell the sources apart, more or less."""
    random = np.random.default_rng(seed)
    return random.normal(1, 1, 80 + seed), np.round(random.normal(-1, 1.2, 300), 1)


def as_lir(same: Values, different: Values) -> "LLRData":
    from lir.data.models import LLRData

    truth = np.repeat([1, 0], [len(same), len(different)])
    return LLRData(features=np.concatenate([same, different]), labels=truth)


def test_llrs_that_say_nothing_cost_one_bit() -> None:
    assert cllr(np.zeros(3), np.zeros(7)) == 1


def test_the_cost_is_that_of_the_formula() -> None:
    # LR 3 for same, LR 1/7 for different: (log2(1 + 1/3) + log2(1 + 1/7)) / 2.
    expected = (np.log2(4 / 3) + np.log2(8 / 7)) / 2
    assert cllr(np.array([log10(3)]), np.array([-log10(7)])) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_cllr_and_cllr_min_agree_with_the_reference_implementation(seed: int) -> None:
    from lir import metrics

    same, different = drawn(seed)
    assert cllr(same, different) == pytest.approx(metrics.cllr(as_lir(same, different)))
    assert cllr_min(same, different) == pytest.approx(metrics.cllr_min(as_lir(same, different)))


@given(st.floats(0.1, 5), st.floats(-3, 3))
def test_no_monotone_change_of_the_llrs_changes_what_calibration_cannot_mend(
    factor: float, shift: float
) -> None:
    same, different = drawn(1)
    assert cllr_min(same * factor + shift, different * factor + shift) == pytest.approx(
        cllr_min(same, different)
    )


def test_perfectly_apart_llrs_leave_nothing_to_mend() -> None:
    assert cllr_min(np.array([1.0, 2.0]), np.array([-1.0, 0.0])) == 0


def test_infinite_llrs_have_a_cost_and_crash_nothing() -> None:
    assert cllr(np.array([np.inf]), np.array([-np.inf])) == 0
    assert cllr(np.array([-np.inf]), np.array([0.0])) == np.inf


def test_a_threshold_takes_those_that_reach_it() -> None:
    same, different = np.array([0.5, 1.0, 2.0, 3.0]), np.array([-1.0, 0.0, 1.0, 0.5])
    assert error_rates(same, different, [0.5, 1.0]) == (
        ErrorRates(0.5, 0.5, 0.0),
        ErrorRates(1.0, 0.25, 0.25),
    )


def test_where_both_error_rates_meet_is_the_equal_error_rate() -> None:
    # From 0 on: one of four different-source ones is taken, one of four same-source ones missed.
    assert eer(np.array([-1.0, 1, 2, 3]), np.array([-3.0, -2, -1.5, 0.5])) == pytest.approx(0.25)
    assert eer(np.array([1.0, 2]), np.array([-1.0, 0])) == 0
    assert eer(np.array([0.0, 1]), np.array([2.0, 3])) == 1
    assert eer(np.zeros(5), np.zeros(5)) == pytest.approx(0.5)


def test_the_equal_error_rate_of_two_normal_distributions_is_the_known_one() -> None:
    from statistics import NormalDist

    random = np.random.default_rng(3)
    found = eer(random.normal(1, 1, 40_000), random.normal(-1, 1, 40_000))
    assert found == pytest.approx(NormalDist().cdf(-1), abs=0.005)


def test_calibrated_llrs_have_almost_no_calibration_error() -> None:
    # Scores from N(±d, 1) have the natural log LR 2·d·x.
    random = np.random.default_rng(4)
    same, different = (random.normal(d, 1, 50_000) * 2 / np.log(10) for d in (1, -1))
    assert calibration_error(same, different) < 0.006
    assert calibration_error(same, different, prior=0.1) < 0.006
    assert calibration_error(same * 3, different * 3) > 0.05


def test_the_calibration_error_is_that_of_hand_computation() -> None:
    # Two bins at prior 1/2: stated 1/11 and 10/11; true 0 and 1 in them.
    same, different = np.array([1.0, 1.0]), np.array([-1.0, -1.0])
    assert calibration_error(same, different, bins=2) == pytest.approx(1 / 11)
    # The overconfident one: half of what is stated as 10/11 is true.
    assert calibration_error(np.array([1.0]), np.array([1.0])) == pytest.approx(10 / 11 - 1 / 2)


def test_equal_probabilities_share_a_bin_and_weights_add_up() -> None:
    bins = reliability(np.zeros(30), np.zeros(70), prior=0.2)
    assert bins == [pytest.approx((1.0, 0.2, 0.2))]
    assert sum(weight for weight, _, _ in reliability(*drawn(2))) == pytest.approx(1)
    assert len(reliability(*drawn(2))) == 10


@pytest.mark.parametrize("prior", [0.0, 1.0, -1.0, float("nan")])
def test_a_prior_that_is_none_is_refused(prior: float) -> None:
    with pytest.raises(InvalidValue) as refused:
        calibration_error(*drawn(0), prior=prior)
    assert refused.value.field == "prior"


def test_an_llr_of_one_makes_prior_odds_of_one_ten_to_one() -> None:
    assert probability(np.array([1.0, 0.0, -1000.0, 1000.0]), 0.5).tolist() == pytest.approx(
        [10 / 11, 0.5, 0, 1]
    )


def test_tippett_shares_count_what_reaches_each_llr() -> None:
    at, same, different = tippett(np.array([1.0, 2.0]), np.array([0.0, 1.0]))
    assert at.tolist() == [0, 1, 2]
    assert same.tolist() == [1, 1, 0.5]
    assert different.tolist() == [1, 0.5, 0]


def test_the_cross_entropy_at_even_odds_is_the_cllr_and_agrees_with_the_reference_everywhere() -> None:
    from lir.plotting.expected_calibration_error import calculate_ece

    same, different = drawn(2)
    priors = np.linspace(-2, 2, 9)
    found = empirical_cross_entropy(same, different, priors)
    assert found[4] == pytest.approx(cllr(same, different))
    data = as_lir(same, different)
    odds = 10**priors
    assert found == pytest.approx(calculate_ece(10**data.llrs, data.labels, odds / (1 + odds)))


def test_an_interval_holds_its_cllr_and_is_wider_where_comparisons_share_sources() -> None:
    same, different = drawn(3)
    alone = cllr_interval(same, different, np.arange(len(same)), len(same) + np.arange(len(different)))
    few = np.repeat(np.sort(same)[::10], 10)[: len(same)]
    shared = cllr_interval(few, different, np.arange(len(few)) // 10, 10 + np.arange(len(different)) // 10)
    assert alone[0] < cllr(same, different) < alone[1]
    assert shared[1] - shared[0] > 1.5 * (alone[1] - alone[0])


def test_the_interval_is_the_same_at_every_call() -> None:
    same, different = drawn(3)
    sources = np.arange(len(same)), np.arange(len(different))
    assert cllr_interval(same, different, *sources) == cllr_interval(same, different, *sources)


@pytest.mark.parametrize("measure", [cllr, cllr_min, eer, calibration_error, tippett])
def test_a_missing_kind_of_comparison_is_named(measure: object) -> None:
    for same, different, field in (([], [1.0], "same"), ([1.0], [], "different"), ([np.nan], [1.0], "same")):
        with pytest.raises(InvalidValue) as refused:
            measure(np.array(same), np.array(different))  # type: ignore[operator]
        assert refused.value.field == field
