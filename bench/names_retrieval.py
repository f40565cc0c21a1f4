"""Searching many people by name, as a hub's worker does it: find, read the templates, compare, explain.

The people are drawn by number, so that each can be made again alone: a search's candidates are drawn once more
in place of being read from PostgreSQL, outside the time that counts; their templates are decoded within it.
"""

import multiprocessing
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import psutil
from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.fuzz import ratio
from tests.hubs import RunningHub

from allpoints.demo.humans import Humans, Variant, variant
from allpoints.modalities import NAMES
from allpoints.modalities.names import person
from allpoints.modalities.names.retrieval.index import NameIndex
from allpoints.records import Contribution, Particulars, RecordKind
from allpoints.records.people import Person
from allpoints.steps.disclose import PATIENCE
from allpoints.steps.matching import LEAST_LLR
from allpoints.steps.search import MAX_LIKE

SEED = "bench"
BATCH = 50_000
DEEP = 50
"""Candidates among which the right person must be."""
PEER_PROBES = 20
NEW_RECORDS = 20


def measure(people: int, probes: int) -> dict[str, Any]:
    """All figures of retrieval with so many people in the index."""
    folder = Path(tempfile.mkdtemp(prefix="allpoints-names-"))
    figures: dict[str, Any] = dict(_searchable_after())
    try:
        figures |= _apart(_build, folder, people)
        figures |= _apart(_search, folder, people, probes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return figures | _plain(people)


def held(number: int, humans: Humans) -> Person:
    """How the record of a person describes them: one name, as a rule in their own script."""
    human = humans.human(number)
    return _described(human)


def _described(human: Any) -> Person:
    return Person(
        names=(human.text,), birth=human.birth.isoformat(), sex=human.sex, nationalities=(human.nationality,)
    )


def asked(people: int, probes: int) -> Iterator[tuple[int, str, Variant]]:
    """People of whom we ask under another description, with their script."""
    humans, chance = Humans(SEED), Random(SEED)
    for number in sorted(chance.sample(range(people), min(probes, people))):
        human = humans.human(number)
        yield number, human.script, variant(human, chance)


def _build(folder: Path, people: int) -> dict[str, Any]:
    humans = Humans(SEED)

    def batches() -> Iterator[tuple[Sequence[int], Sequence[Person]]]:
        for start in range(0, people, BATCH):
            count = min(BATCH, people - start)
            drawn = [_described(human) for human in humans.draw(count, start)]
            yield range(start + 1, start + count + 1), drawn

    started = time.perf_counter()
    index = NameIndex.build(folder, batches(), "0:0:", lambda done: _say(f"  {done:,} people", end="\r"))
    return {
        "build_s": round(time.perf_counter() - started, 1),
        "build_memory_gb": _gb(psutil.Process().memory_info().rss),
        "index_gb": _gb(index.memory().mapped_bytes),
    }


def _search(folder: Path, people: int, probes: int) -> dict[str, Any]:
    index, humans = NameIndex(folder), Humans(SEED)
    questions = list(asked(people, probes))
    for _, _, warm_up in questions[:20]:
        index.search(NAMES.encode(warm_up.person), 100)
    retrieving: list[float] = []
    whole: list[float] = []
    by_script: dict[str, list[bool]] = defaultdict(list)
    by_birth: dict[bool, list[bool]] = defaultdict(list)
    by_kind: dict[str, list[bool]] = defaultdict(list)
    first = []
    for done, (number, script, question) in enumerate(questions):
        started = time.perf_counter()
        candidates = index.search(NAMES.encode(question.person), MAX_LIKE).candidates
        retrieved = time.perf_counter()
        dumps = [NAMES.dump(NAMES.encode(held(each.record_id - 1, humans))) for each in candidates]
        read = time.perf_counter()
        best = _compared(question.person, dumps)
        finished = time.perf_counter()
        retrieving.append(retrieved - started)
        whole.append(retrieved - started + finished - read)
        found = any(each.record_id == number + 1 for each in candidates[:DEEP])
        by_script[script].append(found)
        by_birth[bool(question.person.birth)].append(found)
        for kind in question.kinds or ("none",):
            by_kind[str(kind)].append(found)
        first.append(bool(best) and candidates[best[0]].record_id == number + 1)
        if done % 500 == 0:
            _say(f"  {done:,} searches", end="\r")
    p50, p95, p99 = (round(float(q) * 1_000, 2) for q in np.quantile(whole, (0.5, 0.95, 0.99)))
    return {
        "probes": len(questions),
        "p50_ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "retrieval_p50_ms": round(statistics.median(retrieving) * 1_000, 2),
        "queries_per_s_per_core": round(len(whole) / sum(whole), 1),
        "memory_gb": _gb(psutil.Process().memory_info().rss),
        "recall_at_50": _share([found for of in by_script.values() for found in of]),
        "recall_at_50_by_script": {script: _share(found) for script, found in sorted(by_script.items())},
        "recall_at_50_birth_stated": _share(by_birth[True]),
        "recall_at_50_birth_not_stated": _share(by_birth[False]),
        "recall_at_50_by_variation": {kind: _share(found) for kind, found in sorted(by_kind.items())},
        "ranked_first_share": _share(first),
    }


def _compared(question: Person, dumps: Sequence[bytes]) -> list[int]:
    """The candidates that fit, best first, each explained, as `steps/disclose.py` goes about it."""
    probe = NAMES.encode(question)
    fitting, fruitless = [], 0
    for number, dump in enumerate(dumps):
        reference = NAMES.load(dump)
        llr = NAMES.compare(probe, reference).llr
        fruitless = 0 if llr >= LEAST_LLR else fruitless + 1
        if llr >= LEAST_LLR:
            fitting.append((llr, number))
            str(NAMES.explain(probe, reference))
        if fruitless == PATIENCE:
            break
    return [number for _, number in sorted(fitting, key=lambda found: -found[0])]


def _plain(people: int) -> dict[str, Any]:
    """The plain alternative: every name in Latin letters with sorted words, all compared by rapidfuzz."""
    _say("the plain alternative")
    humans = Humans(SEED)
    names = [_sorted(text) for text, _ in humans.texts(people)]
    found, took = [], []
    for number, _, question in asked(people, PEER_PROBES):
        probe = _sorted(str(question.person.names[0]))
        started = time.perf_counter()
        scores = process.cdist([probe], names, scorer=ratio, dtype=np.uint8, workers=1)[0]
        deep = np.argpartition(-scores.astype(np.int16), min(DEEP, people - 1))[:DEEP]
        took.append(time.perf_counter() - started)
        found.append(number in deep)
    return {
        "plain_p50_ms": round(statistics.median(took) * 1_000, 1),
        "plain_recall_at_50": _share(found),
        "plain_probes": len(found),
    }


def _sorted(name: str) -> str:
    return " ".join(sorted(anyascii(name).lower().split()))


def _searchable_after() -> dict[str, float]:
    """From the moment that a contribution is acknowledged to the first answer that has it, on a running hub."""
    _say("a running hub")
    folder = Path(tempfile.mkdtemp(prefix="allpoints-names-hub-"))
    hub = RunningHub(folder, quota_per_s=10**9, quota_burst=10**9, log_level="warning")
    took = []
    try:
        hub.start()
        hub.enrol("UTO", "FRA")
        contributor = hub.client("FRA", "operator", "criminal-investigation", "police")
        officer = hub.client("UTO")
        for human in Humans("searchable").draw(NEW_RECORDS):
            contribution = Contribution(
                reference=f"new-{human.number}",
                kind=RecordKind.PERSON,
                identifiers=(),
                particulars=Particulars(
                    reason="missing", names=(human.native,), birth=human.birth.isoformat(), synthetic=True
                ),
            )
            kept = contributor.contribute(contribution)
            started = time.perf_counter()
            question = person(human.latin, born=human.birth.isoformat())
            while not any(hit.record == kept.id for hit in officer.check([question]).hits):
                time.sleep(0.005)
            took.append((time.perf_counter() - started) * 1_000)
    finally:
        hub.stop()
        hub.server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return {
        "searchable_after_ms": round(statistics.median(took), 1),
        "searchable_after_worst_ms": round(max(took), 1),
    }


def _apart(work: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:
    """Run the work in a process of its own, so that its memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, given)


def _gb(size: int) -> float:
    return round(size / 2**30, 2)


def _share(found: Sequence[bool]) -> float:
    return round(sum(found) / max(1, len(found)), 4)


def _say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)
