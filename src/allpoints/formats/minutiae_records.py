"""Finger minutiae records: ISO/IEC 19794-2:2005 and :2011, and ANSI INCITS 378-2004; the 2005 edition is written.

Positions are pixels from the upper left corner, x to the right and y downwards; angles are radians
counter-clockwise from the x axis. Extended data (ridge counts, cores, deltas) are measured and passed over.
"""

import math
from collections import Counter
from typing import Final, Literal

import msgspec

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.records.biometrics import FINGERS, MAX_PICTURE

MAGIC: Final = b"FMR\0"
"""The first four bytes of every finger minutiae record."""

MAX_MINUTIAE: Final = 255
"""Minutiae in one view: their number is one byte."""

MAX_VIEWS: Final = 176
"""Views in one record: sixteen of each finger and of the unknown one."""

_TURN = 256
"""Steps of a full turn in ISO/IEC 19794-2."""

_TURN_ANSI = 180
"""Steps of a full turn in ANSI INCITS 378: two degrees each."""

_CM_PER_INCH = 2.54
_MAX_DENSITY = (1 << 16) - 1

Kind = Literal["ending", "bifurcation", "other"]
_KINDS: tuple[Kind, ...] = ("other", "ending", "bifurcation", "other")
_CODES = {"other": 0, "ending": 1, "bifurcation": 2}


class Minutia(msgspec.Struct, frozen=True):
    """Where a ridge ends or forks; `angle` lies in [0, 2π), `quality` in 1..100, None where it is not told."""

    x: int
    y: int
    angle: float
    kind: Kind = "other"
    quality: int | None = None


class View(msgspec.Struct, frozen=True):
    """The minutiae of one impression of one finger (a key of `FINGERS`); `quality` 0..100, None where not told."""

    finger: int
    quality: int | None
    minutiae: tuple[Minutia, ...]


class MinutiaeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The impressions of one person's fingers; `width` and `height` in pixels, no view is larger."""

    width: int
    height: int
    dpi_x: float
    dpi_y: float
    views: tuple[View, ...]


def parse(data: bytes) -> MinutiaeRecord:
    """Read a finger minutiae record, whichever of the three formats it has.

    Raises `MalformedInput` where lengths do not fit the bytes, `InvalidValue` where a value is not what the
    standard says, `TooLarge` beyond `MAX_PICTURE` bytes.
    """
    if len(data) > MAX_PICTURE:
        raise TooLarge(f"{len(data):,} bytes; a record may have {MAX_PICTURE:,}", field="minutiae record")
    reader = _Reader(data)
    if reader.take(4, "format identifier") != MAGIC:
        raise MalformedInput("does not begin with FMR", field="minutiae record")
    version = reader.take(4, "version")
    if version == b"030\0":
        record = _record_2011(reader)
    elif version == b" 20\0":
        record = _record_2005(reader)
    else:
        raise InvalidValue(
            f"version {version!r} is not read",
            field="minutiae record, version",
            remedy="Send ISO/IEC 19794-2:2005 or :2011, or ANSI INCITS 378-2004.",
        )
    if reader.left:
        raise MalformedInput(f"{reader.left:,} bytes follow the last view", field="minutiae record")
    return record


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int, name: str) -> bytes:
        if count > self.left:
            raise MalformedInput(
                f"ends {count - self.left:,} bytes too early",
                field=f"minutiae record, {name}",
                remedy="Check that the record is complete and its lengths are right.",
            )
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, size: int, name: str) -> int:
        return int.from_bytes(self.take(size, name))

    def states_length(self, size: int) -> bool:
        """Whether the next bytes state the record's length; else they stay to be read as something else."""
        if int.from_bytes(self._data[self._at : self._at + size]) != len(self._data):
            return False
        self._at += size
        return True


