"""Accounts: made, changed and ended by administrators; set up by whom they are for, through a link that works once."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import msgspec

from allpoints.bureau.people import codes, programs
from allpoints.bureau.people.passwords import Passwords, checked_password
from allpoints.bureau.people.sessions import purposes_of
from allpoints.bureau.people.tokens import hash_of, new_token
from allpoints.bureau.settings import BureauSettings
from allpoints.bureau.store import desk, people, sessions, trail
from allpoints.bureau.store.database import NodeDatabase, Transaction
from allpoints.bureau.store.people import Person
from allpoints.bureau.store.trail import Done
from allpoints.bureau.vault import Vault
from allpoints.errors import Conflict, InvalidValue, NotFound
from allpoints.records import OPERATIONAL_PURPOSES, AgencyKind, Asker, Confidentiality, Purpose, Role

INVITATION = timedelta(days=3)
INVITATION_PATH = "/invitation"
"""The page behind the link; the token follows after a slash."""
THEMES = ("system", "light", "dark")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2}")


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody sees who follows the link."""

    person: Person
    code_secret: str
    """For a device into which it is typed."""
    code_address: str
    """For a device that reads it from a QR code."""


class People:
    """Everybody who works at the bureau."""

    def __init__(
        self, database: NodeDatabase, vault: Vault, settings: BureauSettings, passwords: Passwords
    ) -> None:
        self._database = database
        self._vault = vault
        self._settings = settings
        self._passwords = passwords

    async def all(self) -> list[Person]:
        """Everybody, by name; also those who are no longer active."""
        async with self._database.transaction() as t:
            return await people.all_people(t)

    async def find(self, person_id: int) -> Person:
        """Somebody by their number. Raises `NotFound`."""
        async with self._database.transaction() as t:
            return await people.find(t, person_id)

    async def named(self, name: str) -> Person:
        """Somebody by the name they sign in with. Raises `NotFound`."""
        async with self._database.transaction() as t:
            found = await people.find_named(t, name.strip().lower())
        if found is None:
            raise NotFound("there is nobody of that name", field="name")
        return found

    async def add(
        self,
        *,
        name: str,
        display_name: str,
        roles: tuple[Role, ...],
        agency: AgencyKind = AgencyKind.BUREAU,
        clearance: Confidentiality = Confidentiality.OFFICIAL,
        purposes: tuple[Purpose, ...] = (Purpose.CRIMINAL_INVESTIGATION,),
        by: Person | None = None,
    ) -> tuple[Person, str]:
        """Make an account, and the token of the link by which its person sets it up. `by` is None at the machine.

        Raises `InvalidValue` naming the field, and `Conflict` for a name that is taken.
        """
        person = _checked(
            Person(
                id=0,
                name=name.strip().lower(),
                display_name=display_name.strip(),
                pseudonym=f"u-{secrets.token_hex(6)}",
                roles=roles,
                agency=agency,
                clearance=clearance,
                purposes=purposes,
                language=self._settings.language,
                theme=THEMES[0],
                active=True,
            )
        )
        async with self._database.transaction() as t:
            if await people.find_named(t, person.name):
                raise Conflict(f"there is somebody named {person.name}", field="name")
            person = await people.add(t, person)
            await trail.add(
                t, Done.PERSON_ADDED, person=_number(by), subject=person.name, detail=_roles(person)
            )
            return person, await self._invite(t, person)

    async def change(
        self, changed: Person, *, before: Person | None = None, by: Person | None = None
    ) -> Person:
        """Store what an administrator may change of somebody, who has to sign in anew where roles or the like changed.

        `before` is the account that was looked at. Raises `InvalidValue`, `NotFound`, and `Conflict` where it is not as
        it was then, or where nobody would be left to administer.
        """
        changed = _checked(changed)
        async with self._database.transaction() as t:
            await people.lock(t)
            now = await people.find(t, changed.id)
            if before is not None and _administered(before) != _administered(now):
                raise Conflict(
                    "the account was changed meanwhile", field="person", remedy="Look at it, and decide anew."
                )
            await people.change(t, changed)
            if _administers(now) and not any(map(_administers, await people.all_people(t))):
                raise Conflict(
                    "nobody would be left to administer the node",
                    field="roles",
                    remedy="Give somebody else the role of administrator first.",
                )
            if _rights(now) != _rights(changed):
                await sessions.end_all_of(t, changed.id)
                await programs.end_without_right(t, changed, by=_number(by))
            if not changed.active:
                await desk.drop_drafts(t, changed.id)
            done = Done.PERSON_CHANGED if changed.active or not now.active else Done.PERSON_DEACTIVATED
            await trail.add(t, done, person=_number(by), subject=now.name, detail=_roles(changed))
            return await people.find(t, changed.id)

    async def deactivate(self, person_id: int, *, by: Person | None = None) -> None:
        """Let somebody in no more, from now on. Raises `NotFound`, and `Conflict` for the last administrator."""
        await self.change(msgspec.structs.replace(await self.find(person_id), active=False), by=by)

    async def reset(self, person_id: int, *, by: Person | None = None) -> str:
        """Forget every way in that somebody has, end their sessions and tokens, and return the token of a new link.

        What they have half typed is forgotten as well.
        For whoever has lost a device, or whose password somebody else may know. Raises `NotFound`.
        """
        async with self._database.transaction() as t:
            person = await people.find(t, person_id)
            await people.forget_ways_in(t, person_id)
            await sessions.end_all_of(t, person_id)
            await programs.end_all_of(t, person, by=_number(by))
            await desk.drop_drafts(t, person_id)
            await trail.add(t, Done.PERSON_RESET, person=_number(by), subject=person.name)
            return await self._invite(t, person)

    async def link_openid(self, person_id: int, subject: str, *, by: Person | None = None) -> None:
        """Let somebody sign in as this subject of the bureau's OpenID Connect provider.

        An empty one ends that, and their sessions.

        Raises `Conflict` for a subject that is somebody else's, and `InvalidValue` where the node has no provider.
        """
        issuer = self._settings.openid_issuer
        if not issuer:
            raise InvalidValue("the node has no provider", field="openid_issuer")
        async with self._database.transaction() as t:
            person = await people.find(t, person_id)
            await people.link_openid(t, person_id, openid_account(issuer, subject) if subject else None)
            if not subject:
                await sessions.end_all_of(t, person_id)
            await trail.add(t, Done.OPENID_LINKED, person=_number(by), subject=person.name, detail=subject)

    async def may_still(self, asker: Asker) -> bool:
        """Whether somebody of ours is still who these claims say, so that what they began may go on."""
        async with self._database.transaction() as t:
            return await people.may_still(t, asker)

    async def set_preferences(self, person: Person, *, language: str, theme: str) -> Person:
        """Store what somebody chose for themselves. Raises `InvalidValue`."""
        if theme not in THEMES:
            raise InvalidValue(f"is one of {', '.join(THEMES)}", field="theme")
        if not _LANGUAGE.fullmatch(language):
            raise InvalidValue("is a language's two letters", field="language")
        async with self._database.transaction() as t:
            await people.set_preferences(t, person.id, language=language, theme=theme)
            return await people.find(t, person.id)

    async def invitation(self, token: str) -> Invitation:
        """What somebody sees who follows the link. Raises `NotFound` for one that is not good any more."""
        async with self._database.transaction() as t:
            invited = await people.invitation(t, hash_of(token))
            person = await people.find(t, invited.person)
        secret = self.code_secret(person.id, invited.code_secret)
        address = codes.address_for_device(secret, name=person.name, node=self._settings.public_host)
        return Invitation(person=person, code_secret=secret, code_address=address)

    def link(self, token: str) -> str:
        """The address to hand to whom an invitation is for."""
        return f"{self._settings.url}{INVITATION_PATH}/{token}"

    async def accept_with_password(self, token: str, password: str, code: str) -> list[str]:
        """Set up a password and one-time codes, as a first code proves; return the recovery codes, shown once.

        Raises `NotFound` for a link that is not good, and `InvalidValue` for a weak password or a wrong code.
        """
        invitation = await self.invitation(token)
        checked_password(password, invitation.person.name)
        step = codes.step_of(invitation.code_secret, code)
        if step is None:
            raise InvalidValue(
                "is not the code of now", field="code", remedy="See whether its clock is right."
            )
        password_hash = await self._passwords.hash(password)
        recovery = codes.new_recovery_codes()
        async with self._database.transaction() as t:
            invited = await people.accept_invitation(t, hash_of(token))
            await people.set_password(t, invited.person, password_hash)
            await people.set_code_secret(t, invited.person, invited.code_secret, used_step=step)
            await people.set_recovery_codes(
                t, invited.person, [self.recovery_hash(each) for each in recovery]
            )
            await trail.add(t, Done.INVITATION_ACCEPTED, person=invited.person, detail="password and codes")
        return recovery

    def recovery_hash(self, code: str) -> bytes:
        """What is stored of a recovery code, however it is typed."""
        return self._vault.keyed_hash(code.strip().lower().encode(errors="replace"), "recovery code")

    def code_secret(self, person_id: int, sealed: bytes) -> str:
        """The secret of somebody's one-time codes."""
        return self._vault.open(sealed, _codes_of(person_id)).decode()

    async def _invite(self, t: Transaction, person: Person) -> str:
        token = new_token()
        await people.invite(
            t,
            person.id,
            token_hash=hash_of(token),
            code_secret=self._vault.seal(codes.new_secret().encode(), _codes_of(person.id)),
            expires_at=datetime.now(UTC) + INVITATION,
        )
        return token


