"""Sessions: who is signed in, in which role, for which purpose, and until when."""

from datetime import datetime

import msgspec

from allpoints.bureau.store.database import Transaction
from allpoints.bureau.store.people import Person, person_of
from allpoints.records import SECRETARIAT, Asker, Purpose, Role

_SECRETARIES = (Role.OPERATOR, Role.SUPERVISOR)


class Acting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in one of their roles, for one purpose: a person with a session, or a program with a token."""

    person: Person
    role: Role
    purpose: Purpose

    def asker(self, bureau: str) -> Asker:
        """What travels to a hub as signed claims: the role, the purpose, the person's pseudonym.

        The secretariat searches nothing: its people review, and write to bureaus, to administer the hub.
        """
        administers = bureau == SECRETARIAT and self.role in _SECRETARIES
        return Asker(
            bureau=bureau,
            user=self.person.pseudonym,
            agency=self.person.agency,
            role=self.role,
            purpose=Purpose.ADMINISTRATION if administers else self.purpose,
            clearance=self.person.clearance,
        )


class Session(Acting, frozen=True, kw_only=True):
    """Somebody who is signed in."""

    token_hash: bytes
    """SHA-256 of the token in the browser's cookie; the token itself is kept nowhere."""
    csrf: str
    """What a form of this session must bring along; it cannot be computed without the token."""
    expires_at: datetime

    @property
    def language(self) -> str:
        """The language that the person reads."""
        return self.person.language

    @property
    def theme(self) -> str:
        """`system`, `light` or `dark`."""
        return self.person.theme


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it is stored."""

    person: Person
    role: Role
    purpose: Purpose
    expires_at: datetime
    resting: bool
    """Whether it was last seen more than a minute ago."""


async def begin(
    t: Transaction, token_hash: bytes, person: int, *, role: Role, purpose: Purpose, expires_at: datetime
) -> None:
    """Store a new session."""
    await t.rows(
        "begin_session",
        token_hash=token_hash,
        person=person,
        role=role,
        purpose=purpose,
        expires_at=expires_at,
    )


async def find(t: Transaction, token_hash: bytes, *, idle_minutes: int) -> Found | None:
    """The session, unless it is over, was idle for too long, or its person may not have it any more."""
    row = await t.row("session", token_hash=token_hash, idle=idle_minutes)
    if row is None:
        return None
    role, purpose, expires_at, resting, *person = row
    return Found(
        person=person_of(tuple(person)),
        role=Role(role),
        purpose=Purpose(purpose),
        expires_at=expires_at,
        resting=resting,
    )


async def touch(t: Transaction, token_hash: bytes) -> None:
    """Note that it is in use."""
    await t.rows("touch_session", token_hash)


async def end(t: Transaction, token_hash: bytes) -> bool:
    """End it; False where it has ended before."""
    return await t.row("end_session", token_hash) is not None


async def end_all_of(t: Transaction, person: int) -> None:
    """End all of somebody's sessions."""
    await t.rows("end_sessions_of", person)


async def tidy(t: Transaction, *, idle_minutes: int) -> None:
    """Forget those that ended by themselves."""
    await t.rows("tidy_sessions", idle_minutes)
