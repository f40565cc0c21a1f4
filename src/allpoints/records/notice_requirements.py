"""What each colour of notice requires: a table to read, and the check of an announcement against it.

After what INTERPOL's Rules on the Processing of Data (articles 82 to 96) demand of its notices, and for silver after
its reports on the pilot that began in 2025. docs/notices.md shows the same table, and a test compares the two.
"""

from collections.abc import Callable
from datetime import date

import msgspec

from allpoints.errors import InvalidValue, TooLarge
from allpoints.records.colours import Colour
from allpoints.records.conditions import Release
from allpoints.records.notices import (
    MAX_CAPTION,
    MAX_NOTICE_PICTURES,
    Announcement,
    Grounds,
    NoticeRequest,
    Order,
)
from allpoints.records.record import MAX_TEXT, Particulars, Reason, RecordKind

LEAST_MAXIMUM_MONTHS = 24
"""Who is wanted to stand trial faces at least this."""
LEAST_REMAINING_MONTHS = 6
"""Who is wanted to serve a sentence has at least this before them."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An announcement as it is checked."""

    grounds: Grounds
    particulars: Particulars
    identified: bool
    """Whether its record has an identifier."""
    pictured: bool
    """Whether its record has biometrics, brought along or held already."""
    shown: bool
    """Whether there are pictures to look at, brought along or held already."""


class Need(msgspec.Struct, frozen=True):
    """One thing that a colour requires."""

    field: str
    """Where it is missing."""
    says: str
    """What it is, for the table and for who forgot it."""
    met: Callable[[Said], bool]


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """What one colour requires."""

    letter: str
    """The last one of its numbers, such as `2026/17-R`."""
    purpose: str
    kinds: tuple[RecordKind, ...]
    """What it may be about."""
    reasons: tuple[Reason, ...] = ()
    """For which its record must be held; any, where none is named."""
    needs: tuple[Need, ...]
    unsearched: bool = False
    """Whether it may be about something that no check can find, and that is only read."""


def _ground(name: str, says: str) -> Need:
    return Need(f"grounds.{name}", says, lambda said: bool(getattr(said.grounds, name)))


def _severe(said: Said) -> bool:
    penalty, order = said.grounds.penalty, said.grounds.order
    if penalty is None or order is None:
        return False
    least = LEAST_REMAINING_MONTHS if order.kind == "judgement" else LEAST_MAXIMUM_MONTHS
    return penalty.life or penalty.months >= least


def _named_well(said: Said) -> bool:
    who = said.particulars
    return said.pictured or bool(who.names and (who.birth or who.nationalities))


ORDER = _ground("order", "the warrant or judgement: its number, day and issuing authority")
OFFENCE = _ground("offence", "the offence, as the order or the file names it")
LAW = _ground("law", "the provisions that make it an offence")
FACTS = _ground("facts", "what happened, with place and time")
PENALTY = Need(
    "grounds.penalty",
    f"with a warrant a maximum penalty of {LEAST_MAXIMUM_MONTHS} months or more, with a judgement"
    f" {LEAST_REMAINING_MONTHS} months or more that remain",
    _severe,
)
IDENTITY = Need(
    "contribution.particulars.names",
    "a name with a birth or a nationality, or biometrics",
    _named_well,
)
FINDABLE = Need(
    "contribution.particulars.names",
    "a name, an identifier or biometrics",
    lambda said: bool(said.particulars.names) or said.identified or said.pictured,
)
STANDING = _ground("standing", "what the person is to the investigation")
SOUGHT = _ground("sought", "what is to be found out or done")
LAST_SEEN = Need(
    "contribution.particulars.since", "since when they are missing", lambda said: bool(said.particulars.since)
)
LAST_PLACE = _ground("place", "where they were seen last")
FOUND = _ground("found", "when the body was found")
FOUND_PLACE = _ground("place", "where the body was found")
RECOGNISABLE = Need(
    "contribution.particulars.description",
    "a description, a picture or biometrics by which somebody can be recognised",
    lambda said: bool(said.particulars.description) or said.pictured or said.shown,
)
ASSESSMENT = _ground("assessment", "which authority takes them for dangerous, and why")
DANGER = _ground("danger", "what is imminent, and to whom")
METHOD = _ground("method", "how it is done, hidden or made")
ASSET = Need(
    "contribution.identifiers",
    "an identifier or a description of the asset",
    lambda said: said.identified or bool(said.particulars.description),
)
DECISION = _ground("decision", "the Security Council's resolution and the place in its list")

_THINGS = (
    RecordKind.TRAVEL_DOCUMENT,
    RecordKind.VEHICLE,
    RecordKind.VESSEL,
    RecordKind.FIREARM,
    RecordKind.ITEM,
)

