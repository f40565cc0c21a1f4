"""Where each field stands in each format: the tables of Doc 9303 parts 4 (TD3), 5 (TD1), 6 (TD2), 7 (visas).

Lines and positions count from 1 and include the last one, as the Doc prints them; offsets count from 0
through the whole zone without its line breaks.
"""

import re
from functools import cache
from typing import Final, Literal

import msgspec

from allpoints.formats.mrz.zone import Format

Kind = Literal["code", "state", "number", "date", "digit", "sex", "name"]

# The second character of a document code may be a digit (C1 and C2 are in use). The sex stays open here:
# what it must not be is told as a warning.
_CHARACTERS: Final[dict[Kind, str]] = {
    "code": "[ACIPV][A-Z0-9<]",
    "state": "[A-Z<]{3}",
    "number": "[A-Z0-9<]{%d}",
    "date": "[0-9<]{6}",
    "digit": "[0-9<]",
    "sex": "[A-Z0-9<]",
    "name": "[A-Z<]{%d}",
}


class Field(msgspec.Struct, frozen=True):
    """One field: its name in `Document` (a check digit's is the field it guards), and where it stands."""

    name: str
    kind: Kind
    line: int
    first: int
    last: int


class Guard(msgspec.Struct, frozen=True):
    """One check digit: the field it guards, its offset, and the offsets that it is computed from."""

    field: str
    digit: int
    over: tuple[slice, ...]


class Layout(msgspec.Struct, frozen=True, eq=False):
    """A format's table, and what parsing derives from it once."""

    format: Format
    begins: str
    lines: int
    width: int
    fields: tuple[Field, ...]
    composite: tuple[tuple[int, int, int], ...]
    cut: dict[str, slice]
    guards: tuple[Guard, ...]
    pattern: re.Pattern[str]

    def offset(self, line: int, position: int) -> int:
        return (line - 1) * self.width + position - 1

    def place(self, offset: int) -> tuple[int, int]:
        """Line and position of an offset."""
        line, position = divmod(offset, self.width)
        return line + 1, position + 1


def _layout(
    name: Format,
    *,
    begins: str,
    lines: int,
    width: int,
    fields: tuple[Field, ...],
    composite: tuple[tuple[int, int, int], ...] = (),
) -> Layout:
    def span(line: int, first: int, last: int) -> slice:
        return slice((line - 1) * width + first - 1, (line - 1) * width + last)

    data = {field.name: field for field in fields if field.kind != "digit"}
    # What a format lacks is cut as the empty text.
    cut = {"optional_data_2": slice(0, 0), "document_number_rest": slice(0, 0)}
    cut |= {key: span(field.line, field.first, field.last) for key, field in data.items()}
    guards = []
    for field in fields:
        if field.kind == "digit":
            digit = (field.line - 1) * width + field.first - 1
            guarded = {
                "document_number": (cut["document_number"], cut["document_number_rest"]),
                "composite": tuple(span(*part) for part in composite),
            }.get(field.name) or (cut[field.name],)
            guards.append(Guard(field.name, digit, tuple(s for s in guarded if s.start != s.stop)))
    ordered = sorted(fields, key=lambda field: (field.line, field.first))
    pattern = "".join(_CHARACTERS[f.kind].replace("%d", str(f.last - f.first + 1)) for f in ordered)
    return Layout(name, begins, lines, width, fields, composite, cut, tuple(guards), re.compile(pattern))


def _two_lines(width: int, *rest: Field) -> tuple[Field, ...]:
    """What every zone of two lines has in common."""
    return (
        Field("document_code", "code", 1, 1, 2),
        Field("issuing_state", "state", 1, 3, 5),
        Field("name", "name", 1, 6, width),
        Field("document_number", "number", 2, 1, 9),
        Field("document_number", "digit", 2, 10, 10),
        Field("nationality", "state", 2, 11, 13),
        Field("birth", "date", 2, 14, 19),
        Field("birth", "digit", 2, 20, 20),
        Field("sex", "sex", 2, 21, 21),
        Field("expiry", "date", 2, 22, 27),
        Field("expiry", "digit", 2, 28, 28),
        *rest,
    )


