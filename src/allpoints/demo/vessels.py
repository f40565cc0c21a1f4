"""Ships, small craft and aircraft."""

from random import Random

from stdnum import imo

from allpoints.demo.draw import filled
from allpoints.records import RawIdentifier

_FIRST = ("Northern", "Blue", "Golden", "Southern", "Silent", "Morning", "Amber", "Silver")
_SECOND = ("Heron", "Star", "Current", "Dolphin", "Horizon", "Pearl", "Petrel", "Meridian")
TYPES = ("fishing vessel", "bulk carrier", "tanker", "motor yacht", "general cargo ship")
_STATES_AT_SEA = ("201", "226", "211", "237", "207", "272", "247", "412", "431", "440")
"""The first three digits of an MMSI: Albania, France, Germany … (ITU-R M.585)."""
_MARKS = ("ZA-@@@", "F-H@@@", "D-E@@@", "SX-@@@", "N####@")


def vessel_name(chance: Random) -> str:
    """A name as painted on the bow."""
    return f"{chance.choice(_FIRST)} {chance.choice(_SECOND)}"


def ship_numbers(chance: Random) -> tuple[RawIdentifier, ...]:
    """An IMO number with its check digit, and the radio's MMSI."""
    number = filled(chance, "9#####")
    return (
        RawIdentifier("imo", f"IMO {number}{imo.calc_check_digit(number)}"),
        RawIdentifier("mmsi", chance.choice(_STATES_AT_SEA) + filled(chance, "######")),
    )


def hull_number(chance: Random) -> RawIdentifier:
    """A small craft's hull identification number in the form of ISO 10087."""
    return RawIdentifier("hull-number", filled(chance, "FR-@@@#####") + chance.choice("ABCDEFGHKL") + "424")


def aircraft_mark(chance: Random) -> RawIdentifier:
    """A small aircraft's nationality and registration mark."""
    return RawIdentifier("aircraft-registration", filled(chance, chance.choice(_MARKS)))
