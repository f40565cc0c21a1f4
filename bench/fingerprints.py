"""Fingerprints: how surely fingers are told apart, how fast, and how one is found among 220,000.

    python -m bench.fingerprints [--json] [--data DIR] [--gallery N]

`--data` is a folder of sets as FVC lays them out: each a folder of pictures called finger_impression, such as 101_1.tif
(`bench/fingerprints_data.py`). Without it a small set is drawn. What is compared with what, and what a refused
impression costs, `bench/fingerprints_accuracy.py` says; NBIS (mindtct and Bozorth3) runs on the same pairs. The
search is among the set's impressions and drawn ones up to `--gallery` (`bench/fingerprints_search.py`).

Rates are shares, 0 to 1: `eer`; `fmr100`, `fmr1000` and `zero_fmr`, which are the FNMR where the FMR is 1 in 100,
1 in 1000 and none; `rank1`; `failure_to_enrol`. `cllr` and `cllr_min` are bits. Each by set and as mean_ of the sets.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from allpoints.errors import AllpointsError
from bench import fingerprints_accuracy, fingerprints_data, fingerprints_search
from bench.fingerprints_accuracy import mean_name

GALLERY = 220_000


def main() -> None:
    """Run everything and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="a folder of FVC sets; without it, drawn fingers")
    parser.add_argument("--gallery", type=int, default=GALLERY, help="impressions to search among")
    options = parser.parse_args()
    try:
        sets = fingerprints_data.sets(options.data)
        figures, templates = fingerprints_accuracy.measure(sets)
    except AllpointsError as error:
        parser.error(f"{error}. {error.remedy}")
    figures |= {"gallery": options.gallery}
    figures |= fingerprints_search.search_figures(templates, options.gallery)
    print(json.dumps(figures) if options.json else table(figures))


def table(figures: dict[str, Any]) -> str:
    """The figures by set, one set a row and the means last; then the others, one a line."""
    by_set = {name: values for name, values in figures.items() if isinstance(values, dict)}
    means = {name: figures[mean_name(name)] for name in by_set}
    rows = {of: [values[of] for values in by_set.values()] for of in next(iter(by_set.values()))}
    rows["mean"] = list(means.values())
    others = {name: figures[name] for name in figures.keys() - by_set.keys() - set(map(mean_name, by_set))}
    width = max(map(len, rows))
    lines = [
        " " * width + "".join(f"{name:>18}" for name in by_set),
        *(f"{of:{width}}" + "".join(f"{value:18.4f}" for value in values) for of, values in rows.items()),
        "rates are shares (0 to 1), cllr bits",
        *(f"{name:25} {others[name]:.4g}" for name in figures if name in others),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
