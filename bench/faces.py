"""Finding people by their faces: how surely, and how fast among many.

    python -m bench.faces [--json] [--data DIR] [--distractors N]

`--data` names a folder with a folder of pictures for each person, or one that holds it as `faces`; faces are drawn
without it. Pictures of which no template can be made count as comparisons that do not match and searches that find
nothing. The distractors are embeddings drawn to resemble those of the data (`faces_data.population` says how). Beside
ours in the same run: eigenfaces on the same aligned faces, and faiss and a plain product of matrices for the search.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from allpoints.likelihood.measures import cllr, cllr_min, eer
from allpoints.modalities.base import CandidateList
from allpoints.modalities.faces import FaceTemplate, compare, encode
from allpoints.modalities.faces.index import FaceIndex
from allpoints.modalities.faces.template import portrait
from bench import faces_data
from bench.faces_data import Encoded, Labelled

DISTRACTORS = 150_000
BATCH = 256
RUNS = 5
TIMED_PICTURES = 40
FIRST_DISTRACTOR = 1_000_001
"""Record ids of distractors; lower ones are people."""
EIGENFACES = 100

Values = NDArray[np.float64]


def main() -> None:
    """Run everything and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="labelled pictures; without it, faces are drawn")
    parser.add_argument("--distractors", type=int, default=DISTRACTORS)
    options = parser.parse_args()
    pictures = faces_data.labelled(options.data)
    templates, failed = faces_data.encoded(pictures)
    figures = {
        "people": len({each.person for each in pictures}),
        "pictures": len(pictures),
        "detection_failures": len(failed),
    }
    figures |= accuracy(templates, failed)
    figures |= eigenfaces(pictures, templates)
    figures |= searching(pictures, templates, failed, options.distractors)
    print(json.dumps(figures) if options.json else _table(figures))


def accuracy(templates: list[Encoded], failed: list[Labelled]) -> dict[str, float]:
    """1:1 over all pairs. Where a template is missing the comparison does not match, whatever the threshold."""
    one, other, same = faces_data.pairs(templates)
    found = [compare(templates[a].template, templates[b].template) for a, b in zip(one, other, strict=True)]
    scores, llrs = np.array([each.score for each in found]), np.array([each.llr for each in found])
    missing = _pairs_lost(templates, failed)
    genuine = np.append(scores[same], np.full(missing, -1.0))
    return {
        "genuine_pairs": len(genuine),
        "impostor_pairs": int((~same).sum()),
        "eer": eer(genuine, scores[~same]),
        "fnmr_at_fmr_0001": fnmr_at(genuine, scores[~same], 0.001),
        "fnmr_at_fmr_00001": fnmr_at(genuine, scores[~same], 0.0001),
        "cllr": cllr(llrs[same], llrs[~same]),
        "cllr_min": cllr_min(llrs[same], llrs[~same]),
    }


def fnmr_at(genuine: Values, impostor: Values, fmr: float) -> float:
    """The false non-match rate at the lowest threshold whose false match rate is at most `fmr`."""
    allowed = int(fmr * len(impostor))
    threshold = np.sort(impostor)[::-1][allowed]
    return float((genuine <= threshold).mean())


def eigenfaces(pictures: list[Labelled], templates: list[Encoded]) -> dict[str, float]:
    """The plain way: correlation after a projection on the data's own main axes (Turk and Pentland 1991)."""
    images = {(each.person, each.picture): each.image for each in pictures}
    faces = np.array(
        [
            portrait(images[each.person, each.picture]).face[::2, ::2].mean(axis=2).ravel()
            for each in templates
        ]
    )
    faces = (faces - faces.mean(axis=1, keepdims=True)) / faces.std(axis=1, keepdims=True)
    centred = faces - faces.mean(axis=0)
    axes = np.linalg.svd(centred, full_matrices=False)[2][:EIGENFACES]
    projected = centred @ axes.T
    projected /= np.linalg.norm(projected, axis=1, keepdims=True)
    one, other, same = faces_data.pairs(templates)
    scores = (projected[one] * projected[other]).sum(axis=1)
    return {
        "eigenfaces_eer": eer(scores[same], scores[~same]),
        "eigenfaces_fnmr_at_fmr_0001": fnmr_at(scores[same], scores[~same], 0.001),
    }


def searching(
    pictures: list[Labelled], templates: list[Encoded], failed: list[Labelled], distractors: int
) -> dict[str, float]:
    """1:N among people and distractors: who comes first, how fast, how much memory."""
    like = faces_data.population(templates)
    strangers = faces_data.strangers(like, distractors)
    one, other, same = faces_data.pairs(templates)
    held = faces_data.vectors(templates)
    apart = (held[one] * held[other]).sum(axis=1)[~same]
    with_strangers = held @ strangers[:5_000].T.astype(np.float64)
    before = _memory()
    with tempfile.TemporaryDirectory() as folder:
        records = ((FIRST_DISTRACTOR + number, (_half(row),)) for number, row in enumerate(strangers))
        began = time.perf_counter()
        index = FaceIndex.build(Path(folder), os.urandom(32), records, "bench")
        built = time.perf_counter() - began
        memory = _memory() - before
        figures = {
            "distractors": distractors,
            "distractor_share_of_data": like.share,
            "cosine_of_two_people": float(apart.mean()),
            "cosine_of_two_people_sd": float(apart.std()),
            "cosine_with_distractors": float(with_strangers.mean()),
            "cosine_with_distractors_sd": float(with_strangers.std()),
            **_speed(index, pictures, templates),
            **_ranks(index, templates, failed),
            "build_s": built,
            "memory_gb": memory,
        }
    return figures | _plain_search(templates, strangers)


