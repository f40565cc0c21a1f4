"""Record type 9: minutiae, in the standard's own fields (9.005 to 9.012) or those of ANSI INCITS 378 (9.126 to 9.141).

The standard's own fields count positions in hundredths of a millimetre from the *lower* left corner, and point
an ending's angle away from the ridge; those of INCITS 378 count pixels from the upper left corner and point it
along the ridge, as finger minutiae records do. The two directions differ by half a turn.
"""

import math
from typing import Final

from allpoints.errors import InvalidValue, TooLarge
from allpoints.formats.minutiae_records import MAX_MINUTIAE, Kind, Minutia, MinutiaeRecord, View
from allpoints.formats.nist.positions import finger_of
from allpoints.formats.nist.transaction import Record, place, whole

_DPI: Final = 500.0
_PIXELS: Final = _DPI / 2540
"""Pixels in a hundredth of a millimetre, at the resolution to which legacy minutiae are brought."""

_FMD, _LEGACY = 137, 12
_M1_KINDS: dict[str, Kind] = {"1": "ending", "2": "bifurcation"}
_LEGACY_KINDS: dict[str, Kind] = {"A": "ending", "B": "bifurcation"}


def minutiae(record: Record, *, number: int) -> MinutiaeRecord | None:
    """The minutiae of a record of type 9; None where it has neither of the two blocks, or is of no single finger.

    `number` is the record's place in the file, for errors. Raises `InvalidValue` or `TooLarge`, naming the field.
    """
    if record.items(_FMD):
        return _m1(record, number)
    return _legacy(record, number) if record.items(_LEGACY) else None


def _m1(record: Record, number: int) -> MinutiaeRecord | None:
    finger = finger_of(_positions(record, 134, number))
    if finger is None:
        return None
    width, height = _number(record, 128, number, 16_383), _number(record, 129, number, 16_383)
    unit = {1: 1.0, 2: 2.54}.get(_number(record, 130, number, 9))
    dpi_x, dpi_y = _number(record, 131, number, 99_999), _number(record, 132, number, 99_999)
    if unit is None or not dpi_x or not dpi_y:
        raise InvalidValue("no resolution in pixels an inch or a centimetre", field=place(number, 9, 130))
    quality = record.text(135)
    told = whole(quality, 255, place(number, 9, 135)) if quality else 255
    points = [
        _m1_point(items, width, height, place(number, 9, _FMD)) for items in _listed(record, _FMD, number)
    ]
    view = View(finger, told if told <= 100 else None, tuple(points))
    return MinutiaeRecord(width=width, height=height, dpi_x=dpi_x * unit, dpi_y=dpi_y * unit, views=(view,))


def _m1_point(items: tuple[str, ...], width: int, height: int, where: str) -> Minutia:
    if len(items) < 6:
        raise InvalidValue("a minutia has index, x, y, angle, type and quality", field=where)
    x, y, angle, quality = (
        whole(items[at].strip(), most, where) for at, most in ((1, 16_383), (2, 16_383), (3, 179), (5, 255))
    )
    if x >= width or y >= height:
        raise InvalidValue(f"({x}, {y}) lies outside {width} × {height} pixels", field=where)
    # Angles are stated in units of two degrees, as in INCITS 378.
    return Minutia(
        x,
        y,
        math.radians(2 * angle),
        _M1_KINDS.get(items[4].strip(), "other"),
        quality if 1 <= quality <= 100 else None,
    )


def _legacy(record: Record, number: int) -> MinutiaeRecord | None:
    finger = finger_of(_positions(record, 6, number))
    if finger is None:
        return None
    raw = [_legacy_point(items, place(number, 9, _LEGACY)) for items in _listed(record, _LEGACY, number)]
    # The record does not say how high its picture is; the highest minutia is taken for the upper edge.
    top = max(y for _, y, _, _, _ in raw)
    points = [
        Minutia(
            round(x * _PIXELS), round((top - y) * _PIXELS), math.radians((theta + 180) % 360), kind, quality
        )
        for x, y, theta, kind, quality in raw
    ]
    return MinutiaeRecord(
        width=max(point.x for point in points) + 1,
        height=max(point.y for point in points) + 1,
        dpi_x=_DPI,
        dpi_y=_DPI,
        views=(View(finger, None, tuple(points)),),
    )


def _legacy_point(items: tuple[str, ...], where: str) -> tuple[int, int, int, Kind, int | None]:
    place_and_angle = items[1].strip() if len(items) >= 4 else ""
    if len(place_and_angle) != 11:
        raise InvalidValue(
            "a minutia has index, eleven digits of x, y and angle, quality, and type", field=where
        )
    x, y, theta = (
        whole(place_and_angle[cut], most, where)
        for cut, most in ((slice(4), 9999), (slice(4, 8), 9999), (slice(8, 11), 359))
    )
    quality = whole(items[2].strip() or "1", 63, where)
    # 0: set by hand, 1: not told, 2 to 63: from the best to the worst.
    told = {0: 100, 1: None}.get(quality, 100 - round((quality - 2) * 99 / 61))
    return x, y, theta, _LEGACY_KINDS.get(items[3].strip().upper(), "other"), told


def _listed(record: Record, field: int, number: int) -> tuple[tuple[str, ...], ...]:
    subfields = record.items(field)
    if len(subfields) > MAX_MINUTIAE:
        raise TooLarge(f"{len(subfields)} minutiae; {MAX_MINUTIAE} are read", field=place(number, 9, field))
    return subfields


def _positions(record: Record, field: int, number: int) -> tuple[int, ...]:
    texts = [subfield[0].strip() for subfield in record.items(field)]
    return tuple(whole(text, 99, place(number, 9, field)) for text in texts if text)


def _number(record: Record, field: int, number: int, most: int) -> int:
    return whole(record.text(field), most, place(number, 9, field))
