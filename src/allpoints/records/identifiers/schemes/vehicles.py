"""Number plates, vehicle identification numbers, engine numbers."""

import re
from operator import mul

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.characters import compact, partly_readable
from allpoints.records.identifiers.scheme import Canonical, Identifier, Parts
from allpoints.records.states import ISSUING_AUTHORITIES, issuing_state

_PLAIN_PLATE = re.compile(r"[A-Z]{3}:[A-Z0-9]{1,16}")
_PLAIN_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")

_VIN_LENGTH = 17
_VIN_NEVER = str.maketrans("IOQ", "100")
"""ISO 3779 leaves these three out because they are misread, so where one is read it was the digit."""

_CHECK_DIGIT_REGIONS = frozenset("123457L")
"""North America (49 CFR 565.15) and China (GB 16735) demand the check digit; elsewhere position 9 is free."""

_VIN_CHARACTERS = b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUES = bytes.maketrans(_VIN_CHARACTERS, bytes(int(d) for d in "012345678912345678123457923456789"))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK_DIGITS = "0123456789X"


def plate(parts: Parts) -> Canonical:
    """State and number. No script is refused: plates carry Arabic, Chinese, Japanese … characters."""
    state, number = parts
    if state:
        state = issuing_state(compact(state), field="state")
    number = partly_readable(number, part="number", longest=16)
    return Canonical((state, number), "?" not in number)


def plain_plate(text: str) -> Identifier | None:
    """A plate that is written canonically in Latin letters."""
    if _PLAIN_PLATE.fullmatch(text) and text[:3] in ISSUING_AUTHORITIES:
        return Identifier("plate", text)
    return None


def vin(parts: Parts) -> Canonical:
    """A vehicle identification number (ISO 3779), or the shorter chassis number of an older vehicle."""
    number = partly_readable(parts[0], part="number", longest=_VIN_LENGTH).translate(_VIN_NEVER)
    if not number.isascii():
        raise InvalidValue("holds letters other than A to Z", field="number")
    return Canonical((number,), _meets_check_digit(number))


def plain_vin(text: str) -> Identifier | None:
    """A full VIN in capitals."""
    return Identifier("vin", text, _meets_check_digit(text)) if _PLAIN_VIN.fullmatch(text) else None


def _meets_check_digit(number: str) -> bool:
    if number[:1] not in _CHECK_DIGIT_REGIONS or not _PLAIN_VIN.fullmatch(number):
        return False
    total = sum(map(mul, number.encode("ascii").translate(_VIN_VALUES), _VIN_WEIGHTS))
    return number[8] == _CHECK_DIGITS[total % 11]


def engine_number(parts: Parts) -> Canonical:
    """The number stamped on an engine; makers agree on no form."""
    number = partly_readable(parts[0], part="number", longest=30)
    return Canonical((number,), "?" not in number)
