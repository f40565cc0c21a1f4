"""From the bytes of a picture to its pixels, and back to PNG or JPEG.

Only the formats named here are ever decoded, each by its own decoder, after its size has been read from its header and
found to be within the limits: a picture costs bounded time and memory, whatever its bytes claim.
"""

import io
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ImageFile import ImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.formats.pictures.jpeg import read_segments
from allpoints.formats.pictures.tags import (
    ORIENTATION,
    PHOTOMETRIC,
    TILE_LENGTH,
    TILE_WIDTH,
    read_tags,
)
from allpoints.formats.pictures.wsq import decode as decode_wsq
from allpoints.records.biometrics import MAX_PICTURE

Pixels = NDArray[np.uint8]

MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000

_DPI = 10.0, 10_000.0
"""A stated resolution outside of this is none: programs write 0, 1 or 72,000 where they know nothing."""
_SAME_DPI = 0.01

_MAX_CHUNKS = 20_000
_JP2_HEADER = 1 << 20
"""Bytes of a JPEG 2000 header at most, with its colour profile, and the header begins before the 4096th byte."""

_TIFF_COMPRESSIONS = frozenset(
    (
        "raw",
        "packbits",
        "tiff_lzw",
        "tiff_adobe_deflate",
        "tiff_deflate",
        "tiff_ccitt",
        "group3",
        "group4",
        "jpeg",
    )
)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by the orientation that EXIF states."""

_FORMATS = "Send a PNG, TIFF, JPEG, JPEG 2000, BMP or WSQ file."
_ONE = "Send the one picture that is meant as a file of its own."
_AGAIN = "Save the picture anew, for example as PNG, and send that."


class Picture(msgspec.Struct, frozen=True, eq=False):
    """A picture, upright: height × width greys, or height × width × 3 of red, green and blue.

    `dpi` is the resolution that the file states in pixels per inch; None where it states none, or two that differ.
    """

    pixels: Pixels
    dpi: float | None


class _Opened(NamedTuple):
    """A picture whose header is read and whose pixels are not."""

    image: ImageFile
    dpi: tuple[float, float] | None
    orientation: int = 1
    white_is_zero: bool = False


def grey(data: bytes, *, field: str = "image") -> Picture:
    """Read a picture as greys. Raises `InvalidValue`, `MalformedInput` and `TooLarge`."""
    return _read(data, "L", field)


def colour(data: bytes, *, field: str = "image") -> Picture:
    """Read a picture as red, green and blue. Raises `InvalidValue`, `MalformedInput` and `TooLarge`."""
    return _read(data, "RGB", field)


def png(pixels: Pixels) -> bytes:
    """Write greys (height × width) or red, green and blue (height × width × 3) as PNG."""
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


def jpeg(pixels: Pixels, *, side: int) -> tuple[bytes, int, int]:
    """Write red, green and blue as JPEG, made smaller to at most `side` pixels each way; return width and height, too.

    The file holds nothing but pixels.
    """
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=88, optimize=True)
    return written.getvalue(), image.width, image.height


def _read(data: bytes, mode: str, field: str) -> Picture:
    if len(data) > MAX_PICTURE:
        raise TooLarge(f"is longer than {MAX_PICTURE:,} bytes", field=field)
    if data.startswith(b"\xff\xa0"):
        greys, ppi = decode_wsq(data, field=field, check=_check_size)
        return Picture(greys if mode == "L" else np.repeat(greys[..., None], 3, axis=2), _dpi((ppi, ppi)))
    opener = next((opener for magic, opener in _OPENERS.items() if data.startswith(magic)), None)
    if opener is None:
        raise InvalidValue("is no picture in a format that is read", field=field, remedy=_FORMATS)
    try:
        opened = opener(data, field)
        _check_size(*opened.image.size, field=field)
        return Picture(_pixels(opened, mode, field), _dpi(opened.dpi))
    except AllpointsError:
        raise
    except MemoryError as error:
        raise TooLarge("needs more memory than there is", field=field) from error
    except Exception as error:
        # Pillow's decoders raise whatever they meet in a broken file.
        raise MalformedInput("is damaged or ends in the middle", field=field, remedy=_AGAIN) from error


def _open_png(data: bytes, field: str) -> _Opened:
    orientation = _png_orientation(data, field)
    image = PngImageFile(io.BytesIO(data))
    if image.n_frames > 1:
        raise InvalidValue("is animated", field=field, remedy=_ONE)
    return _Opened(image, image.info.get("dpi"), orientation)


def _png_orientation(data: bytes, field: str) -> int:
    """As EXIF states it, before or behind the pixels: the chunks are walked to the end, which there must be."""
    orientation, at = 1, 8
    for _ in range(_MAX_CHUNKS):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if kind == b"IEND":
            return orientation
        if len(kind) < 4:
            raise MalformedInput("ends in the middle", field=field)
        if kind == b"eXIf":
            tags = read_tags(data[at + 8 : at + 8 + length], field=field)
            orientation = int(tags.numbers.get(ORIENTATION, 1))
        at += 12 + length
    raise TooLarge(f"has more than {_MAX_CHUNKS:,} chunks", field=field, remedy=_AGAIN)


def _open_tiff(data: bytes, field: str) -> _Opened:
    tags = read_tags(data, field=field)
    if tags.another:
        raise InvalidValue("has several pages", field=field, remedy=_ONE)
    _check_size(int(tags.numbers.get(TILE_WIDTH, 1)), int(tags.numbers.get(TILE_LENGTH, 1)), field=field)
    image = TiffImageFile(io.BytesIO(data))
    compression = image.info.get("compression")
    if compression not in _TIFF_COMPRESSIONS:
        raise InvalidValue("is compressed in a way that is not read", field=field, remedy=_AGAIN)
    # Pillow turns a TIFF by its orientation itself, and inverts eight bits but not sixteen.
    inverted = image.mode.startswith("I;16") and tags.numbers.get(PHOTOMETRIC) == 0
    return _Opened(image, tags.dpi, white_is_zero=inverted)


def _open_jpeg(data: bytes, field: str) -> _Opened:
    stated = read_segments(data, field=field)
    # Of a file with several pictures, as telephones write them, this class reads the first, which is the one meant.
    return _Opened(JpegImageFile(io.BytesIO(data)), stated.dpi, stated.orientation)


def _open_jpeg_2000(data: bytes, field: str) -> _Opened:
    if data[:1] == b"\0":
        at = data.find(b"jp2h", 0, 4096)
        if at < 0 or int.from_bytes(data[at - 4 : at], "big") > _JP2_HEADER:
            raise MalformedInput("has no header where it must be", field=field, remedy=_AGAIN)
    image = Jpeg2KImageFile(io.BytesIO(data))
    return _Opened(image, image.info.get("dpi"))


def _open_bmp(data: bytes, _field: str) -> _Opened:
    image = BmpImageFile(io.BytesIO(data))
    return _Opened(image, image.info.get("dpi"))


_OPENERS: dict[bytes, Callable[[bytes, str], _Opened]] = {
    b"\x89PNG\r\n\x1a\n": _open_png,
    b"II*\0": _open_tiff,
    b"MM\0*": _open_tiff,
    b"\xff\xd8\xff": _open_jpeg,
    b"\0\0\0\x0cjP  \r\n\x87\n": _open_jpeg_2000,
    b"\xff\x4f\xff\x51": _open_jpeg_2000,
    b"BM": _open_bmp,
}
"""Who opens a file, by its first bytes."""


def _check_size(width: int, height: int, *, field: str) -> None:
    if not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise TooLarge(
            f"claims {width:,} × {height:,} pixels: at most {MAX_PIXELS:,} are read, {MAX_SIDE:,} on a side",
            field=field,
            remedy="Send the part that matters, or the picture at a lower resolution.",
        )


def _pixels(opened: _Opened, mode: str, field: str) -> Pixels:
    image: Image.Image = opened.image
    image.load()
    if image.mode.startswith("I;16"):
        image = Image.fromarray(_eight_bits(image, inverted=opened.white_is_zero))
    elif image.mode in {"I", "F", "LAB", "HSV"}:
        raise InvalidValue(
            "has pixels of a kind that is not read",
            field=field,
            remedy="Save it with 8 or 16 bits, and send that.",
        )
    if image.has_transparency_data:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    # By way of colours: Pillow makes greys of CMYK and palettes in its own ways.
    image = image.convert("RGB").convert(mode) if image.mode not in {"1", "L", mode} else image.convert(mode)
    turn = _TURNS.get(opened.orientation)
    return np.ascontiguousarray(image.transpose(turn) if turn is not None else image, dtype=np.uint8)


def _eight_bits(image: Image.Image, *, inverted: bool) -> Pixels:
    """Sixteen bits to eight over the whole range (65,535 / 255 = 257), rounded."""
    values = np.asarray(image).astype(np.uint32)
    scaled = ((values + 128) // 257).astype(np.uint8)
    return np.invert(scaled) if inverted else scaled


def _dpi(stated: Any) -> float | None:
    """One resolution, where both directions are stated alike and can be meant."""
    try:
        across, down = (float(each) for each in stated)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    low, high = _DPI
    alike = abs(across - down) <= _SAME_DPI * max(across, down)
    return (across + down) / 2 if alike and low <= across <= high else None
