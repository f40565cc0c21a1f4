"""Wavelet scalar quantisation (WSQ), the FBI's compression of fingerprints, read after IAFIS-IC-0110(V3).

A decoder of our own: the one in C that comes as a package reads and writes beyond its buffers where a file lies.
Here every table is checked before it is used, and the one loop over coded bits counts what it reads and writes.
"""

import math
import re
import struct
from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numba
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import MalformedInput

_SOI, _EOI, _SOF, _SOB, _DTT, _DQT, _DHT, _DRT, _COM = range(0xA0, 0xA9)

_SUBBANDS = 60
"""Of 64: the four of the highest frequencies are never coded."""
_CODE_BITS = 16
_MAX_SEGMENTS = 256
_STRIPE = 512
"""Columns that are put together at once: a large picture then needs little more memory than itself."""
_PPI = re.compile(rb"\bPPI (\d{1,5})\b")

_FOLLOWED = np.zeros(256, np.int64)
_FOLLOWED[[101, 102, 105]], _FOLLOWED[[103, 104, 106]] = 8, 16
"""Bits that follow a symbol, beyond its code."""

Values = NDArray[np.float32]


class CheckSize(Protocol):
    """Refuses a size that is too large."""

    def __call__(self, width: int, height: int, *, field: str) -> None: ...


class _Broken(Exception):
    """What is wrong with the file, as its message."""


class _Band(NamedTuple):
    """A rectangle of coefficients. Of a band of high frequencies, the spectrum lies the other way round."""

    x: int
    y: int
    width: int
    height: int
    turned_x: bool = False
    turned_y: bool = False

    def split(self) -> tuple["_Band", "_Band", "_Band", "_Band"]:
        """Its four parts, by rising frequency across, then down."""
        (x0, w0), (x1, w1) = _halves(self.x, self.width, self.turned_x)
        (y0, h0), (y1, h1) = _halves(self.y, self.height, self.turned_y)
        return (
            _Band(x0, y0, w0, h0),
            _Band(x1, y0, w1, h0, turned_x=True),
            _Band(x0, y1, w0, h1, turned_y=True),
            _Band(x1, y1, w1, h1, turned_x=True, turned_y=True),
        )


def _halves(start: int, length: int, turned: bool) -> tuple[tuple[int, int], tuple[int, int]]:
    first = length // 2 if turned else (length + 1) // 2
    return (start, first), (start + first, length - first)


class _File:
    """The tables and blocks of a file, as its segments tell them one after the other."""

    def __init__(self) -> None:
        self.width = self.height = 0
        self.shift = self.scale = 0.0
        self.low = self.high = np.empty(0, np.float32)
        self.centre = 0.0
        self.bins = self.zero_bins = np.zeros(_SUBBANDS)
        self.codes: dict[int, tuple[bytes, bytes]] = {}
        self.blocks: list[tuple[int, bytes]] = []
        self.ppi: int | None = None


def decode(data: bytes, *, field: str, check: CheckSize) -> tuple[NDArray[np.uint8], int | None]:
    """The greys of a WSQ file, height × width, and its pixels per inch where a comment states them.

    `check` sees the size before anything is made of it. Raises `MalformedInput`, and what `check` raises.
    """
    try:
        file = _File()
        for marker, body, coded in _segments(data):
            _take(file, marker, body, coded)
            if marker == _SOF:
                check(file.width, file.height, field=field)
        return _picture(file), file.ppi
    except (_Broken, struct.error, IndexError) as error:
        why = str(error) if isinstance(error, _Broken) else "a table ends in the middle"
        raise MalformedInput(f"the WSQ file is damaged: {why}", field=field) from error


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Each segment's marker and body, and the coded bits behind it if it begins a block."""
    at = 2
    for _ in range(_MAX_SEGMENTS):
        first, marker = data[at], data[at + 1]
        if first != 0xFF or not _EOI <= marker <= _COM:
            raise _Broken("its segments do not follow each other")
        if marker == _EOI:
            return
        [length] = struct.unpack_from(">H", data, at + 2)
        body = data[at + 4 : at + 2 + length]
        at += 2 + max(length, 2)
        start = at
        if marker == _SOB:
            at = _next_marker(data, at)
        yield marker, body, data[start:at].replace(b"\xff\x00", b"\xff")
    raise _Broken(f"it has more than {_MAX_SEGMENTS} segments")


