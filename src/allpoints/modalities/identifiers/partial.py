"""Searching plates, serials and VINs of which only some characters are known.

A row holds the text of the scheme's last part, a byte for each character in a column of its own. Rows are
sorted by scheme, length and the first eight characters with confusable ones folded: known first characters
narrow the search by bisection, the other known ones by comparing whole columns. A character outside ASCII is
kept as one of 128 bytes, so that the rows that remain are a few too many, never too few: `matches` settles
what stands in the row, and whoever holds the record compares its true value.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.modalities.identifiers.segments import TOP_SHIFT, Ids, Rows, Table
from allpoints.records.identifiers import Identifier, Pattern, fold_confusables, scheme_named

LONGEST = 30
"""Characters in the last part of a *partial* scheme."""
_MARK = LONGEST
"""The first of the two columns with the mark of the other key parts, such as a plate's state."""
VALUES = Table("values", LONGEST + 2)

_READABLE_SHIFT = TOP_SHIFT - 1
_PREFIX_BITS = _READABLE_SHIFT - LONGEST.bit_length()
_PREFIX, _CHARACTER_BITS = 8, 6
_SAMPLE = 1_024

_UNREADABLE = ord("?")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CODES = np.array(
    [
        _ALPHABET.index(folded) if (folded := fold_confusables(chr(byte))) in _ALPHABET else 36 + byte % 28
        for byte in range(256)
    ],
    np.uint64,
)


def value_rows(ids: Sequence[int] | Ids, identifiers: Sequence[Identifier]) -> Rows:
    """Return a row for each identifier of a *partial* scheme, in the order given.

    Raises `InvalidValue` for a text longer than `LONGEST`.
    """
    texts = [_bytes(checked_length(identifier)) for identifier in identifiers]
    characters = np.array(texts, f"S{LONGEST}").view(np.uint8).reshape(len(texts), LONGEST).T
    marks = np.array([_mark(_known_parts(i.scheme, i.value)) or 0 for i in identifiers], np.uint16)
    numbers = np.array([_number(identifier.scheme) for identifier in identifiers], np.uint64)
    keys = numbers << np.uint64(TOP_SHIFT)
    keys |= (characters != _UNREADABLE).all(axis=0).astype(np.uint64) << np.uint64(_READABLE_SHIFT)
    keys |= np.count_nonzero(characters, axis=0).astype(np.uint64) << np.uint64(_PREFIX_BITS)
    for position in range(_PREFIX):
        shift = np.uint64(_PREFIX_BITS - (position + 1) * _CHARACTER_BITS)
        keys |= np.where(characters[position], _CODES[characters[position]], 0).astype(np.uint64) << shift
    return Rows(
        keys, np.asarray(ids, np.uint32), np.vstack([characters, marks & 0xFF, marks >> 8]).astype(np.uint8)
    )


def checked_length(identifier: Identifier) -> str:
    """Return the text that patterns are held against. Raises `InvalidValue` beyond `LONGEST` characters."""
    text = identifier.value.rpartition(":")[2]
    if len(text) > LONGEST:
        raise InvalidValue(f"has more than {LONGEST} characters", field="value")
    return text


