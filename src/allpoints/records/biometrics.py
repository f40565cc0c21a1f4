"""What a biometric check or contribution brings along: pictures of a finger or a face, and files that hold several."""

import msgspec

from allpoints.errors import InvalidValue, TooLarge

MAX_PIECES = 20
"""Pictures of one source, or in one request: two hands, flat and rolled."""
MAX_PICTURE = 16 << 20
"""Bytes of one picture or file, as it is sent."""

FINGERS = {
    0: "unknown finger",
    1: "right thumb",
    2: "right index finger",
    3: "right middle finger",
    4: "right ring finger",
    5: "right little finger",
    6: "left thumb",
    7: "left index finger",
    8: "left middle finger",
    9: "left ring finger",
    10: "left little finger",
}
"""Finger positions by their number in ANSI/NIST-ITL 1 (table of friction ridge positions)."""


class Fingerprint(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="fingerprint"
):
    """One impression of one finger: a picture (PNG, TIFF, JPEG, JPEG 2000, BMP, WSQ), or an ISO/IEC 19794-2 template.

    `finger` is a key of `FINGERS`; a trace has 0. `dpi` overrides the resolution that the file states.
    """

    image: bytes
    finger: int = 0
    dpi: int | None = None


class Face(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="face"
):
    """One picture of one person's face."""

    image: bytes


class NistFile(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="nist"
):
    """An ANSI/NIST-ITL file: fingerprints and faces of one person."""

    file: bytes


Piece = Fingerprint | Face
"""One picture, of which a modality makes one template."""

Biometric = Fingerprint | Face | NistFile


def check_biometric(evidence: Biometric, *, field: str) -> None:
    """Raise `TooLarge` or `InvalidValue` naming what is wrong with it, as far as that shows without decoding it."""
    data, name = (evidence.file, "file") if isinstance(evidence, NistFile) else (evidence.image, "image")
    if not data:
        raise InvalidValue("there is nothing in it", field=f"{field}.{name}")
    if len(data) > MAX_PICTURE:
        raise TooLarge(f"more than {MAX_PICTURE} bytes", field=f"{field}.{name}")
    if isinstance(evidence, Fingerprint) and evidence.finger not in FINGERS:
        raise InvalidValue(
            f"{evidence.finger} is no finger",
            field=f"{field}.finger",
            remedy="Send 1 to 5 from the right thumb on, 6 to 10 from the left thumb on, 0 if it is not known.",
        )
    if isinstance(evidence, Fingerprint) and evidence.dpi is not None and not 50 <= evidence.dpi <= 5_000:
        raise InvalidValue("a resolution lies between 50 and 5,000 dpi", field=f"{field}.dpi")