TD1 = _layout(
    "TD1",
    begins="ACI",
    lines=3,
    width=30,
    fields=(
        Field("document_code", "code", 1, 1, 2),
        Field("issuing_state", "state", 1, 3, 5),
        Field("document_number", "number", 1, 6, 14),
        Field("document_number", "digit", 1, 15, 15),
        Field("optional_data", "number", 1, 16, 30),
        Field("birth", "date", 2, 1, 6),
        Field("birth", "digit", 2, 7, 7),
        Field("sex", "sex", 2, 8, 8),
        Field("expiry", "date", 2, 9, 14),
        Field("expiry", "digit", 2, 15, 15),
        Field("nationality", "state", 2, 16, 18),
        Field("optional_data_2", "number", 2, 19, 29),
        Field("composite", "digit", 2, 30, 30),
        Field("name", "name", 3, 1, 30),
    ),
    composite=((1, 6, 30), (2, 1, 7), (2, 9, 15), (2, 19, 29)),
)

TD2 = _layout(
    "TD2",
    begins="ACI",
    lines=2,
    width=36,
    fields=_two_lines(
        36,
        Field("optional_data", "number", 2, 29, 35),
        Field("composite", "digit", 2, 36, 36),
    ),
    composite=((2, 1, 10), (2, 14, 20), (2, 22, 35)),
)

TD3 = _layout(
    "TD3",
    begins="P",
    lines=2,
    width=44,
    fields=_two_lines(
        44,
        Field("optional_data", "number", 2, 29, 42),
        Field("optional_data", "digit", 2, 43, 43),
        Field("composite", "digit", 2, 44, 44),
    ),
    composite=((2, 1, 10), (2, 14, 20), (2, 22, 43)),
)

MRV_A = _layout(
    "MRV-A",
    begins="V",
    lines=2,
    width=44,
    fields=_two_lines(44, Field("optional_data", "number", 2, 29, 44)),
)

MRV_B = _layout(
    "MRV-B",
    begins="V",
    lines=2,
    width=36,
    fields=_two_lines(36, Field("optional_data", "number", 2, 29, 36)),
)

LAYOUTS: Final[dict[Format, Layout]] = {each.format: each for each in (TD1, TD2, TD3, MRV_A, MRV_B)}


@cache
def with_long_number(name: Format, extra: int) -> Layout:
    """TD1 or TD2 with a document number of 9 + `extra` characters (Doc 9303-5 and -6, note j).

    The check digit's place is then a filler; the rest of the number opens the optional data, followed by the
    check digit and a filler.
    """
    base = LAYOUTS[name]
    optional = next(field for field in base.fields if field.name == "optional_data")
    line, first = optional.line, optional.first
    fields: list[Field] = []
    for field in base.fields:
        if field.name == "document_number" and field.kind == "digit":
            fields += (
                Field("no_check_digit", "number", field.line, field.first, field.last),
                Field("document_number_rest", "number", line, first, first + extra - 1),
                Field("document_number", "digit", line, first + extra, first + extra),
            )
        elif field is optional:
            fields.append(Field("optional_data", "number", line, first + extra + 1, optional.last))
        else:
            fields.append(field)
    return _layout(
        name,
        begins=base.begins,
        lines=base.lines,
        width=base.width,
        fields=tuple(fields),
        composite=base.composite,
    )


def layout_of(layout: Layout, text: str) -> Layout:
    """The layout itself, or its variant when this zone has a long document number."""
    if layout.format not in ("TD1", "TD2") or text[layout.guards[0].digit] != "<":
        return layout
    rest, filler, _ = text[layout.cut["optional_data"]].partition("<")
    return with_long_number(layout.format, len(rest) - 1) if filler and len(rest) > 1 else layout
