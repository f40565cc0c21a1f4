"""Writing ANSI/NIST-ITL 1-2011 (update 2015), traditional encoding (annex B)."""

from collections.abc import Sequence

from allpoints.errors import InvalidValue, TooLarge
from allpoints.formats.nist.transaction import (
    BINARY_KINDS,
    DATA,
    FIRST_KIND_WITH_DATA,
    MAX_FIELDS,
    MAX_RECORDS,
    MAX_TEXT,
    SEPARATORS,
    Field,
    Record,
    Transaction,
    encoding,
    place,
)
from allpoints.records.biometrics import MAX_PICTURE


def write(transaction: Transaction) -> bytes:
    """The file of a transaction, with its lengths and its list of records computed.

    Raises `InvalidValue` for what cannot be written so that `parse` reads the same again, and `TooLarge` beyond
    what `parse` reads; both name the record and the field.
    """
    records = transaction.records
    if not records or records[0].kind != 1 or any(record.kind == 1 for record in records[1:]):
        raise InvalidValue("exactly the first record must be of type 1", field="records")
    if len(records) > MAX_RECORDS:
        raise TooLarge(f"{len(records)} records; a file may have {MAX_RECORDS}", field="records")
    characters = encoding(records[0])
    listed = tuple((str(record.kind), f"{record.idc:02}") for record in records[1:])
    content = Field(3, (("1", str(len(listed))), *listed))
    texts = [_header(records[0], content)]
    texts += [_texts(record, number, characters) for number, record in enumerate(records[1:], 2)]
    if sum(len(text) for text in texts) > MAX_TEXT:
        raise TooLarge(f"the text of all fields passes {MAX_TEXT:,} bytes", field="records")
    file = b"".join(_closed(record, text) for record, text in zip(records, texts, strict=True))
    if len(file) > MAX_PICTURE:
        raise TooLarge(f"{len(file):,} bytes; a file may have {MAX_PICTURE:,}", field="records")
    return file


def _header(record: Record, content: Field) -> bytes:
    if record.idc or record.data is not None:
        raise InvalidValue("has neither IDC nor data", field=place(1, 1))
    version = tuple(field for field in record.fields if field.number == 2)
    rest = tuple(field for field in record.fields if field.number != 2)
    _check_numbers(record, 1, computed={1, 3})
    return _joined((*version, content, *rest), 1, 1, "ascii")


def _texts(record: Record, number: int, characters: str) -> bytes:
    if not (2 <= record.kind <= 99 and 0 <= record.idc <= 99):
        raise InvalidValue(
            f"type {record.kind}, IDC {record.idc}: both have two digits", field=place(number, record.kind)
        )
    if record.kind in BINARY_KINDS:
        if record.fields or record.data is None:
            raise InvalidValue("has a binary layout: data, and no fields", field=place(number, record.kind))
        return b""
    _check_numbers(record, number, computed={1, 2})
    if record.data is not None and record.kind < FIRST_KIND_WITH_DATA:
        raise InvalidValue("has no field for data", field=place(number, record.kind))
    idc = Field.of(2, f"{record.idc:02}")
    return _joined((idc, *record.fields), number, record.kind, characters)


def _check_numbers(record: Record, number: int, computed: set[int]) -> None:
    reserved = computed | ({DATA} if record.kind >= FIRST_KIND_WITH_DATA else set())
    numbers = [field.number for field in record.fields]
    if len(numbers) > MAX_FIELDS:
        raise TooLarge(f"more than {MAX_FIELDS:,} fields", field=place(number, record.kind))
    for field in numbers:
        if field in reserved or not 1 < field < 1_000_000_000 or numbers.count(field) > 1:
            raise InvalidValue(
                "may not be given, or not twice",
                field=place(number, record.kind, field),
                remedy="Give each field once; lengths, IDC and the list of records are computed.",
            )


def _joined(fields: Sequence[Field], number: int, kind: int, characters: str) -> bytes:
    return b"\x1d".join(
        _field(field, kind, characters, place(number, kind, field.number)) for field in fields
    )


def _field(field: Field, kind: int, characters: str, where: str) -> bytes:
    items = [item for subfield in field.subfields for item in subfield]
    if not all(field.subfields) or not items:
        raise InvalidValue("a field has at least one subfield, and a subfield one item", field=where)
    if any(separator in item for item in items for separator in SEPARATORS):
        raise InvalidValue("holds a separator (FS, GS, RS, US)", field=where)
    value = "\x1e".join("\x1f".join(subfield) for subfield in field.subfields)
    try:
        return f"{kind}.{field.number:03}:{value}".encode(characters)
    except UnicodeEncodeError as error:
        raise InvalidValue(
            f"{value[error.start - len(f'{kind}.{field.number:03}:')]!r} has no place in {characters.upper()}",
            field=where,
            remedy="Record type 1 is ASCII; declare UTF-8 (003) for all others in field 1.015.",
        ) from None


def _closed(record: Record, text: bytes) -> bytes:
    if record.kind in BINARY_KINDS:
        body = record.data or b""
        return (len(body) + 5).to_bytes(4) + bytes([record.idc]) + body
    data = b"" if record.data is None else f"\x1d{record.kind}.{DATA}:".encode() + record.data
    label = f"{record.kind}.001:"
    rest = len(label) + 1 + len(text) + len(data) + 1
    length = rest + len(str(rest))
    # The length counts its own digits, so that one more digit may make one more digit.
    length = rest + len(str(length))
    return f"{label}{length}\x1d".encode() + text + data + b"\x1c"