def _next_marker(data: bytes, at: int) -> int:
    while (at := data.find(b"\xff", at)) >= 0 and data[at + 1 : at + 2] == b"\0":
        at += 2
    if at < 0:
        raise _Broken("it ends in the middle")
    return at


def _take(file: _File, marker: int, body: bytes, coded: bytes) -> None:
    if marker == _SOF:
        file.height, file.width = struct.unpack_from(">HH", body, 2)
        file.shift, file.scale = _decimal(body, 6), _decimal(body, 9)
    elif marker == _DTT:
        file.low, file.high = _filters(body)
    elif marker == _DQT:
        file.centre = _decimal(body, 0)
        bins = np.array([_decimal(body, 3 + 3 * n) for n in range(2 * _SUBBANDS)])
        file.bins, file.zero_bins = bins[::2], bins[1::2]
    elif marker == _DHT:
        file.codes |= dict(_huffman_tables(body))
    elif marker == _SOB:
        file.blocks.append((body[0], coded))
    elif marker == _DRT:
        raise _Broken("restart intervals are not read")
    elif found := _PPI.search(body):
        file.ppi = int(found[1])


def _decimal(body: bytes, at: int) -> float:
    """A number as its decimal digits and how many of them stand behind the point."""
    scale, digits = struct.unpack_from(">BH", body, at)
    return float(digits / 10.0**scale)


