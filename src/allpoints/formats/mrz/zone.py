"""What a machine-readable zone says: the document's data, and how far the zone can be trusted."""

from typing import Literal

import msgspec

from allpoints.formats.mrz.dates import PartialDate

Format = Literal["TD1", "TD2", "TD3", "MRV-A", "MRV-B"]
Sex = Literal["F", "M", "X"]


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The data of a travel document or visa that its machine-readable zone carries.

    Codes are without fillers ("P", "D"). `surname` and `given_names` are Doc 9303's primary and secondary
    identifier. A filler inside `document_number` or `optional_data` stays "<": it may stand for any special
    character. Sex "X" is unspecified. `expiry` of a visa is its "valid until". In TD3 `optional_data` is the
    personal number; only TD1 has `optional_data_2`.
    """

    format: Format
    document_code: str
    issuing_state: str
    document_number: str
    nationality: str
    surname: str
    given_names: str = ""
    birth: PartialDate = PartialDate()
    sex: Sex = "X"
    expiry: PartialDate
    optional_data: str = ""
    optional_data_2: str = ""


class CheckDigit(msgspec.Struct, frozen=True):
    """One check digit: the field it guards, the digit that is due, the character that stands there."""

    field: str
    expected: str
    found: str
    ok: bool


class Repair(msgspec.Struct, frozen=True, kw_only=True):
    """A character that was misread, and what proves it; line and position count from 1, as in Doc 9303.

    The place of a character is certain proof. Check digits are not: they prove which reading is meant if a
    character was confused, but not that it was.
    """

    field: str
    line: int
    position: int
    was: str
    now: str
    proof: Literal["place", "check digits"]
    why: str


class Doubt(msgspec.Struct, frozen=True):
    """Something odd in a field that does not keep the zone from being read."""

    field: str
    detail: str


class MachineReadableZone(Document, frozen=True, kw_only=True):
    """A zone as read: its data, every check digit, each repair, and what else is odd.

    `text` is the zone after repairs, one line each. `names_truncated` is set when the name fills its field to
    the last position: Doc 9303 then demands to treat it as truncated, although it may just fit.
    """

    text: str
    names_truncated: bool
    check_digits: tuple[CheckDigit, ...]
    repairs: tuple[Repair, ...] = ()
    warnings: tuple[Doubt, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether every check digit was right, letters in the place of digits aside.

        A zone repaired by its check digits is not valid: what looks like a confusion of two characters may be
        a forger's work, and only the document itself can tell.
        """
        return all(digit.ok for digit in self.check_digits) and not any(
            repair.proof == "check digits" for repair in self.repairs
        )
