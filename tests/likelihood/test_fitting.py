import msgspec
import numpy as np
import pytest

from allpoints.errors import InvalidValue
from allpoints.likelihood import (
    Comparisons,
    DataSet,
    Fitted,
    Part,
    Propositions,
    Scale,
    fit,
    fit_fusion,
    measured,
)
from allpoints.likelihood.fitting import MIN_GROUPS
from allpoints.likelihood.measures import Values, calibration_error, cllr

DATA = DataSet("made-up.ndjson", "sha256:" + "ab" * 32)


def comparisons(same: Values, different: Values, *, per_source: int = 2) -> Comparisons:
    return Comparisons(
        scores=np.concatenate([same, different]),
        same=np.repeat([True, False], [len(same), len(different)]),
        sources=tuple(f"s{i // per_source}" for i in range(len(same)))
        + tuple(f"d{i // per_source}" for i in range(len(different))),
    )


def fitted(given: Comparisons) -> Fitted:
    propositions = Propositions("the same coin", "another coin", "a made-up population")
    return fit(given, modality="coins", propositions=propositions, data=DATA, made="2026-11-22", code="0.1.0")


def normal(seed: int, same: int = 2_000, different: int = 5_000) -> tuple[Values, Values]:
    """Scores from N(±1, 1), of which the LLR is 2·x / ln 10."""
    random = np.random.default_rng(seed)
    return random.normal(1, 1, same), random.normal(-1, 1, different)


def test_the_llrs_of_known_distributions_are_found() -> None:
    calibration = fitted(comparisons(*normal(1))).calibration
    for score in (-1.0, -0.5, 0.0, 0.5, 1.0):
        assert calibration.llr(score) == pytest.approx(2 * score / np.log(10), abs=0.1)


def test_scores_that_are_no_straight_line_of_the_llr_are_calibrated_too() -> None:
    bent = [np.tanh(scores) ** 3 for scores in normal(2)]
    calibration = fitted(comparisons(*bent)).calibration
    fresh = [
        np.array([calibration.llr(score) for score in np.tanh(scores) ** 3])
        for scores in normal(3, 20_000, 20_000)
    ]
    assert calibration_error(*fresh) < 0.015
    best = [scores * 2 / np.log(10) for scores in normal(3, 20_000, 20_000)]
    assert cllr(*fresh) < cllr(*best) + 0.01


def test_scores_that_crowd_at_both_ends_are_calibrated_by_their_log_odds() -> None:
    """1 / (1 + e^-2x) of x from N(±1, 1): the natural log LR is the score's log odds."""
    crowded = [1 / (1 + np.exp(-2 * scores)) for scores in normal(21)]
    calibration = fitted(comparisons(*crowded)).calibration
    assert calibration.scale is Scale.LOG_ODDS
    for score in (0.05, 0.3, 0.5, 0.9, 0.95):
        assert calibration.llr(score) == pytest.approx(np.log10(score / (1 - score)), abs=0.12)


def test_a_fitted_calibration_is_strictly_monotone_and_bounded() -> None:
    rounded = [np.round(scores, 1) for scores in normal(4, 300, 300)]
    calibration = fitted(comparisons(*rounded)).calibration
    llrs = [calibration.llr(score) for score in np.linspace(-20, 20, 5_000)]
    assert all(np.diff(llrs) > 0)
    assert calibration.lower <= llrs[0] < llrs[-1] <= calibration.upper


def test_perfect_separation_supports_only_what_the_number_of_comparisons_does() -> None:
    random = np.random.default_rng(5)
    given = comparisons(random.normal(100, 1, 100), random.normal(-100, 1, 1_000))
    found = fitted(given)
    assert np.isfinite(found.llrs).all()
    assert found.calibration.llr(1e9) <= found.calibration.upper <= np.log10(1_001) + 0.01
    assert found.calibration.llr(-1e9) >= found.calibration.lower >= -np.log10(101) - 0.01


@pytest.mark.parametrize("times", [150, 300])
def test_a_source_never_vouches_for_itself(times: int) -> None:
    """One coin, weighed often, is mistaken for others by every map that has not seen it: the bounds must tell.

    A map that has seen it knows better, and finds an upper bound above 2.
    """
    same, different = normal(6, 400, 400)
    odd = np.random.default_rng(6).normal(1, 0.1, times)
    given = comparisons(same, np.concatenate([different, odd]))
    found = fitted(msgspec.structs.replace(given, sources=(*given.sources[:800], *["odd"] * times)))
    assert found.calibration.upper < 0.5


