"""Tokens of programs: which account works with each, in which role, for which purpose, and until when."""

from datetime import datetime
from typing import Any

from allpoints.bureau.store import people
from allpoints.bureau.store.database import Transaction
from allpoints.bureau.store.people import Person, person_of
from allpoints.bureau.store.sessions import Acting
from allpoints.records import Purpose, Role


class ProgramToken(Acting, frozen=True, kw_only=True):
    """A token, as whoever looks after it sees it. What the program shows is kept nowhere."""

    number: int
    made_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    """When it was ended before its time."""


async def add(
    t: Transaction, token_hash: bytes, person: int, *, role: Role, purpose: Purpose, expires_at: datetime
) -> int:
    """Store a new token, and return its number."""
    [(number,)] = await t.rows(
        "add_program_token",
        token_hash=token_hash,
        person=person,
        role=role,
        purpose=purpose,
        expires_at=expires_at,
    )
    return int(number)


async def find(t: Transaction, token_hash: bytes) -> ProgramToken | None:
    """The token with this hash, in force or not."""
    row = await t.row("program_token", token_hash)
    return _token(row) if row else None


async def all_tokens(t: Transaction) -> list[ProgramToken]:
    """Every token that was ever made, the oldest first."""
    return [_token(row) for row in await t.rows("program_tokens")]


async def open_tokens_of(t: Transaction, person: int) -> list[ProgramToken]:
    """Somebody's tokens that nobody has ended; their time may be up."""
    return [_token(row) for row in await t.rows("program_tokens_of", person)]


async def end(t: Transaction, number: int) -> Person | None:
    """End a token; whose it was, or None where there is none in force."""
    row = await t.row("end_program_token", number)
    return await people.find(t, row[0]) if row else None


def _token(row: tuple[Any, ...]) -> ProgramToken:
    number, role, purpose, made_at, expires_at, ended_at, *person = row
    return ProgramToken(
        number=number,
        person=person_of(tuple(person)),
        role=Role(role),
        purpose=Purpose(purpose),
        made_at=made_at,
        expires_at=expires_at,
        ended_at=ended_at,
    )
