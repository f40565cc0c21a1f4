"""Make the calibration of faces from labelled pictures.

    python -m bench.faces_calibration --data DIR --name NAME --out calibration.json

All pairs of pictures, split by person. Pairs that share a picture or a person are not independent, so that an LLR is
bounded by fewer than there are: each picture counts once, or once against each other person.
"""

import argparse
from datetime import UTC, datetime
from importlib.metadata import version
from math import log10, sqrt
from pathlib import Path

import msgspec
import numpy as np

from allpoints.likelihood import (
    Calibration,
    Comparisons,
    DataSet,
    Fitted,
    Propositions,
    fit,
    measured,
    softly_bounded,
)
from allpoints.modalities.faces.comparing import DIFFERENT, SAME
from bench import faces_data


def calibrated(folder: Path, name: str) -> Fitted:
    """Fit on all pairs of a folder's pictures."""
    pictures = faces_data.labelled(folder)
    templates, _ = faces_data.encoded(pictures)
    people = [each.person for each in templates]
    held = faces_data.vectors(templates)
    one, other, same = faces_data.pairs(templates)
    # In turn the one and the other is the probe, so that each person is the source of as many pairs.
    probes = np.where((one + other) % 2, one, other)
    comparisons = Comparisons(
        scores=(held[one] * held[other]).sum(axis=1),
        same=same,
        sources=tuple(people[index] for index in probes),
    )
    fitted = fit(
        comparisons,
        modality="faces",
        propositions=Propositions(SAME, DIFFERENT, f"the {len(set(people))} people of {name}"),
        data=DataSet(name, faces_data.digest(pictures)),
        made=f"{datetime.now(UTC):%Y-%m-%d}",
        code=version("allpoints"),
    )
    most_same, most_different = len(templates), len(templates) * (len(set(people)) - 1)
    return _bounded(fitted, comparisons, -log10(most_same + 1), log10(most_different + 1))


def _bounded(fitted: Fitted, comparisons: Comparisons, lower: float, upper: float) -> Fitted:
    """The calibration with bounds no farther than these; the cross-validated LLRs, bounded so, are measured anew."""
    found = fitted.calibration
    lower, upper = max(found.lower, round(lower, 2)), min(found.upper, round(upper, 2))
    llrs = np.array([softly_bounded(_unbounded(llr, found), lower, upper) for llr in fitted.llrs.tolist()])
    return Fitted(
        msgspec.structs.replace(found, lower=lower, upper=upper, measured=measured(comparisons, llrs)), llrs
    )


def _unbounded(llr: float, calibration: Calibration) -> float:
    """The LLR that `softly_bounded` drew towards the calibration's bounds."""
    half = (calibration.upper if llr > 0 else calibration.lower) / 2
    along = llr / half - 1
    return llr if along <= 0 else half * (1 + along / sqrt(1 - along * along))


def main() -> None:
    """Fit, say how well it does, and write the file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--name", required=True, help="what the pictures are, for the calibration's provenance"
    )
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    calibration = calibrated(options.data, options.name).calibration
    options.out.write_bytes(calibration.encode())
    found = calibration.measured
    print(
        f"Cllr {found.cllr:.4f}, Cllr_min {found.cllr_min:.4f}, EER {found.eer:.3%}; "
        f"LLRs from {calibration.lower} to {calibration.upper}"
    )


if __name__ == "__main__":
    main()
