"""From what somebody sent of one finger to its template."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.formats import minutiae_records
from allpoints.formats.pictures import grey
from allpoints.modalities.fingerprints import leader
from allpoints.modalities.fingerprints.minutiae import (
    UNKNOWN_QUALITY,
    FingerprintTemplate,
    Minutia,
    MinutiaKind,
    checked_finger,
    template,
)
from allpoints.modalities.fingerprints.quality import checked_quality
from allpoints.modalities.fingerprints.resolution import DPI, at_500_dpi, checked_dpi
from allpoints.records.biometrics import Fingerprint

LEAST_MINUTIAE: Final = 5
"""Fewer say too little of whose finger it was."""

_KINDS = {
    "ending": MinutiaKind.ENDING,
    "bifurcation": MinutiaKind.BIFURCATION,
    "other": MinutiaKind.OTHER,
}
_UNTOLD = 60
"""The quality of a minutia in a record that does not tell it, in hundredths."""


class Encoded(NamedTuple):
    """A template, the picture that it was made of at 500 dpi, and what an examiner should know of it."""

    template: FingerprintTemplate
    pixels: NDArray[np.uint8]
    """Grey, height × width; blank for a record of minutiae, which has no picture."""
    remarks: tuple[str, ...]


def encode(image: bytes, *, finger: int = 0, dpi: int | None = None) -> FingerprintTemplate:
    """Make the template of one impression; `finger` and `dpi` as in `records.Fingerprint`. Raises as `encoded`."""
    return encoded(Fingerprint(image=image, finger=finger, dpi=dpi)).template


def encoded(evidence: Fingerprint) -> Encoded:
    """Make the template of a picture or of a minutiae record (ISO/IEC 19794-2).

    Raises `InvalidValue`, with advice, for what shows no fingerprint or too little of one; `MalformedInput` and
    `TooLarge` for what cannot be read; `Unavailable` where the network is not installed.
    """
    checked_finger(evidence.finger)
    if evidence.image.startswith(minutiae_records.MAGIC):
        return _of_record(evidence)
    picture = grey(evidence.image)
    at_500 = at_500_dpi(picture.pixels, picture.dpi if evidence.dpi is None else evidence.dpi)
    quality = checked_quality(at_500.pixels)
    height, width = at_500.pixels.shape
    made = template(
        leader.minutiae(at_500.pixels),
        width=width,
        height=height,
        finger=evidence.finger,
        quality=quality.nfiq2,
    )
    remarks = (*filter(None, [at_500.remark]), *quality.advice)
    return Encoded(_with_enough(made), at_500.pixels, remarks)


def _of_record(evidence: Fingerprint) -> Encoded:
    record = minutiae_records.parse(evidence.image)
    if len(record.views) != 1:
        raise InvalidValue(
            f"the record has {len(record.views)} impressions",
            field="image",
            remedy="Send one impression at a time.",
        )
    view = record.views[0]
    wide, high = DPI / checked_dpi(record.dpi_x), DPI / checked_dpi(record.dpi_y)
    width, height = max(round(record.width * wide), 1), max(round(record.height * high), 1)
    made = template(
        (
            Minutia(
                x=min(round(m.x * wide), width - 1),
                y=min(round(m.y * high), height - 1),
                angle=m.angle,
                quality=(_UNTOLD if m.quality is None else m.quality) / 100,
                kind=_KINDS[m.kind],
            )
            for m in view.minutiae
        ),
        width=width,
        height=height,
        finger=evidence.finger or view.finger,
        quality=UNKNOWN_QUALITY if view.quality is None else view.quality,
    )
    blank = np.full((height, width), 255, np.uint8)
    return Encoded(_with_enough(made), blank, ("A record of minutiae was sent, without a picture.",))


def _with_enough(made: FingerprintTemplate) -> FingerprintTemplate:
    if len(made) >= LEAST_MINUTIAE:
        return made
    raise InvalidValue(
        f"only {len(made)} minutiae were found, at least {LEAST_MINUTIAE} are needed",
        field="image",
        remedy="Take an impression of more of the finger, pressed evenly, on a clean sensor.",
    )
