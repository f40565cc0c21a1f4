"""Compile beforehand what all the processes of a test run would compile at the same moment.

    python -m tests.compile_ahead

In a fresh clone numba has compiled nothing yet, and it takes a minute. Every worker that runs tests and every process
of the hubs that they start would do the same work at once, and the hubs would be late.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from allpoints.demo.fingerprints import finger
from allpoints.demo.fingerprints.bulk import drawn_minutiae
from allpoints.demo.fingerprints.impressions import impression
from allpoints.modalities import TEMPLATED_BY_NAME
from allpoints.modalities.names.duplicates import find_duplicates
from allpoints.records import Person


def fingerprints() -> None:
    """Their comparison and their index."""
    _compare_and_search("fingerprints")


def names() -> None:
    """Their comparison and their index, and the search for duplicates."""
    _compare_and_search("names")
    people = [
        Person(names=(f"Anna {word}",), birth="1961-04-17") for word in ("Bellini", "Bellini", "Dvorak")
    ]
    find_duplicates(enumerate(people), threshold_llr=1.0)


def drawing() -> None:
    """Fingers, one by one and in bulk."""
    impression(finger(1, 1), 1)
    drawn_minutiae(2, 1)


def _compare_and_search(name: str) -> None:
    modality = TEMPLATED_BY_NAME[name]
    templates = [modality.encode(example) for example in modality.examples()[:3]]
    for one, other in combinations(templates, 2):
        modality.compare(one, other)
        modality.explain(one, other)
    with TemporaryDirectory() as folder:
        index = modality.open_index(Path(folder), bytes(32))
        for record_id, template in enumerate(templates, start=1):
            index.add(record_id, [template])
        index.search(templates[0], 3)
        index.flush("1:1:")
        index.search(templates[0], 3)


def main() -> None:
    """Compile in two processes, the longest part first."""
    parts: list[Callable[[], None]] = [fingerprints, names, drawing]
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        for done in [processes.submit(part) for part in parts]:
            done.result()


if __name__ == "__main__":
    main()
