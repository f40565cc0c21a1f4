"""The columns of a table that say how people are named, in contributions and in checks alike."""

import re
from typing import Any

from allpoints.records.people import NameKind

PARTS = ("family", "given", "patronymic")
"""Columns that make one name together."""

WHOLE = {
    "name": NameKind.PRIMARY,
    "name_original": NameKind.PRIMARY,
    "names": NameKind.PRIMARY,
    "maiden": NameKind.MAIDEN,
    "alias": NameKind.ALIAS,
    "weak_alias": NameKind.WEAK_ALIAS,
}
"""Columns whose cells hold whole names, and of which sort these are."""

NAME_COLUMNS = (*WHOLE, *PARTS)

_BETWEEN = re.compile("[|;]")


_SAME = {"born": "birth", "nationality": "nationalities"}


def field_of(column: str) -> str:
    """The field that a column's name means: in small letters, `Born` and `birth` being the same."""
    plain = "_".join(column.lower().split())
    return _SAME.get(plain, plain)


def several(cell: str) -> list[str]:
    """The values of a cell that can hold several, with `|` or `;` between them."""
    return [part for piece in _BETWEEN.split(cell) if (part := piece.strip())]


class NamesOfRow:
    """The names that the cells of one row state, in the order of the columns."""

    def __init__(self) -> None:
        self.names: list[Any] = []
        """As JSON has them: a text for a primary name, otherwise the fields of a `Name`."""
        self.columns: list[str] = []
        """The column that each of them stands in; the first one, where it stands in several."""
        self._parts: dict[str, str] = {}

    def add(self, field: str, cell: str, column: str) -> None:
        """Take up a cell that holds something; `field` is one of `NAME_COLUMNS`."""
        if field in WHOLE:
            kind = WHOLE[field]
            stated = several(cell)
            self.names += stated if kind is NameKind.PRIMARY else [{"text": t, "kind": kind} for t in stated]
            self.columns += [column] * len(stated)
            return
        if not self._parts:
            self.names.append(self._parts)
            self.columns.append(column)
        self._parts[field] = cell.strip()
