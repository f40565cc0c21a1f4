"""ANSI/NIST-ITL 1-2011 (update 2015), traditional encoding: what police and border systems send each other."""

from allpoints.formats.nist.biometrics import Contents, biometrics
from allpoints.formats.nist.compose import transaction_of
from allpoints.formats.nist.greyscale import GreyscalePrint, greyscale, greyscale_record
from allpoints.formats.nist.minutiae import minutiae
from allpoints.formats.nist.parse import parse
from allpoints.formats.nist.transaction import Field, Record, Transaction
from allpoints.formats.nist.write import write

__all__ = [
    "Contents",
    "Field",
    "GreyscalePrint",
    "Record",
    "Transaction",
    "biometrics",
    "greyscale",
    "greyscale_record",
    "minutiae",
    "parse",
    "transaction_of",
    "write",
]
