"""Two impressions compared, and two sets of impressions, such as a card with a card."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import product
from math import log10
from typing import NamedTuple

from allpoints.likelihood import Calibration, Part, fused, load
from allpoints.modalities.base import Comparison, Explanation, Finding, Outcome
from allpoints.modalities.fingerprints.consolidation import Match, match
from allpoints.modalities.fingerprints.cylinders import Cylinders, cylinders
from allpoints.modalities.fingerprints.minutiae import UNKNOWN_QUALITY, FingerprintTemplate
from allpoints.records.biometrics import FINGERS

SAME = "Both impressions are of one finger."
DIFFERENT = "The impressions are of fingers of two people."
SAME_SET = "Both sets of impressions are of one person."
DIFFERENT_SET = "The sets of impressions are of two people."

UNKNOWN = 0
CERTAIN = 0.7
"""The certainty from which a pair of minutiae is called equal."""
_REMEMBERED = 2_048
"""Prints whose cylinders are kept, 5 kB each: building them takes longer than comparing them."""


class PairOfPrints(NamedTuple):
    """Two impressions that can be of one finger, compared."""

    probe: FingerprintTemplate
    reference: FingerprintTemplate
    comparison: Comparison

    @property
    def finger(self) -> str:
        """The finger, as it is called; unknown where one of the two does not state it."""
        known = self.probe.finger and self.reference.finger
        return FINGERS[self.probe.finger if known else UNKNOWN]


def compare(probe: FingerprintTemplate, reference: FingerprintTemplate) -> Comparison:
    """Compare two impressions by their ridges alone, whatever fingers they are said to be of.

    `score` lies between 0 and 1; `llr` is the bounded log10 likelihood ratio for one finger against two people's.
    Symmetric.
    """
    return _comparison(matched(probe, reference).score)


def explain(probe: FingerprintTemplate, reference: FingerprintTemplate) -> Explanation:
    """Say how `compare` came to its result: each minutia that has a counterpart, surest first."""
    found = matched(probe, reference)
    ours, theirs = probe.minutiae, reference.minutiae
    return Explanation(
        comparison=_comparison(found.score),
        same=SAME,
        different=DIFFERENT,
        findings=(
            Finding(
                "minutiae",
                str(len(probe)),
                str(len(reference)),
                Outcome.COMPATIBLE,
                told=f"{len(found.pairs)} of {len(probe)} and {len(reference)} minutiae correspond",
            ),
            *(
                Finding(
                    f"minutia {number}",
                    f"{ours[i].x}, {ours[i].y}",
                    f"{theirs[j].x}, {theirs[j].y}",
                    Outcome.EQUAL if certainty >= CERTAIN else Outcome.COMPATIBLE,
                    how=f"certainty {certainty:.2f}",
                )
                for number, ((i, j), certainty) in enumerate(
                    zip(found.pairs.tolist(), found.certainties.tolist(), strict=True), start=1
                )
            ),
        ),
        remarks=tuple(_remarks(probe, reference)),
    )


def compare_sets(
    probes: Sequence[FingerprintTemplate], references: Sequence[FingerprintTemplate]
) -> Comparison:
    """Compare the impressions of one person with those of another, or of the same.

    Each finger is compared with the same finger; one that is not stated with every finger, and the mean of their
    likelihood ratios counts, since it can be only one of them. `likelihood.fused` brings the fingers together, the
    strongest in full and each further one half: a person's impressions are good or poor together. `score` is the best
    pair's. Where no two impressions can be of one finger, both are 0.
    """
    return _together(list(_pairs(probes, references)))


def explain_sets(
    probes: Sequence[FingerprintTemplate], references: Sequence[FingerprintTemplate]
) -> Explanation:
    """Say how `compare_sets` came to its result: each pair of impressions, strongest first."""
    pairs = sorted(_pairs(probes, references), key=lambda pair: pair.comparison.llr, reverse=True)
    return Explanation(
        comparison=_together(pairs),
        same=SAME_SET,
        different=DIFFERENT_SET,
        findings=tuple(map(_finding, pairs)),
        remarks=() if pairs else ("No finger is in both sets.",),
    )


def matched(probe: FingerprintTemplate, reference: FingerprintTemplate) -> Match:
    """Return the score and the pairs of minutiae, as rows of both templates."""
    return match(_cylinders(probe), _cylinders(reference))


@lru_cache(maxsize=_REMEMBERED)
def _cylinders(printed: FingerprintTemplate) -> Cylinders:
    return cylinders(printed)


@cache
def _calibration() -> Calibration:
    return load("allpoints.modalities.fingerprints")


def _comparison(score: float) -> Comparison:
    return Comparison(score=score, llr=_calibration().llr(score))


def _pairs(
    probes: Sequence[FingerprintTemplate], references: Sequence[FingerprintTemplate]
) -> Iterator[PairOfPrints]:
    for probe, reference in product(probes, references):
        if probe.finger == reference.finger or UNKNOWN in (probe.finger, reference.finger):
            yield PairOfPrints(probe, reference, compare(probe, reference))


def _together(pairs: Sequence[PairOfPrints]) -> Comparison:
    if not pairs:
        return Comparison(score=0.0, llr=0.0)
    bound = max(-_calibration().lower, _calibration().upper)
    parts = [
        Part(pair.finger, pair.comparison.llr, bound) for pair in pairs if pair.finger != FINGERS[UNKNOWN]
    ]
    unknown = [10**pair.comparison.llr for pair in pairs if pair.finger == FINGERS[UNKNOWN]]
    if unknown:
        parts.append(Part(FINGERS[UNKNOWN], log10(sum(unknown) / len(unknown)), bound))
    return Comparison(score=max(pair.comparison.score for pair in pairs), llr=fused(parts).llr)


def _finding(pair: PairOfPrints) -> Finding:
    llr = pair.comparison.llr
    return Finding(
        pair.finger,
        _described(pair.probe),
        _described(pair.reference),
        Outcome.COMPATIBLE if llr > 0 else Outcome.DIFFERENT,
        weight=llr,
        told=f"{_stated(pair)}: LLR {llr:+.1f}",
    )


def _stated(pair: PairOfPrints) -> str:
    """The finger, as far as one of the two states it."""
    if pair.finger == FINGERS[UNKNOWN] and (stated := pair.probe.finger or pair.reference.finger):
        return f"unknown finger against {FINGERS[stated]}"
    return pair.finger


def _described(printed: FingerprintTemplate) -> str:
    quality = "" if printed.quality == UNKNOWN_QUALITY else f", NFIQ 2 {printed.quality}"
    return f"{FINGERS[printed.finger]}: {len(printed)} minutiae{quality}"


def _remarks(probe: FingerprintTemplate, reference: FingerprintTemplate) -> Iterator[str]:
    yield f"Probe: {_described(probe)}."
    yield f"Reference: {_described(reference)}."
    if UNKNOWN not in (probe.finger, reference.finger) and probe.finger != reference.finger:
        yield "They are said to be of two different fingers."
