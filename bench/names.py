"""Finding people by name: ten million in the index, and how surely they are told apart.

    python -m bench.names [--json] [--people N] [--data DIR] [--probes N]

Retrieval, comparison and explanation run as they do in a hub's worker, on people that the demo's generator draws:
held under one description, asked for under another (other script, misspelt, reordered, partial). With `--data` accuracy
is measured on a folder of labelled data as well (what it may hold, `bench/names_data.py` says), each matcher in the
same run: ours, nomenklatura's LogicV2, and anyascii with rapidfuzz's token_sort_ratio. Accuracy is measured on
sources that nothing was fitted to.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from bench import names_accuracy, names_retrieval


def main() -> None:
    """Run everything and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--people", type=int, default=10_000_000)
    parser.add_argument("--probes", type=int, default=3_000)
    parser.add_argument(
        "--data", type=Path, help="a folder of labelled data; without it, what is drawn alone"
    )
    options = parser.parse_args()
    figures = {"people": options.people}
    figures |= names_retrieval.measure(options.people, options.probes)
    figures |= names_accuracy.measure(options.data)
    print(json.dumps(figures, ensure_ascii=False) if options.json else _table(figures))


def _table(figures: dict[str, Any]) -> str:
    return "\n".join(f"{name:45} {value}" for name, value in figures.items())


if __name__ == "__main__":
    main()
