"""What a person sees: results on stdout, everything about them on stderr. Colour never carries meaning alone.

Texts come from other bureaus: nothing in them may act on the terminal or pass for our own words.
"""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

out = Console(highlight=False, emoji=False)
errors = Console(stderr=True, highlight=False, emoji=False)

_HARMLESS = {"\n", "\t"}
_ACTING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Control, format (such as those that turn the direction of writing), surrogate and unassigned characters."""


def printable(text: str) -> str:
    """Return the text with a visible � for every character that could act on the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c in _HARMLESS or unicodedata.category(c) not in _ACTING else "�" for c in text)


def write_json(value: Any) -> None:
    """Write one JSON object as a line to stdout."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")


def say(text: str, style: str = "") -> None:
    """Write a text to stdout."""
    out.print(Text(printable(text), style=style), soft_wrap=True)


def note(text: str, style: str = "") -> None:
    """Write a text about the result to stderr."""
    errors.print(Text(printable(text), style=style), soft_wrap=True)


def warn(text: str) -> None:
    """Write what the user must not overlook to stderr."""
    note(f"! {text}", style="bold yellow")


def synthetic_banner() -> None:
    """Say that nothing of all this is real."""
    errors.rule(Text("SYNTHETIC: every record of this hub is made up", style="bold magenta"), characters="=")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, empty: str) -> None:
    """Write a table, or say that there is nothing to write in it."""
    filled = grid(columns, rows)
    if filled.row_count:
        out.print(filled)
    else:
        say(empty)


def grid(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A table of texts."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        # Folded, never cut, and the first, which names the row, in one piece: half a key id is none.
        made.add_column(column, overflow="fold", no_wrap=number == 0)
    for row in rows:
        made.add_row(*(Text(printable(words(cell))) for cell in row))
    return made


def facts(rows: Iterable[tuple[str, Any]]) -> Table:
    """A grid of names and values, without the values that nobody stated."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        if said := words(value):
            grid.add_row(name, Text(printable(said)))
    return grid


def words(value: Any) -> str:
    """A value as a person writes it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, (tuple, list)):
        return ", ".join(map(words, value))
    return str(value)


def flush() -> None:
    """Hand over what was written, for whoever reads a stream of it."""
    sys.stdout.flush()
