"""A transaction of ANSI/NIST-ITL 1 as data: its records, their fields, subfields and items."""

from typing import Final

import msgspec

from allpoints.errors import AllpointsError, InvalidValue

BINARY_KINDS: Final = range(3, 9)
"""Records of fixed binary layout; all others consist of tagged fields."""

FIRST_KIND_WITH_DATA: Final = 10
"""From this type on a record of tagged fields may end in field 999, which holds bytes."""

DATA: Final = 999
"""The number of the field that holds a record's bytes."""

MAX_RECORDS: Final = 100
"""Records in one transaction. An IDC has two digits, and a card with ten rolled prints, slaps, palms, minutiae and
photographs takes fewer than fifty; the standard would allow a thousand."""

MAX_FIELDS: Final = 1_000
"""Fields in one record."""

MAX_TEXT: Final = 1 << 20
"""Bytes of all tagged fields of a transaction together, pictures not counted."""

SEPARATORS: Final = "\x1c\x1d\x1e\x1f"
"""End of record (FS), between fields (GS), between subfields (RS), between items (US)."""

_ENCODINGS = {0: "latin-1", 1: "latin-1", 3: "utf-8"}


class Field(msgspec.Struct, frozen=True):
    """One tagged field: a tuple of subfields, each a tuple of items; a plain value is one subfield of one item."""

    number: int
    subfields: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, number: int, value: str | int) -> "Field":
        """A field with one plain value."""
        return cls(number, ((str(value),),))


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One logical record of a type (`kind`), under its information designation character (`idc`; 0 for type 1).

    `fields` are in the order of the file, without what follows from the rest and is computed on writing: the
    length (001), the IDC (002, but for type 1, whose field 002 is the version), and type 1's content list (003).
    `data` is what field 999 holds, or all that follows the IDC in a record of binary layout (types 3 to 8).
    """

    kind: int
    idc: int = 0
    fields: tuple[Field, ...] = ()
    data: bytes | None = None

    def items(self, number: int) -> tuple[tuple[str, ...], ...]:
        """The subfields of a field; none where the record has no such field."""
        return next((field.subfields for field in self.fields if field.number == number), ())

    def text(self, number: int) -> str:
        """The first item of a field, without blanks at its ends; empty where the record has no such field."""
        subfields = self.items(number)
        return subfields[0][0].strip() if subfields else ""


class Transaction(msgspec.Struct, frozen=True):
    """A whole file: the record of type 1 and those that it lists, in their order."""

    records: tuple[Record, ...]

    @property
    def header(self) -> Record:
        """The record of type 1: who sends what to whom."""
        return self.records[0]


def place(number: int, kind: int, field: int | None = None) -> str:
    """How errors name a record, counted from 1, and a field of it: `record 3 (type 14), field 14.999`."""
    record = f"record {number} (type {kind})"
    return record if field is None else f"{record}, field {kind}.{field:03}"


def encoding(header: Record) -> str:
    """The encoding of all records but type 1, which is ASCII (table of character sets, field 1.015).

    Bytes beyond ASCII that no declaration covers are taken as Latin-1: each byte is a character, so that nothing is
    lost, and writing restores it. Raises `InvalidValue` for character sets other than Latin-1 and UTF-8.
    """
    declared = {_character_set(subfield[0]) for subfield in header.items(15)} - {0}
    if len(declared) > 1 or not declared <= _ENCODINGS.keys():
        raise InvalidValue(
            f"character sets {sorted(declared)} are not read",
            field=place(1, 1, 15),
            remedy="Declare 000 (ASCII), 001 (8-bit ASCII) or 003 (UTF-8) alone.",
        )
    return _ENCODINGS[max(declared, default=0)]


def _character_set(code: str) -> int:
    return whole(code, 999, place(1, 1, 15))


def whole(text: str, most: int, where: str, kind: type[AllpointsError] = InvalidValue) -> int:
    """The number that ASCII digits spell, from 0 to `most`. Raises the given kind of error for everything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= most):
        raise kind(f"{text[:20]!r} is no whole number from 0 to {most}", field=where)
    return int(text)
