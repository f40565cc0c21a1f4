"""Answers about notices and diffusions."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from allpoints.audit import Promise
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import Grounds, PublicField
from allpoints.records.review import Answered, Item
from allpoints.wire.corridor import Hit


class NoticeState(StrEnum):
    """Where a notice stands. Its record is found by checks while it is published or sent, and only then."""

    REQUESTED = "requested"
    """It waits for the secretariat's review."""
    RETURNED = "returned"
    """With questions: it waits for its owner's correction."""
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    """Held back by the secretariat for the time being."""
    SENT = "sent"
    """A diffusion that is in force."""
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Step(StrEnum):
    """What was done with a notice."""

    REQUESTED = "requested"
    SENT = "sent"
    CORRECTED = "corrected"
    PUBLISHED = "published"
    RETURNED = "returned"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    LIFTED = "lifted"
    """The suspension was."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class NoticeStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step in the life of a notice; the log has an entry for each."""

    step: Step
    at: datetime
    bureau: str
    user: str
    version: int
    """Of the record, at that time."""
    reason: str = ""
    checklist: tuple[Answered, ...] = ()
    """Of a review."""


class NoticePictureHead(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of a notice without its bytes, which are a JPEG; `number` counts from 1."""

    number: int
    caption: str
    public: bool
    width: int
    height: int


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """A word that may mean that an item of the checklist fails. It is a hint to the reviewer and decides nothing."""

    item: Item
    word: str
    field: str
    """Where it stands."""


class NoticeHead(msgspec.Struct, frozen=True, kw_only=True):
    """A notice or diffusion, without the record that it is about."""

    id: int
    kind: NoticeKind
    colour: Colour
    state: NoticeState
    number: str
    """Such as `2026/17-R`; empty where nothing was published."""
    owner: str
    version: int
    """Of the record: a correction names it, and so does a review."""
    requested_at: datetime
    published_at: datetime | None
    """Or sent."""
    valid_until: date
    review_due: bool
    """It was corrected after its review, and the secretariat has not looked at it yet."""


class NoticeDetails(NoticeHead, frozen=True, kw_only=True):
    """All that the asker may see of a notice or diffusion, without the record that it is about."""

    grounds: Grounds
    public: tuple[PublicField, ...]
    """What everybody may read once it is published."""
    pictures: tuple[NoticePictureHead, ...]
    steps: tuple[NoticeStep, ...] = ()
    """For its owner and the secretariat."""
    hints: tuple[Hint, ...] = ()
    """For the secretariat."""


class ListedNotice(NoticeHead, frozen=True, kw_only=True):
    """A notice or diffusion in a list."""

    hit: Hit
    """What it is about, in full."""


class Notice(NoticeDetails, frozen=True, kw_only=True):
    """A notice or diffusion with all that the asker may see of it."""

    hit: Hit
    """What it is about, in full."""


class NoticeKept(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an act on a notice, and the log entry that says so."""

    id: int
    record: int
    version: int
    state: NoticeState
    number: str = ""
    entry: str
    promise: Promise | None
