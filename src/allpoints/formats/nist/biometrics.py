"""What a transaction holds that can be compared: single fingerprints and faces, and notes on what was left out."""

from typing import Final

import msgspec
import numpy as np

from allpoints.errors import InvalidValue
from allpoints.formats import minutiae_records
from allpoints.formats.nist.greyscale import greyscale
from allpoints.formats.nist.minutiae import minutiae
from allpoints.formats.nist.positions import described, finger_of
from allpoints.formats.nist.transaction import DATA, Record, Transaction, place, whole
from allpoints.formats.pictures import png
from allpoints.records.biometrics import Face, Fingerprint

_UNCOMPRESSED: Final = ("NONE", "0")
_CHANNELS: Final = {"GRAY": 1, "RGB": 3, "SRGB": 3}
_PROFILES: Final = ("R", "L")
_SQUARE: Final = 0.01
"""How far the two resolutions of a picture may differ, as a share, before its pixels are no squares."""

_NO_EDGE_LIMIT: Final = 65_535


class Contents(msgspec.Struct, frozen=True):
    """Single prints, faces, and a note on each record that holds biometrics which are not compared."""

    prints: tuple[Fingerprint, ...]
    faces: tuple[Face, ...]
    notes: tuple[str, ...]


def biometrics(transaction: Transaction) -> Contents:
    """The single prints (types 4, 13 and 14, and minutiae of type 9 that come without picture) and the faces
    (type 10) of a transaction, in its order.

    Uncompressed pictures become PNG, minutiae become ISO/IEC 19794-2 records. Palms, slaps, profiles, other parts of
    the body and types that are not compared give a note. Raises `InvalidValue` or `MalformedInput` for a picture whose
    fields contradict its bytes, naming record and field.
    """
    prints: list[Fingerprint] = []
    faces: list[Face] = []
    notes: list[str] = []
    pictured = {record.idc for record in transaction.records if record.kind in (4, 13, 14)}
    for number, record in enumerate(transaction.records, 1):
        found = _found(transaction, record, number, pictured)
        match found:
            case Fingerprint():
                prints.append(found)
            case Face():
                faces.append(found)
            case str():
                notes.append(f"{place(number, record.kind)}: {found}")
    return Contents(tuple(prints), tuple(faces), tuple(notes))


def _found(
    transaction: Transaction, record: Record, number: int, pictured: set[int]
) -> Fingerprint | Face | str | None:
    match record.kind:
        case 1 | 2:
            return None
        case 4:
            return _type_4(transaction, record, number)
        case 9:
            return (
                "minutiae of a print whose picture is here"
                if record.idc in pictured
                else _type_9(record, number)
            )
        case 10:
            return _type_10(record, number)
        case 13 | 14:
            return _tagged_print(record, number)
        case _:
            return "this type is not compared"


def _type_4(transaction: Transaction, record: Record, number: int) -> Fingerprint | str:
    held = greyscale(record, number=number)
    finger = finger_of(held.positions)
    if finger is None:
        return f"no single finger ({described(held.positions)})"
    dpi = _native_dpi(transaction.header) if held.native else 500
    image = held.image
    if held.compression == 0:
        where = place(number, 4, 9)
        image = _wrapped(image, held.width, held.height, channels=1, where=where)
    return Fingerprint(image=image, finger=finger, dpi=dpi)


def _native_dpi(header: Record) -> int | None:
    """Field 1.011 in pixels a millimetre, two digits and two decimals; 00.00 where it is not told."""
    whole_part, _, decimals = header.text(11).partition(".")
    where = place(1, 1, 11)
    per_mm = whole(whole_part, 99, where) + whole(decimals[:2].ljust(2, "0"), 99, where) / 100
    return round(per_mm * 25.4) or None


def _type_9(record: Record, number: int) -> Fingerprint | str:
    read = minutiae(record, number=number)
    if read is None:
        return "minutiae in fields that are not read, or of no single finger"
    return Fingerprint(image=minutiae_records.write(read), finger=read.views[0].finger)


def _tagged_print(record: Record, number: int) -> Fingerprint | str:
    kind = record.kind
    texts = [subfield[0].strip() for subfield in record.items(13)]
    positions = tuple(whole(text, 99, place(number, kind, 13)) for text in texts if text)
    finger = finger_of(positions)
    if finger is None:
        return f"no single finger ({described(positions)})"
    if record.data is None:
        return "no picture"
    dpi = _dpi(record, number)
    image = record.data
    if record.text(11).upper() in _UNCOMPRESSED:
        depth = whole(record.text(12), 99, place(number, kind, 12))
        if depth != 8:
            raise InvalidValue(f"{depth} bits a pixel; raw pixels need 8", field=place(number, kind, 12))
        image = _wrapped(image, *_size(record, number), channels=1, where=place(number, kind, DATA))
    return Fingerprint(image=image, finger=finger, dpi=dpi)


def _type_10(record: Record, number: int) -> Face | str:
    image_type = record.text(3).upper()
    if image_type != "FACE":
        return f"a picture of {image_type or 'unknown type'}, no face"
    if record.text(20).upper() in _PROFILES:
        return "a face in profile"
    if record.data is None:
        return "no picture"
    image = record.data
    if record.text(11).upper() in _UNCOMPRESSED:
        space = record.text(12).upper()
        channels = _CHANNELS.get(space)
        if channels is None:
            raise InvalidValue(
                f"raw pixels in colour space {space!r}",
                field=place(number, 10, 12),
                remedy="Send raw pixels as GRAY, RGB or SRGB, or the picture as JPEG, JPEG 2000 or PNG.",
            )
        where = place(number, 10, DATA)
        image = _wrapped(image, *_size(record, number), channels=channels, where=where)
    return Face(image=image)


def _size(record: Record, number: int) -> tuple[int, int]:
    width, height = (whole(record.text(at), _NO_EDGE_LIMIT, place(number, record.kind, at)) for at in (6, 7))
    return width, height


def _dpi(record: Record, number: int) -> int | None:
    """Fields SLC, THPS and TVPS: pixels an inch (1), a centimetre (2), or no more than their proportion (0)."""
    unit, across, down = (whole(record.text(at), 99_999, place(number, record.kind, at)) for at in (8, 9, 10))
    if unit > 2:
        raise InvalidValue(f"{unit} is no unit (0 to 2)", field=place(number, record.kind, 8))
    if abs(across - down) > _SQUARE * max(across, down):
        raise InvalidValue(
            f"{across} pixels across and {down} down: these are no squares",
            field=place(number, record.kind, 9),
            remedy="Resample the picture to one resolution.",
        )
    return None if not unit or not across else round(across * (2.54 if unit == 2 else 1))


def _wrapped(image: bytes, width: int, height: int, *, channels: int, where: str) -> bytes:
    if not image or len(image) != width * height * channels:
        raise InvalidValue(
            f"{len(image):,} bytes are no {width} × {height} pixels of {channels}",
            field=where,
            remedy="State the picture's width and height, and its compression if it has one.",
        )
    shape = (height, width) if channels == 1 else (height, width, channels)
    return png(np.frombuffer(image, np.uint8).reshape(shape))
