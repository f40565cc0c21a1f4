"""A record: one item that a bureau contributes, and its life."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from allpoints.errors import InvalidValue
from allpoints.records.biometrics import MAX_PIECES, Biometric, check_biometric
from allpoints.records.births import parse_birth
from allpoints.records.colours import NoticeMark
from allpoints.records.conditions import Conditions, Evaluation, Retention, checked_conditions
from allpoints.records.identifiers import Identifier, RawIdentifier, parse_identifier
from allpoints.records.people import Name, Sex, checked_names, checked_nationalities, checked_place

MAX_IDENTIFIERS = 64
MAX_TEXT = 4_000
FIRST_YEAR = 1800
LONGEST_VALIDITY = timedelta(days=365 * 25)
DEFAULT_VALIDITY = timedelta(days=365 * 5)
DEFAULT_REVIEW = timedelta(days=365)

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class RecordKind(StrEnum):
    """What a record is about."""

    PERSON = "person"
    TRAVEL_DOCUMENT = "travel-document"
    VEHICLE = "vehicle"
    VESSEL = "vessel"
    FIREARM = "firearm"
    ITEM = "item"
    TRACE = "trace"
    """A mark that somebody left, such as a fingerprint at a scene: it is not known of whom it is."""


OF_A_BODY = (RecordKind.PERSON, RecordKind.TRACE)
"""The kinds that may have biometrics."""


class RecordState(StrEnum):
    """Where a record stands in its life. *Expired* is not stored: validity is a matter of the clock."""

    ACTIVE = "active"
    HELD = "held"
    """It waits for the publication of its notice: only its owner, and the secretariat's reviewers, see it."""
    WITHDRAWN = "withdrawn"


Reason = Literal[
    "stolen",
    "lost",
    "revoked",
    "counterfeit",
    "blank-stolen",
    "wanted",
    "missing",
    "seen",
    "seized",
    "suspect",
    "information",
]
"""Why the owner holds the record; it is the first thing an officer needs to know of a hit."""


