"""The rules of the hit clock: how long an owner may take to confirm a hit, who is reminded when, what ends it.

Pure: everything follows from when a confirmation was asked, when it is due and what was done about it. No rule here
confirms or refutes: only an owner's answer does, and a clock that has run out says that there was none.
"""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from allpoints.store.confirmations import Clock
from allpoints.wire.confirmations import ConfirmationNews, ConfirmationState, Urgency

AnyClock = TypeVar("AnyClock", bound=Clock)


class Pace(msgspec.Struct, frozen=True):
    """How long an owner may take, and after which part of that its supervisors are told."""

    time: timedelta
    escalation: Fraction


PACES = {
    Urgency.GATE: Pace(timedelta(hours=1), Fraction(1, 2)),
    Urgency.URGENT: Pace(timedelta(hours=4), Fraction(3, 4)),
    Urgency.ROUTINE: Pace(timedelta(hours=12), Fraction(3, 4)),
}
"""A supervisor has half an hour at least to find somebody who answers."""

REMINDERS = (Fraction(1, 2), Fraction(7, 8))
"""After which parts of the time the owner is reminded."""


def started(urgency: Urgency, now: datetime) -> Clock:
    """The clock of what is asked now."""
    return Clock(urgency=urgency, asked_at=now, due_at=now + PACES[urgency].time)


def steps(clock: Clock, now: datetime, *, withdrawn: bool = False) -> tuple[ConfirmationNews, ...]:
    """What has to be done now, in order; nothing where the clock has stopped.

    What was missed is not made up for: however many reminders are due, the owner gets one, and none where the time is
    up. `withdrawn` says that the owner has taken the record back.
    """
    if clock.state is not ConfirmationState.ASKED:
        return ()
    if withdrawn:
        return (ConfirmationNews.WITHDRAWN,)
    if now >= clock.due_at:
        return (ConfirmationNews.LAPSED,)
    due = []
    if _reminders_due(clock, now) > clock.reminders:
        due.append(ConfirmationNews.REMINDER)
    if clock.escalated_at is None and now >= _escalation_at(clock):
        due.append(ConfirmationNews.ESCALATED)
    return tuple(due)


def stepped(clock: AnyClock, now: datetime, *, withdrawn: bool = False) -> AnyClock:
    """The clock when its steps are done: it has none left until the next is due."""
    for step in steps(clock, now, withdrawn=withdrawn):
        match step:
            case ConfirmationNews.REMINDER:
                clock = replace(clock, reminders=_reminders_due(clock, now))
            case ConfirmationNews.ESCALATED:
                clock = replace(clock, escalated_at=now)
            case ConfirmationNews.LAPSED:
                clock = replace(clock, state=ConfirmationState.LAPSED)
            case ConfirmationNews.WITHDRAWN:
                clock = replace(clock, state=ConfirmationState.WITHDRAWN)
    return clock


def next_step_at(clock: Clock) -> datetime:
    """When the clock has its next step, if nobody answers before."""
    ahead = [_after(clock, part) for part in REMINDERS[clock.reminders :]]
    if clock.escalated_at is None:
        ahead.append(_escalation_at(clock))
    return min([*ahead, clock.due_at])


def is_late(clock: Clock, *, answered_at: datetime | None, now: datetime) -> bool:
    """Whether the answer came after its time, or has not come though the time is up."""
    return clock.state is not ConfirmationState.WITHDRAWN and (answered_at or now) > clock.due_at


def _reminders_due(clock: Clock, now: datetime) -> int:
    return sum(now >= _after(clock, part) for part in REMINDERS)


def _escalation_at(clock: Clock) -> datetime:
    return _after(clock, PACES[clock.urgency].escalation)


def _after(clock: Clock, part: Fraction) -> datetime:
    """When this part of the time is over."""
    return clock.asked_at + (clock.due_at - clock.asked_at) * float(part)
