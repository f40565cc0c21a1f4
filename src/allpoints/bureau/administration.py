"""What administrators do at a node, all of it through `FourEyes`: with a second person where the settings say so."""

from typing import Any

import msgspec

from allpoints.bureau.hub_keys import HubKeys
from allpoints.bureau.people.four_eyes import FourEyes, Outcome
from allpoints.bureau.people.people import People
from allpoints.bureau.store import trail
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.store.people import Person
from allpoints.bureau.store.sessions import Session
from allpoints.bureau.store.trail import Done
from allpoints.bureau.vault import KeyKind
from allpoints.records import AgencyKind, Confidentiality, Purpose, Role

CHANGE_PEOPLE, ROTATE_KEY, REVOKE_KEY = "change-people", "rotate-key", "revoke-key"


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """An account that is to be made."""

    name: str
    display_name: str
    roles: tuple[Role, ...]
    agency: AgencyKind = AgencyKind.BUREAU
    clearance: Confidentiality = Confidentiality.OFFICIAL
    purposes: tuple[Purpose, ...] = (Purpose.CRIMINAL_INVESTIGATION,)


class _Change(msgspec.Struct, frozen=True):
    before: Person
    """As who proposed it saw the account."""
    after: Person


class _People(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done with an account: one of the three."""

    add: NewPerson | None = None
    change: _Change | None = None
    reset: int | None = None


class Administration:
    """People and keys, as an administrator who is signed in looks after them."""

    def __init__(
        self, database: NodeDatabase, *, people: People, keys: HubKeys, four_eyes: FourEyes, bureau: str
    ) -> None:
        self._database = database
        self._people = people
        self._keys = keys
        self._four_eyes = four_eyes
        self._bureau = bureau
        roles = (Role.ADMINISTRATOR,)
        four_eyes.register(CHANGE_PEOPLE, roles, self._change_people)
        four_eyes.register(ROTATE_KEY, roles, self._rotate_key)
        four_eyes.register(REVOKE_KEY, roles, self._revoke_key)

    async def add_person(self, session: Session, new: NewPerson) -> Outcome:
        """Make an account; the outcome's result is the token of the link by which its person sets it up."""
        return await self._four_eyes.do(session, CHANGE_PEOPLE, new.name, _People(add=new))

    async def change_person(self, session: Session, before: Person, after: Person) -> Outcome:
        """Change what somebody is to the bureau, or let them in no more; not where it was changed since `before`."""
        change = _People(change=_Change(before, after))
        return await self._four_eyes.do(session, CHANGE_PEOPLE, before.name, change)

    async def reset_person(self, session: Session, person: Person) -> Outcome:
        """Forget every way in that somebody has; the outcome's result is the token of a new link."""
        return await self._four_eyes.do(session, CHANGE_PEOPLE, person.name, _People(reset=person.id))

    async def rotate_key(self, session: Session, kind: KeyKind) -> Outcome:
        """Give the bureau a new key of this kind; the outcome's result is its id."""
        return await self._four_eyes.do(session, ROTATE_KEY, kind, {"kind": kind})

    async def revoke_key(self, session: Session, key_id: str) -> Outcome:
        """End a key at once, at every hub."""
        return await self._four_eyes.do(session, REVOKE_KEY, key_id, {"key_id": key_id})

    async def _change_people(self, content: Any, session: Session) -> str | None:
        wanted = msgspec.convert(content, _People)
        if wanted.add is not None:
            _, token = await self._people.add(**msgspec.structs.asdict(wanted.add), by=session.person)
            return token
        if wanted.change is not None:
            await self._people.change(wanted.change.after, before=wanted.change.before, by=session.person)
        return await self._people.reset(wanted.reset, by=session.person) if wanted.reset else None

    async def _rotate_key(self, content: Any, session: Session) -> str:
        kind, asker = KeyKind(content["kind"]), session.asker(self._bureau)
        rotate = self._keys.rotate_signing if kind is KeyKind.SIGNING else self._keys.rotate_sealing
        held = await rotate(asker)
        await self._note(Done.KEY_ROTATED, session, held.key_id)
        return held.key_id

    async def _revoke_key(self, content: Any, session: Session) -> None:
        await self._keys.revoke(session.asker(self._bureau), content["key_id"])
        await self._note(Done.KEY_REVOKED, session, content["key_id"])

    async def _note(self, act: Done, session: Session, key_id: str) -> None:
        async with self._database.transaction() as t:
            await trail.add(t, act, person=session.person.id, subject=key_id)
