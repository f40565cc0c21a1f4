"""The hit clock's rows: as the two bureaus see them, and as the housekeeper does, which cannot answer.

What takes an `Act` is one statement within the asker's transaction, or says why it is more; row-level security shows a
bureau what it asked and what it was asked, and nothing else.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec
import psycopg

from allpoints.records import Asker
from allpoints.store.acts import Act
from allpoints.store.queries import query
from allpoints.wire.confirmations import ConfirmationState, OpenMedian, OwnersAnswer, Side, Tally, Urgency

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Row = TypeVar("Row", bound="Running")


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """How far the clock of a confirmation has run."""

    urgency: Urgency
    state: ConfirmationState = ConfirmationState.ASKED
    asked_at: datetime
    due_at: datetime
    reminders: int = 0
    """How many reminders are behind it."""
    escalated_at: datetime | None = None


class Running(Clock, frozen=True, kw_only=True):
    """A confirmation: its clock, the record, and the two bureaus."""

    id: int
    record: int
    owner: str
    asker: str


class StoredConfirmation(Running, frozen=True, kw_only=True):
    """A confirmation as one of the two bureaus reads it."""

    reference: str | None
    """The owner's own name for the record; None for the asker."""
    level: str
    asked_by: str
    agency: str
    purpose: str
    entry: tuple[int, int]
    """Group and position of the asker's check in the log."""
    name: str
    """The asker's own, random."""
    answered_at: datetime | None
    answered_by: str | None
    answer_name: str | None


class DueConfirmation(Running, frozen=True, kw_only=True):
    """A confirmation with which the housekeeper has something to do."""

    withdrawn: bool
    """Whether its record is no longer there."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What an asker wants confirmed: the hit, and the random name of the request."""

    record: int
    owner: str
    level: str
    entry: tuple[int, int]
    name: str


async def ask(
    act: Act, asker: Asker, question: Question, clock: Clock, *, next_step_at: datetime
) -> int | None:
    """Start the clock of a hit and return its number; None where it was asked about already."""
    rows = await act._rows(
        "ask_confirmation",
        question.record,
        question.owner,
        question.level,
        asker.bureau,
        asker.user,
        asker.agency.value,
        asker.purpose.value,
        *question.entry,
        question.name,
        clock.urgency.value,
        clock.asked_at,
        clock.due_at,
        next_step_at,
    )
    return int(rows[0][0]) if rows else None


async def asked_before(act: Act, entry: tuple[int, int], record: int) -> int | None:
    """The number of the confirmation of a hit that the asker's bureau has asked about already."""
    rows = await act._rows("confirmation_of_hit", *entry, record)
    return int(rows[0][0]) if rows else None


async def confirmations(
    act: Act, *, after: int, limit: int, state: ConfirmationState | None, side: Side | None
) -> list[StoredConfirmation]:
    """A page of what the bureau asked and was asked, oldest first."""
    named = {"after": after, "limit": limit, "state": state and state.value, "side": side and side.value}
    return [_stored(row) for row in await act._rows("confirmations", id=None, **named)]


async def confirmation(act: Act, number: int) -> StoredConfirmation | None:
    """One of them."""
    rows = await act._rows("confirmations", id=number, after=0, limit=1, state=None, side=None)
    return _stored(rows[0]) if rows else None


async def answer(
    act: Act, number: int, outcome: OwnersAnswer, *, name: str, user: str, now: datetime
) -> bool:
    """Keep the owner's answer, for good; False where the asker's bureau cannot answer it, or cannot any more."""
    return bool(await act._rows("answer_confirmation", outcome.value, now, user, name, number))


async def tallies(act: Act, since: date, now: datetime) -> dict[tuple[Side, Urgency | None], Tally]:
    """What the bureau asked and owed, counted; under no urgency all of them together."""
    return {
        (Side(side), Urgency(urgency) if urgency else None): _tally(counted)
        for side, urgency, *counted in await act._rows("confirmation_tallies", since=since, now=now)
    }


async def open_medians(act: Act) -> tuple[OpenMedian, ...]:
    """How fast each member answered what it was asked in the last 90 days."""
    rows = await act._rows("open_medians")
    return tuple(OpenMedian(bureau=bureau, median_s=median) for bureau, median in rows)


async def due(connection: Connection, now: datetime, *, limit: int) -> list[DueConfirmation]:
    """Confirmations with which something has to be done now, locked; what somebody else has locked is left to them."""
    rows = await (
        await connection.execute(query("due_confirmations"), {"now": now, "limit": limit})
    ).fetchall()
    return [_confirmation(DueConfirmation, row) for row in rows]


async def step(connection: Connection, stepped: Sequence[tuple[Running, datetime]]) -> None:
    """Keep what came of locked confirmations, each with the time of its next step."""
    columns = zip(
        *((c.id, c.state.value, c.reminders, c.escalated_at, next_at) for c, next_at in stepped), strict=True
    )
    await connection.execute(query("step_confirmations"), [list(column) for column in columns])


async def forget(connection: Connection) -> None:
    """Forget what no statistics need any more."""
    await connection.execute(query("forget_confirmations"))


def _stored(row: tuple[Any, ...]) -> StoredConfirmation:
    *fields, group, position, name, answered_at, answered_by, answer_name = row
    entry = (group, position)
    return _confirmation(StoredConfirmation, (*fields, entry, name, answered_at, answered_by, answer_name))


def _confirmation(kind: type[Row], row: tuple[Any, ...]) -> Row:
    fields = dict(zip(kind.__struct_fields__, row, strict=True))
    state, urgency = ConfirmationState(fields["state"]), Urgency(fields["urgency"])
    return kind(**{**fields, "state": state, "urgency": urgency})


def _tally(counted: Sequence[Any]) -> Tally:
    return Tally(**dict(zip(Tally.__struct_fields__, counted, strict=True)))
