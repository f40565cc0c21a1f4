"""How far an LLR may go: no further than the comparisons that it was learnt from support.

Vergeer, van Es, de Jongh, Alberink and Stoel, *Numerical likelihood ratios outputted by LR systems are often
based on extrapolation: when to stop extrapolating?* Science & Justice 56 (2016) 482–491.
"""

from math import hypot, log10

import numpy as np
from numpy.typing import NDArray

STEP = 0.01
"""LLR units to which an empirical bound is found."""
_FAR = 20.0
"""Beyond what any number of comparisons supports; keeps 10**LLR a number."""


def softly_bounded(llr: float, lower: float, upper: float) -> float:
    """Draw an LLR towards its bounds, which it never passes.

    Up to half of its bound an LLR stays as it is; the rest of the way is t / √(1 + t²), which is smooth, and
    strictly monotone also where a cut would tie the best candidates. Expects lower < 0 < upper.
    """
    half = (upper if llr > 0 else lower) / 2
    beyond = llr / half - 1
    return llr if beyond <= 0 else half * (1 + 1 / hypot(1 / beyond, 1))


def empirical_bounds(same: NDArray[np.float64], different: NDArray[np.float64]) -> tuple[float, float]:
    """Return the empirical lower and upper bound (ELUB) for LLRs of same-source and different-source pairs.

    The furthest LLRs up to which deciding by the system is never worse than deciding without it, with one
    misleading comparison more on either side than was seen. So N different-source comparisons never support
    more than log10(N + 1). A bound within `STEP` of 0 says that the system is of no use on that
    side.
    """
    same, different = np.clip(same, -_FAR, _FAR), np.clip(different, -_FAR, _FAR)
    lowest = max(min(same.min(), different.min()), -log10(len(same) + 1))
    highest = min(max(same.max(), different.max()), log10(len(different) + 1))
    first, last = min(0, int(lowest // STEP)), max(0, int(highest // STEP) + 1)
    thresholds = np.linspace(first * STEP, last * STEP, last - first + 1)
    worse = _utility_ratio(np.sort(same), np.sort(different), thresholds) < 1
    lower = np.max(thresholds[worse & (thresholds <= 0)] + STEP, initial=thresholds[0])
    upper = np.min(thresholds[worse & (thresholds >= 0)] - STEP, initial=thresholds[-1])
    return min(round(float(lower), 2), 0.0), max(round(float(upper), 2), 0.0)


def _utility_ratio(
    same: NDArray[np.float64], different: NDArray[np.float64], thresholds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The expected cost of deciding without the system over that of deciding with it, at each threshold."""
    odds = 10**thresholds
    missed = np.searchsorted(10**same, odds, side="right") + 1
    accepted = len(different) - np.searchsorted(10**different, odds, side="right") + 1
    with_it = missed / (len(same) + 1) + odds * accepted / (len(different) + 1)
    without = np.minimum(odds, 1.0)
    return np.asarray(without / with_it)
