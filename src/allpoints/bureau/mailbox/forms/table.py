"""The forms: which fields each has, and which codes a field may hold. What they are called, the languages say."""

from enum import StrEnum

import msgspec


class Kind(StrEnum):
    """How the value of a field is written. Every value travels as text, so that a reader of any version can show it."""

    TEXT = "text"
    CODE = "code"
    """One of the field's list of codes."""
    DATE = "date"
    """A day, or as much of one as is known: 1980, 1980-02 or 1980-02-29."""
    TIME = "time"
    """A moment with its offset: 2026-11-29T05:42:00Z."""
    STATE = "state"
    """A state or an organisation by its code, such as ALB."""
    NUMBER = "number"
    """A number that a hub has given, such as a record's."""


class Field(msgspec.Struct, frozen=True):
    """One question of a form."""

    name: str
    kind: Kind = Kind.TEXT
    required: bool = False
    many: bool = False
    """Whether it may hold several values."""
    codes: str = ""
    """The list in `CODES`, where the kind is `code`."""
    most: int = 300
    """Characters of one value."""


class Form(msgspec.Struct, frozen=True):
    """A structured message. Its name is the `kind` of the content that carries it."""

    name: str
    fields: tuple[Field, ...]
    answer: str | None = None
    """The form that replies to it; None for a reply."""


CODES: dict[str, tuple[str, ...]] = {
    "sex": ("male", "female", "other", "unknown"),
    "yes-no": ("yes", "no", "not-known"),
    "reason": (
        "person-held",
        "person-at-border",
        "unidentified-person",
        "unidentified-body",
        "document-check",
        "file-check",
    ),
    "identity-wanted": (
        "identity",
        "photograph",
        "fingerprints",
        "document-status",
        "address",
        "criminal-record",
    ),
    "identity-outcome": ("identified", "not-identified", "more-needed", "refused"),
    "document": (
        "passport",
        "identity-card",
        "driving-licence",
        "residence-permit",
        "visa",
        "birth-certificate",
        "other",
    ),
    "document-status": ("valid", "expired", "stolen", "lost", "revoked", "forged", "not-issued", "not-known"),
    "criminal-record": ("known", "not-known", "not-disclosed"),
    "urgency": ("gate", "urgent", "routine"),
    "found": ("person", "document", "vehicle", "vessel", "firearm", "item"),
    "hit-outcome": ("confirmed", "refuted"),
    "action": (
        "hold",
        "do-not-hold",
        "seize",
        "do-not-seize",
        "watch-discreetly",
        "take-fingerprints",
        "inform-us",
        "nothing",
    ),
    "subject": (
        "person",
        "company",
        "vehicle",
        "vessel",
        "phone",
        "email",
        "online-account",
        "bank-account",
        "virtual-currency",
        "address",
        "document",
        "firearm",
        "other",
    ),
    "information-wanted": (
        "identity",
        "ownership",
        "registration",
        "subscriber",
        "location",
        "travel",
        "contacts",
        "criminal-record",
        "open-investigations",
        "financial",
        "seizures",
        "preserve-data",
    ),
    "offence": (
        "homicide",
        "abduction",
        "trafficking-in-persons",
        "smuggling-of-persons",
        "sexual-exploitation-of-children",
        "terrorism",
        "drugs",
        "firearms",
        "robbery",
        "theft",
        "vehicle-crime",
        "fraud",
        "money-laundering",
        "corruption",
        "cybercrime",
        "forged-documents",
        "counterfeiting",
        "cultural-goods",
        "environment",
        "other",
    ),
    "use": ("lead-only", "evidence", "ask-first"),
    "information-outcome": (
        "answered",
        "answered-in-part",
        "nothing-known",
        "by-judicial-request",
        "refused",
    ),
    "emergency": (
        "danger-to-life",
        "abduction",
        "child-missing",
        "attack",
        "pursuit",
        "escape",
        "disaster",
        "other",
    ),
    "help-wanted": (
        "find-person",
        "find-phone",
        "find-vehicle",
        "watch-border",
        "protect-person",
        "preserve-data",
        "identify-victims",
        "send-experts",
        "other",
    ),
    "help-outcome": ("done", "under-way", "more-needed", "impossible"),
}
"""Lists of codes. A code is for good: what it is called may change, what it means may not."""

