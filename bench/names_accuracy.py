"""How well pairs of names are told apart, beside the best open matcher and a plain alternative.

The peers: nomenklatura's LogicV2 as it comes, and what one would write in an afternoon: anyascii, lower case,
`rapidfuzz.fuzz.token_sort_ratio`.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from anyascii import anyascii
from numpy.typing import NDArray
from rapidfuzz.fuzz import token_sort_ratio

from allpoints.likelihood import measures
from allpoints.modalities import names
from allpoints.modalities.names.duplicates import find_duplicates
from allpoints.records.people import Person
from allpoints.steps.matching import LEAST_LLR
from bench import names_data, names_pairs, peers
from bench.names_data import Pair

FALSE_ALARMS = 0.001
DRAWN_PEOPLE = 200_000
DRAWN_PROBES = 6_000
"""As many as the calibration was made with: an LLR speaks of a stated population."""
DECISION = 0.5
"""Our score from which "the same person" is the better explanation."""
LOGIC_V2_DECISION = 0.7
"""The threshold that OpenSanctions recommends."""
TOKEN_SORT_DECISION = 0.85

Scores = NDArray[np.float64]
Score = Callable[[Sequence[Pair]], Scores]


def ours(pairs: Sequence[Pair]) -> Scores:
    """Our score of each pair."""
    return np.array([names.compare(pair.probe, pair.reference).score for pair in pairs])


def strengths(pairs: Sequence[Pair]) -> Scores:
    """Our LLR of each pair."""
    return np.array([names.compare(pair.probe, pair.reference).llr for pair in pairs])


def logic_v2(pairs: Sequence[Pair]) -> Scores:
    """The score of nomenklatura's LogicV2."""
    lines = [{"probe": _plain(pair.probe), "reference": _plain(pair.reference)} for pair in pairs]
    return np.array(peers.run("logic_v2", lines))


def token_sort(pairs: Sequence[Pair]) -> Scores:
    """The plain alternative, on names alone: the best of the names on both sides."""
    return np.array([_token_sort(pair) for pair in pairs])


def measure(folder: Path | None) -> dict[str, Any]:
    """All figures of accuracy: on drawn people, and on a folder of labelled data where there is one."""
    pairs = list(names_pairs.drawn(DRAWN_PEOPLE, DRAWN_PROBES, "measuring"))
    figures = on_drawn(pairs)
    if folder is None:
        return figures | calibration_error(pairs)
    labelled = list(names_pairs.labelled(folder, half=1))
    figures |= calibration_error([*pairs, *labelled])
    for part, of_part in (("drawn", pairs), ("labelled", labelled)):
        figures |= {f"{name}_{part}": value for name, value in calibration_error(of_part).items()}
    for measured in (on_the_name_bench, on_original_scripts, on_duplicates):
        try:
            figures |= measured(folder)
        except (FileNotFoundError, StopIteration) as missing:
            print(f"{measured.__name__}: not in the folder ({missing})", file=sys.stderr)
    return figures


def on_drawn(pairs: Sequence[Pair]) -> dict[str, Any]:
    """What is found of drawn people, and which of those who come up or look alike are taken for them."""
    scores, truth = ours(pairs), _truth(pairs)
    shown = strengths(pairs) >= LEAST_LLR
    groups = np.array([pair.group for pair in pairs])
    return {
        "drawn_pairs": len(pairs),
        "drawn_shown_share": share(shown[truth]),
        "drawn_shown_share_of_others": {
            str(group): share(shown[groups == group]) for group in sorted(set(groups[~truth]))
        },
        "ties_at_top_share_drawn": ties_at_top(scores[truth]),
    }


