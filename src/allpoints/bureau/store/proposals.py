"""Acts that wait for a second person."""

from datetime import datetime
from typing import Any, Literal

import msgspec

from allpoints.bureau.store.database import Transaction
from allpoints.errors import NotFound

State = Literal["open", "approved", "done", "declined"]


class Proposal(msgspec.Struct, frozen=True):
    """An act that somebody proposed."""

    id: int
    act: str
    subject: str
    """What it is about, for people."""
    content: Any
    """What it is about, for the program."""
    proposed_by: int
    proposed_at: datetime
    expires_at: datetime
    state: State
    """`approved` while it is being done, or where doing it failed; it may be approved again."""
    decided_by: int | None


async def propose(
    t: Transaction, *, act: str, subject: str, content: Any, proposed_by: int, hours: int
) -> int:
    """Store a proposal and return its number."""
    [(number,)] = await t.rows(
        "propose",
        act=act,
        subject=subject,
        content=msgspec.json.encode(content).decode(),
        proposed_by=proposed_by,
        hours=hours,
    )
    return int(number)


async def open_proposals(t: Transaction) -> list[Proposal]:
    """What waits, the oldest first."""
    return [_proposal(row) for row in await t.rows("open_proposals")]


async def find(t: Transaction, number: int) -> Proposal:
    """One that waits; until the transaction ends nobody else decides on it. Raises `NotFound`."""
    row = await t.row("proposal", number)
    if row is None:
        raise NotFound("no such proposal waits", field="proposal")
    return _proposal(row)


async def decide(t: Transaction, number: int, state: State, *, by: int) -> None:
    """Store what became of it."""
    await t.rows("decide_proposal", id=number, state=state, decided_by=by)


def _proposal(row: tuple[Any, ...]) -> Proposal:
    number, act, subject, content, *rest = row
    return Proposal(number, act, subject, msgspec.json.decode(content), *rest)
