"""Reading ANSI/NIST-ITL 1-2011 (update 2015), traditional encoding (annex B); earlier editions read the same.

Every length is checked against the bytes that are there before anything is cut, and the sum of all text is
limited, so that time and memory are bounded by the size of the file.
"""

import re
from typing import Final

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.formats.nist.transaction import (
    BINARY_KINDS,
    DATA,
    FIRST_KIND_WITH_DATA,
    MAX_FIELDS,
    MAX_RECORDS,
    MAX_TEXT,
    Field,
    Record,
    Transaction,
    encoding,
    place,
    whole,
)
from allpoints.records.biometrics import MAX_PICTURE

_TAG = re.compile(rb"(\d{1,2})\.(\d{1,9}):")
_LENGTH = re.compile(rb"0*1:0*(\d{1,9})\x1d")
_END, _BETWEEN = b"\x1c", b"\x1d"

_BINARY_HEADER: Final = 5
_TYPE_4_HEADER: Final = 18


def parse(data: bytes) -> Transaction:
    """Read a whole file.

    Raises `TooLarge` beyond `MAX_PICTURE` bytes, `MAX_RECORDS`, `MAX_FIELDS` or `MAX_TEXT`; `MalformedInput` where
    lengths, tags or separators do not fit together; `InvalidValue` where a value is not what the standard says.
    Each names the record, counted from 1, its type, and the field.
    """
    if len(data) > MAX_PICTURE:
        raise TooLarge(
            f"{len(data):,} bytes; a file may have {MAX_PICTURE:,}", remedy="Split the transaction."
        )
    reader = _Reader(data)
    header, content = _header(reader)
    reader.encoding = encoding(header)
    records = [header]
    for number, (kind, idc) in enumerate(content, 2):
        records.append(reader.record(number, kind))
        if records[-1].idc != idc:
            raise InvalidValue(
                f"IDC {records[-1].idc}, but field 1.003 lists {idc}",
                field=place(number, kind, 2),
                remedy="Give the record the IDC under which field 1.003 lists it.",
            )
    if reader.at != len(data):
        raise MalformedInput(
            f"{len(data) - reader.at:,} bytes follow the last record that field 1.003 lists",
            field=place(1, 1, 3),
            remedy="List every record in field 1.003, and nothing else in the file.",
        )
    return Transaction(tuple(records))


def _header(reader: "_Reader") -> tuple[Record, list[tuple[int, int]]]:
    record = reader.record(1, 1)
    where = place(1, 1, 3)
    first, *rest = record.items(3) or ((),)
    if len(first) != 2 or any(len(pair) != 2 for pair in rest):
        raise MalformedInput("is no list of pairs of record type and IDC", field=where)
    if first[0].strip() != "1" or whole(first[1].strip(), 999, where) != len(rest):
        raise InvalidValue(
            f"announces {first[1]!r} records after the first and lists {len(rest)}", field=where
        )
    if len(rest) >= MAX_RECORDS:
        raise TooLarge(
            f"lists {len(rest) + 1} records; a file may have {MAX_RECORDS}",
            field=where,
            remedy="Split the transaction.",
        )
    content = [(whole(kind.strip(), 99, where), whole(idc.strip(), 99, where)) for kind, idc in rest]
    if any(kind < 2 for kind, _ in content):
        raise InvalidValue("lists a further record of type 1 or 0", field=where)
    kept = tuple(field for field in record.fields if field.number != 3)
    return Record(kind=1, fields=kept), content


