"""Repairs of misread characters: only where the place or the check digits leave one reading.

By place: a letter cannot stand in a date or a check digit, a digit not in a name or a state code, and after
the fillers that end a name there are only fillers. By check digits: in document numbers and optional data,
where both letters and digits may stand, a character is replaced only when this is the one reading, among all
that differ by one or two confusions, in which every check digit of the zone is right. The second confusion
matters: a check digit proves little (one reading in ten passes by chance), so a rival reading with two
confusions is reason enough to leave the zone as it is and to report the wrong check digit.
"""

import re
from itertools import combinations
from typing import Final, Literal

from allpoints.errors import InvalidValue
from allpoints.formats.mrz.check_digits import value
from allpoints.formats.mrz.layouts import Field, Kind, Layout
from allpoints.formats.mrz.states import STATE_CODES
from allpoints.formats.mrz.zone import CheckDigit, Repair

_TO_DIGIT: Final = str.maketrans("ODQILZSGB", "000112568")
# A 0 may be an O or a D: in a name nothing tells which, so it stays; a state code may tell.
_TO_LETTER: Final = str.maketrans("12568", "IZSGB")

# G and 6 weigh the same modulo 10, so no check digit can tell them apart: they are not here.
_CONFUSED: Final = {
    "0": "OD", "1": "I", "2": "Z", "5": "S", "8": "B",
    "O": "0", "D": "0", "I": "1", "Z": "2", "S": "5", "B": "8",
}  # fmt: skip

# Why the characters in a kind of field were replaced.
_RULES: Final[dict[Kind, str]] = {
    "code": "a document code begins with a letter",
    "state": "a state code has no digits",
    "date": "a date has no letters",
    "digit": "a check digit is no letter",
    "name": "a name has no digits",
}

_DIGIT: Final = re.compile("[0-9]")
_DATE: Final = re.compile("[0-9<]*")
_AFTER_NAME: Final = re.compile("(?<=[A-Z])<<<[<CKL]*[CKL]<*$")


def fits(layout: Layout, text: str) -> bool:
    """Whether every character may stand where it stands."""
    name = text[layout.cut["name"]]
    return bool(layout.pattern.fullmatch(text)) and not (
        "<<<" in name.rstrip("<") and _AFTER_NAME.search(name)
    )


def by_place(layout: Layout, text: str) -> tuple[str, tuple[Repair, ...]]:
    """The zone with every character that its place rules out replaced; InvalidValue for a date that
    cannot be read."""
    repairs: list[Repair] = []

    def replace(field: Field, now: str, why: str) -> None:
        nonlocal text
        start = layout.offset(field.line, field.first)
        for offset, character in enumerate(now, start):
            if text[offset] != character:
                repairs.append(_repair(layout, field.name, (offset, text[offset], character), "place", why))
        text = text[:start] + now + text[start + len(now) :]

    for field in layout.fields:
        if field.kind not in _RULES:
            continue
        start = layout.offset(field.line, field.first)
        now = _fitting(field.kind, text[start : start + field.last - field.first + 1])
        if field.kind == "date" and not _DATE.fullmatch(now):
            raise InvalidValue(
                "letters stand in a date that are not mistaken for digits",
                field=f"mrz.line{field.line}[{field.first}..{field.last}]",
                remedy="Read the zone again, or correct the date by eye.",
            )
        replace(field, now, _RULES[field.kind])
        if field.kind == "name":
            end = _AFTER_NAME.sub(lambda tail: "<" * len(tail.group()), now)
            replace(field, end, "only fillers follow the end of a name")
    return text, tuple(repairs)


def by_check_digits(
    layout: Layout, text: str, digits: tuple[CheckDigit, ...]
) -> tuple[str, tuple[Repair, ...]]:
    """The zone with one character replaced where the check digits prove it, else as it was."""
    if not all(digit.ok or digit.found.isdigit() for digit in digits):
        return text, ()
    due = tuple(0 if digit.ok else (int(digit.found) - int(digit.expected)) % 10 for digit in digits)
    changes = _changes(layout, text)
    proved = [change for change in changes if change[2] == due]
    rivals = any(
        a[0] != b[0] and tuple((x + y) % 10 for x, y in zip(a[2], b[2], strict=True)) == due
        for a, b in combinations(changes, 2)
    )
    if len(proved) != 1 or rivals:
        return text, ()
    offset, now, _ = proved[0]
    field = next(field for field in layout.fields if offset in _offsets(layout, field))
    wrong = " and ".join(digit.field for digit in digits if not digit.ok)
    why = f"the one reading that makes the wrong check digits right: {wrong}"
    name = field.name.removesuffix("_rest")
    repair = _repair(layout, name, (offset, text[offset], now), "check digits", why)
    return text[:offset] + now + text[offset + 1 :], (repair,)


def _fitting(kind: Kind, was: str) -> str:
    """What was read, with each impossible character replaced by the one that it is mistaken for."""
    match kind:
        case "date" | "digit":
            return was.translate(_TO_DIGIT)
        case "name":
            return was.translate(_TO_LETTER)
        case "state":
            return _state(was)
        case _:
            return was[0].replace("1", "I") + was[1:]


def _state(was: str) -> str:
    """The one known code that the characters can mean; a 0 may be an O or a D."""
    if not _DIGIT.search(was):
        return was
    readings = {was.replace("0", letter).translate(_TO_LETTER) for letter in "OD"}
    known = [code for code in readings if code.rstrip("<") in STATE_CODES]
    return known[0] if len(known) == 1 else was


def _changes(layout: Layout, text: str) -> list[tuple[int, str, tuple[int, ...]]]:
    """Each confusion possible among letters and digits: where, what for, and what it adds to each check."""
    weights: dict[int, list[int]] = {}
    for i, guard in enumerate(layout.guards):
        covered = [offset for span in guard.over for offset in range(span.start, span.stop)]
        for n, offset in enumerate(covered):
            weights.setdefault(offset, [0] * len(layout.guards))[i] = (7, 3, 1)[n % 3]
    return [
        (offset, now, tuple(weight * (value(now) - value(text[offset])) % 10 for weight in weights[offset]))
        for field in layout.fields
        if field.kind == "number"
        for offset in _offsets(layout, field)
        if offset in weights
        for now in _CONFUSED.get(text[offset], "")
    ]


def _offsets(layout: Layout, field: Field) -> range:
    return range(layout.offset(field.line, field.first), layout.offset(field.line, field.last) + 1)


def _repair(
    layout: Layout,
    field: str,
    change: tuple[int, str, str],
    proof: Literal["place", "check digits"],
    why: str,
) -> Repair:
    offset, was, now = change
    line, position = layout.place(offset)
    return Repair(field=field, line=line, position=position, was=was, now=now, proof=proof, why=why)