def _record_2005(reader: _Reader) -> MinutiaeRecord:
    """The edition of 2005, or its elder sibling, that differs in the length's size and the angle's unit."""
    turn = _TURN
    if not reader.states_length(4):
        turn = _TURN_ANSI
        # Two bytes, or for long records two zeros and four bytes more.
        if not reader.states_length(2) and (reader.number(2, "length") or not reader.states_length(4)):
            raise _wrong_length()
        reader.take(4, "product identifier")
    reader.take(2, "capture equipment")
    width, height = reader.number(2, "width"), reader.number(2, "height")
    dpi_x, dpi_y = _dpi(reader), _dpi(reader)
    count = _count(reader, 1)
    reader.take(1, "reserved byte")
    views = []
    for number in range(1, count + 1):
        finger = _finger(reader, number)
        reader.take(1, f"view {number}")
        quality = reader.number(1, f"view {number}, quality")
        minutiae = _minutiae(reader, number, turn=turn, size=6, width=width, height=height)
        views.append(View(finger, quality if quality <= 100 else None, minutiae))
    return MinutiaeRecord(width=width, height=height, dpi_x=dpi_x, dpi_y=dpi_y, views=tuple(views))


def _record_2011(reader: _Reader) -> MinutiaeRecord:
    """The edition of 2011, where each view tells its own size and resolution."""
    if not reader.states_length(4):
        raise _wrong_length()
    count = _count(reader, 2)
    certified = bool(reader.number(1, "certification flag"))
    parts = [_view_2011(reader, number, certified=certified) for number in range(1, count + 1)]
    if len({(part.dpi_x, part.dpi_y) for part in parts}) > 1:
        raise InvalidValue(
            "the views differ in resolution",
            field="minutiae record",
            remedy="Send a record for each resolution.",
        )
    return MinutiaeRecord(
        width=max(part.width for part in parts),
        height=max(part.height for part in parts),
        dpi_x=parts[0].dpi_x,
        dpi_y=parts[0].dpi_y,
        views=tuple(view for part in parts for view in part.views),
    )


def _view_2011(reader: _Reader, number: int, *, certified: bool) -> MinutiaeRecord:
    before = reader.left
    length = reader.number(4, f"view {number}, length")
    reader.take(9 + 1 + 2 + 2, f"view {number}, capture date and device")
    blocks = reader.number(1, f"view {number}, quality")
    qualities = [reader.take(5, f"view {number}, quality")[0] for _ in range(blocks)]
    if certified:
        reader.take(3 * reader.number(1, f"view {number}, certification"), f"view {number}, certification")
    finger = _finger(reader, number)
    reader.take(1, f"view {number}")
    dpi_x, dpi_y = _dpi(reader), _dpi(reader)
    reader.take(1, f"view {number}, impression type")
    width, height = reader.number(2, "width"), reader.number(2, "height")
    size = reader.number(1, f"view {number}, minutia length") >> 4
    if size not in (5, 6):
        raise InvalidValue(f"minutiae of {size} bytes", field=f"minutiae record, view {number}")
    minutiae = _minutiae(reader, number, turn=_TURN, size=size, width=width, height=height)
    if before - reader.left != length:
        raise MalformedInput(
            f"says {length:,} bytes and has {before - reader.left:,}",
            field=f"minutiae record, view {number}, length",
        )
    quality = next((each for each in qualities if each <= 100), None)
    view = View(finger, quality, minutiae)
    return MinutiaeRecord(width=width, height=height, dpi_x=dpi_x, dpi_y=dpi_y, views=(view,))


def _wrong_length() -> MalformedInput:
    return MalformedInput(
        "states another length than it has",
        field="minutiae record, length",
        remedy="State the length in bytes of the whole record; check that it is complete.",
    )


def _count(reader: _Reader, size: int) -> int:
    count = reader.number(size, "number of views")
    if not 1 <= count <= MAX_VIEWS:
        raise InvalidValue(f"{count} views; from 1 to {MAX_VIEWS} are allowed", field="minutiae record")
    return count


def _finger(reader: _Reader, number: int) -> int:
    finger = reader.number(1, f"view {number}, finger position")
    if finger not in FINGERS:
        raise InvalidValue(
            f"{finger} is no finger position (0 to 10)",
            field=f"minutiae record, view {number}, finger position",
        )
    return finger


def _dpi(reader: _Reader) -> float:
    per_cm = reader.number(2, "resolution")
    if not per_cm:
        raise InvalidValue("zero pixels a centimetre", field="minutiae record, resolution")
    return per_cm * _CM_PER_INCH