_PERSON = (
    Field("family-name"),
    Field("given-names"),
    Field("birth-date", Kind.DATE),
    Field("birth-place"),
    Field("sex", Kind.CODE, codes="sex"),
    Field("nationality", Kind.STATE, many=True),
)
_DOCUMENT = (
    Field("document", Kind.CODE, codes="document"),
    Field("document-number"),
    Field("document-state", Kind.STATE),
)
_REMARKS = Field("remarks", most=4_000)
_CONTACT = Field("contact")

FORMS: dict[str, Form] = {
    form.name: form
    for form in (
        Form(
            "identity-request",
            (
                Field("reason", Kind.CODE, required=True, codes="reason"),
                *_PERSON,
                *_DOCUMENT,
                Field("identity-wanted", Kind.CODE, required=True, many=True, codes="identity-wanted"),
                Field("circumstances", most=4_000),
                _CONTACT,
            ),
            answer="identity-reply",
        ),
        Form(
            "identity-reply",
            (
                Field("identity-outcome", Kind.CODE, required=True, codes="identity-outcome"),
                *_PERSON,
                *_DOCUMENT,
                Field("document-status", Kind.CODE, codes="document-status"),
                Field("criminal-record", Kind.CODE, codes="criminal-record"),
                Field("use", Kind.CODE, codes="use"),
                _REMARKS,
            ),
        ),
        Form(
            "confirmation-request",
            (
                Field("record", Kind.NUMBER, required=True),
                Field("urgency", Kind.CODE, required=True, codes="urgency"),
                Field("found", Kind.CODE, required=True, codes="found"),
                Field("found-at", Kind.TIME),
                Field("place"),
                Field("person-held", Kind.CODE, codes="yes-no"),
                Field("match", most=1_000),
                Field("differences", most=1_000),
                Field("questions", most=2_000),
                _CONTACT,
            ),
            answer="confirmation-reply",
        ),
        Form(
            "confirmation-reply",
            (
                Field("hit-outcome", Kind.CODE, required=True, codes="hit-outcome"),
                Field("still-sought", Kind.CODE, codes="yes-no"),
                Field("action", Kind.CODE, many=True, codes="action"),
                Field("until", Kind.TIME),
                _CONTACT,
                _REMARKS,
            ),
        ),
        Form(
            "information-request",
            (
                Field("subject", Kind.CODE, required=True, codes="subject"),
                Field("described", required=True, many=True),
                Field("information-wanted", Kind.CODE, required=True, many=True, codes="information-wanted"),
                Field("from", Kind.DATE),
                Field("to", Kind.DATE),
                Field("offence", Kind.CODE, required=True, many=True, codes="offence"),
                Field("facts", required=True, most=8_000),
                Field("use-wanted", Kind.CODE, codes="use"),
                _CONTACT,
            ),
            answer="information-reply",
        ),
        Form(
            "information-reply",
            (
                Field("information-outcome", Kind.CODE, required=True, codes="information-outcome"),
                Field("information", most=20_000),
                Field("use", Kind.CODE, codes="use"),
                _REMARKS,
            ),
        ),
        Form(
            "urgent-assistance",
            (
                Field("emergency", Kind.CODE, required=True, codes="emergency"),
                Field("help-wanted", Kind.CODE, required=True, many=True, codes="help-wanted"),
                Field("facts", required=True, most=8_000),
                Field("place"),
                Field("since", Kind.TIME),
                *_PERSON,
                Field("contact", required=True),
            ),
            answer="urgent-assistance-reply",
        ),
        Form(
            "urgent-assistance-reply",
            (
                Field("help-outcome", Kind.CODE, required=True, codes="help-outcome"),
                Field("information", most=20_000),
                _CONTACT,
            ),
        ),
    )
}
"""Every form by its name: a request stands before its reply."""
