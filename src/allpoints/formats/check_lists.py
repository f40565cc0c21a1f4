"""A file of many checks: a table of identifiers and people, NDJSON, or machine-readable zones."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput
from allpoints.formats.lines import Read, decode_line, split_lines
from allpoints.formats.ndjson import invalid, read_ndjson
from allpoints.formats.person_columns import NAME_COLUMNS, WHOLE, NamesOfRow, field_of, several
from allpoints.formats.tables import read_table
from allpoints.records.evidence import Evidence, IdentifierEvidence, MrzEvidence, PatternEvidence
from allpoints.records.identifiers import scheme_named
from allpoints.records.people import Person

MAX_ZONE_LINES = 3
FIELDS = ("scheme", "value", *NAME_COLUMNS, "birth", "sex", "nationalities", "birthplace", "residence")
"""What a table of checks asks by; a row with an identifier and a person asks whether one record is about both."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One check of many. All its evidence is about the same thing."""

    evidence: tuple[Evidence, ...]


def read_checks(chunks: Iterable[bytes], *, confusable: bool = False) -> Iterator[Read[Question]]:
    """Yield the checks in a file whose form its first line tells; a line that makes none is its own error.

    `confusable` makes a pattern of each value that can be one. Raises what reading a table or a line raises.
    """
    pieces = iter(chunks)
    begun = next((piece for piece in pieces if piece.strip()), b"")
    whole = chain([begun], pieces)
    text = begun.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return read_ndjson(whole, Question)
    if _is_header(text.split(b"\n", 1)[0]):
        return _read_table(whole, confusable)
    return _read_zones(whole)


def _is_header(line: bytes) -> bool:
    cells = re.split("[,;\t]", line.decode(errors="replace"))
    return any(field_of(cell.strip().strip('"')) in FIELDS for cell in cells)


def _read_table(chunks: Iterable[bytes], confusable: bool) -> Iterator[Read[Question]]:
    header, rows = read_table(chunks)
    fields = [field_of(name) for name in header]
    for name, field in zip(header, fields, strict=True):
        if field not in FIELDS:
            raise InvalidValue(
                f"there is no field {name!r}", field="header", remedy=f"The columns are: {', '.join(FIELDS)}."
            )
        if field not in WHOLE and fields.count(field) > 1:
            raise InvalidValue("two columns say it", field=name, remedy="Leave one of them out.")
    if ("scheme" in fields) != ("value" in fields):
        raise InvalidValue("an identifier has the columns scheme and value", field="header")
    for row in rows:
        if isinstance(row.value, AllpointsError):
            yield Read(row.line, row.value)
        else:
            yield Read(row.line, _question(fields, row.value, header, confusable=confusable))


def _question(
    fields: Sequence[str], cells: Sequence[str], header: Sequence[str], *, confusable: bool
) -> Question | AllpointsError:
    evidence: list[Evidence] = []
    stated = {field: cell.strip() for field, cell in zip(fields, cells, strict=True) if cell.strip()}
    try:
        if stated.keys() & {"scheme", "value"}:
            evidence.append(_identifier(stated.get("scheme", ""), stated.get("value", ""), confusable))
        if asked := _person(fields, cells, header):
            evidence.append(asked)
    except AllpointsError as error:
        return error
    return Question(tuple(evidence)) if evidence else InvalidValue("the row asks nothing", field="value")


def _identifier(scheme: str, value: str, confusable: bool) -> Evidence:
    if scheme_named(scheme).partial and (confusable or "?" in value or "*" in value):
        return PatternEvidence(scheme, value, confusable)
    return IdentifierEvidence(scheme, value)


def _person(fields: Sequence[str], cells: Sequence[str], header: Sequence[str]) -> Person | None:
    """The person that a row describes; None where it describes nobody."""
    about: dict[str, Any] = {}
    names = NamesOfRow()
    for field, cell, column in zip(fields, map(str.strip, cells), header, strict=True):
        if cell and field in NAME_COLUMNS:
            names.add(field, cell, column)
        elif cell and field not in ("scheme", "value"):
            about[field] = several(cell) if field == "nationalities" else cell
    if not names.names:
        if about:
            raise InvalidValue(
                "a person is asked for by name", field="name", remedy="Give at least one name."
            )
        return None
    if "sex" in about:
        about["sex"] = about["sex"].upper()
    try:
        return msgspec.convert({"kind": "person", "names": names.names, **about}, Person)
    except msgspec.ValidationError as error:
        raise invalid(error) from None


def _read_zones(chunks: Iterable[bytes]) -> Iterator[Read[Question]]:
    """Lines that belong to one zone follow each other; empty lines stand between zones."""
    lines: list[str] = []
    first = 1
    for number, raw in chain(split_lines(chunks), [(0, b"")]):
        try:
            line = decode_line(raw, number).strip()
        except AllpointsError as error:
            yield Read(number, error)
            continue
        if line:
            first = first if lines else number
            lines = [*lines, line][: MAX_ZONE_LINES + 1]
        elif lines:
            yield Read(first, _zone(lines))
            lines = []


def _zone(lines: list[str]) -> Question | AllpointsError:
    if len(lines) > MAX_ZONE_LINES:
        return MalformedInput("more lines than a zone has", remedy="Put an empty line between two zones.")
    return Question((MrzEvidence("\n".join(lines)),))
