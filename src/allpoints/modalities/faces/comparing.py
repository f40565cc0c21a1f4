"""Two faces compared: by the cosine of their embeddings, calibrated."""

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from allpoints.errors import InvalidValue
from allpoints.likelihood.calibration import Calibration
from allpoints.likelihood.calibration import load as load_calibration
from allpoints.likelihood.verbal import in_words
from allpoints.modalities.base import Comparison, Explanation, Finding, Outcome
from allpoints.modalities.faces.embedding import Vector
from allpoints.modalities.faces.quality import Quality
from allpoints.modalities.faces.template import FaceTemplate

SAME = "Probe and reference show the face of one person."
DIFFERENT = "The reference shows the face of another person."
MAX_PICTURES = 100
"""Pictures of one person that are compared together."""


@cache
def calibration() -> Calibration:
    """The calibration that is in use. Raises as `likelihood.calibration.load`."""
    return load_calibration("allpoints.modalities.faces")


def compare(probe: FaceTemplate, reference: FaceTemplate) -> Comparison:
    """Compare two pictures: the score is the cosine of their embeddings, from -1 to 1."""
    return compare_sets((probe,), (reference,))


def compare_sets(probes: Sequence[FaceTemplate], references: Sequence[FaceTemplate]) -> Comparison:
    """Compare pictures of one person with pictures of one person: the score is the mean over all pairs.

    Pictures of one face are not independent, so that their LLRs must not be added up. The mean of the pairs varies
    less than one of them and lies where one pair lies, so that the calibration of single pairs holds for it; the
    cosine of mean embeddings would lie higher. Raises `InvalidValue` for no picture, or too many.
    """
    score = float(np.dot(_mean(probes, "probes"), _mean(references, "references")))
    return Comparison(score, calibration().llr(score))


def explain(probe: FaceTemplate, reference: FaceTemplate) -> Explanation:
    """Say how `compare` came to its result."""
    return explain_sets((probe,), (reference,))


def explain_sets(probes: Sequence[FaceTemplate], references: Sequence[FaceTemplate]) -> Explanation:
    """Say how `compare_sets` came to its result: each pair's similarity, and the quality of the pictures."""
    found = compare_sets(probes, references)
    pairs = [
        _finding(probe, reference, _of(one, probes, "probe"), _of(other, references, "reference"))
        for one, probe in enumerate(probes)
        for other, reference in enumerate(references)
    ]
    return Explanation(
        comparison=found,
        same=SAME,
        different=DIFFERENT,
        findings=tuple(pairs),
        remarks=(
            f"the similarity {found.score:.2f} of the embeddings gives LLR {found.llr:.1f}: {in_words(found.llr)}",
            error_rates(found.llr),
            *_advice(probes, "probe"),
            *_advice(references, "reference"),
        ),
    )


def error_rates(llr: float) -> str:
    """Say what deciding from this LLR on gets wrong, as the calibration's measurement has it."""
    used = calibration()
    rates = used.error_rates_at(llr)
    return (
        f"{_share(rates.fmr, used.provenance.different)} comparisons of two people reached this LLR and "
        f"{_share(rates.fnmr, used.provenance.same)} of one person did not, among {used.propositions.population}"
    )


def _share(rate: float, number: int) -> str:
    if rate == 0:
        return f"none of {number:,}"
    return f"all of {number:,}" if rate == 1 else f"{rate:.2%} of {number:,}"


def captions(quality: Quality) -> tuple[str, ...]:
    """The quality of a picture in a few words each."""
    return (
        f"eyes {quality.eye_distance:.0f} px apart",
        f"sharpness {quality.sharpness:.2f}",
        f"yaw {quality.yaw:+.0f}°, pitch {quality.pitch:+.0f}°, roll {quality.roll:+.0f}°",
        f"brightness {quality.brightness:.2f}, contrast {quality.contrast:.2f}, asymmetry {quality.asymmetry:.2f}",
    )


def _mean(templates: Sequence[FaceTemplate], field: str) -> Vector:
    if not 1 <= len(templates) <= MAX_PICTURES:
        raise InvalidValue(f"1 to {MAX_PICTURES} pictures of one person are compared", field=field)
    mean: Vector = np.mean([template.vector for template in templates], axis=0)
    return mean


def _finding(probe: FaceTemplate, reference: FaceTemplate, probe_name: str, reference_name: str) -> Finding:
    found = compare(probe, reference)
    return Finding(
        "face",
        f"{probe_name} ({', '.join(captions(probe.quality))})",
        f"{reference_name} ({', '.join(captions(reference.quality))})",
        Outcome.COMPATIBLE if found.llr > 0 else Outcome.DIFFERENT,
        f"similarity {found.score:.2f}",
    )


def _of(number: int, templates: Sequence[FaceTemplate], side: str) -> str:
    return side if len(templates) == 1 else f"{side} {number + 1}"


def _advice(templates: Sequence[FaceTemplate], side: str) -> Iterator[str]:
    for number, template in enumerate(templates):
        for said in template.quality.advice:
            yield f"{_of(number, templates, side)}: {said}"
