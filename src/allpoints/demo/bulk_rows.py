"""Rows of the large world in PostgreSQL's binary COPY format, made by the column.

All rows of one layout have the same length, because JSON lets values be padded with spaces. So a row is a stencil,
and numpy writes thousands of them at once.
"""

import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.demo.bulk_identifiers import (
    LAYOUTS,
    OWNERS,
    Form,
    KeyMaker,
    Layout,
    Numbers,
    forms_of,
    layout_numbers,
    owner_numbers,
    text_of,
)
from allpoints.demo.draw import draw
from allpoints.demo.people import person

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = struct.pack(">h", -1)

_EPOCH = date(2000, 1, 1)
_BIGINT = 20
"""PostgreSQL's number for the type of an array's elements."""
_REFERENCE = "SYN-##########"
_NAMES = 512
_PURPOSE = b"criminal-investigation"


class Times(NamedTuple):
    """The same for all records of a load."""

    contributed_at: datetime
    valid_until: date
    review_by: date


class Stencil:
    """A row with holes: built field by field, then filled for many records at once."""

    def __init__(self, fields: int) -> None:
        self._row = bytearray(struct.pack(">h", fields))
        self._holes: list[tuple[int, NDArray[np.uint8]]] = []
        self._started = 0

    def field(self, *parts: bytes | NDArray[np.uint8]) -> None:
        """Add a field made of fixed bytes and of columns (a row of bytes for each record)."""
        length_at = len(self._row)
        self._row += bytes(4)
        for part in parts:
            if isinstance(part, bytes):
                self._row += part
            else:
                self._holes.append((len(self._row), part))
                self._row += bytes(part.shape[1])
        struct.pack_into(">i", self._row, length_at, len(self._row) - length_at - 4)

    def rows(self, count: int) -> bytes:
        """All rows, one after the other."""
        rows = np.tile(np.frombuffer(bytes(self._row), np.uint8), (count, 1))
        for at, column in self._holes:
            rows[:, at : at + column.shape[1]] = column
        return rows.tobytes()


class RowMaker:
    """Makes the rows of any range of records."""

    def __init__(
        self, *, secret: bytes, condition_sets: list[int], times: Times, per_record: int, seed: str
    ) -> None:
        self._key_maker = KeyMaker(secret)
        self._condition_sets = np.array(condition_sets, ">i4")
        self._times = times
        self._per_record = per_record
        self._names = _names(seed)
        self._verified = {form: form.verified for layout in LAYOUTS for form in forms_of(layout, per_record)}

    def blocks(self, first: int, last: int) -> tuple[list[bytes], list[bytes]]:
        """The rows of records and of particulars, from `first` up to but not including `last`."""
        numbers = np.arange(first, last, dtype=np.int64)
        layouts = layout_numbers(numbers)
        records, particulars = [HEADER], [HEADER]
        for layout_number in np.unique(layouts):
            of_layout = numbers[layouts == layout_number]
            records.append(self._record_rows(LAYOUTS[layout_number], of_layout))
            particulars.append(self._particulars_rows(LAYOUTS[layout_number], of_layout))
        return [*records, TRAILER], [*particulars, TRAILER]

    def _record_rows(self, layout: Layout, numbers: Numbers) -> bytes:
        forms = forms_of(layout, self._per_record)
        texts = [text_of(form, numbers, place) for place, form in enumerate(forms)]
        keys = [_column(self._key_maker.keys(f, t).astype(">u8")) for f, t in zip(forms, texts, strict=True)]
        owners = np.array([list(code.encode()) for code in OWNERS], np.uint8)[owner_numbers(numbers)]
        stencil = Stencil(12)
        stencil.field(_column((numbers + 1).astype(">i8")))
        stencil.field(owners)
        stencil.field(_REFERENCE[:4].encode(), _decimal(numbers, _REFERENCE.count("#")))
        stencil.field(layout.kind.value.encode())
        stencil.field(*self._identifiers(forms, texts))
        stencil.field(struct.pack(">iiIii", 1, 0, _BIGINT, len(forms), 1), *_sized(keys))
        stencil.field(_column(self._condition_sets[numbers % len(self._condition_sets)]))
        stencil.field(b"B2")
        stencil.field(struct.pack(">i", (self._times.valid_until - _EPOCH).days))
        stencil.field(struct.pack(">i", (self._times.review_by - _EPOCH).days))
        stencil.field(_PURPOSE)
        since = self._times.contributed_at - datetime(2000, 1, 1, tzinfo=UTC)
        stencil.field(struct.pack(">q", round(since.total_seconds()) * 1_000_000))
        return stencil.rows(len(numbers))

    def _identifiers(
        self, forms: tuple[Form, ...], texts: list[NDArray[np.uint8]]
    ) -> Iterator[bytes | NDArray[np.uint8]]:
        for place, (form, text) in enumerate(zip(forms, texts, strict=True)):
            yield f'{"," if place else "["}["{form.scheme}","'.encode()
            yield text
            yield f'",{str(self._verified[form]).lower()}]'.encode()
        yield b"]"

    def _particulars_rows(self, layout: Layout, numbers: Numbers) -> bytes:
        before, _, after = layout.particulars.partition("%")
        stencil = Stencil(2)
        stencil.field(_column((numbers + 1).astype(">i8")))
        name = (self._names[numbers % _NAMES],) if after else ()
        stencil.field(before.encode(), *name, after.encode())
        return stencil.rows(len(numbers))


def _names(seed: str) -> NDArray[np.uint8]:
    """Names of made-up people as JSON, padded with spaces to one length."""
    people = (person(draw(seed, "bulk", n), OWNERS[n % len(OWNERS)], seed) for n in range(_NAMES))
    encoded = [msgspec.json.encode(one.names[0]) for one in people]
    width = max(map(len, encoded))
    return np.array([list(name.ljust(width)) for name in encoded], np.uint8)


def _sized(keys: list[NDArray[np.uint8]]) -> Iterator[bytes | NDArray[np.uint8]]:
    """The elements of an array, each behind its size."""
    for key in keys:
        yield struct.pack(">i", 8)
        yield key


def _column(numbers: NDArray[np.generic]) -> NDArray[np.uint8]:
    """The bytes of each number as a row."""
    return np.ascontiguousarray(numbers).view(np.uint8).reshape(len(numbers), -1)


def _decimal(numbers: Numbers, digits: int) -> NDArray[np.uint8]:
    powers = 10 ** np.arange(digits - 1, -1, -1)
    return (numbers[:, None] // powers % 10 + ord("0")).astype(np.uint8)