def on_the_name_bench(folder: Path) -> dict[str, Any]:
    """F1 on the benchmark's pairs of persons, each matcher at its own threshold, and at its best one."""
    pairs = names_data.name_bench(folder)
    truth = _truth(pairs)
    figures: dict[str, Any] = {"name_bench_pairs": len(pairs)}
    for name, score, decision in (
        ("", ours, DECISION),
        ("_logic_v2", logic_v2, LOGIC_V2_DECISION),
        ("_token_sort", token_sort, TOKEN_SORT_DECISION),
    ):
        scores = score(pairs)
        figures[f"name_bench_f1{name}"] = round(f1(scores >= decision, truth), 3)
        figures[f"name_bench_best_f1{name}"] = round(max(f1(scores >= t, truth) for t in set(scores)), 3)
        figures[f"ties_at_top_share_name_bench{name}"] = ties_at_top(scores[truth])
    return figures


def on_original_scripts(folder: Path) -> dict[str, Any]:
    """How many names in another script are found at one false alarm in a thousand, one threshold for all."""
    pairs = list(names_data.original_scripts(folder))
    truth = _truth(pairs)
    groups = np.array([pair.group for pair in pairs])
    figures: dict[str, Any] = {"original_script_pairs": len(pairs)}
    for name, score in (("", ours), ("_logic_v2", logic_v2), ("_token_sort", token_sort)):
        scores = score(pairs)
        found = scores > threshold(scores[~truth], FALSE_ALARMS)
        figures[f"original_script_recall{name}"] = share(found[truth])
        figures[f"original_script_recall_by_script{name}"] = {
            str(group): share(found[truth & (groups == group)]) for group in sorted(set(groups))
        }
        figures[f"ties_at_top_share{name}"] = ties_at_top(scores[truth])
    return figures


def on_duplicates(folder: Path) -> dict[str, Any]:
    """All records of the historical figures against all: which pairs of one person end in one group."""
    people, clusters = names_data.historical(folder)
    true = {number: cluster for (number, _), cluster in zip(people, clusters, strict=True)}
    started = time.perf_counter()
    found = find_duplicates(people)
    took = time.perf_counter() - started
    together = [pair for group in found.groups for pair in combinations(sorted(group), 2)]
    right = sum(true[one] == true[other] for one, other in together)
    wanted = sum(size * (size - 1) // 2 for size in Counter(clusters).values())
    return {
        "duplicates_records": len(people),
        "duplicates_recall": round(right / wanted, 4),
        "duplicates_precision": round(right / max(1, len(together)), 4),
        "duplicates_s": round(took, 1),
    }


def calibration_error(pairs: Sequence[Pair]) -> dict[str, float]:
    """How far LLRs are from what they claim, and how much they tell."""
    llrs, truth = strengths(pairs), _truth(pairs)
    same, different = llrs[truth], llrs[~truth]
    return {
        "calibration_error": round(measures.calibration_error(same, different), 4),
        "cllr": round(measures.cllr(same, different), 4),
        "cllr_min": round(measures.cllr_min(same, different), 4),
    }


def threshold(impostors: Scores, false_alarms: float) -> float:
    """The score that at most this share of the impostors exceeds."""
    ranked = np.sort(impostors)[::-1]
    return float(ranked[int(len(ranked) * false_alarms)])


def f1(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """The harmonic mean of precision and recall."""
    return float(2 * np.sum(said & truth) / max(1, np.sum(said) + np.sum(truth)))


def ties_at_top(scores: Scores) -> float:
    """The share of relevant pairs that share the highest score given, and so cannot be ranked."""
    count = int(np.sum(scores == scores.max()))
    return round(count / len(scores), 4) if count > 1 else 0.0


def share(found: Iterable[bool]) -> float:
    """The share of what was found."""
    return round(float(np.mean(list(found))), 4)


def _truth(pairs: Sequence[Pair]) -> NDArray[np.bool_]:
    return np.array([pair.same for pair in pairs])


def _token_sort(pair: Pair) -> float:
    return (
        max(
            token_sort_ratio(_latin(str(one)), _latin(str(other)))
            for one in pair.probe.names
            for other in pair.reference.names
        )
        / 100
    )


def _latin(name: str) -> str:
    return anyascii(name).lower()


def _plain(person: Person) -> dict[str, Any]:
    return {"names": [str(name) for name in person.names], "birth": person.birth}