class PatternSearch:
    """One pattern, made ready for searching many tables."""

    def __init__(self, pattern: Pattern) -> None:
        self.asked = pattern
        *known, text = pattern.parts
        squeezed = _bytes(text).decode("latin-1")
        self._pattern = msgspec.structs.replace(pattern, value=":".join((*known, squeezed)))
        self._known = known
        self._number = _number(pattern.scheme)
        self._mark = _mark(_known_parts(pattern.scheme, pattern.value))
        first, *floating = squeezed.split("*")
        self._first = first
        self._last = floating.pop() if floating else ""
        self._floating = [run for run in floating if run.strip("?")]
        shortest = len(squeezed) - squeezed.count("*")
        self._lengths = range(shortest, LONGEST + 1) if "*" in squeezed else range(shortest, shortest + 1)

    def ranges(self) -> Iterator[tuple[int, int, int]]:
        """Yield the key ranges that can hold matching rows: the length of their text, first key, last key."""
        for length in self._lengths:
            head = self._number << TOP_SHIFT | length << _PREFIX_BITS
            yield length, head, head | (1 << _PREFIX_BITS) - 1  # rows with ? in any place, the first too
            first, free = head | 1 << _READABLE_SHIFT, _PREFIX_BITS
            for character in self._first.split("?")[0][:_PREFIX]:
                free -= _CHARACTER_BITS
                first |= int(_CODES[ord(character)]) << free
            yield length, first, first | (1 << free) - 1

    def survivors(self, rows: Rows, length: int) -> NDArray[np.intp]:
        """Return the positions of those rows, whose text has this length, that can match."""
        checks = [(offset, self._accepted(c)) for offset, c in enumerate(self._first) if c != "?"]
        start = length - len(self._last)
        checks += [(start + offset, self._accepted(c)) for offset, c in enumerate(self._last) if c != "?"]
        if self._mark is not None:
            checks += [(_MARK, bytes([self._mark & 0xFF])), (_MARK + 1, bytes([self._mark >> 8]))]
        # a sample tells which comparison leaves the fewest rows to the others
        step = max(1, len(rows) // _SAMPLE)
        checks.sort(key=lambda check: np.count_nonzero(_equal(rows.text[check[0], ::step], check[1])))
        alive: NDArray[np.intp] | None = None
        for column, accepted in checks:
            values = rows.text[column]
            if alive is None:
                alive = np.flatnonzero(_equal(values, accepted))
            else:
                alive = alive[_equal(values[alive], accepted)]
        for run in self._floating:
            text = rows.text if alive is None else rows.text[:, alive]
            inside = self._somewhere(run, text, len(self._first), start)
            alive = np.flatnonzero(inside) if alive is None else alive[inside]
        return np.arange(len(rows)) if alive is None else alive

    def value(self, text: NDArray[np.uint8]) -> str:
        """Return this row's value, to be held against `pattern`: its other parts are the pattern's own."""
        return ":".join((*self._known, text[:LONGEST].tobytes().rstrip(b"\0").decode("latin-1")))

    @property
    def pattern(self) -> Pattern:
        """The pattern with each character outside ASCII replaced as it is in the rows."""
        return self._pattern

    def _somewhere(self, run: str, text: NDArray[np.uint8], start: int, stop: int) -> NDArray[np.bool_]:
        found = np.zeros(text.shape[1], np.bool_)
        literals = [(offset, self._accepted(c)) for offset, c in enumerate(run) if c != "?"]
        for place in range(start, stop - len(run) + 1):
            here = np.ones(text.shape[1], np.bool_)
            for offset, accepted in literals:
                here &= _equal(text[place + offset], accepted)
            found |= here
        return found

    def _accepted(self, character: str) -> bytes:
        alike = character
        if self._pattern.confusable:
            folded = fold_confusables(character)
            alike += "".join(c for c in _ALPHABET if c != character and fold_confusables(c) == folded)
        return alike.encode("latin-1") + b"?"


def _equal(values: NDArray[np.uint8], accepted: bytes) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = values == accepted[0]
    for other in accepted[1:]:
        found |= values == other
    return found


def _bytes(text: str) -> bytes:
    """One byte for each character; outside ASCII several share one."""
    if text.isascii():
        return text.encode()
    return bytes(c if (c := ord(character)) < 128 else 128 | c % 128 for character in text)


def _known_parts(scheme: str, value: str) -> tuple[str, ...]:
    found = scheme_named(scheme)
    parts = dict(zip(found.parts, value.split(":"), strict=True))
    return tuple(parts[part] for part in found.key[:-1])


@lru_cache(maxsize=4_096)
def _mark(parts: tuple[str, ...]) -> int | None:
    """Sixteen bits that stand for the key parts before the text; None where there are none or one is not
    known."""
    return crc32(":".join(parts).encode()) & 0xFFFF if parts and all(parts) else None


@lru_cache(maxsize=64)
def _number(scheme: str) -> int:
    return scheme_named(scheme).number
