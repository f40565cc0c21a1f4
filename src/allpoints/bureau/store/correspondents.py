"""Other bureaus' signing keys and how far they are trusted, and what came and was not let in."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

import msgspec

from allpoints.bureau.store.database import Transaction
from allpoints.errors import AllpointsError
from allpoints.wire.messages import Carried, SealingKey, SigningKey

MAX_NUMBER = 2**63 - 1


class Trust(StrEnum):
    """Whether a key is taken for its bureau's."""

    TRUSTED = "trusted"
    HELD = "held"
    """A new key that no trusted one has introduced: what it signs waits until an administrator decides."""
    REFUSED = "refused"


class Ground(StrEnum):
    """Why a key is trusted."""

    FIRST_USE = "first-use"
    """It was the first that was seen of its bureau."""
    INTRODUCTION = "introduction"
    """A key that was trusted has signed that it is its bureau's."""
    PERSON = "person"
    """An administrator has decided."""
    NONE = "none"


class KnownKey(msgspec.Struct, frozen=True, kw_only=True):
    """A signing key of another bureau."""

    key_id: str
    bureau: str
    public_key: bytes
    state: Trust
    ground: Ground
    introduced_by: str | None
    decided_by: str | None
    decided_at: datetime | None
    seen_at: datetime
    revoked_at: datetime | None

    @property
    def as_signing_key(self) -> SigningKey:
        """As what is signed is verified with."""
        return SigningKey(
            key_id=self.key_id, public_key=self.public_key, active_at=self.seen_at, revoked_at=self.revoked_at
        )


class QuarantineState(StrEnum):
    """What is to become of what was not let in."""

    HELD = "held"
    """Its key is not accepted yet."""
    REFUSED = "refused"
    RELEASED = "released"
    """It was let in after all."""


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """What came and was not let in, and why."""

    number: int
    hub: str
    message: str
    sender: str
    """As it says itself: that may be the lie."""
    signed_by: str
    arrived_at: datetime
    state: QuarantineState
    reason: str
    """The code of the error."""
    detail: str
    kept_at: datetime


class HeldMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits for its sender's key to be accepted."""

    number: int
    hub: str
    carried: Carried


async def keys_of(t: Transaction, bureau: str) -> list[KnownKey]:
    """Every key of a bureau that was ever seen, the first one first."""
    return [_key(row) for row in await t.rows("keys_of", bureau)]


async def all_keys(t: Transaction) -> list[KnownKey]:
    """Every key of every bureau."""
    return [_key(row) for row in await t.rows("all_keys")]


async def see(t: Transaction, bureau: str, shown: list[SigningKey]) -> list[KnownKey]:
    """Learn what a hub shows of a bureau's keys; return those that are new and held.

    Where none was known, all are trusted. What a hub says of a known key changes nothing but that it is revoked.
    """
    await t.rows("lock_keys", bureau)
    known = {key.key_id: key for key in await keys_of(t, bureau)}
    first = not known
    for key in shown:
        if key.key_id not in known:
            await t.rows(
                "see_key",
                key_id=key.key_id,
                bureau=bureau,
                public_key=key.public_key,
                state=Trust.TRUSTED if first else Trust.HELD,
                ground=Ground.FIRST_USE if first else Ground.NONE,
                revoked_at=key.revoked_at,
            )
        elif key.revoked_at is not None and known[key.key_id].public_key == key.public_key:
            await t.rows("revoke_correspondent_key", key.revoked_at, key.key_id, bureau)
    return [
        key
        for key in await keys_of(t, bureau)
        if key.key_id not in known and key.state is Trust.HELD and key.revoked_at is None
    ]


async def introduce(t: Transaction, bureau: str, key_id: str, public_key: bytes, by: str) -> None:
    """A trusted key has introduced another one of its bureau. What a person refused stays refused."""
    await t.rows("introduce_key", key_id=key_id, bureau=bureau, public_key=public_key, by=by)