class _Reader:
    """Where we are in the bytes, and how much text they may still hold."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.encoding = "ascii"
        self._text_left = MAX_TEXT

    def record(self, number: int, kind: int) -> Record:
        return self._binary(number, kind) if kind in BINARY_KINDS else self._tagged(number, kind)

    def _binary(self, number: int, kind: int) -> Record:
        least = _TYPE_4_HEADER if kind == 4 else _BINARY_HEADER
        length = int.from_bytes(self.data[self.at : self.at + 4])
        start, end = self._cut(length, least, number, kind)
        return Record(kind=kind, idc=self.data[start + 4], data=self.data[start + 5 : end])

    def _tagged(self, number: int, kind: int) -> Record:
        where = place(number, kind, 1)
        tag = f"{kind}.".encode()
        found = _LENGTH.match(self.data, self.at + len(tag)) if self.data.startswith(tag, self.at) else None
        if found is None:
            raise MalformedInput(
                f"no record of type {kind} with its length begins at byte {self.at:,}",
                field=where,
                remedy="Correct the length of the record before this one, or the list in field 1.003.",
            )
        start, end = self._cut(int(found[1]), found.end() - self.at, number, kind)
        if self.data[end - 1 : end] != _END:
            raise MalformedInput(
                f"the record does not end where its length of {end - start:,} bytes says",
                field=where,
                remedy="State the length in bytes, with the FS character that ends the record.",
            )
        fields, data = self._fields(found.end(), end - 1, number, kind)
        if kind == 1:
            return Record(kind=1, fields=tuple(fields))
        idc = next((field for field in fields if field.number == 2), Field(2, (("",),)))
        return Record(
            kind=kind,
            idc=whole(idc.subfields[0][0].strip(), 99, place(number, kind, 2)),
            fields=tuple(field for field in fields if field.number != 2),
            data=data,
        )

    def _cut(self, length: int, least: int, number: int, kind: int) -> tuple[int, int]:
        """Move behind a record that says to be so long; its start and end."""
        start, left = self.at, len(self.data) - self.at
        if not least <= length <= left:
            raise MalformedInput(
                f"says {length:,} bytes; {left:,} are left, and the record needs {least}",
                field=place(number, kind, 1),
                remedy="State the length in bytes of the whole record; check that the file is complete.",
            )
        self.at = start + length
        return start, self.at

    def _fields(self, at: int, end: int, number: int, kind: int) -> tuple[list[Field], bytes | None]:
        fields: dict[int, Field] = {}
        data = None
        while at < end and data is None:
            tag = _TAG.match(self.data, at, end)
            if tag is None or int(tag[1]) != kind:
                raise MalformedInput(
                    f"no tag of type {kind} at byte {at:,}",
                    field=place(number, kind),
                    remedy="Begin each field with its number and a colon; part fields by the GS character.",
                )
            field = int(tag[2])
            if field in fields or field < 2:
                raise MalformedInput("has no place here, or stands twice", field=place(number, kind, field))
            if field == DATA and kind >= FIRST_KIND_WITH_DATA:
                data = self.data[tag.end() : end]
            else:
                stop = self.data.find(_BETWEEN, tag.end(), end)
                stop = end if stop < 0 else stop
                fields[field] = self._field(field, self.data[tag.end() : stop], place(number, kind, field))
                at = stop + 1
            if len(fields) > MAX_FIELDS:
                raise TooLarge(f"more than {MAX_FIELDS:,} fields", field=place(number, kind))
        return list(fields.values()), data

    def _field(self, number: int, value: bytes, where: str) -> Field:
        self._text_left -= len(value)
        if self._text_left < 0:
            raise TooLarge(f"here the text of all fields passes {MAX_TEXT:,} bytes", field=where)
        if _END in value:
            raise MalformedInput(
                "the record goes on behind an FS character",
                field=where,
                remedy="State the length of each record up to the FS character that ends it.",
            )
        try:
            text = value.decode(self.encoding)
        except UnicodeDecodeError as error:
            raise InvalidValue(
                f"byte {error.start} is not {self.encoding.upper()}",
                field=where,
                remedy="Record type 1 is ASCII; declare the character set of all others in field 1.015.",
            ) from None
        return Field(number, tuple(tuple(subfield.split("\x1f")) for subfield in text.split("\x1e")))
