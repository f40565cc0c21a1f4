"""How well LLRs do, judged by comparisons of which the truth is known.

`same` and `different` are the log10 LRs of same-source and different-source comparisons, in any order.

- Brümmer and du Preez, *Application-independent evaluation of speaker detection*, Computer Speech & Language
  20 (2006) 230–275: Cllr and Cllr_min.
- Meuwly, Ramos and Haraksim, *A guideline for the validation of likelihood ratio methods used for forensic
  evidence evaluation*, Forensic Science International 276 (2017) 142–153: which measures a validation states.
- Ramos and Gonzalez-Rodriguez, *Reliable support: measuring calibration of likelihood ratios*, Forensic Science
  International 230 (2013) 156–169: the empirical cross-entropy.
- ISO/IEC 19795-1: FMR, FNMR.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.likelihood.calibration import ErrorRates
from allpoints.likelihood.extra import extra

Values = NDArray[np.float64]

BINS = 10
RESAMPLES = 1_000


def cllr(same: Values, different: Values) -> float:
    """Return the log-likelihood-ratio cost in bits: 0 for perfect LLRs, 1 for a system that says nothing.

    The mean of log2(1 + 1/LR) over same-source and of log2(1 + LR) over different-source comparisons, halved.
    """
    _check(same, different)
    return float((np.mean(_cost(same)) + np.mean(_cost(-different))) / 2)


def cllr_min(same: Values, different: Values) -> float:
    """Return the Cllr that is left after the best monotone map (PAV): what calibration cannot mend."""
    return cllr(*best_calibrated(same, different))


def best_calibrated(same: Values, different: Values) -> tuple[Values, Values]:
    """Return the LLRs after the best monotone map (pool adjacent violators); the outer ones are infinite."""
    _check(same, different)
    regression = extra("sklearn.isotonic").IsotonicRegression()
    values = np.concatenate([same, different])
    truth = np.repeat([1.0, 0.0], [len(same), len(different)])
    weights = np.repeat([0.5 / len(same), 0.5 / len(different)], [len(same), len(different)])
    share = np.clip(regression.fit(values, truth, sample_weight=weights).predict(values), 0, 1)
    with np.errstate(divide="ignore"):
        llrs = np.log10(share) - np.log10(1 - share)
    return llrs[: len(same)], llrs[len(same) :]


def cllr_interval(
    same: Values,
    different: Values,
    same_sources: NDArray[np.intp],
    different_sources: NDArray[np.intp],
) -> tuple[float, float]:
    """Return the 95 % interval of the Cllr over bootstrap samples of the sources, which are numbered from 0.

    Comparisons of one source are drawn together, since they are not independent (Efron and Tibshirani 1993,
    section 8.4). The draws are the same at every call.
    """
    _check(same, different)
    sources = 1 + int(max(same_sources.max(), different_sources.max()))
    parts = [(_cost(same), same_sources), (_cost(-different), different_sources)]
    totals = [
        (np.bincount(source, cost, sources), np.bincount(source, minlength=sources)) for cost, source in parts
    ]
    random = np.random.default_rng(0)
    found: list[float] = []
    for _ in range(RESAMPLES):
        times = np.bincount(random.integers(sources, size=sources), minlength=sources)
        counts = [times @ count for _, count in totals]
        if all(counts):
            costs = [times @ cost for cost, _ in totals]
            found.append(float(costs[0] / counts[0] + costs[1] / counts[1]) / 2)
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def error_rates(same: Values, different: Values, thresholds: Sequence[float]) -> tuple[ErrorRates, ...]:
    """Return FMR and FNMR at each threshold: a comparison is taken for "same" from the threshold on."""
    _check(same, different)
    missed = np.searchsorted(np.sort(same), thresholds, side="left") / len(same)
    accepted = 1 - np.searchsorted(np.sort(different), thresholds, side="left") / len(different)
    return tuple(
        ErrorRates(float(threshold), float(fmr), float(fnmr))
        for threshold, fmr, fnmr in zip(thresholds, accepted, missed, strict=True)
    )


def eer(same: Values, different: Values) -> float:
    """Return the equal error rate: where FMR and FNMR meet, on a straight line between the nearest thresholds."""
    _check(same, different)
    thresholds = np.append(np.unique(np.concatenate([same, different])), np.inf)
    missed = np.searchsorted(np.sort(same), thresholds, side="left") / len(same)
    accepted = 1 - np.searchsorted(np.sort(different), thresholds, side="left") / len(different)
    at = int(np.argmax(missed >= accepted))
    if at == 0:
        return float(missed[0])
    before, after = (accepted - missed)[at - 1], (missed - accepted)[at]
    share = before / (before + after)
    return float(missed[at - 1] + share * (missed[at] - missed[at - 1]))


def calibration_error(same: Values, different: Values, *, prior: float = 0.5, bins: int = BINS) -> float:
    """Return the expected calibration error: how far stated probabilities are from what comes true, 0 to 1.

    Each LLR becomes the probability of "same" that it gives at this prior; comparisons are weighted so that the
    prior share of them is same-source. Sorted by probability they fall into bins of equal weight (equal
    probabilities into one); the error is the mean over the bins of |mean probability - share that is same|
    (Naeini, Cooper and Hauskrecht 2015, with bins of equal mass).
    """
    return float(
        sum(
            weight * abs(stated - true)
            for weight, stated, true in reliability(same, different, prior=prior, bins=bins)
        )
    )


def reliability(
    same: Values, different: Values, *, prior: float = 0.5, bins: int = BINS
) -> list[tuple[float, float, float]]:
    """Return weight, mean probability and share that is same of each bin of `calibration_error`."""
    _check(same, different)
    if not 0 < prior < 1:
        raise InvalidValue("a prior probability lies between 0 and 1", field="prior")
    llrs = np.concatenate([same, different])
    truth = np.repeat([1.0, 0.0], [len(same), len(different)])
    weights = np.repeat([prior / len(same), (1 - prior) / len(different)], [len(same), len(different)])
    stated = probability(llrs, prior)
    _, each = np.unique(stated, return_inverse=True)
    mass = np.cumsum(np.bincount(each, weights)) - np.bincount(each, weights) / 2
    place = np.minimum((mass * bins).astype(int), bins - 1)[each]
    totals = [np.bincount(place, weights * of, bins) for of in (np.ones_like(stated), stated, truth)]
    return [(float(w), float(p / w), float(t / w)) for w, p, t in zip(*totals, strict=True) if w > 0]


def probability(llrs: Values, prior: float) -> Values:
    """Return the probability of "same" that each LLR gives at a prior probability."""
    log_odds = llrs * np.log(10) + np.log(prior / (1 - prior))
    return np.asarray(np.exp(-np.logaddexp(0, -log_odds)))


def tippett(same: Values, different: Values) -> tuple[Values, Values, Values]:
    """Return LLRs in ascending order and the shares of same- and different-source LLRs that reach each."""
    _check(same, different)
    at = np.unique(np.concatenate([same, different]))
    reached = [
        1 - np.searchsorted(np.sort(values), at, side="left") / len(values) for values in (same, different)
    ]
    return at, reached[0], reached[1]


def empirical_cross_entropy(same: Values, different: Values, log10_prior_odds: Values) -> Values:
    """Return the empirical cross-entropy in bits at each prior: what is left unknown after the evidence.

    At prior odds of 1 it is the Cllr.
    """
    _check(same, different)
    odds = 10.0**log10_prior_odds
    left_same = [np.mean(_cost(same + prior)) for prior in log10_prior_odds]
    left_different = [np.mean(_cost(-(different + prior))) for prior in log10_prior_odds]
    return np.asarray((odds * left_same + left_different) / (1 + odds))


def _cost(supporting: Values) -> Values:
    """log2(1 + 1/LR), in bits, for LRs in favour of what is true."""
    return np.asarray(np.logaddexp(0, -supporting * np.log(10)) / np.log(2))


def _check(same: Values, different: Values) -> None:
    for name, values in (("same", same), ("different", different)):
        if len(values) == 0:
            raise InvalidValue(f"no {name}-source comparisons", field=name, remedy="Give both kinds.")
        if np.isnan(values).any():
            raise InvalidValue("an LLR is a number", field=name)
