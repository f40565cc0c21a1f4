"""Write labelled pairs of impressions for `allpoints calibrate fingerprints`, one JSON object a line.

    python -m bench.fingerprints_pairs --data DIR > pairs.ndjson
    allpoints calibrate fingerprints --pairs pairs.ndjson --out FOLDER

Every pair of impressions within a set of `--data` (laid out as for `bench.fingerprints`). Pictures go as ISO/IEC
19794-2 records, which are small and hold what a template holds. A source is a finger of a set.
"""

import argparse
import base64
import json
import sys
from itertools import combinations
from pathlib import Path

from allpoints.errors import AllpointsError
from allpoints.formats import minutiae_records
from allpoints.formats.minutiae_records import Minutia, MinutiaeRecord, View
from allpoints.modalities import fingerprints
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate
from bench import fingerprints_data

DPI = 500
_KINDS: tuple[minutiae_records.Kind, ...] = ("other", "ending", "bifurcation")


def record_of(template: FingerprintTemplate) -> bytes:
    """The template as a finger minutiae record."""
    minutiae = tuple(
        Minutia(each.x, each.y, each.angle, _KINDS[each.kind], max(1, round(100 * each.quality)))
        for each in template.minutiae
    )
    view = View(template.finger, None, minutiae)
    size = {"width": template.width, "height": template.height}
    return minutiae_records.write(MinutiaeRecord(dpi_x=DPI, dpi_y=DPI, views=(view,), **size))


def main() -> None:
    """Write all pairs; an impression that is refused is named and left out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    for name, impressions in fingerprints_data.sets(options.data).items():
        records = []
        for each in impressions:
            try:
                made = record_of(fingerprints.encode(each.image))
            except AllpointsError as error:
                print(f"{name}/{each.finger}_{each.number}: {error}", file=sys.stderr)
            else:
                evidence = {"kind": "fingerprint", "image": base64.b64encode(made).decode()}
                records.append((f"{name}/{each.finger}", evidence))
        for (finger, probe), (other, reference) in combinations(records, 2):
            line = {"probe": probe, "reference": reference, "same": finger == other, "source": finger}
            print(json.dumps(line))


if __name__ == "__main__":
    main()