def openid_account(issuer: str, subject: str) -> str:
    """How an account of an OpenID Connect provider is stored: a subject means something only with its issuer."""
    return f"{issuer} {subject}"


def _codes_of(person_id: int) -> str:
    """What a secret of one-time codes is sealed for: nobody can give one person's to another."""
    return f"one-time codes of {person_id}"


def _checked(person: Person) -> Person:
    if not _NAME.fullmatch(person.name):
        raise InvalidValue(
            "has 1 to 64 lower-case letters, digits, dots, hyphens or underscores", field="name"
        )
    if not (1 <= len(person.display_name) <= 100 and person.display_name.isprintable()):
        raise InvalidValue("has 1 to 100 printable characters", field="display_name")
    if not person.roles or len(set(person.roles)) != len(person.roles):
        raise InvalidValue("names each role once, and at least one", field="roles")
    if not set(person.purposes) <= set(OPERATIONAL_PURPOSES):
        raise InvalidValue("names purposes for which records are asked", field="purposes")
    if not all(purposes_of(person, role) for role in person.roles):
        raise InvalidValue("names at least one purpose", field="purposes")
    return person


def _administers(person: Person) -> bool:
    return person.active and Role.ADMINISTRATOR in person.roles


def _administered(person: Person) -> tuple[object, ...]:
    """What an administrator decides on; language and theme are one's own."""
    return person.display_name, *_rights(person)


def _rights(person: Person) -> tuple[object, ...]:
    return person.roles, person.agency, person.clearance, person.purposes, person.active


def _number(person: Person | None) -> int | None:
    return person.id if person else None


def _roles(person: Person) -> str:
    return ", ".join(person.roles)