def test_a_group_stays_together_however_its_sources_are_named() -> None:
    scores = np.concatenate(normal(7, 200, 200))
    same = np.repeat([True, False], 200)
    sources = tuple(f"s{i}" for i in range(400))
    few = tuple(f"g{i % 10}" for i in range(400))
    with pytest.raises(InvalidValue, match=str(MIN_GROUPS)):
        Comparisons(scores=scores, same=same, sources=sources, groups=few)


def test_its_measures_are_those_of_the_held_out_llrs() -> None:
    given = comparisons(*normal(8))
    found = fitted(given)
    stated = found.calibration.measured
    assert stated == measured(given, found.llrs)
    assert stated.cllr == cllr(*given.apart(found.llrs))
    assert stated.cllr_low < stated.cllr < stated.cllr_high
    assert stated.cllr_min <= stated.cllr
    assert 0.15 < stated.eer < 0.17  # Φ(-1)


def test_its_error_rates_are_those_of_other_data() -> None:
    calibration = fitted(comparisons(*normal(9))).calibration
    same, different = (
        np.array([calibration.llr(s) for s in scores]) for scores in normal(10, 20_000, 20_000)
    )
    rates = calibration.error_rates_at(1.0)
    assert rates.fmr == pytest.approx((different >= 1).mean(), abs=0.01)
    assert rates.fnmr == pytest.approx((same < 1).mean(), abs=0.03)


def test_a_calibration_says_where_it_comes_from() -> None:
    calibration = fitted(comparisons(*normal(11, 100, 300))).calibration
    assert calibration.version == "2026-11-22-abababab"
    assert calibration.provenance.data == (DATA,)
    assert (calibration.provenance.same, calibration.provenance.different) == (100, 300)
    assert calibration.provenance.sources == 50 + 150
    assert "by source" in calibration.provenance.split


def test_two_calibrations_of_the_same_data_are_the_same() -> None:
    given = comparisons(*normal(12, 200, 400))
    assert fitted(given).calibration.encode() == fitted(given).calibration.encode()


@pytest.mark.parametrize(("same", "different"), [(0, 100), (100, 0), (38, 100), (100, 38)])
def test_too_few_sources_are_counted_and_refused(same: int, different: int) -> None:
    with pytest.raises(InvalidValue, match="at least 20 are needed") as refused:
        comparisons(np.zeros(same), np.ones(different))
    assert refused.value.field == "source"
    assert refused.value.remedy


def test_scores_the_wrong_way_round_are_refused() -> None:
    same, different = normal(13, 200, 200)
    with pytest.raises(InvalidValue, match="do not speak for"):
        fitted(comparisons(different, same))


def test_scores_that_are_all_equal_are_refused() -> None:
    with pytest.raises(InvalidValue, match="do not speak for"):
        fitted(comparisons(np.ones(100), np.ones(100)))


def test_scores_that_say_nothing_are_refused() -> None:
    random = np.random.default_rng(16)
    for _ in range(5):
        with pytest.raises(InvalidValue):
            fitted(comparisons(random.normal(0, 1, 400), random.normal(0, 1, 400)))


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidValue) as refused:
        comparisons(np.full(100, np.nan), np.zeros(100))
    assert refused.value.field == "scores"


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidValue) as refused:
        Comparisons(scores=np.zeros(3), same=np.zeros(2, dtype=bool), sources=("a", "b"))
    assert refused.value.field == "comparisons"


def test_fused_evidence_that_repeats_itself_counts_about_once() -> None:
    same, different = (scores * 2 / np.log(10) for scores in normal(17))
    given = comparisons(same, different)
    random = np.random.default_rng(18)
    again = given.scores + random.normal(0, 0.01, len(given.scores))
    fusion = fit_fusion(
        {"names": given.scores, "copies": again}, given, data=DATA, made="2026-11-22", code="0.1.0"
    )
    both = fusion.fused([Part("names", 0.5, 6), Part("copies", 0.5, 6)]).llr
    assert both == pytest.approx(0.5, abs=0.1)


def test_independent_evidence_adds_up_where_the_data_say_so() -> None:
    one, other = normal(19), normal(20)
    given = comparisons(*one)
    llrs = {
        name: np.concatenate(scores) * 2 / np.log(10) for name, scores in (("names", one), ("faces", other))
    }
    fusion = fit_fusion(llrs, given, data=DATA, made="2026-11-22", code="0.1.0")
    assert fusion.fused([Part("names", 0.5, 6), Part("faces", 0.5, 6)]).llr == pytest.approx(1, abs=0.15)