REQUIREMENTS: dict[Colour, Requirement] = {
    Colour.RED: Requirement(
        letter="R",
        purpose="find a person who is wanted to stand trial or serve a sentence, and hold them for extradition",
        kinds=(RecordKind.PERSON,),
        reasons=("wanted",),
        needs=(IDENTITY, ORDER, OFFENCE, LAW, FACTS, PENALTY),
    ),
    Colour.YELLOW: Requirement(
        letter="Y",
        purpose="find a missing person, or find out who somebody is who cannot say it",
        kinds=(RecordKind.PERSON,),
        reasons=("missing",),
        needs=(FINDABLE, LAST_SEEN, LAST_PLACE, FACTS),
    ),
    Colour.BLUE: Requirement(
        letter="B",
        purpose="find, identify or learn more about a person who matters to an investigation",
        kinds=(RecordKind.PERSON,),
        needs=(FINDABLE, STANDING, OFFENCE, FACTS, SOUGHT),
    ),
    Colour.BLACK: Requirement(
        letter="K",
        purpose="find out whose body was found",
        kinds=(RecordKind.PERSON, RecordKind.TRACE),
        needs=(RECOGNISABLE, FOUND, FOUND_PLACE),
        unsearched=True,
    ),
    Colour.GREEN: Requirement(
        letter="G",
        purpose="warn of a person who is a danger to the public and likely to commit crimes again",
        kinds=(RecordKind.PERSON,),
        needs=(IDENTITY, OFFENCE, FACTS, ASSESSMENT),
    ),
    Colour.ORANGE: Requirement(
        letter="O",
        purpose="warn of a person, thing or event that is an imminent danger",
        kinds=(RecordKind.PERSON, *_THINGS),
        needs=(DANGER, FACTS),
        unsearched=True,
    ),
    Colour.PURPLE: Requirement(
        letter="P",
        purpose="tell how crimes are committed: methods, objects, devices, hiding places",
        kinds=_THINGS,
        needs=(METHOD, OFFENCE),
        unsearched=True,
    ),
    Colour.SILVER: Requirement(
        letter="S",
        purpose="find, identify or watch what was got by crime",
        kinds=_THINGS,
        needs=(ASSET, OFFENCE, FACTS, SOUGHT),
        unsearched=True,
    ),
    Colour.SPECIAL: Requirement(
        letter="U",
        purpose="tell of a person or thing on which the Security Council of the United Nations has put sanctions",
        kinds=(RecordKind.PERSON, RecordKind.VESSEL, RecordKind.ITEM),
        needs=(FINDABLE, DECISION),
    ),
}


def check_announcement(
    said: Announcement, *, today: date, pictured: bool = False, shown: bool = False
) -> None:
    """Refuse what lacks something that its colour requires, or contradicts it.

    `pictured` says that its record has biometrics already, `shown` that it has pictures already, which a correction
    without any keeps. What the contribution says for itself, `record.checked_record` checks. Raises `InvalidValue`
    and `TooLarge` naming the field and how to mend it.
    """
    rule, contribution = REQUIREMENTS[said.colour], said.contribution
    if contribution.kind not in rule.kinds:
        raise InvalidValue(
            f"a {said.colour} notice is not about a {contribution.kind}",
            field="contribution.kind",
            remedy=f"It may be about: {', '.join(rule.kinds)}.",
        )
    if rule.reasons and contribution.particulars.reason not in rule.reasons:
        raise InvalidValue(
            f"the record of a {said.colour} notice is held for another reason",
            field="contribution.particulars.reason",
            remedy=f"Give {' or '.join(rule.reasons)}.",
        )
    if contribution.conditions.disclosure is not Release.FULL:
        raise InvalidValue(
            "whom a notice is shown, it is shown in full",
            field="contribution.conditions.disclosure",
            remedy="Say who may see it by bureaus, agencies and purposes.",
        )
    _check_grounds(said.grounds, today)
    _check_pictures(said)
    checked = Said(
        grounds=said.grounds,
        particulars=contribution.particulars,
        identified=bool(contribution.identifiers),
        pictured=pictured or bool(contribution.biometrics),
        shown=shown or bool(said.pictures),
    )
    for need in rule.needs:
        if not need.met(checked):
            raise InvalidValue(
                f"a {said.colour} notice requires {need.says}", field=need.field, remedy="Add it."
            )


def _check_grounds(grounds: Grounds, today: date) -> None:
    for name in Grounds.__struct_fields__:
        value = getattr(grounds, name)
        if isinstance(value, str):
            _check_text(value, f"grounds.{name}")
    if grounds.order is not None:
        _check_order(grounds.order, today)
    if grounds.penalty is not None and not 0 <= grounds.penalty.months <= 12_000:
        raise InvalidValue(
            "is no number of months", field="grounds.penalty.months", remedy="For life, say `life`."
        )
    if grounds.found is not None and grounds.found > today:
        raise InvalidValue("lies in the future", field="grounds.found")


def _check_order(order: Order, today: date) -> None:
    for name in ("number", "authority"):
        _check_text(getattr(order, name), f"grounds.order.{name}", least=1)
    if order.issued > today:
        raise InvalidValue("lies in the future", field="grounds.order.issued")


def _check_pictures(said: Announcement) -> None:
    if len(said.pictures) > MAX_NOTICE_PICTURES:
        raise TooLarge(f"more than {MAX_NOTICE_PICTURES} pictures", field="pictures")
    for number, picture in enumerate(said.pictures):
        _check_text(picture.caption, f"pictures[{number}].caption", most=MAX_CAPTION)
        if picture.public and not (isinstance(said, NoticeRequest) and said.public):
            raise InvalidValue(
                "a picture is public only with something that says what it shows",
                field=f"pictures[{number}].public",
                remedy="List in `public` what everybody may read of the notice.",
            )


def _check_text(text: str, field: str, *, least: int = 0, most: int = MAX_TEXT) -> None:
    unstorable = any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in text)
    if not least <= len(text.strip()) or len(text) > most or unstorable:
        raise InvalidValue(
            f"a text has {least} to {most} characters, no NUL and no lone surrogate", field=field
        )