class Particulars(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a record says beyond its identifiers. Only a *full* disclosure carries it.

    Every text is at most `MAX_TEXT` characters. A date of birth may be partial, uncertain or a range, as
    `births.parse_birth` reads it (`1970`, `1970-03`, `1970~`, `1968/1972`); it is kept in its canonical form.
    """

    reason: Reason
    instructions: str = ""
    """What the officer should do on a hit: "seize and inform the owner"."""
    description: str = ""
    since: date | None = None
    """When it was stolen, lost, last seen …"""
    names: tuple[Name | str, ...] = ()
    """A person's names in any script, the main one first; for a document, its holder's."""
    birth: str = ""
    sex: Sex = ""
    nationalities: tuple[str, ...] = ()
    birthplace: str = ""
    residence: str = ""
    """Where the person lives or lived last."""
    make: str = ""
    model: str = ""
    colour: str = ""
    year: int | None = None
    calibre: str = ""
    vessel_name: str = ""
    synthetic: bool = False
    """True for made-up records; every screen says so."""


class Contribution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record as its owner sends it.

    `reference` is the owner's own name for the record, unique within the bureau: a second contribution under
    the same reference is refused, a correction names it.
    """

    reference: str
    kind: RecordKind
    identifiers: tuple[RawIdentifier, ...]
    particulars: Particulars
    conditions: Conditions = Conditions()
    evaluation: Evaluation = Evaluation("B", 2)
    valid_until: date | None = None
    review_by: date | None = None
    biometrics: tuple[Biometric, ...] = ()
    """Pictures of the person or of the trace. A correction without any keeps those that the record has."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A record as the hub holds it. Pictures are kept apart from all else."""

    owner: str
    reference: str
    kind: RecordKind
    identifiers: tuple[Identifier, ...]
    particulars: Particulars
    conditions: Conditions
    evaluation: Evaluation
    retention: Retention


class HeldRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record with what the hub knows of it. `particulars` is None where the reader may not see them."""

    id: int
    version: int
    state: RecordState
    contributed_at: datetime
    owner: str
    reference: str
    kind: RecordKind
    identifiers: tuple[Identifier, ...]
    particulars: Particulars | None
    conditions: Conditions
    evaluation: Evaluation
    retention: Retention
    contact: str = ""
    """How another bureau reaches the owner."""
    notice: NoticeMark | None = None
    """The notice or diffusion that is about it, where the reader may see the particulars."""


def checked_record(
    contribution: Contribution, *, owner: str, today: date, unsearched: bool = False
) -> Record:
    """Validate what a bureau sends and return it in canonical form; pictures are not decoded.

    `unsearched` says that it need bring nothing to be found by: the hub holds pictures of it already, which a
    correction without any keeps, or it belongs to a notice that is only read. Raises `InvalidValue` naming the field,
    such as `identifiers[2].value` or `valid_until`, and `TooLarge`.
    """
    if not 1 <= len(contribution.reference) <= 100 or not contribution.reference.isprintable():
        raise InvalidValue("a reference has 1 to 100 printable characters", field="reference")
    if len(contribution.identifiers) > MAX_IDENTIFIERS:
        raise InvalidValue(f"more than {MAX_IDENTIFIERS} identifiers", field="identifiers")
    _check_biometrics(contribution)
    searched = contribution.identifiers or contribution.particulars.names or contribution.biometrics
    if not (searched or unsearched):
        raise InvalidValue(
            "a record without identifiers, names or biometrics could never be found", field="identifiers"
        )
    particulars = _checked_particulars(contribution.particulars, today)
    identifiers = {
        parse_identifier(raw, field=f"identifiers[{i}]"): None
        for i, raw in enumerate(contribution.identifiers)
    }
    return Record(
        owner=owner,
        reference=contribution.reference,
        kind=contribution.kind,
        identifiers=tuple(identifiers),
        particulars=particulars,
        conditions=checked_conditions(contribution.conditions),
        evaluation=contribution.evaluation,
        retention=_retention(contribution, today),
    )


def _check_biometrics(contribution: Contribution) -> None:
    if contribution.kind is RecordKind.TRACE and contribution.particulars.names:
        raise InvalidValue(
            "nobody knows of whom a trace is",
            field="particulars.names",
            remedy="Contribute a record of kind `person` about whom it is of.",
        )
    if contribution.biometrics and contribution.kind not in OF_A_BODY:
        raise InvalidValue(
            f"a {contribution.kind} has no biometrics",
            field="biometrics",
            remedy="Contribute a record of kind `person` or `trace`.",
        )
    if len(contribution.biometrics) > MAX_PIECES:
        raise InvalidValue(f"more than {MAX_PIECES} pieces", field="biometrics")
    for number, piece in enumerate(contribution.biometrics):
        check_biometric(piece, field=f"biometrics[{number}]")


def _retention(contribution: Contribution, today: date) -> Retention:
    valid_until = contribution.valid_until or today + DEFAULT_VALIDITY
    review_by = contribution.review_by or min(today + DEFAULT_REVIEW, valid_until)
    if not today <= valid_until <= today + LONGEST_VALIDITY:
        raise InvalidValue(
            "a record is valid from today to at most 25 years ahead",
            field="valid_until",
            remedy="Choose a later or nearer day.",
        )
    if not today <= review_by <= valid_until:
        raise InvalidValue("the review is due between today and the end of validity", field="review_by")
    return Retention(valid_until=valid_until, review_by=review_by)


def _checked_particulars(particulars: Particulars, today: date) -> Particulars:
    checked = msgspec.structs.replace(
        particulars,
        names=checked_names(particulars.names, field="particulars.names"),
        birth=str(parse_birth(particulars.birth, field="particulars.birth", today=today)),
        nationalities=checked_nationalities(particulars.nationalities, field="particulars.nationalities"),
        birthplace=checked_place(particulars.birthplace, field="particulars.birthplace"),
        residence=checked_place(particulars.residence, field="particulars.residence"),
    )
    _check_texts(checked)
    if checked.since and checked.since > today:
        raise InvalidValue("lies in the future", field="particulars.since")
    if checked.year is not None and not FIRST_YEAR <= checked.year <= today.year + 1:
        raise InvalidValue(f"not a year from {FIRST_YEAR} to the next", field="particulars.year")
    return checked


def _check_texts(particulars: Particulars) -> None:
    for name in particulars.__struct_fields__:
        value = getattr(particulars, name)
        texts = value if isinstance(value, tuple) else (value,)
        if len(texts) > MAX_IDENTIFIERS:
            raise InvalidValue(f"more than {MAX_IDENTIFIERS} entries", field=f"particulars.{name}")
        for text in texts:
            if isinstance(text, str) and (len(text) > MAX_TEXT or _UNSTORABLE.search(text)):
                raise InvalidValue(
                    f"a text has at most {MAX_TEXT} characters, no NUL and no lone surrogate",
                    field=f"particulars.{name}",
                )