def _filters(body: bytes) -> tuple[Values, Values]:
    """The synthesis filters, low and high: each is the other's analysis filter with alternating signs."""
    lengths = body[0], body[1]
    # Both are symmetric about their middle, and sent from there outwards.
    if not all(length % 2 == 1 and length <= 31 for length in lengths):
        raise _Broken("filters of even length are not read")
    halves, at = [], 2
    for length in lengths:
        half = []
        for n in range(length // 2 + 1):
            sign, scale, digits = struct.unpack_from(">BBI", body, at)
            half.append((-1) ** n * (-1 if sign else 1) * digits / 10.0**scale)
            at += 6
        halves.append(np.array(half[:0:-1] + half, np.float32))
    analysis_low, analysis_high = halves
    return analysis_high, analysis_low


def _huffman_tables(body: bytes) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    """Each table's number, how many codes it has of each length, and their symbols."""
    at = 0
    while at < len(body):
        counts = body[at + 1 : at + 1 + _CODE_BITS]
        end = at + 1 + _CODE_BITS + sum(counts)
        if end > len(body):
            raise _Broken("a Huffman table ends in the middle")
        yield body[at], (counts, body[end - sum(counts) : end])
        at = end


def _codes(counts: bytes, symbols: bytes) -> NDArray[np.int32]:
    """All strings of 16 bits, with the symbol that each begins with and the length of its code."""
    lengths = np.repeat(np.arange(1, _CODE_BITS + 1), list(counts))
    covered = 1 << (_CODE_BITS - lengths)
    if covered.sum() > 1 << _CODE_BITS:
        raise _Broken("a Huffman table has too many codes")
    table = np.zeros((1 << _CODE_BITS, 2), np.int32)
    filled = np.stack([np.frombuffer(symbols, np.uint8), lengths], axis=1)
    table[: covered.sum()] = np.repeat(filled, covered, axis=0)
    return table


def _picture(file: _File) -> NDArray[np.uint8]:
    if not (file.width and file.low.size and file.bins.any() and file.blocks):
        raise _Broken("a table is missing")
    numbers = [file.shift, file.scale, file.centre, *file.bins, *file.zero_bins]
    if not all(math.isfinite(number) for number in numbers):
        raise _Broken("a number is none")
    splits, subbands = _layout(file.width, file.height)
    coefficients = _dequantised(file, subbands)
    for band in reversed(splits):
        _join(coefficients, band, file.low, file.high)
    greys = np.clip(coefficients * file.scale + file.shift + 0.5, 0, 255)
    return np.asarray(greys, dtype=np.uint8)


def _layout(width: int, height: int) -> tuple[list[_Band], list[_Band]]:
    """Which bands are split, in that order, and the 60 that are coded."""
    whole = _Band(0, 0, width, height)
    first = whole.split()
    second = first[0].split()
    thirds = [band.split() for band in second[:3]]
    lowest, *others = (part for each in thirds[0] for part in each.split())
    splits = [whole, *first[:3], *second[:3], *(band for third in thirds for band in third), lowest]
    subbands = [
        *lowest.split(),
        *others,
        *(part for each in thirds[1] for part in each.split()),
        *(part for each in thirds[2] for part in each.split()),
        second[3],
        *first[1].split(),
        *first[2].split(),
    ]
    return splits, subbands


def _dequantised(file: _File, subbands: list[_Band]) -> Values:
    coded = [n for n, band in enumerate(subbands) if file.bins[n] > 0]
    quantised = np.zeros(sum(subbands[n].width * subbands[n].height for n in coded), np.int32)
    done = 0
    for table, bits in file.blocks:
        if table not in file.codes:
            raise _Broken("a Huffman table is missing")
        done = _decoded(np.frombuffer(bits, np.uint8), _codes(*file.codes[table]), quantised, done)
        if done < 0:
            raise _Broken("its bits are no codes")
    if done != quantised.size:
        raise _Broken("it ends in the middle")
    made = np.zeros((file.height, file.width), np.float32)
    at = 0
    for n in coded:
        band = subbands[n]
        values = quantised[at : at + band.width * band.height].reshape(band.height, band.width)
        at += values.size
        made[band.y : band.y + band.height, band.x : band.x + band.width] = np.sign(values) * (
            file.bins[n] * (np.abs(values) - file.centre) + file.zero_bins[n] / 2
        )
    return made


@numba.njit(cache=True, nogil=True)
def _decoded(data, codes, out, done):  # type: ignore[no-untyped-def]
    """Decode one block's bits into `out` from `done` on; the new `done`, or -1 where they are no codes."""
    bits = data.size * 8
    at = 0
    while at < bits:
        peeked = _peeked(data, at)
        symbol, length = codes[peeked, 0], codes[peeked, 1]
        if length == 0 or at + length > bits:
            # The last byte is filled up with ones, which begin no code.
            return done if bits - at < 8 else -1
        at += length
        # 101 to 106 are followed by a value or a run of zeros in 8 or 16 bits.
        wide = _FOLLOWED[symbol]
        if at + wide > bits:
            return -1
        number = _peeked(data, at) >> (_CODE_BITS - wide) if wide else symbol
        at += wide
        if symbol <= 100 or symbol in (105, 106):
            # A run of zeros, which they are already.
            done += number
        else:
            if done < out.size:
                out[done] = -number if symbol in (102, 104) else number if wide else symbol - 180
            done += 1
        if done > out.size:
            return -1
    return done


@numba.njit(cache=True, nogil=True)
def _peeked(data, at):  # type: ignore[no-untyped-def]
    """The 16 bits from a place on; behind the end there are ones."""
    found = 0
    first = at >> 3
    for n in range(first, first + 3):
        found = found << 8 | (data[n] if n < data.size else 255)
    return found >> (8 - (at & 7)) & 0xFFFF


def _join(coefficients: Values, band: _Band, low: Values, high: Values) -> None:
    """Put a band together from its four parts, in place."""
    part = coefficients[band.y : band.y + band.height, band.x : band.x + band.width]
    for lines, turned in ((part, band.turned_y), (part.T, band.turned_x)):
        for start in range(0, lines.shape[1], _STRIPE):
            stripe = lines[:, start : start + _STRIPE]
            stripe[:] = _joined(stripe, low, high, turned)


def _joined(halves: Values, low: Values, high: Values, turned: bool) -> Values:
    """One step of synthesis along the first axis; both ends are reflected about their last value."""
    length = halves.shape[0]
    if 0 in halves.shape:
        return halves
    lows, highs = (length + 1) // 2, length // 2
    evens, odds = np.zeros_like(halves), np.zeros_like(halves)
    evens[::2] = halves[highs:] if turned else halves[:lows]
    odds[1::2] = halves[:highs] if turned else halves[lows:]
    joined = np.zeros_like(halves)
    for signal, filter_ in ((evens, low), (odds, high)):
        reach = filter_.size // 2
        wide = np.pad(signal, ((reach, reach), (0, 0)), mode="reflect" if length > 1 else "edge")
        for n, weight in enumerate(filter_):
            joined += weight * wide[n : n + length]
    return joined
