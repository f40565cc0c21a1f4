"""The bureau's people: who they are to the bureau, and what they sign in with."""

import msgspec

from allpoints.bureau.store.database import Transaction
from allpoints.errors import NotFound
from allpoints.records import AgencyKind, Confidentiality, Purpose, Role


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
    """What somebody's sign-in is compared with."""

    password_hash: str | None
    code_secret: bytes | None
    """Sealed by the vault."""
    code_step: int


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


async def all_people(t: Transaction) -> list[Person]:
    """Everybody, by name; also those who are no longer active."""
    return [person_of(row) for row in await t.rows("people")]


async def add(
    t: Transaction,
    *,
    name: str,
    display_name: str,
    pseudonym: str,
    roles: tuple[Role, ...],
    agency: AgencyKind,
    clearance: Confidentiality,
    purposes: tuple[Purpose, ...],
    language: str,
) -> int:
    """Store somebody new and return their number. Raises `Conflict` for a name that is taken."""
    [(number,)] = await t.rows(
        "add_person",
        name=name,
        display_name=display_name,
        pseudonym=pseudonym,
        roles=list(roles),
        agency=agency,
        clearance=clearance,
        purposes=list(purposes),
        language=language,
    )
    return int(number)


def person_of(row: tuple[object, ...]) -> Person:
    """Read the columns that every query about people returns, in their order."""
    return msgspec.convert(dict(zip(Person.__struct_fields__, row, strict=True)), Person)
