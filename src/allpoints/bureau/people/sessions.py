"""Sessions of this node: a random token in the browser's cookie, its hash in this node's database alone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from allpoints.bureau.people.tokens import derived, hash_of, new_token
from allpoints.bureau.settings import BureauSettings
from allpoints.bureau.store import sessions, trail
from allpoints.bureau.store.database import NodeDatabase, Transaction
from allpoints.bureau.store.people import Person
from allpoints.bureau.store.sessions import Session
from allpoints.bureau.store.trail import Done
from allpoints.errors import Forbidden, Unauthenticated
from allpoints.records import Purpose, Role

FRESH = timedelta(minutes=5)
"""For so long after signing in somebody may add another way in."""
_ONLY_PURPOSE = {
    Role.ADMINISTRATOR: Purpose.ADMINISTRATION,
    Role.DATA_PROTECTION_OFFICER: Purpose.OVERSIGHT,
}


class NotSignedIn(Unauthenticated):
    """Sign in: there is no such session, or it has ended."""


class Sessions:
    """Begins, finds and ends them."""

    def __init__(self, database: NodeDatabase, settings: BureauSettings) -> None:
        self._database = database
        self._idle_minutes = settings.idle_minutes
        self._longest = timedelta(hours=settings.session_hours)

    async def begin(self, t: Transaction, person: Person) -> tuple[str, Session]:
        """Begin a session, in the first role, of somebody who has proved who they are. The token is the cookie's."""
        role = person.roles[0]
        return await self._begin(
            t, person, role, purposes_of(person, role)[0], datetime.now(UTC) + self._longest
        )

    async def find(self, token: str, *, by_person: bool = True) -> Session:
        """The session of a cookie, which goes on resting where no person asks but the page by itself.

        Raises `NotSignedIn` for one that is unknown, over, or was idle for too long, and where the person was
        deactivated or lost the role.
        """
        token_hash = hash_of(token)
        async with self._database.transaction() as t:
            found = await sessions.find(t, token_hash, idle_minutes=self._idle_minutes)
            if found is None:
                raise NotSignedIn("you are not signed in")
            if found.resting and by_person:
                await sessions.touch(t, token_hash)
        return _session(token, found.person, found.role, found.purpose, found.expires_at)

    async def choose(self, session: Session, role: Role, purpose: Purpose) -> tuple[str, Session]:
        """Go on in another of one's roles or for another purpose, in a session with a new token.

        It lasts no longer than the one before. Raises `Forbidden` for what is not one's own, and `NotSignedIn` where
        the session has ended meanwhile.
        """
        person = session.person
        if not may_act(person, role, purpose):
            raise Forbidden("that role or purpose is not yours", field="role")
        async with self._database.transaction() as t:
            if not await sessions.end(t, session.token_hash):
                raise NotSignedIn("your session has ended")
            await trail.add(t, Done.ROLE_CHOSEN, person=person.id, detail=f"{role}, {purpose}")
            return await self._begin(t, person, role, purpose, session.expires_at)

    def is_fresh(self, session: Session) -> bool:
        """Whether its person has proved who they are just now: another role changes nothing of that."""
        since = datetime.now(UTC) - (session.expires_at - self._longest)
        return timedelta(0) <= since <= FRESH

    async def end(self, session: Session) -> None:
        """Sign out."""
        async with self._database.transaction() as t:
            await sessions.end(t, session.token_hash)
            await trail.add(t, Done.SIGNED_OUT, person=session.person.id)

    async def tidy(self) -> None:
        """Forget those that ended by themselves."""
        async with self._database.transaction() as t:
            await sessions.tidy(t, idle_minutes=self._idle_minutes)

    async def _begin(
        self, t: Transaction, person: Person, role: Role, purpose: Purpose, expires_at: datetime
    ) -> tuple[str, Session]:
        token = new_token()
        session = _session(token, person, role, purpose, expires_at)
        await sessions.begin(
            t, session.token_hash, person.id, role=role, purpose=purpose, expires_at=expires_at
        )
        return token, session


def purposes_of(person: Person, role: Role) -> Sequence[Purpose]:
    """The purposes for which somebody may ask in one of their roles; there is at least one."""
    only = _ONLY_PURPOSE.get(role)
    return (only,) if only else person.purposes


def may_act(person: Person, role: Role, purpose: Purpose) -> bool:
    """Whether somebody may act in this role for this purpose now."""
    return person.active and role in person.roles and purpose in purposes_of(person, role)


def _session(token: str, person: Person, role: Role, purpose: Purpose, expires_at: datetime) -> Session:
    return Session(
        token_hash=hash_of(token),
        person=person,
        role=role,
        purpose=purpose,
        csrf=derived(token, "csrf"),
        expires_at=expires_at,
    )
