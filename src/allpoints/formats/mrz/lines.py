"""From a text as scanned or typed to the characters of a zone and the layout that they have."""

import re
from typing import Final

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.formats.mrz.layouts import LAYOUTS, Layout

MAX_CHARACTERS: Final = 512

# The lengths of the lines, or of all lines run together, and the width that they mean.
_WIDTHS: Final = {
    shape: layout.width
    for layout in LAYOUTS.values()
    for shape in ((layout.width,) * layout.lines, (layout.lines * layout.width,))
}

# A document code begins with a letter: 1 there can only be a misread I.
_BY_BEGINNING: Final = {
    (layout.width, letter): layout for layout in LAYOUTS.values() for letter in layout.begins
} | {(layout.width, "1"): layout for layout in LAYOUTS.values() if "I" in layout.begins}

_FOREIGN: Final = re.compile(r"[^A-Za-z0-9<\s]")


def read_lines(text: str) -> tuple[Layout, str]:
    """The layout, and the zone as one run of upper-case characters.

    Line breaks of any kind may be missing; white space means nothing and lower case counts as upper. Raises
    TooLarge, MalformedInput (lines of wrong lengths) or InvalidValue (a character or a document code that no
    zone has).
    """
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(f"{len(text)} characters; a zone has 90 at most", field="mrz")
    if _FOREIGN.search(text):
        _refuse_foreign(text)
    lines = text.split()
    width = _WIDTHS.get(tuple(map(len, lines)))
    if width is None:
        lines = ["".join(line.split()) for line in text.splitlines() if line.strip()]
        width = _WIDTHS.get(tuple(map(len, lines)))
    if width is None:
        found = ", ".join(map(str, map(len, lines))) or "no"
        raise MalformedInput(
            f"lines of {found} characters; TD3 and MRV-A have 2 of 44, TD2 and MRV-B 2 of 36, TD1 3 of 30",
            field="mrz",
            remedy="Read the zone again; the fillers < at the ends of the lines count too.",
        )
    zone = "".join(lines).upper()
    layout = _BY_BEGINNING.get((width, zone[0]))
    if layout is None:
        letters = "".join(sorted({b for w, b in _BY_BEGINNING if w == width and b.isalpha()}))
        raise InvalidValue(
            f"a zone with lines of {width} characters begins with one of {letters}, not with {zone[0]}",
            field="mrz.document_code",
            remedy="Check that the whole zone was read, from its first character on.",
        )
    return layout, zone


def _refuse_foreign(text: str) -> None:
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        if foreign := _FOREIGN.search("".join(line.split())):
            raise InvalidValue(
                f"{foreign.group()!r} stands in no zone: A-Z, 0-9 and < only",
                field=f"mrz.line{number}[{foreign.start() + 1}]",
                remedy="Read the zone again, or type the filler as <.",
            )