def _minutiae(
    reader: _Reader, view: int, *, turn: int, size: int, width: int, height: int
) -> tuple[Minutia, ...]:
    """The minutiae of a view, and the extended data behind them."""
    where = f"view {view}, minutiae"
    minutiae = []
    for number in range(1, reader.number(1, where) + 1):
        body = reader.take(size, where)
        x, y, angle = int.from_bytes(body[:2]), int.from_bytes(body[2:4]) & 0x3FFF, body[4]
        kind, x = _KINDS[x >> 14], x & 0x3FFF
        if x >= width or y >= height or angle >= turn:
            raise InvalidValue(
                f"({x}, {y}) at {angle}/{turn} of a turn does not lie in {width} × {height} pixels",
                field=f"minutiae record, view {view}, minutia {number}",
            )
        quality = body[5] if size == 6 else 0
        told = quality if 1 <= quality <= 100 else None
        minutiae.append(Minutia(x, y, math.tau * angle / turn, kind, told))
    reader.take(reader.number(2, f"view {view}, extended data"), f"view {view}, extended data")
    return tuple(minutiae)


def write(record: MinutiaeRecord) -> bytes:
    """The record in the format of ISO/IEC 19794-2:2005, without extended data.

    Angles are rounded to 1/256 of a turn and resolutions to pixels a centimetre. A view whose quality is not told
    gets 0: this edition knows no other word. Raises `InvalidValue` for what the format cannot hold.
    """
    if not (0 <= record.width < 1 << 14 and 0 <= record.height < 1 << 14):
        raise InvalidValue(
            f"{record.width} × {record.height} pixels; 16,383 are possible", field="width, height"
        )
    densities = [dpi / _CM_PER_INCH for dpi in (record.dpi_x, record.dpi_y)]
    if not all(1 <= density <= _MAX_DENSITY for density in densities):
        raise InvalidValue(f"{record.dpi_x:g} × {record.dpi_y:g} dpi", field="dpi_x, dpi_y")
    if not 1 <= len(record.views) <= MAX_VIEWS:
        raise InvalidValue(f"{len(record.views)} views; from 1 to {MAX_VIEWS} are possible", field="views")
    seen: Counter[int] = Counter()
    views = []
    for number, view in enumerate(record.views, 1):
        views.append(_written(view, seen[view.finger], record, f"view {number}"))
        seen[view.finger] += 1
    sizes = (record.width, record.height, *(round(density) for density in densities))
    rest = bytes(2) + b"".join(size.to_bytes(2) for size in sizes) + bytes([len(views), 0]) + b"".join(views)
    return MAGIC + b" 20\0" + (len(rest) + 12).to_bytes(4) + rest


def _written(view: View, number: int, record: MinutiaeRecord, where: str) -> bytes:
    if view.finger not in FINGERS:
        raise InvalidValue(f"{view.finger} is no finger position (0 to 10)", field=f"{where}, finger")
    if number > 15 or len(view.minutiae) > MAX_MINUTIAE:
        raise TooLarge(
            f"16 views of a finger and {MAX_MINUTIAE} minutiae of a view are possible", field=where
        )
    quality = view.quality or 0
    if not 0 <= quality <= 100:
        raise InvalidValue(f"{quality} is no quality (0 to 100)", field=f"{where}, quality")
    head = bytes([view.finger, number << 4, quality, len(view.minutiae)])
    points = [_point(each, record, f"{where}, minutia {at}") for at, each in enumerate(view.minutiae, 1)]
    return head + b"".join(points) + bytes(2)


def _point(minutia: Minutia, record: MinutiaeRecord, where: str) -> bytes:
    if not (0 <= minutia.x < record.width and 0 <= minutia.y < record.height):
        raise InvalidValue(f"({minutia.x}, {minutia.y}) lies outside the picture", field=where)
    if not math.isfinite(minutia.angle) or not 1 <= (minutia.quality or 1) <= 100:
        raise InvalidValue(f"angle {minutia.angle}, quality {minutia.quality}", field=where)
    angle = round(minutia.angle / math.tau * _TURN) % _TURN
    x = _CODES[minutia.kind] << 14 | minutia.x
    return x.to_bytes(2) + minutia.y.to_bytes(2) + bytes([angle, minutia.quality or 0])
