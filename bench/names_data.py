"""Labelled pairs of people for the benchmark of names, read from a folder of data or drawn.

A folder may hold any of: `name_bench_cases.csv` (pairs with judgements), `wd_*_tokens.tsv` (a Latin token and the
same in another script), `historical_figures_with_errors_50k.parquet` (records with errors; `cluster` is the truth).
"""

import csv
import random
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from allpoints.errors import AllpointsError
from allpoints.modalities import names
from allpoints.records.people import Person
from bench import peers

TOKENS_SEEN = 2
"""How often a pair of tokens must have been seen: those seen once are too often pairs of different names."""
PAIRS_PER_SCRIPT = 2_000
IMPOSTORS_PER_NAME = 10


class Pair(NamedTuple):
    """Two descriptions, and whether they are of one person; `source` names the person (or the test) they come from."""

    probe: Person
    reference: Person
    same: bool
    source: str
    group: str


def name_bench(folder: Path) -> list[Pair]:
    """The pairs of persons that OpenSanctions judges its matchers by."""
    with (folder / "name_bench_cases.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["schema"] == "Person"]
    pairs = (
        _pair(row["name1"], row["name2"], same=row["is_match"].lower() == "true", group=row["case_group"])
        for row in rows
    )
    return [pair for pair in pairs if pair]


def original_scripts(folder: Path, seed: int = 7) -> Iterator[Pair]:
    """Whole names in another script against Latin, made of two or three of the folder's tokens.

    Each name meets itself and impostors: half of them share one of its tokens, as namesakes and siblings do.
    """
    for path in sorted(folder.glob("wd_*_tokens.tsv")):
        yield from _of_tokens(path, path.stem.split("_")[1], random.Random(seed))


def historical(folder: Path) -> tuple[list[tuple[int, Person]], list[str]]:
    """Records of historical figures with their errors, numbered, and the cluster of each: who it truly is."""
    people: list[tuple[int, Person]] = []
    clusters: list[str] = []
    path = next(folder.glob("historical_figures*.parquet"))
    for row in peers.run("read_parquet", [], str(path)):
        person = _historical(row)
        if person is not None:
            people.append((len(people) + 1, person))
            clusters.append(row["cluster"])
    return people, clusters


def half_of(source: str) -> int:
    """Which half of the sources this one belongs to: 0 is for fitting, 1 for measuring."""
    return blake2b(source.encode(), digest_size=1).digest()[0] & 1


def _pair(probe: str, reference: str, *, same: bool, group: str) -> Pair | None:
    try:
        return Pair(names.person(probe), names.person(reference), same, reference, group)
    except AllpointsError:
        return None


def _of_tokens(path: Path, script: str, chance: random.Random) -> Iterator[Pair]:
    joint = " " if script in {"arabic", "russian", "hebrew"} else "・" if script == "japanese" else "·"
    rows = (line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8"))
    tokens = [
        (row[0], row[1].replace(" ", ""))
        for row in rows
        if len(row) == 3 and int(row[2]) >= TOKENS_SEEN and len(row[0]) > 2
    ]
    people = [tuple(chance.sample(tokens, chance.choice((2, 2, 3)))) for _ in range(PAIRS_PER_SCRIPT)]

    def written(parts: Iterable[tuple[str, str]]) -> Person:
        return names.person(joint.join(native for _, native in parts))

    for number, parts in enumerate(people):
        latin = names.person(" ".join(token for token, _ in parts).title())
        yield Pair(latin, written(parts), same=True, source=f"{script}{number}", group=script)
        for impostor in range(IMPOSTORS_PER_NAME):
            other = people[chance.randrange(len(people))]
            if other is parts:
                continue
            if impostor % 2:
                other = (*parts[:1], *other[1:]) if chance.random() < 0.5 else (*other[:-1], *parts[-1:])
            yield Pair(latin, written(other), same=False, source=f"{script}{number}", group=script)


def _historical(row: dict[str, str | None]) -> Person | None:
    """The row as a bureau would describe the person; what cannot be read (the 81st of a month) is left out."""
    said = {
        "birthplace": row["birth_place"] or "",
        "residence": row["postcode_fake"] or "",
        "sex": {"male": "M", "female": "F"}.get(row["gender"] or "", ""),
    }
    for born in (row["dob"] or "", (row["dob"] or "")[:4], ""):
        try:
            return names.person(row["full_name"] or "", born=born, **said)
        except AllpointsError:
            continue
    return None
