"""A fingerprint template: the minutiae of one impression, as few bytes as they need."""

import struct
from collections.abc import Iterable
from enum import IntEnum
from math import pi

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.records.biometrics import FINGERS

MAX_MINUTIAE = 128
"""Minutiae that a template keeps, the surest ones; a rolled print has about a hundred."""
MAX_SIDE = 2_000
"""Pixels at 500 dpi of a template's width and height: 10 cm, a palm's worth of skin."""
UNKNOWN_QUALITY = 255
"""The quality where nobody measured it."""
BEST_QUALITY = 100

_VERSION = 1
_HEADER = struct.Struct("<BBHHBB")
_STEPS = 256
_PACKED = np.dtype([("x", "<u2"), ("y", "<u2"), ("angle", "u1"), ("quality", "u1"), ("kind", "u1")])
MAX_TEMPLATE = _HEADER.size + MAX_MINUTIAE * _PACKED.itemsize
"""Bytes of a stored template."""


class MinutiaKind(IntEnum):
    """What a ridge does there; the numbers are those of ISO/IEC 19794-2."""

    OTHER = 0
    ENDING = 1
    BIFURCATION = 2


class Minutia(msgspec.Struct, frozen=True):
    """A place where a ridge ends or forks.

    `x` and `y` are pixels at 500 dpi from the upper left corner, y downwards. `angle` is in radians,
    counter-clockwise as seen, from 0 (to the right) to below 2π, of the direction as ISO/IEC 19794-2 defines it:
    along the ridge that ends, along the valley that a fork encloses. `quality` goes from 0 to 1.
    """

    x: int
    y: int
    angle: float
    quality: float
    kind: MinutiaKind = MinutiaKind.OTHER


class FingerprintTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """The minutiae of one impression of one finger, best first.

    Make one with `template`, which keeps to what storage keeps: angles in steps of 2π/256, qualities of 1/255.
    """

    finger: int
    """A key of `records.biometrics.FINGERS`; 0 is unknown."""
    width: int
    height: int
    """Of the picture, in pixels at 500 dpi."""
    quality: int
    """NFIQ 2, from 0 to 100, or `UNKNOWN_QUALITY`."""
    packed: bytes
    """The minutiae as storage holds them."""

    @property
    def minutiae(self) -> tuple[Minutia, ...]:
        """The minutiae one by one."""
        return tuple(
            Minutia(x, y, angle * 2 * pi / _STEPS, quality / 255, MinutiaKind(kind))
            for x, y, angle, quality, kind in self._fields().tolist()
        )

    @property
    def geometry(self) -> NDArray[np.float32]:
        """The minutiae as rows of x, y, angle and quality, as in `Minutia`."""
        fields = self._fields()
        rows = np.empty((len(fields), 4), np.float32)
        rows[:, 0], rows[:, 1] = fields["x"], fields["y"]
        rows[:, 2] = fields["angle"] * np.float32(2 * pi / _STEPS)
        rows[:, 3] = fields["quality"] / np.float32(255)
        return rows

    def __len__(self) -> int:
        return len(self.packed) // _PACKED.itemsize

    def _fields(self) -> NDArray[np.void]:
        return np.frombuffer(self.packed, _PACKED)


def template(
    minutiae: Iterable[Minutia], *, width: int, height: int, finger: int = 0, quality: int = UNKNOWN_QUALITY
) -> FingerprintTemplate:
    """Make a template of the `MAX_MINUTIAE` surest minutiae.

    Raises `InvalidValue` for a minutia outside of the picture, or a finger, size or quality that there is not.
    """
    kept = sorted(minutiae, key=lambda m: (-m.quality, m.y, m.x))[:MAX_MINUTIAE]
    rows = [
        (m.x, m.y, round(m.angle * _STEPS / (2 * pi)) % _STEPS, round(m.quality * 255), m.kind) for m in kept
    ]
    outside = any(not (0 <= m.x < width and 0 <= m.y < height and 0 <= m.quality <= 1) for m in kept)
    if outside:
        raise InvalidValue(
            "a minutia lies within its picture and has a quality from 0 to 1", field="minutiae"
        )
    return _checked(
        FingerprintTemplate(
            finger=finger,
            width=width,
            height=height,
            quality=quality,
            packed=np.array(rows, _PACKED).tobytes(),
        )
    )


def dump(printed: FingerprintTemplate) -> bytes:
    """Write a template: version, finger, width, height, quality, number of minutiae, minutiae."""
    header = _HEADER.pack(
        _VERSION, printed.finger, printed.width, printed.height, printed.quality, len(printed)
    )
    return header + printed.packed


def load(data: bytes) -> FingerprintTemplate:
    """Read what `dump` wrote. Raises `MalformedInput`, `TooLarge`."""
    if len(data) > MAX_TEMPLATE:
        raise TooLarge(f"a fingerprint template has at most {MAX_TEMPLATE} bytes", field="template")
    try:
        version, finger, width, height, quality, count = _HEADER.unpack_from(data)
    except struct.error as error:
        raise _malformed() from error
    packed = data[_HEADER.size :]
    if version != _VERSION or len(packed) != count * _PACKED.itemsize:
        raise _malformed()
    printed = FingerprintTemplate(finger=finger, width=width, height=height, quality=quality, packed=packed)
    fields = printed._fields()
    if count and (
        fields["x"].max() >= width or fields["y"].max() >= height or fields["kind"].max() > max(MinutiaKind)
    ):
        raise _malformed()
    try:
        return _checked(printed)
    except InvalidValue as error:
        raise _malformed() from error


def checked_finger(finger: int) -> int:
    """Return the finger's position. Raises `InvalidValue` for one that there is not."""
    if finger in FINGERS:
        return finger
    raise InvalidValue(
        f"there is no finger {finger}",
        field="finger",
        remedy="Number the fingers 1 (right thumb) to 10 (left little finger); 0 is unknown.",
    )


def _checked(printed: FingerprintTemplate) -> FingerprintTemplate:
    checked_finger(printed.finger)
    if not (0 < printed.width <= MAX_SIDE and 0 < printed.height <= MAX_SIDE):
        raise InvalidValue(f"a print measures at most {MAX_SIDE} pixels a side at 500 dpi", field="image")
    if not (0 <= printed.quality <= BEST_QUALITY or printed.quality == UNKNOWN_QUALITY):
        raise InvalidValue(f"a quality is a number from 0 to {BEST_QUALITY}", field="quality")
    return printed


def _malformed() -> MalformedInput:
    return MalformedInput("not a fingerprint template", field="template")
