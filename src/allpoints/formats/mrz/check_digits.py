"""Check digits: weights 7, 3, 1 over the characters' values, modulo 10 (Doc 9303-3, section 4.9)."""

import re
from functools import cache
from typing import Final

from allpoints.errors import InvalidValue
from allpoints.formats.mrz.layouts import Layout
from allpoints.formats.mrz.zone import CheckDigit

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES: Final = bytes(max(0, _ALPHABET.find(chr(code))) for code in range(256))
_DIGITS: Final = "0123456789"
_READABLE: Final = re.compile("[A-Z0-9<]*")


def value(character: str) -> int:
    """0 to 9 for the digits, 10 to 35 for the letters, 0 for the filler."""
    return _VALUES[ord(character)]


def check_digit(text: str) -> str:
    """The check digit due for a text of A-Z, 0-9 and the filler <; InvalidValue for other characters."""
    if not _READABLE.fullmatch(text):
        raise InvalidValue("A-Z, 0-9 and < only", field="mrz", remedy="Write it as it stands in the zone.")
    return _DIGITS[_weigh(text.encode().translate(_VALUES))]


def verify(layout: Layout, text: str) -> tuple[CheckDigit, ...]:
    """Every check digit of a zone, in the order of the layout."""
    values = text.encode().translate(_VALUES)
    digits = []
    for guard in layout.guards:
        over = guard.over
        data = values[over[0]] if len(over) == 1 else b"".join([values[span] for span in over])
        expected, found = _DIGITS[_weigh(data)], text[guard.digit]
        if expected == found:
            digits.append(_right(guard.field, found))
        else:
            # A personal number that is not there may have a filler for its digit (Doc 9303-4, section 4.2.2).
            unused = guard.field == "optional_data" and found == "<" and set(text[over[0]]) == {"<"}
            digits.append(CheckDigit(guard.field, expected, found, unused))
    return tuple(digits)


def _weigh(values: bytes) -> int:
    return (7 * sum(values[::3]) + 3 * sum(values[1::3]) + sum(values[2::3])) % 10


@cache
def _right(field: str, digit: str) -> CheckDigit:
    return CheckDigit(field, digit, digit, True)
