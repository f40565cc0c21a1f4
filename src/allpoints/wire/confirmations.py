"""The hit clock over the line: what an asker wants confirmed, by when, and what the record's owner answers.

The clock keeps no text: what people write about a hit travels in sealed messages.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec


class Urgency(StrEnum):
    """How long the owner of a record may take to answer; `hits/clock.py` says how long that is."""

    GATE = "gate"
    """Somebody is held at a border."""
    URGENT = "urgent"
    ROUTINE = "routine"


class ConfirmationState(StrEnum):
    """How far the confirmation of a hit is. Only the owner's answer confirms or refutes."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    LAPSED = "lapsed"
    """The time is up and the owner has not answered. It still may, and is late."""
    WITHDRAWN = "withdrawn"
    """The owner has withdrawn the record before it answered."""


class OwnersAnswer(StrEnum):
    """What the owner of a record says of a hit on it."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"


class Side(StrEnum):
    """On which side of a confirmation one's own bureau stands."""

    ASKED = "asked"
    """It has asked, and waits."""
    OWED = "owed"
    """It owns the record, and owes the answer."""


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """The confirmation of one hit, as one of the two bureaus sees it."""

    id: int
    record: int
    reference: str | None = None
    """The owner's own name for the record; only the owner is told it."""
    level: str
    """What the asker was shown of the record: `full` or `contact`."""
    entry: str | None = None
    """The log entry of the check that found it; only the asker is told it, whose entry it is."""
    bureau: str
    """Who asks."""
    agency: str
    user: str
    purpose: str
    owner: str
    """Who owes the answer."""
    urgency: Urgency
    state: ConfirmationState
    asked_at: datetime
    due_at: datetime
    reminders: int
    """How often the owner was reminded."""
    escalated_at: datetime | None
    """When the owner's supervisors were told that time is running out."""
    answered_at: datetime | None
    answered_by: str | None = None
    """The pseudonym of who answered; only the owner is told it."""
    late: bool
    """Whether the answer came, or still has not come, after `due_at`."""


class ConfirmationNews(StrEnum):
    """The kinds of notification by which the clock speaks."""

    ASKED = "confirmation-asked"
    """To the owner."""
    REMINDER = "confirmation-reminder"
    """To the owner."""
    ESCALATED = "confirmation-escalated"
    """To the owner, for its supervisors."""
    ANSWERED = "confirmation-answered"
    """To the asker."""
    LAPSED = "confirmation-lapsed"
    """To both."""
    WITHDRAWN = "confirmation-withdrawn"
    """To the asker."""


class ConfirmationTold(msgspec.Struct, frozen=True, kw_only=True):
    """The body of such a notification."""

    kind: ConfirmationNews
    confirmation: int
    record: int
    bureau: str
    """The other one of the two bureaus."""
    urgency: Urgency
    state: ConfirmationState
    due_at: datetime
    at: datetime


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Confirmations counted. An answer's time runs from the asking to the answer."""

    asked: int
    answered: int
    median_s: float | None
    """Of the times of the answers, in seconds; None where there is none."""
    p90_s: float | None
    """The 90th percentile of the same."""
    overdue: int
    """Answered late, or not answered though the time is up."""
    lapsed: int
    """Of these, what is not answered at all yet."""
    withdrawn: int
    refuted_share: float | None
    """Of the answers; None where there is none."""


class Tallies(msgspec.Struct, frozen=True, kw_only=True):
    """The tally of one side, and the same by urgency."""

    total: Tally
    by_urgency: Mapping[Urgency, Tally]


class OpenMedian(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a member answers, for every member to see."""

    bureau: str
    median_s: float | None
    """None where it answered too seldom for a median that tells of no single case."""


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the confirmations asked from the beginning of the day `since` (UTC) until `until`."""

    since: date
    until: datetime
    owed: Tallies
    """As an owner: what one's own bureau was asked."""
    asked: Tallies
    """As an asker: what one's own bureau asked others."""
    members: tuple[OpenMedian, ...]
    """All members, oneself too, by the median of their answers as owners; always of the last 90 days."""
