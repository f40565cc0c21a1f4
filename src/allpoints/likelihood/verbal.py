"""An LLR in words: the verbal scale of the *ENFSI guideline for evaluative reporting in forensic science* (2015).

The words tell how much more probable the findings are under one proposition than under the other. They are no
probability of either.
"""

from bisect import bisect_right
from collections.abc import Collection, Mapping
from enum import StrEnum
from math import isnan, log10

from allpoints.errors import InvalidValue


class Strength(StrEnum):
    """How strong the support is, weakest first."""

    NONE = "no"
    WEAK = "weak"
    MODERATE = "moderate"
    MODERATELY_STRONG = "moderately strong"
    STRONG = "strong"
    VERY_STRONG = "very strong"
    EXTREMELY_STRONG = "extremely strong"


_SCALE = tuple(Strength)
THRESHOLDS = tuple(map(log10, (2, 10, 100, 1_000, 10_000, 1_000_000)))
"""From which |LLR| on each strength but the first is reached."""

STRONGEST_ALONE: Mapping[str, Strength] = {"names": Strength.STRONG}
"""Modalities that never identify alone, and the strongest word that they may have: people share names and dates
of birth."""


def strength(llr: float, *, modalities: Collection[str] = ()) -> Strength:
    """Return how strong the support is for the proposition that the sign of the LLR favours.

    `modalities` are those that contributed. Where there is only one, and it never identifies alone, the support
    for "same" is capped by `STRONGEST_ALONE`. Raises `InvalidValue` for what is no number.
    """
    if isnan(llr):
        raise InvalidValue("an LLR is a number", field="llr")
    reached = _SCALE[bisect_right(THRESHOLDS, abs(llr))]
    alone = set(modalities)
    if llr > 0 and len(alone) == 1:
        most = STRONGEST_ALONE.get(alone.pop(), _SCALE[-1])
        return min(reached, most, key=_SCALE.index)
    return reached


def in_words(llr: float, *, modalities: Collection[str] = ()) -> str:
    """Return the support in words, such as `strong support that both are the same`; as `strength` caps it."""
    word = strength(llr, modalities=modalities)
    if word is Strength.NONE:
        return "no support either way"
    return f"{word} support that {'both are the same' if llr > 0 else 'they are different'}"
