"""Who shares and who asks: bureaus, agencies and the people behind them."""

import re
from enum import StrEnum

import msgspec

from allpoints.errors import InvalidValue
from allpoints.records.states import STATES, SYNTHETIC_CODES

ORGANISATION_CODES = frozenset({"EUE", "UNO", "XPO"})
"""Members that are not states: the European Union, the United Nations, INTERPOL (ICAO 9303-3, section 5)."""

SECRETARIAT = "HUB"
"""Who keeps the hub: neutral, so it is no member. It approves and oversees, and neither shares nor asks."""

_MEMBERS = STATES | ORGANISATION_CODES | SYNTHETIC_CODES
_USER = re.compile(r"[A-Za-z0-9._-]{1,64}")


class AgencyKind(StrEnum):
    """The kind of national body behind a bureau that asks or contributes."""

    BUREAU = "bureau"
    BORDER_POLICE = "border-police"
    POLICE = "police"
    CUSTOMS = "customs"
    IMMIGRATION = "immigration"
    JUDICIARY = "judiciary"
    FINANCIAL_INTELLIGENCE = "financial-intelligence"
    FISHERIES = "fisheries"
    VEHICLE_REGISTRATION = "vehicle-registration"
    FIREARMS_REGISTRY = "firearms-registry"
    LABORATORY = "laboratory"


class Role(StrEnum):
    """What a person is to the bureau that vouches for them."""

    OFFICER = "officer"
    OPERATOR = "operator"
    EXAMINER = "examiner"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    DATA_PROTECTION_OFFICER = "data-protection-officer"
    ADMINISTRATOR = "administrator"


CASEWORK = (Role.OPERATOR, Role.SUPERVISOR)
"""Who answers for what a bureau shares and decides, and speaks for it to others."""


class Purpose(StrEnum):
    """Why the asker asks. An owner names the purposes for which a record may be used."""

    BORDER_CONTROL = "border-control"
    CRIMINAL_INVESTIGATION = "criminal-investigation"
    COUNTER_TERRORISM = "counter-terrorism"
    FIREARMS_CONTROL = "firearms-control"
    VEHICLE_CRIME = "vehicle-crime"
    DRUG_CONTROL = "drug-control"
    FINANCIAL_CRIME = "financial-crime"
    MISSING_PERSONS = "missing-persons"
    VICTIM_IDENTIFICATION = "victim-identification"
    OVERSIGHT = "oversight"
    ADMINISTRATION = "administration"


OPERATIONAL_PURPOSES = tuple(p for p in Purpose if p not in (Purpose.OVERSIGHT, Purpose.ADMINISTRATION))
"""Every purpose for which a record can be asked; the other two are for looking after the hub itself."""


class Confidentiality(StrEnum):
    """How closely an owner wants a record held; also the clearance of an asker."""

    OFFICIAL = "official"
    RESTRICTED = "restricted"
    CONFIDENTIAL = "confidential"

    @property
    def rank(self) -> int:
        """0 for the least closely held; an asker needs a clearance of at least the record's rank."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Confidentiality)}


class Bureau(msgspec.Struct, frozen=True, kw_only=True):
    """A member's node, named by an ISO 3166 alpha-3 code or an organisation's code."""

    code: str
    name: str
    contact: str = ""
    """How another bureau reaches it about a hit: shown where an owner discloses only *contact*."""


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """One person at one agency, asking for one purpose; their bureau's signature vouches for all of it."""

    bureau: str
    user: str
    """A pseudonym that only the bureau can resolve."""
    agency: AgencyKind
    role: Role
    purpose: Purpose
    clearance: Confidentiality = Confidentiality.OFFICIAL


def bureau_code(text: str, *, field: str = "bureau") -> str:
    """Return the code of a member. Raises `InvalidValue` for what is no state and no known organisation."""
    code = text.strip().upper()
    if code in _MEMBERS:
        return code
    raise InvalidValue(
        f"{text!r:.20} is not a member's code",
        field=field,
        remedy="Use an ISO 3166 alpha-3 code such as ALB.",
    )


def user_id(text: str, *, field: str = "user") -> str:
    """Return a pseudonymous user id. Raises `InvalidValue` for what could carry more than a pseudonym."""
    if _USER.fullmatch(text):
        return text
    raise InvalidValue(
        "a user id has 1 to 64 letters, digits, dots, hyphens or underscores",
        field=field,
        remedy="Send the pseudonym that your bureau assigned, never a name.",
    )
