"""The bureau's people: who they are to the bureau, and what they sign in with."""

from datetime import datetime
from typing import Any

import msgspec

from allpoints.bureau.store.database import Transaction
from allpoints.errors import NotFound
from allpoints.records import OPERATIONAL_PURPOSES, AgencyKind, Asker, Confidentiality, Purpose, Role


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works at the bureau."""

    id: int
    name: str
    """What they type to sign in."""
    display_name: str
    """What colleagues read. It never leaves the node."""
    pseudonym: str
    """What hubs and other bureaus see; drawn by chance."""
    roles: tuple[Role, ...]
    agency: AgencyKind
    clearance: Confidentiality
    purposes: tuple[Purpose, ...]
    """For which they may ask."""
    language: str
    theme: str
    active: bool


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody's password and code are compared with."""

    password_hash: str | None
    code_secret: bytes | None
    """Sealed by the vault."""
    code_step: int
    """The time step of the last code that was used."""


class Invited(msgspec.Struct, frozen=True):
    """Whose link it is, and the sealed secret of the codes that they are offered."""

    person: int
    code_secret: bytes


async def find(t: Transaction, person_id: int) -> Person:
    """The person of this number. Raises `NotFound`."""
    row = await t.row("person", person_id)
    if row is None:
        raise NotFound("there is no such person", field="person")
    return person_of(row)


async def find_named(t: Transaction, name: str) -> Person | None:
    """The person who signs in by this name."""
    row = await t.row("person_named", name)
    return person_of(row) if row else None


async def find_openid(t: Transaction, account: str) -> Person | None:
    """The person whom an administrator linked to this account of an OpenID Connect provider."""
    row = await t.row("person_of_openid", account)
    return person_of(row) if row else None


async def may_still(t: Transaction, asker: Asker) -> bool:
    """Whether the person behind a pseudonym would be given these claims now, as when they were."""
    row = await t.row(
        "may_still",
        pseudonym=asker.user,
        role=asker.role,
        agency=asker.agency,
        clearance=asker.clearance,
        # Those of administration and oversight come with the role.
        purpose=asker.purpose if asker.purpose in OPERATIONAL_PURPOSES else None,
    )
    return row is not None


async def all_people(t: Transaction) -> list[Person]:
    """Everybody, by name; also those who are no longer active."""
    return [person_of(row) for row in await t.rows("people")]


async def lock(t: Transaction) -> None:
    """Let no other transaction change who may do what until this one ends."""
    await t.rows("lock_people")


async def add(t: Transaction, person: Person) -> Person:
    """Store somebody new, under a number of their own. Raises `Conflict` for a name that is taken."""
    [(number,)] = await t.rows("add_person", **_columns(person))
    return msgspec.structs.replace(person, id=number)


async def change(t: Transaction, person: Person) -> None:
    """Store what an administrator may change: what colleagues read, roles, agency, clearance, purposes, active."""
    await t.rows("change_person", **_columns(person))


async def set_preferences(t: Transaction, person_id: int, *, language: str, theme: str) -> None:
    """Store what somebody chose for themselves."""
    await t.rows("set_preferences", id=person_id, language=language, theme=theme)


async def link_openid(t: Transaction, person_id: int, account: str | None) -> None:
    """Store with which account elsewhere they sign in. Raises `Conflict` for one that is somebody else's."""
    await t.rows("link_openid", id=person_id, openid=account)


async def secrets_of(t: Transaction, person_id: int) -> Secrets:
    """What their password and code are compared with."""
    [(password_hash, code_secret, code_step)] = await t.rows("secrets", person_id)
    return Secrets(password_hash=password_hash, code_secret=code_secret, code_step=code_step)


async def set_password(t: Transaction, person_id: int, password_hash: str | None) -> None:
    """Store the hash of a password, or that there is none."""
    await t.rows("set_password", id=person_id, hash=password_hash)


async def set_code_secret(
    t: Transaction, person_id: int, secret: bytes | None, *, used_step: int = 0
) -> None:
    """Store the sealed secret of one-time codes, and of which step the code was used already."""
    await t.rows("set_code_secret", id=person_id, secret=secret, step=used_step)


async def use_code_step(t: Transaction, person_id: int, step: int) -> bool:
    """Whether no code of this time step was used before; from now on, one was."""
    return await t.row("use_code_step", id=person_id, step=step) is not None


async def set_recovery_codes(t: Transaction, person_id: int, hashes: list[bytes]) -> None:
    """Store these in the place of whatever recovery codes there were."""
    await t.rows("forget_recovery_codes", person_id)
    for each in hashes:
        await t.rows("add_recovery_code", person=person_id, hash=each)


async def use_recovery_code(t: Transaction, person_id: int, code_hash: bytes) -> bool:
    """Whether it is one of their recovery codes; from now on it is not."""
    return await t.row("use_recovery_code", person=person_id, hash=code_hash) is not None


async def forget_ways_in(t: Transaction, person_id: int) -> None:
    """Leave them no way to sign in, and no account of a provider that would be one."""
    await set_password(t, person_id, None)
    await set_code_secret(t, person_id, None)
    await set_recovery_codes(t, person_id, [])
    await t.rows("forget_passkeys", person_id)
    await link_openid(t, person_id, None)


async def invite(
    t: Transaction, person_id: int, *, token_hash: bytes, code_secret: bytes, expires_at: datetime
) -> None:
    """Store a link by which they set up a way in; one before it is good no more."""
    await t.rows("uninvite", person_id)
    await t.rows(
        "invite", person=person_id, token_hash=token_hash, code_secret=code_secret, expires_at=expires_at
    )


async def invitation(t: Transaction, token_hash: bytes) -> Invited:
    """Whose link it is. Raises `NotFound` for one that was used, is old, or never was."""
    return _invited(await t.row("invitation", token_hash))


async def accept_invitation(t: Transaction, token_hash: bytes) -> Invited:
    """As `invitation`, and from now on the link is used."""
    return _invited(await t.row("accept_invitation", token_hash))


def _invited(row: tuple[Any, ...] | None) -> Invited:
    if row is None:
        raise NotFound(
            "this link is not good, or not any more",
            field="invitation",
            remedy="Ask your bureau's administrator for a new one.",
        )
    return Invited(*row)


def person_of(row: tuple[object, ...]) -> Person:
    """Read the columns that every query about people returns."""
    return msgspec.convert(dict(zip(Person.__struct_fields__, row, strict=True)), Person)


def _columns(person: Person) -> dict[str, object]:
    return msgspec.structs.asdict(person) | {"roles": list(person.roles), "purposes": list(person.purposes)}
