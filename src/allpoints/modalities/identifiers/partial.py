"""Searching plates, serials and VINs of which only some characters are known.

A row holds the text of the scheme's last part, a byte for each character in a column of its own. Rows are
sorted by scheme, length and the first eight characters with confusable ones folded: known first characters
narrow the search by bisection, the other known ones by comparing whole columns. A character outside ASCII is
kept as one of 128 bytes, so that the rows that remain are a few too many, never too few: `matches` settles
what stands in the row, and whoever holds the record compares its true value.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
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
    numbers = np.array([scheme_named(identifier.scheme).number for identifier in identifiers], np.uint64)
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


class Group(NamedTuple):
    """Rows of one length that stand together: their keys are from `first` to `last`."""

    length: int
    readable: bool
    """Whether no row has a character that nobody could read."""
    first: int
    last: int


Columns = NDArray[np.intp]
Check = tuple[int, bytes]
"""A position in the text, and the characters that it may have."""


class PatternSearch:
    """One pattern, made ready for searching many tables."""

    def __init__(self, pattern: Pattern) -> None:
        self.asked = pattern
        """The pattern as it was asked; `pattern` has its characters outside ASCII replaced as in the rows."""
        *known, text = pattern.parts
        squeezed = _bytes(text).decode("latin-1")
        self.pattern = msgspec.structs.replace(pattern, value=":".join((*known, squeezed)))
        self._known = known
        self._number = scheme_named(pattern.scheme).number
        self._mark = _mark(_known_parts(pattern.scheme, pattern.value))
        first, *floating = squeezed.split("*")
        self._first = first
        self._last = floating.pop() if floating else ""
        # each run is looked for by itself; the longest leaves the fewest rows to the others
        self._floating = sorted((run for run in floating if run.strip("?")), key=len, reverse=True)
        shortest = len(squeezed) - squeezed.count("*")
        self._lengths = range(shortest, LONGEST + 1) if "*" in squeezed else range(shortest, shortest + 1)

    def groups(self) -> Iterator[Group]:
        """Yield the groups of rows that can match: for each length the readable ones, then the others."""
        for length in self._lengths:
            head = self._number << TOP_SHIFT | length << _PREFIX_BITS
            first, free = head | 1 << _READABLE_SHIFT, _PREFIX_BITS
            for character in self._first.split("?")[0][:_PREFIX]:
                free -= _CHARACTER_BITS
                first |= int(_CODES[ord(character)]) << free
            yield Group(length, True, first, first | (1 << free) - 1)
            yield Group(length, False, head, head | (1 << _PREFIX_BITS) - 1)

    def survivors(self, text: NDArray[np.uint8], group: Group) -> Columns:
        """Return which columns of this text, the rows of the group, can match."""
        end = group.length - len(self._last)
        known = [*self._checks(self._first, 0, group), *self._checks(self._last, end, group)]
        if self._mark is not None:
            known += [(_MARK, bytes([self._mark & 0xFF])), (_MARK + 1, bytes([self._mark >> 8]))]
        alive = _passing(text, known, None)
        for run in self._floating:
            places = range(len(self._first), end - len(run) + 1)
            passing = [_passing(text, self._checks(run, place, group), alive) for place in places]
            alive = _united(passing)
        return np.arange(text.shape[1]) if alive is None else alive

    def value(self, text: NDArray[np.uint8]) -> str:
        """Return this row's value, to be held against `pattern`: its other parts are the pattern's own."""
        return ":".join((*self._known, text[:LONGEST].tobytes().rstrip(b"\0").decode("latin-1")))

    def _checks(self, run: str, place: int, group: Group) -> list[Check]:
        unreadable = b"" if group.readable else b"?"
        return [(place + i, self._accepted(c) + unreadable) for i, c in enumerate(run) if c != "?"]

    def _accepted(self, character: str) -> bytes:
        alike = character
        if self.pattern.confusable:
            folded = fold_confusables(character)
            alike += "".join(c for c in _ALPHABET if c != character and fold_confusables(c) == folded)
        return alike.encode("latin-1")


def _passing(text: NDArray[np.uint8], checks: list[Check], alive: Columns | None) -> Columns | None:
    """Which of the columns still alive (None: all) pass all checks."""
    # a sample tells which check leaves the fewest to the others
    step = max(1, text.shape[1] // _SAMPLE)
    rarest_first = sorted(
        checks, key=lambda check: np.count_nonzero(_equal(text[check[0], ::step], check[1]))
    )
    for row, accepted in rarest_first:
        if alive is None:
            alive = np.flatnonzero(_equal(text[row], accepted))
        else:
            alive = alive[_equal(text[row, alive], accepted)]
    return alive


def _united(several: list[Columns | None]) -> Columns:
    return np.unique(np.concatenate([np.empty(0, np.intp), *(some for some in several if some is not None)]))


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
    """Sixteen bits that stand for these parts; None where there are none or one is not known."""
    return crc32(":".join(parts).encode()) & 0xFFFF if parts and all(parts) else None
