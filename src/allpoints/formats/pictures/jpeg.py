"""What a JPEG file's segments state, walked before the decoder sees them."""

import struct
from typing import NamedTuple

from allpoints.errors import MalformedInput, TooLarge
from allpoints.formats.pictures.tags import ORIENTATION, read_tags

_APP0, _APP1, _SOS, _EOI = 0xE0, 0xE1, 0xDA, 0xD9
_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without a length."""

MAX_SCANS = 32
"""A progressive file has about ten; each costs a pass over all pixels, however short it is in the file."""

_MAX_SEGMENTS = 1_000

_CM_PER_INCH = 2.54


class Stated(NamedTuple):
    """What JFIF and EXIF say: pixels per inch across and down, and how the picture is to be turned."""

    dpi: tuple[float, float] | None
    orientation: int


def read_segments(data: bytes, *, field: str) -> Stated:
    """Walk the segments before the first scan. Raises `MalformedInput`, and `TooLarge` for too many scans."""
    # Within the coded data every FF is followed by 00, so this can only count too many.
    if data.count(b"\xff\xda") > MAX_SCANS:
        raise TooLarge(f"is coded in more than {MAX_SCANS} scans", field=field)
    dpi, exif = None, b""
    at = 2
    for _ in range(_MAX_SEGMENTS):
        marker, at = _marker(data, at, field)
        if marker in {_SOS, _EOI}:
            break
        if marker in _ALONE:
            continue
        if at + 2 > len(data):
            raise _truncated(field)
        [length] = struct.unpack_from(">H", data, at)
        body = data[at + 2 : at + length]
        at += max(length, 2)
        if marker == _APP0 and body.startswith(b"JFIF\0") and len(body) >= 12:
            dpi = _density(body)
        elif marker == _APP1 and body.startswith(b"Exif\0\0"):
            exif += body[6:]
    else:
        raise TooLarge(f"has more than {_MAX_SEGMENTS:,} segments", field=field)
    if not exif:
        return Stated(dpi, 1)
    tags = read_tags(exif, field=field)
    return Stated(dpi or tags.dpi, int(tags.numbers.get(ORIENTATION, 1)))


def _marker(data: bytes, at: int, field: str) -> tuple[int, int]:
    """The marker at a place, and the place after it; a marker may be preceded by any number of FF."""
    start = at
    while data[at : at + 1] == b"\xff":
        at += 1
    if at >= len(data):
        raise _truncated(field)
    if at == start:
        raise MalformedInput("its segments do not follow each other", field=field)
    return data[at], at + 1


def _density(jfif: bytes) -> tuple[float, float] | None:
    unit, across, down = struct.unpack_from(">BHH", jfif, 7)
    factor = {1: 1.0, 2: _CM_PER_INCH}.get(unit)
    return (across * factor, down * factor) if factor and across and down else None


def _truncated(field: str) -> MalformedInput:
    return MalformedInput("ends in the middle", field=field)
