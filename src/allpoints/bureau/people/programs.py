"""Programs of national systems: accounts that work at the node over its API, with a token instead of a way to sign in.

A token has 256 random bits, so nobody guesses one: a right one never waits for others' failures. What is counted of
failures is what they leave in the trail.
"""

from datetime import UTC, datetime, timedelta

import structlog
from msgspec.structs import replace

from allpoints.bureau.people.sessions import may_act
from allpoints.bureau.people.throttle import KNOCKS_A_MINUTE, PerMinute, network_of
from allpoints.bureau.people.tokens import hash_of, is_token, new_token
from allpoints.bureau.store import programs, trail
from allpoints.bureau.store.database import NodeDatabase, Transaction
from allpoints.bureau.store.people import Person
from allpoints.bureau.store.programs import ProgramToken
from allpoints.bureau.store.trail import Done
from allpoints.errors import Forbidden, InvalidValue, NotFound, QuotaExceeded, Unauthenticated
from allpoints.records import Purpose, Role

DAYS = 90
MOST_DAYS = 400
"""A year, and time to replace it."""
REQUESTS_A_MINUTE = 1_200
"""Of one token."""
_log = structlog.get_logger("allpoints.bureau")


class TokenRefused(Unauthenticated):
    """Send `Authorization: Bearer` with a token that is in force; the bureau's administrator makes one."""


class TooManyRequests(QuotaExceeded):
    """Wait as long as Retry-After says, and ask for larger pages less often."""


class Programs:
    """Makes, lists and ends tokens, and knows who shows one."""

    def __init__(self, database: NodeDatabase) -> None:
        self._database = database
        self._failures = PerMinute(KNOCKS_A_MINUTE)
        self._requests = PerMinute(REQUESTS_A_MINUTE)

    async def make(
        self, person: Person, role: Role, purpose: Purpose, *, days: int = DAYS
    ) -> tuple[str, ProgramToken]:
        """Make a token for somebody's account, which is told this once. Whoever operates the machine does so.

        Raises `Forbidden` for a role or a purpose that is not theirs, and `InvalidValue` for a time that is too long.
        """
        if not 1 <= days <= MOST_DAYS:
            raise InvalidValue(f"is 1 to {MOST_DAYS}", field="days")
        if not may_act(person, role, purpose):
            raise Forbidden(
                f"{person.name} does not act as {role} for {purpose}",
                field="role",
                remedy="Name a role and a purpose of the account, or have them added to it.",
            )
        token = new_token()
        expires_at = datetime.now(UTC) + timedelta(days=days)
        async with self._database.transaction() as t:
            number = await programs.add(
                t, hash_of(token), person.id, role=role, purpose=purpose, expires_at=expires_at
            )
            made = await programs.find(t, hash_of(token))
            assert made is not None  # noqa: S101 - it was added a line above
            detail = f"{number}: {role}, {purpose}, {expires_at:%Y-%m-%d}"
            await trail.add(t, Done.TOKEN_MADE, subject=person.name, detail=detail)
        return token, made

    async def all(self) -> list[ProgramToken]:
        """Every token that was ever made, the oldest first."""
        async with self._database.transaction() as t:
            return await programs.all_tokens(t)

    async def end(self, number: int) -> None:
        """End a token. Raises `NotFound` where there is none of this number, or it has ended before."""
        async with self._database.transaction() as t:
            person = await programs.end(t, number)
            if person is None:
                raise NotFound("no such token is in force", field="number")
            await trail.add(t, Done.TOKEN_ENDED, subject=person.name, detail=str(number))

    async def admit(self, token: str, *, address: str) -> ProgramToken:
        """The token that a program shows.

        Raises `TokenRefused` for one that is unknown or not in force, and `TooManyRequests` for too many of either.
        """
        found = await self._find(token) if is_token(token) else None
        refusal = _refusal(found)
        if found is None or refusal:
            await self._refused(found, refusal, address)
            raise TokenRefused(refusal, field="authorization")
        if not self._requests.allows(found.number):
            raise TooManyRequests(f"more than {REQUESTS_A_MINUTE} requests a minute", retry_after_s=60)
        return found

    async def _find(self, token: str) -> ProgramToken | None:
        async with self._database.transaction() as t:
            return await programs.find(t, hash_of(token))

    async def _refused(self, found: ProgramToken | None, detail: str, address: str) -> None:
        if not self._failures.allows(network_of(address)):
            raise TooManyRequests("too many wrong tokens come from here", retry_after_s=60)
        _log.warning("token.refused")
        subject = found.person.name if found else ""
        async with self._database.transaction() as t:
            await trail.add(t, Done.TOKEN_REFUSED, subject=subject, address=address, detail=detail)


async def end_without_right(t: Transaction, person: Person, *, by: int | None) -> None:
    """End those of somebody's tokens in whose role or for whose purpose they may not act any more."""
    for token in await programs.open_tokens_of(t, person.id):
        if not may_act(person, token.role, token.purpose):
            await programs.end(t, token.number)
            detail = f"{token.number}: with the right"
            await trail.add(t, Done.TOKEN_ENDED, person=by, subject=person.name, detail=detail)


async def end_all_of(t: Transaction, person: Person, *, by: int | None) -> None:
    """End all of somebody's tokens."""
    await end_without_right(t, replace(person, active=False), by=by)


def _refusal(token: ProgramToken | None) -> str:
    """Why a token is not in force; nothing where it is."""
    if token is None:
        return "the token is not known here"
    if token.ended_at is not None:
        return "the token has ended"
    if token.expires_at <= datetime.now(UTC):
        return "the token's time is up"
    if not may_act(token.person, token.role, token.purpose):
        return "the token's account has not its right any more"
    return ""
