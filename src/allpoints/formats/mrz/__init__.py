"""Machine-readable zones of travel documents and visas: ICAO Doc 9303, eighth edition, parts 3 to 7."""

from allpoints.formats.mrz.check_digits import check_digit
from allpoints.formats.mrz.dates import PartialDate
from allpoints.formats.mrz.parse import parse
from allpoints.formats.mrz.transliteration import transliterate
from allpoints.formats.mrz.write import write
from allpoints.formats.mrz.zone import CheckDigit, Document, Doubt, MachineReadableZone, Repair

__all__ = [
    "CheckDigit",
    "Document",
    "Doubt",
    "MachineReadableZone",
    "PartialDate",
    "Repair",
    "check_digit",
    "parse",
    "transliterate",
    "write",
]
