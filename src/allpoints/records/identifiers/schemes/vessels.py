"""Ships, boats, aircraft and containers."""

import re

from stdnum import imo, iso6346

from allpoints.errors import InvalidValue
from allpoints.records.identifiers.characters import alphanumeric, compact, digits
from allpoints.records.identifiers.scheme import Canonical, Parts

_IMO = re.compile(r"(?:IMO)?([0-9]{7})")
_MMSI = re.compile(
    r"(?:[2-7][0-9]{2}|0[2-7][0-9]{2}|00[2-7][0-9]{2}|8[2-7][0-9]{2}|98[2-7][0-9]{2}|99[2-7][0-9]{2}"
    r"|111[2-7][0-9]{2}|97[024])[0-9]*"
)
"""ITU-R M.585: ships, groups, coast stations, handhelds, craft of a ship, aids to navigation, rescue aircraft
(each with the three digits of a state, 201 to 775), and distress beacons."""
_HULL = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[A-Z0-9]{5}[A-L][0-9]{3}")
_AIRCRAFT = re.compile(r"[A-Z0-9]{2,10}")
_CONTAINER = re.compile(r"([A-Z]{3}[UJZR][0-9]{6})([0-9]?)")


def imo_number(parts: Parts) -> Canonical:
    """A ship's seven digits. A wrong check digit is kept, unverified: hulls are repainted."""
    found = _IMO.fullmatch(compact(parts[0]))
    if not found:
        raise InvalidValue("is not seven digits", field="number")
    return Canonical((found[1],), imo.is_valid(found[1]))


def mmsi(parts: Parts) -> Canonical:
    """A maritime mobile service identity: nine digits (ITU-R M.585)."""
    number = digits(parts[0], part="number")
    if len(number) != 9:
        raise InvalidValue("is not nine digits", field="number")
    return Canonical((number,), bool(_MMSI.fullmatch(number)))


def hull_number(parts: Parts) -> Canonical:
    """A small craft's hull identification number; verified where it has the form of ISO 10087."""
    number = alphanumeric(parts[0], part="number", longest=20)
    return Canonical((number,), bool(_HULL.fullmatch(number)))


def aircraft_registration(parts: Parts) -> Canonical:
    """Nationality and registration mark (ICAO Annex 7), without its hyphen."""
    mark = compact(parts[0])
    if not _AIRCRAFT.fullmatch(mark):
        raise InvalidValue("is not 2 to 10 letters and digits", field="mark")
    return Canonical((mark,))


def container(parts: Parts) -> Canonical:
    """An ISO 6346 container number; a missing check digit is supplied, a wrong one kept unverified."""
    found = _CONTAINER.fullmatch(compact(parts[0]))
    if not found:
        raise InvalidValue("is not three letters, one of UJZR and seven digits", field="number")
    right = iso6346.calc_check_digit(found[1])
    return Canonical((found[1] + (found[2] or right),), found[2] in ("", right))
