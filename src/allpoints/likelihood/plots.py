"""Pictures of how well LLRs do, as PNG bytes. Each shows bounded LLRs of comparisons of which the truth is known."""

import io
from typing import Any

import numpy as np

from allpoints.likelihood.extra import extra
from allpoints.likelihood.measures import (
    Values,
    best_calibrated,
    empirical_cross_entropy,
    reliability,
    tippett,
)

_SAME, _DIFFERENT, _NEUTRAL = "#0b6e4f", "#b3261e", "#555555"


def reliability_diagram(same: Values, different: Values, *, prior: float = 0.5) -> bytes:
    """Draw what share of the comparisons is same-source against the probability that was stated for it.

    A calibrated system lies on the diagonal; the bins are those of `measures.calibration_error`.
    """
    axes = _axes("Reliability", f"stated probability of the same source (prior {prior:g})", "share that is")
    weights, stated, true = zip(*reliability(same, different, prior=prior), strict=True)
    axes.plot([0, 1], [0, 1], color=_NEUTRAL, linestyle=":", label="calibrated")
    axes.plot(stated, true, color=_SAME, marker="o", label="measured")
    axes.bar(stated, weights, width=0.02, color=_NEUTRAL, alpha=0.3, label="share of all comparisons")
    return _png(axes)


def tippett_plot(same: Values, different: Values) -> bytes:
    """Draw the shares of same- and of different-source comparisons with at least each LLR."""
    axes = _axes("Tippett plot", "LLR (log10)", "share of comparisons that reach it")
    at, reached_same, reached_different = tippett(same, different)
    axes.step(at, reached_same, where="pre", color=_SAME, label="same source")
    axes.step(at, reached_different, where="pre", color=_DIFFERENT, linestyle="--", label="different source")
    axes.axvline(0, color=_NEUTRAL, linestyle=":")
    return _png(axes)


def cross_entropy_plot(same: Values, different: Values) -> bytes:
    """Draw the empirical cross-entropy over prior odds: as measured, after the best map, and without evidence."""
    axes = _axes("Empirical cross-entropy", "prior odds (log10)", "bits left unknown")
    priors = np.linspace(-3, 3, 121)
    nothing = np.zeros(1)
    axes.plot(
        priors,
        empirical_cross_entropy(nothing, nothing, priors),
        color=_NEUTRAL,
        linestyle=":",
        label="no evidence",
    )
    axes.plot(priors, empirical_cross_entropy(same, different, priors), color=_SAME, label="measured")
    best = empirical_cross_entropy(*best_calibrated(same, different), priors)
    axes.plot(priors, best, color=_DIFFERENT, linestyle="--", label="after the best monotone map")
    return _png(axes)


def _axes(title: str, across: str, up: str) -> Any:
    figure = extra("matplotlib.figure").Figure(figsize=(6, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.set(title=title, xlabel=across, ylabel=up)
    axes.grid(alpha=0.3)
    return axes


def _png(axes: Any) -> bytes:
    axes.legend()
    picture = io.BytesIO()
    axes.figure.savefig(picture, format="png", dpi=120)
    return picture.getvalue()
