"""One print among many: how fast, how surely, and what the tables lose against comparing with all.

The gallery is every impression of the sets, each a record of its own, and drawn minutiae of other fingers up to the
number asked for. Each impression is searched once, of an unknown finger, and its own record is passed over; the time
is that of the search alone, from template to candidates. `rank1_with_distractors` is the share of probes whose best
candidate is an impression of the same finger.

`top20_kept` is the share of probes for which the fast search lists, among its first twenty, every one of the exhaustive
search's first twenty; `top20_share` is how many of those it lists. Most of the twenty are strangers: what comes after
the mates differs from the probe, and which of 220,000 strangers differ least is chance. `top20_sure_kept` therefore is
as `top20_kept`, of those candidates alone that stand out (`STANDS_OUT`). The exhaustive search takes long, so that a
few probes stand for all.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from tests.drawn_prints import drawn_prints

from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate
from allpoints.modalities.fingerprints.retrieval import FingerprintIndex

SEED = 4
DRAWN_AT_ONCE = 10_000
TOP = 20
STANDS_OUT = 0.999
"""A score that hardly one of 220,000 strangers reaches."""
EXHAUSTIVE_PROBES = 12
"""Probes that are also compared with all; each takes half a minute against 220,000."""

Prints = dict[int, FingerprintTemplate]


def search_figures(templates: dict[str, list[FingerprintTemplate]], gallery: int) -> dict[str, Any]:
    """Search for each template, by finger, among all of them and drawn ones, `gallery` in all."""
    fingers = [finger for finger, prints in templates.items() for _ in prints]
    held = dict(enumerate((each for prints in templates.values() for each in prints), start=1))
    folder, key = Path(tempfile.mkdtemp(prefix="allpoints-fingerprints-")), os.urandom(32)
    try:
        begun = time.perf_counter()
        FingerprintIndex.build(folder, key, _records(held, gallery), "1")
        built = time.perf_counter()
        index = FingerprintIndex(folder, key)
        opened = time.perf_counter()
        figures = {"index_build_s": built - begun, "index_open_s": opened - built}
        return figures | _searched(index, held, fingers)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _searched(index: FingerprintIndex, held: Prints, fingers: Sequence[str]) -> dict[str, Any]:
    probes = list(held.values())
    index.search(probes[0], TOP)
    seconds, hits = [], 0
    for number, probe in held.items():
        _say(f"  searching {number} of {len(held)}", again=True)
        begun = time.perf_counter()
        found = index.search(probe, TOP).candidates
        seconds.append(time.perf_counter() - begun)
        best = next((each.record_id for each in found if each.record_id != number), None)
        hits += best in held and fingers[best - 1] == fingers[number - 1]
    begun = time.perf_counter()
    index.search_many(probes, TOP)
    batch = time.perf_counter() - begun
    memory = index.memory()
    return {
        "p50_ms": float(np.quantile(seconds, 0.5)) * 1000,
        "p95_ms": float(np.quantile(seconds, 0.95)) * 1000,
        "searches_per_s": len(probes) / batch,
        "rank1_with_distractors": hits / len(probes),
        "memory_gb": psutil.Process().memory_info().rss / 1e9,
        "index_gb": memory.nbytes / 1e9,
        **_kept(index, probes),
    }


def _kept(index: FingerprintIndex, probes: Sequence[FingerprintTemplate]) -> dict[str, float]:
    chosen = np.random.default_rng(SEED).permutation(len(probes))[:EXHAUSTIVE_PROBES].tolist()
    kept, sure, shares = [], [], []
    for done, which in enumerate(chosen):
        _say(f"  comparing {done} of {len(chosen)} with all", again=True)
        listed = {each.record_id for each in index.search(probes[which], TOP).candidates}
        every = index.search_exhaustively(probes[which], TOP).candidates
        kept.append(all(each.record_id in listed for each in every))
        sure.append(all(each.record_id in listed for each in every if each.score >= STANDS_OUT))
        shares += [each.record_id in listed for each in every]
    return {
        "top20_kept": float(np.mean(kept)),
        "top20_share": float(np.mean(shares)),
        "top20_sure_kept": float(np.mean(sure)),
    }


def _records(held: Prints, gallery: int) -> Iterator[tuple[int, tuple[FingerprintTemplate, ...]]]:
    for number, each in held.items():
        yield number, (each,)
    number = len(held)
    for seed in range(-(-(gallery - len(held)) // DRAWN_AT_ONCE)):
        _say(f"  indexed {number} of {gallery}", again=True)
        for each in drawn_prints(DRAWN_AT_ONCE, SEED + seed)[: gallery - number]:
            number += 1
            yield number, (each,)


def _say(line: str, *, again: bool = False) -> None:
    print(line, file=sys.stderr, end="\r" if again else "\n", flush=True)
