"""A transaction made of pictures: what a bureau writes to hand prints and faces to other systems."""

import io
from collections.abc import Sequence
from datetime import date
from typing import Final

from PIL import Image

from allpoints.errors import InvalidValue, TooLarge
from allpoints.formats.minutiae_records import MAGIC
from allpoints.formats.nist.transaction import MAX_RECORDS, Field, Record, Transaction
from allpoints.formats.pictures import Picture, colour, grey, png
from allpoints.records.biometrics import FINGERS, Face, Fingerprint

_VERSION: Final = "0502"
"""ANSI/NIST-ITL 1-2011, update 2015."""

_UNKNOWN_IMPRESSION: Final = 29
_MAX_PICTURES: Final = MAX_RECORDS - 2
"""A transaction has a header and a record of text besides."""

_WSQ: Final = b"\xff\xa0"
_JPEG: Final = b"\xff\xd8\xff"
_EXIF_WITHIN: Final = 1 << 16
_COLOUR_SPACES: Final = {"L": "GRAY", "RGB": "SRGB"}


def transaction_of(
    prints: Sequence[Fingerprint],
    faces: Sequence[Face],
    *,
    type_of_transaction: str,
    source: str,
    destination: str,
    control_number: str,
    date: date,
) -> Transaction:
    """Records of type 1, 2 (without user-defined fields), 14 for each print and 10 for each face, in this order.

    `type_of_transaction`, `source`, `destination` and `control_number` become fields 1.004, 1.008, 1.007 and 1.009;
    they are ASCII, and agreed between the parties. When a picture was taken is not known here: `date` stands for it.
    Prints in WSQ and faces in JPEG are sent as they are, all others as PNG. A print without known resolution is
    marked so.
    Raises `InvalidValue` for what is no picture or finger, and `TooLarge` for more than 98 pictures.
    """
    if len(prints) + len(faces) > _MAX_PICTURES:
        raise TooLarge(
            f"{len(prints) + len(faces)} pictures; a transaction holds {_MAX_PICTURES}", field="prints, faces"
        )
    day = f"{date:%Y%m%d}"
    header = Record(
        kind=1,
        fields=(
            Field.of(2, _VERSION),
            Field.of(4, type_of_transaction),
            Field.of(5, day),
            Field.of(7, destination),
            Field.of(8, source),
            Field.of(9, control_number),
            # Both resolutions concern records of binary layout, of which there are none.
            Field.of(11, "00.00"),
            Field.of(12, "00.00"),
        ),
    )
    fourteens = [_type_14(each, at, source, day) for at, each in enumerate(prints, 1)]
    tens = [_type_10(each, at, source, day) for at, each in enumerate(faces, len(prints) + 1)]
    return Transaction((header, Record(kind=2), *fourteens, *tens))


def _type_14(finger_print: Fingerprint, idc: int, source: str, day: str) -> Record:
    where = f"prints[{idc - 1}]"
    if finger_print.finger not in FINGERS:
        raise InvalidValue(f"{finger_print.finger} is no finger position (0 to 10)", field=f"{where}.finger")
    if finger_print.image.startswith(MAGIC):
        raise InvalidValue(
            "minutiae are no picture",
            field=f"{where}.image",
            remedy="Send the picture that they were taken from.",
        )
    picture = grey(finger_print.image, field=f"{where}.image")
    dpi = finger_print.dpi or picture.dpi
    wsq = finger_print.image.startswith(_WSQ)
    return Record(
        kind=14,
        idc=idc,
        fields=(
            Field.of(3, _UNKNOWN_IMPRESSION),
            Field.of(4, source),
            Field.of(5, day),
            *_size(picture, dpi),
            Field.of(11, "WSQ20" if wsq else "PNG"),
            Field.of(12, 8),
            Field.of(13, finger_print.finger),
        ),
        data=finger_print.image if wsq else png(picture.pixels),
    )


def _type_10(face: Face, idc: int, source: str, day: str) -> Record:
    picture = colour(face.image, field=f"faces[{idc - 1}].image")
    space = _space_of_jpeg(face.image)
    return Record(
        kind=10,
        idc=idc,
        fields=(
            Field.of(3, "FACE"),
            Field.of(4, source),
            Field.of(5, day),
            *_size(picture, None),
            Field.of(11, "JPEGB" if space else "PNG"),
            Field.of(12, space or "SRGB"),
            # 0: how the picture was taken is not known.
            Field.of(13, 0),
        ),
        data=face.image if space else png(picture.pixels),
    )


def _size(picture: Picture, dpi: float | None) -> tuple[Field, ...]:
    """HLL, VLL, SLC, THPS, TVPS; where the resolution is not known, the last two are a proportion of one to one."""
    height, width = picture.pixels.shape[:2]
    unit, density = (1, round(dpi)) if dpi else (0, 1)
    return tuple(Field.of(at, value) for at, value in enumerate((width, height, unit, density, density), 6))


def _space_of_jpeg(image: bytes) -> str | None:
    """The colour space of a JPEG that other programs show as it is meant; None for all else.

    Many readers of these files do not turn a picture as Exif says, and know no CMYK.
    """
    if not image.startswith(_JPEG) or b"Exif\0" in image[:_EXIF_WITHIN]:
        return None
    return _COLOUR_SPACES.get(Image.open(io.BytesIO(image)).mode)