def _ranks(index: FaceIndex, templates: list[Encoded], failed: list[Labelled]) -> dict[str, float]:
    """How often the right person comes first, each picture once the one that is held of a person, or all others."""
    by_person: dict[str, list[Encoded]] = {}
    for each in templates:
        by_person.setdefault(each.person, []).append(each)
    people = [own for own in by_person.values() if len(own) > 1]
    first = tried = 0
    for turn in range(max(map(len, people))):
        probes: list[tuple[int, FaceTemplate]] = []
        for number, own in enumerate(people, 1):
            index.add(number, [own[turn % len(own)].template])
            probes += ((number, each.template) for place, each in enumerate(own) if place != turn % len(own))
        found = index.search_many([template for _, template in probes], 1)
        first += sum(_first(each) == number for (number, _), each in zip(probes, found, strict=True))
        tried += len(probes)
    lost = len(failed) * max(map(len, people))
    first_of_all = 0
    for number, own in enumerate(people, 1):
        index.add(number, [each.template for each in own])
    for number, own in enumerate(people, 1):
        for each in own:
            index.add(number, [mate.template for mate in own if mate is not each])
            first_of_all += _first(index.search(each.template, 1)) == number
        index.add(number, [each.template for each in own])
    probes_of_all = sum(map(len, people)) + len(failed)
    return {
        "rank1_with_distractors": first / (tried + lost),
        "rank1_probes": tried + lost,
        "rank1_with_distractors_all_others_held": first_of_all / probes_of_all,
    }


def _speed(index: FaceIndex, pictures: list[Labelled], templates: list[Encoded]) -> dict[str, float]:
    """Milliseconds from a picture to its list, and template searches a second in batches."""
    images = [each.image for each in pictures[:: max(1, len(pictures) // TIMED_PICTURES)]]

    usable = [image for image in images if _works(image)]
    whole = np.array(_seconds(lambda image: index.search(encode(image)), usable * RUNS))
    encoding = np.array(_seconds(encode, usable))
    probes = [templates[number % len(templates)].template for number in range(BATCH)]
    single = _seconds(index.search, probes[:50])
    batches = _seconds(index.search_many, [probes] * RUNS)
    return {
        "image_to_list_ms": 1e3 * float(np.median(whole)),
        "p95_ms": 1e3 * float(np.quantile(whole, 0.95)),
        "encode_ms": 1e3 * float(np.median(encoding)),
        "search_ms": 1e3 * float(np.median(single)),
        "searches_per_s": BATCH / float(np.median(batches)),
    }


def _plain_search(templates: list[Encoded], strangers: NDArray[np.float32]) -> dict[str, float]:
    """faiss (IndexFlatIP) and one product of matrices with a full sort, on the same vectors and probes."""
    probes = np.resize(faces_data.vectors(templates), (BATCH, strangers.shape[1])).astype(np.float32)
    # Not sooner: its threads, which wait busily, would slow down what is measured before.
    import faiss

    flat = faiss.IndexFlatIP(strangers.shape[1])
    flat.add(strangers)
    some = probes[:32]
    by_faiss = _seconds(lambda batch: flat.search(batch, 100), [probes] * RUNS)
    single = _seconds(lambda probe: flat.search(probe[np.newaxis], 100), probes[:50])
    by_sorting = _seconds(lambda batch: np.argsort(-(batch @ strangers.T), axis=1)[:, :100], [some])
    return {
        "faiss_search_ms": 1e3 * float(np.median(single)),
        "faiss_searches_per_s": BATCH / float(np.median(by_faiss)),
        "brute_force_searches_per_s": len(some) / float(np.median(by_sorting)),
    }


def _pairs_lost(templates: Sequence[Encoded], failed: Sequence[Labelled]) -> int:
    """Genuine pairs of which one picture at least has no template."""

    def of(people: Sequence[str]) -> Iterator[int]:
        for person in set(people):
            number = people.count(person)
            yield number * (number - 1) // 2

    had = [each.person for each in templates]
    return sum(of([*had, *(each.person for each in failed)])) - sum(of(had))


def _first(found: CandidateList) -> int | None:
    return found.candidates[0].record_id if found.candidates else None


def _works(image: bytes) -> bool:
    return bool(faces_data.encoded([Labelled("", "", image)])[0])


def _half(vector: NDArray[np.float32]) -> bytes:
    return vector.astype("<f2").tobytes()


def _seconds(run: Callable[[Any], Any], each_of: Sequence[Any]) -> list[float]:
    """How long each call took."""
    taken = []
    for argument in each_of:
        began = time.perf_counter()
        run(argument)
        taken.append(time.perf_counter() - began)
    return taken


def _memory() -> float:
    """The memory that this process takes up, in GB."""
    return float(psutil.Process().memory_info().rss) / 2**30


def _table(figures: dict[str, Any]) -> str:
    return "\n".join(
        f"{name:45} {value:.4f}" if isinstance(value, float) else f"{name:45} {value}"
        for name, value in figures.items()
    )


if __name__ == "__main__":
    main()
