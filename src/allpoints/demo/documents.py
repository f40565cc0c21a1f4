"""Travel documents with machine-readable zones whose check digits are right, and national numbers."""

from datetime import date, timedelta
from random import Random

from allpoints.demo.draw import filled
from allpoints.demo.people import Person
from allpoints.formats import mrz
from allpoints.formats.mrz import Document, PartialDate
from allpoints.formats.mrz.zone import Format
from allpoints.records import RawIdentifier

_FIRST_EXPIRY = date(2025, 1, 1)
_EXPIRIES = 3_600

_KINDS: tuple[tuple[Format, str, int], ...] = (
    ("TD3", "P", 75),
    ("TD1", "ID", 12),
    ("TD3", "PD", 3),
    ("TD2", "I", 4),
    ("MRV-A", "V", 4),
    ("MRV-B", "V", 2),
)
"""Format, document code, and how many in a hundred."""

_NUMBER_FORMS = ("@@#######", "@########", "#########", "@@@######", "@##@#####")


def travel_document(chance: Random, holder: Person) -> Document:
    """A document of the holder's state, valid at the border."""
    [(form, code, _)] = chance.choices(_KINDS, [weight for *_, weight in _KINDS])
    # Each state numbers its passports in its own way, and always in the same.
    number = filled(chance, _NUMBER_FORMS[sum(map(ord, holder.nationality)) % len(_NUMBER_FORMS)])
    return Document(
        format=form,
        document_code=code,
        issuing_state=in_zone(holder.nationality),
        document_number=number,
        nationality=in_zone(holder.nationality),
        surname=holder.surname.latin,
        given_names=holder.given.latin,
        birth=PartialDate.of(holder.birth),
        sex=holder.sex,
        expiry=PartialDate.of(_FIRST_EXPIRY + timedelta(days=chance.randrange(_EXPIRIES))),
    )


def in_zone(state: str) -> str:
    """The state's code as a zone has it: Germany is a bare D (Doc 9303-3, section 5)."""
    return "D" if state == "DEU" else state


def zone(document: Document) -> str:
    """The machine-readable zone, its lines separated by a line feed."""
    return mrz.write(document)


def identifier(document: Document) -> RawIdentifier:
    """The identifier that a check of the document's zone asks for."""
    return RawIdentifier(
        "travel-document", f"{document.issuing_state}:{document.document_code}:{document.document_number}"
    )


def national_number(chance: Random, holder: Person) -> RawIdentifier:
    """The number that the holder's state gave them; only some states' numbers are checked by a digit."""
    return RawIdentifier("national-id", f"{holder.nationality}:{filled(chance, '##########@')}")