async def newest_sealing(t: Transaction, hub: str, key: SealingKey) -> datetime:
    """When the newest sealing key was made that a hub has shown of a bureau, counting this one from now on."""
    [(created_at,)] = await t.rows("see_sealing_key", hub, key.bureau, key.created_at)
    return cast(datetime, created_at)


async def decide(t: Transaction, key_id: str, state: Trust, by: str) -> str | None:
    """An administrator accepts or refuses a key; return its bureau, None for a key that is not known."""
    row = await t.row("decide_key", state, by, key_id)
    return row[0] if row else None


async def correspondents(t: Transaction) -> list[str]:
    """The bureaus of which a key is trusted."""
    return [bureau for (bureau,) in await t.rows("correspondents")]


async def note_introduced(t: Transaction, key_id: str) -> bool:
    """Our correspondents are told of a key of ours; False where they were before."""
    return bool(await t.rows("note_introduced", key_id))


async def receive(t: Transaction, hub: str, sender: str, message_id: str, digest: bytes) -> bool:
    """Whether this message comes for the first time; False where another one of its sender has its id, too."""
    return bool(await t.rows("receive", sender, message_id, digest, hub))


async def received(t: Transaction, sender: str, message_id: str) -> bytes:
    """The digest of one that was received before."""
    [(digest,)] = await t.rows("received", sender, message_id)
    return bytes(digest)


async def unacknowledged(t: Transaction, hub: str, limit: int) -> list[str]:
    """What was kept, and the hub may not have been told."""
    return [message for (message,) in await t.rows("unacknowledged", hub, limit)]


async def acknowledge(t: Transaction, hub: str, message_ids: list[str]) -> None:
    """The hub was told that they are kept."""
    await t.rows("acknowledge", hub, message_ids)


async def quarantine(
    t: Transaction, hub: str, carried: Carried, state: QuarantineState, error: AllpointsError
) -> int | None:
    """Keep what is not let in; its number, None where it is kept already."""
    written = msgspec.msgpack.encode(msgspec.structs.replace(carried, number=0))
    row = await t.row(
        "quarantine",
        hub=hub,
        message=_storable(carried.head.id),
        sender=_storable(carried.head.sender),
        signed_by=_storable(carried.head.signing_key),
        arrived_at=carried.arrived_at,
        state=state,
        reason=error.code,
        detail=_storable(str(error)),
        carried=written,
        digest=hashlib.sha256(written).digest(),
    )
    return row[0] if row else None


async def quarantined(
    t: Transaction, *, state: QuarantineState | None, before: int | None, limit: int
) -> list[Quarantined]:
    """A page of what was not let in, the latest first."""
    rows = await t.rows("quarantined", state=state, before=before or MAX_NUMBER, limit=limit)
    return [_struct(Quarantined, row) for row in rows]


async def held(t: Transaction, bureau: str, *, after: int, limit: int) -> list[HeldMessage]:
    """A page of what waits for a bureau's keys to be accepted, oldest first."""
    return [
        HeldMessage(number=number, hub=hub, carried=msgspec.msgpack.decode(carried, type=Carried))
        for number, hub, carried in await t.rows("held_messages", bureau, after, limit)
    ]


async def senders_decided_on(t: Transaction) -> list[str]:
    """The bureaus of which something is held for a key that was decided on by now."""
    return [bureau for (bureau,) in await t.rows("senders_decided_on")]


async def end_quarantine(
    t: Transaction, number: int, state: QuarantineState, error: AllpointsError | None = None
) -> None:
    """Let in, or refused for good."""
    await t.rows(
        "end_quarantine", state, error.code if error else "", _storable(str(error)) if error else "", number
    )


def _key(row: tuple[Any, ...]) -> KnownKey:
    return _struct(KnownKey, row)  # type: ignore[no-any-return]


def _struct(kind: Any, row: tuple[Any, ...]) -> Any:
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)


def _storable(text: str) -> str:
    return text.replace("\0", " ")
