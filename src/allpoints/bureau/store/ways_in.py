"""Passkeys, and what a browser was asked and may answer once."""

from datetime import datetime

import msgspec

from allpoints.bureau.store.database import Transaction
from allpoints.errors import NotFound


class Passkey(msgspec.Struct, frozen=True):
    """A WebAuthn credential of somebody."""

    id: bytes
    person: int
    public_key: bytes
    """COSE."""
    sign_count: int
    label: str
    """What its owner calls it."""
    created_at: datetime
    last_used_at: datetime | None


class Asked(msgspec.Struct, frozen=True):
    """What a browser was asked: of whom, where that was known, and what the node sealed with it."""

    person: int | None
    content: bytes


async def add_passkey(
    t: Transaction,
    *,
    credential: bytes,
    person: int,
    public_key: bytes,
    sign_count: int,
    label: str,
) -> None:
    """Store a new credential. Raises `Conflict` for one that is stored already."""
    await t.rows(
        "add_passkey", id=credential, person=person, public_key=public_key, sign_count=sign_count, label=label
    )


async def passkey(t: Transaction, credential: bytes) -> Passkey | None:
    """A credential by its id."""
    row = await t.row("passkey", credential)
    return Passkey(*row) if row else None


async def passkeys_of(t: Transaction, person: int) -> list[Passkey]:
    """Somebody's credentials, the oldest first."""
    return [Passkey(*row) for row in await t.rows("passkeys_of", person)]


async def use_passkey(t: Transaction, key: Passkey, sign_count: int) -> bool:
    """Store its counter; whether nobody else moved it meanwhile."""
    return await t.row("use_passkey", id=key.id, before=key.sign_count, now=sign_count) is not None


async def remove_passkey(t: Transaction, credential: bytes, person: int) -> None:
    """Forget somebody's credential. Raises `NotFound` where it is not theirs."""
    if await t.row("remove_passkey", id=credential, person=person) is None:
        raise NotFound("there is no such passkey", field="passkey")


async def ask(
    t: Transaction,
    *,
    key: bytes,
    kind: str,
    content: bytes,
    seconds: int,
    person: int | None = None,
) -> None:
    """Store what a browser is asked now and may answer once, within `seconds`."""
    await t.rows("ask_browser", hash=key, kind=kind, person=person, content=content, seconds=seconds)


async def take_answer(t: Transaction, *, key: bytes, kind: str) -> Asked | None:
    """What was asked, unless it was answered before or its time is up."""
    row = await t.row("take_answer", hash=key, kind=kind)
    return Asked(*row) if row else None


async def tidy(t: Transaction) -> None:
    """Forget what nobody answered in time."""
    await t.rows("tidy_challenges")
    await t.rows("tidy_invitations")
