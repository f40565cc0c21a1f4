"""How well impressions of the same finger are told from those of others, set by set.

All pairs of a set's impressions: 280 of one finger and 2,880 of two, for FVC's ten fingers with eight impressions
each (FVC itself compares other fingers by their first impressions alone; Maio et al., *FVC2002: second fingerprint
verification competition*, ICPR 2002). An impression that is refused matches nothing: its pairs score below all
others and have an LLR of 0. Error rates are shares, 0 to 1, after ISO/IEC 19795-1.
"""

import sys
import time
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from allpoints.errors import AllpointsError
from allpoints.likelihood import measures
from allpoints.modalities import fingerprints
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate
from bench import fingerprints_nbis
from bench.fingerprints_data import Impression, Sets

TIMED_PAIRS = 200
TIMED_RUNS = 9

Values = NDArray[np.float64]
Template = TypeVar("Template")


def measure(sets: Sets) -> tuple[dict[str, Any], dict[str, list[FingerprintTemplate]]]:
    """Return the figures, and the templates of each finger of all sets."""
    by_set: dict[str, dict[str, float]] = {}
    seconds: list[float] = []
    held: dict[str, list[FingerprintTemplate]] = {}
    for name, impressions in sets.items():
        _say(f"{name}: {len(impressions)} impressions")
        templates = [_encoded(each.image, seconds) for each in impressions]
        by_set[name] = _figures(impressions, templates) | _nbis_figures(impressions)
        _say(f"{name}: " + ", ".join(f"{figure} {value:.4f}" for figure, value in by_set[name].items()))
        for each, template in zip(impressions, templates, strict=True):
            if template is not None:
                held.setdefault(f"{name}/{each.finger}", []).append(template)
    figures: dict[str, Any] = {}
    for figure in next(iter(by_set.values())):
        figures[figure] = {name: by_set[name][figure] for name in by_set}
        figures[mean_name(figure)] = float(np.mean(list(figures[figure].values())))
    every = [template for templates in held.values() for template in templates]
    return figures | {"extract_s": float(np.median(seconds)), "compare_ms": _compare_ms(every)}, held


def fnmr_at(same: Values, different: Values, fmr: float) -> float:
    """The FNMR at the lowest threshold that keeps the FMR at or below `fmr`: FMR100, FMR1000 and zero FMR of FVC."""
    allowed = int(fmr * len(different))
    highest_refused = np.sort(different)[::-1][allowed]
    return float(np.mean(same <= highest_refused))


def rank1(fingers: Sequence[str], scores: Values) -> float:
    """The share of impressions whose best match among all others of the set is of the same finger.

    `scores` is square and symmetrical. A tie with another finger counts as a miss.
    """
    of = np.array(fingers)
    same = of[:, None] == of[None, :]
    own, others = np.where(same, scores, -np.inf), np.where(same, -np.inf, scores)
    np.fill_diagonal(own, -np.inf)
    has_mate = same.sum(axis=1) > 1
    return float(np.mean((own.max(axis=1) > others.max(axis=1))[has_mate]))


def _figures(impressions: list[Impression], templates: list[FingerprintTemplate | None]) -> dict[str, float]:
    llrs = np.zeros((len(templates),) * 2)

    def score(one: int, other: int) -> float:
        probe, reference = templates[one], templates[other]
        if probe is None or reference is None:
            return float(-np.inf)
        comparison = fingerprints.compare(probe, reference)
        llrs[one, other] = comparison.llr
        return comparison.score

    scores = _all_pairs(len(templates), score)
    same, different = _split(impressions, scores)
    same_llrs, different_llrs = _split(impressions, llrs)
    return {
        "eer": measures.eer(same, different),
        "fmr100": fnmr_at(same, different, 0.01),
        "fmr1000": fnmr_at(same, different, 0.001),
        "zero_fmr": fnmr_at(same, different, 0.0),
        "rank1": rank1([each.finger for each in impressions], scores),
        "cllr": measures.cllr(same_llrs, different_llrs),
        "cllr_min": measures.cllr_min(same_llrs, different_llrs),
        "failure_to_enrol": sum(each is None for each in templates) / len(templates),
    }


def _nbis_figures(impressions: list[Impression]) -> dict[str, float]:
    found = fingerprints_nbis.minutiae([each.image for each in impressions])
    scores = _all_pairs(
        len(found), lambda one, other: fingerprints_nbis.score(found[one], found[other]), "NBIS "
    )
    same, different = _split(impressions, scores)
    return {
        "nbis_eer": measures.eer(same, different),
        "nbis_fmr1000": fnmr_at(same, different, 0.001),
        "nbis_rank1": rank1([each.finger for each in impressions], scores),
    }


def _all_pairs(number: int, score: Callable[[int, int], float], who: str = "") -> Values:
    scores = np.full((number, number), -np.inf)
    for one, other in combinations(range(number), 2):
        if other == one + 1:
            _say(f"  {who}comparing {one + 1} of {number}", again=True)
        scores[one, other] = scores[other, one] = score(one, other)
    return scores


def _split(impressions: list[Impression], values: Values) -> tuple[Values, Values]:
    """The values of pairs of one finger, and of two."""
    fingers = np.array([each.finger for each in impressions])
    one, other = np.triu_indices(len(fingers), 1)
    same = fingers[one] == fingers[other]
    return values[one, other][same], values[one, other][~same]


def _encoded(image: bytes, seconds: list[float]) -> FingerprintTemplate | None:
    begun = time.perf_counter()
    try:
        template = fingerprints.encode(image)
    except AllpointsError as error:
        _say(f"  refused: {error}")
        return None
    seconds.append(time.perf_counter() - begun)
    _say(f"  extracted {len(seconds)}", again=True)
    return template


def _compare_ms(templates: list[FingerprintTemplate]) -> float:
    """The median over runs of the mean time of a comparison, of prints drawn from all sets."""
    chance = np.random.default_rng(0)
    runs = []
    for _ in range(TIMED_RUNS):
        pairs = chance.integers(len(templates), size=(TIMED_PAIRS, 2)).tolist()
        begun = time.perf_counter()
        for one, other in pairs:
            fingerprints.compare(templates[one], templates[other])
        runs.append((time.perf_counter() - begun) / TIMED_PAIRS * 1000)
    return float(np.median(runs))


def mean_name(figure: str) -> str:
    """How the mean over the sets of a figure is called: of `eer` it is `mean_eer`, of `nbis_eer` `nbis_mean_eer`."""
    return f"nbis_mean_{figure.removeprefix('nbis_')}" if figure.startswith("nbis_") else f"mean_{figure}"


def _say(line: str, *, again: bool = False) -> None:
    print(line, file=sys.stderr, end="\r" if again else "\n", flush=True)
