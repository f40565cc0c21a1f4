"""The directories of tags in a TIFF file and in EXIF, which is one.

They are walked before any decoder sees them: a directory of a few kilobytes can name the same megabytes as the value
of each of its 65,535 tags, and decoders copy them all.
"""

import struct
from collections.abc import Mapping
from typing import NamedTuple

from allpoints.errors import MalformedInput

ORIENTATION, PHOTOMETRIC, TILE_WIDTH, TILE_LENGTH = 274, 262, 322, 323
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 282, 283, 296

_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
"""Bytes of a value by its type, after TIFF 6.0 section 2."""
_SHORT, _LONG, _RATIONAL = 3, 4, 5
_BELOW = (34665, 34853, 40965)
"""Tags that lead to further directories: of EXIF, of positions, of interoperability."""

_CM_PER_INCH = 2.54


class Tags(NamedTuple):
    """What the first directory states of single numbers by tag, and whether another page follows."""

    numbers: Mapping[int, float]
    another: bool

    @property
    def dpi(self) -> tuple[float, float] | None:
        """Pixels per inch across and down, if stated with a unit."""
        across, down = (self.numbers.get(tag) for tag in (X_RESOLUTION, Y_RESOLUTION))
        # TIFF 6.0: inches where nothing is said.
        factor = {2.0: 1.0, 3.0: _CM_PER_INCH}.get(self.numbers.get(RESOLUTION_UNIT, 2.0))
        return (across * factor, down * factor) if across and down and factor else None


def read_tags(block: bytes, *, field: str) -> Tags:
    """Read the first directory of a TIFF block and walk those below it.

    Raises `MalformedInput` where there is none, or where the values together are longer than the block.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        raise MalformedInput("the header of its tags is none", field=field)
    try:
        return _walked(block, order)
    except (struct.error, _TooLong) as error:
        raise MalformedInput(
            "its tags lead out of the file, or claim more than it holds", field=field
        ) from error


class _TooLong(Exception):
    """The values are longer than the block together."""


def _walked(block: bytes, order: str) -> Tags:
    budget = 2 * len(block)
    numbers: dict[int, float] = {}
    [first] = struct.unpack_from(f"{order}I", block, 4)
    another = False
    waiting, seen = [first], set[int]()
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        [count] = struct.unpack_from(f"{order}H", block, place)
        budget -= 2 + 12 * count
        for entry in range(place + 2, place + 2 + 12 * count, 12):
            tag, kind, values = struct.unpack_from(f"{order}HHI", block, entry)
            budget -= _SIZES.get(kind, 1) * values
            if budget < 0:
                raise _TooLong
            number = _number(block, order, entry, kind) if values == 1 else None
            if number is None:
                continue
            if tag in _BELOW:
                waiting.append(int(number))
            if place == first:
                numbers[tag] = number
        if place == first:
            # Many writers of EXIF leave the offset of the next directory out at the end of the block.
            end = block[place + 2 + 12 * count :][:4]
            another = any(end) and len(end) == 4
    return Tags(numbers, another)


def _number(block: bytes, order: str, entry: int, kind: int) -> float | None:
    if kind == _SHORT:
        return float(struct.unpack_from(f"{order}H", block, entry + 8)[0])
    if kind in {_LONG, 13}:
        return float(struct.unpack_from(f"{order}I", block, entry + 8)[0])
    if kind == _RATIONAL:
        [place] = struct.unpack_from(f"{order}I", block, entry + 8)
        above, below = struct.unpack_from(f"{order}II", block, place)
        return above / below if below else None
    return None
