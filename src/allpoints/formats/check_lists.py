"""A file of many checks: a table of schemes and values, NDJSON, or machine-readable zones."""

from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput
from allpoints.formats.lines import Read, decode_line, split_lines
from allpoints.formats.ndjson import read_ndjson
from allpoints.formats.tables import read_table
from allpoints.records.evidence import Evidence, IdentifierEvidence, MrzEvidence, PatternEvidence
from allpoints.records.identifiers import scheme_named

MAX_ZONE_LINES = 3
_HEADER = {"scheme", "value"}


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
    if b"scheme" in text.split(b"\n", 1)[0].lower():
        return _read_table(whole, confusable)
    return _read_zones(whole)


def _read_table(chunks: Iterable[bytes], confusable: bool) -> Iterator[Read[Question]]:
    header, rows = read_table(chunks)
    names = [name.lower() for name in header]
    if set(names) != _HEADER or len(names) != 2:
        raise InvalidValue("has the columns scheme and value", field="header")
    for row in rows:
        if isinstance(row.value, AllpointsError):
            yield Read(row.line, row.value)
        else:
            stated = dict(zip(names, (cell.strip() for cell in row.value), strict=True))
            yield Read(row.line, _question(stated["scheme"], stated["value"], confusable))


def _question(scheme: str, value: str, confusable: bool) -> Question | AllpointsError:
    try:
        partial = scheme_named(scheme).partial
    except InvalidValue as error:
        return error
    if partial and (confusable or "?" in value or "*" in value):
        return Question((PatternEvidence(scheme, value, confusable),))
    return Question((IdentifierEvidence(scheme, value),))


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
