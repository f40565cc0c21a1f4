"""Repairs of misread characters: only where the place or the check digits leave one reading.

By place: a letter cannot stand in a date or a check digit, a digit not in a name or a state code, and after
the fillers that end a name there are only fillers. By check digits: in document numbers and optional data,
where both letters and digits may stand, a character is replaced only when this is the one reading, among all
that differ by one or two confusions, in which every check digit of the zone is right. The second confusion
matters: one digit of check proves little (one reading in ten passes by chance), so a rival reading with two
confusions is reason enough to leave the zone as it is and to report the wrong check digit.
"""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from allpoints.errors import InvalidValue
from allpoints.formats.mrz.check_digits import value
from allpoints.formats.mrz.layouts import Field, Layout
from allpoints.formats.mrz.states import STATE_CODES
from allpoints.formats.mrz.zone import CheckDigit, Repair

_LETTER_TO_DIGIT: Final = {
    "O": "0", "D": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8",
}  # fmt: skip
_DIGIT_TO_LETTERS: Final = {"0": "OD", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B"}

# G and 6 weigh the same modulo 10: no check digit can tell them apart, so they are not here.
_CONFUSED: Final = {
    "0": "OD", "O": "0", "D": "0", "1": "I", "I": "1", "2": "Z", "Z": "2", "5": "S", "S": "5", "8": "B", "B": "8",
}  # fmt: skip

_AFTER_NAME: Final = re.compile("(?<=[A-Z])<<<[<CKL]*$")

Shift = tuple[int, ...]


def by_place(layout: Layout, text: str) -> tuple[str, tuple[Repair, ...]]:
    """The zone with every character that its place rules out replaced; InvalidValue where none fits."""
    repairs: list[Repair] = []
    for field in layout.fields:
        start, end = layout.offset(field.line, field.first), layout.offset(field.line, field.last) + 1
        was = text[start:end]
        now, why = _fitting(field, was)
        for i in range(end - start):
            if was[i] != now[i]:
                repairs.append(_repair(layout, field.name, start + i, was[i], now[i], why))
        text = text[:start] + now + text[end:]
    return text, tuple(repairs)


def by_check_digits(
    layout: Layout, text: str, digits: tuple[CheckDigit, ...]
) -> tuple[str, tuple[Repair, ...]]:
    """The zone with one character replaced when the check digits prove it, else as it was."""
    if not all(digit.ok or digit.found.isdigit() for digit in digits):
        return text, ()
    due = tuple(0 if d.ok else (int(d.found) - int(d.expected)) % 10 for d in digits)
    readings = list(_readings(layout, text))
    single = [reading for reading in readings if reading[3] == due]
    double = any(
        a[1] != b[1] and all((x + y - z) % 10 == 0 for x, y, z in zip(a[3], b[3], due, strict=True))
        for a, b in combinations(readings, 2)
    )
    if len(single) != 1 or double:
        return text, ()
    field, offset, now, _ = single[0]
    why = "the only reading in which every check digit is right"
    repair = _repair(layout, field, offset, text[offset], now, why)
    return text[:offset] + now + text[offset + 1 :], (repair,)


def name_needs_repair(field: str) -> bool:
    """Whether characters that only fillers are mistaken for follow the end of the name."""
    return bool(_AFTER_NAME.search(field)) and field[-1:] != "" and bool(field.rstrip("<")[-1:])


def _fitting(field: Field, was: str) -> tuple[str, str]:
    """The field with what its kind allows, and why."""
    match field.kind:
        case "date":
            now = _translate(was, _LETTER_TO_DIGIT)
            return _only(field, now, "0123456789<", "digits and <"), "a date has no letters"
        case "digit":
            return _translate(was, _LETTER_TO_DIGIT), "a check digit is no letter"
        case "state":
            now = _state(was)
            return _only(field, now, _LETTERS, "letters and <"), "a state code has no digits"
        case "name":
            now = _translate(was, {digit: letters[0] for digit, letters in _DIGIT_TO_LETTERS.items()})
            now = _only(field, now, _LETTERS, "letters and <")
            return _AFTER_NAME.sub(lambda end: "<" * len(end.group()), now), "a name has no digits"
        case "code":
            return _translate(was[0], {"1": "I"}) + was[1:], "a document code begins with a letter"
        case _:
            return was, ""
