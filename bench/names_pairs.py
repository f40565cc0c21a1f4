"""Labelled pairs of people, written as JSON lines for `allpoints calibrate names --pairs`.

    python -m bench.names_pairs [--people N] [--probes N] [--seed S] [--data DIR] [--half 0|1] > pairs.ndjson

Same: a drawn person under two descriptions. Different: whoever else comes up for such a query among N people, which
is the population that the LLR speaks of, and doubles made on purpose (siblings, namesakes, a swapped patronymic).
`--data` adds the pairs of a folder of labelled data whose sources belong to one half; the other half is for measuring.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec

from allpoints.demo.humans import Human, Humans, near_miss, variant
from allpoints.modalities import NAMES
from allpoints.modalities.names.retrieval.index import NameIndex
from allpoints.records.people import Person
from bench import names_data
from bench.names_data import Pair

OTHERS = 6
"""Of the candidates of a query, how many stand for those who come up."""
AMONG = 30


def main() -> None:
    """Write the pairs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--probes", type=int, default=6_000)
    parser.add_argument("--seed", default="calibration")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), default=0)
    options = parser.parse_args()
    for pair in drawn(options.people, options.probes, options.seed):
        _write(pair)
    if options.data:
        for pair in labelled(options.data, options.half):
            _write(pair)


def drawn(people: int, probes: int, seed: str) -> Iterator[Pair]:
    """Pairs of drawn people: the same one twice, those who come up besides, and doubles."""
    humans, chance = Humans(seed), Random(seed)
    with tempfile.TemporaryDirectory(prefix="allpoints-pairs-") as folder:
        batch = [described(human) for human in humans.draw(people)]
        index = NameIndex.build(Path(folder), [(range(1, people + 1), batch)], "0:0:")
        for number in chance.sample(range(people), probes):
            human = humans.human(number)
            probe = variant(human, chance).person
            source = f"{seed}-{number}"
            yield Pair(probe, batch[number], True, source, "drawn")
            found = index.search(NAMES.encode(probe), AMONG).candidates
            others = [each.record_id - 1 for each in found if each.record_id != number + 1]
            for other in chance.sample(others, min(OTHERS, len(others))):
                yield Pair(probe, batch[other], False, source, "came up")
            double = near_miss(human, chance)
            yield Pair(probe, described(double.human), False, source, str(double.kind))


def described(human: Human) -> Person:
    """How a record describes a drawn person: at times fully, at times by the name alone."""
    whole = human.person
    chance = Random(human.number)
    known = chance.random()
    return msgspec.structs.replace(
        whole,
        names=(human.text,),
        birth=whole.birth if known < 0.8 else "",
        sex=whole.sex if chance.random() < 0.7 else "",
        nationalities=whole.nationalities if chance.random() < 0.6 else (),
        birthplace=whole.birthplace if chance.random() < 0.3 else "",
    )


def labelled(folder: Path, half: int) -> Iterator[Pair]:
    """The folder's pairs whose source belongs to this half."""
    if (folder / "name_bench_cases.csv").exists():
        yield from (p for p in names_data.name_bench(folder) if names_data.half_of(p.source) == half)
    yield from (
        p for p in names_data.original_scripts(folder, seed=half) if names_data.half_of(p.source) == half
    )


def _write(pair: Pair) -> None:
    line = {
        "probe": msgspec.to_builtins(pair.probe),
        "reference": msgspec.to_builtins(pair.reference),
        "same": pair.same,
        "source": pair.source,
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
