"""What is to be done at a hub: kept in the transaction that decides it, done in the background, each once.

An errand is known to the hub by its own random id, and what is sealed is kept before it is sent. So after a crash the
same is sent again, and the hub answers it the same.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import msgspec

from allpoints.bureau.call import random_name
from allpoints.bureau.sealed import Content
from allpoints.bureau.store.database import Transaction
from allpoints.errors import Problem
from allpoints.records import Asker
from allpoints.wire.confirmations import OwnersAnswer, Urgency
from allpoints.wire.messages import Envelope, Priority


class Post(msgspec.Struct, frozen=True, kw_only=True, tag="post"):
    """Send a message: one of the threads, a receipt, a recall."""

    content: Content
    recipients: tuple[str, ...]
    priority: Priority
    deadline: datetime | None = None
    signing_key: str | None = None
    """Another key than the current one, to introduce a new one by."""


class Withdraw(msgspec.Struct, frozen=True, kw_only=True, tag="withdraw"):
    """Take back the copies of a message that nobody has collected, and ask for the others."""

    message: str
    thread: str


class StartClock(msgspec.Struct, frozen=True, kw_only=True, tag="start-clock"):
    """Ask the owner of a record to confirm a hit: the hub's clock runs from then on."""

    record: int
    entry: str
    urgency: Urgency


class StopClock(msgspec.Struct, frozen=True, kw_only=True, tag="stop-clock"):
    """Answer whether a hit is one."""

    confirmation: int
    outcome: OwnersAnswer


What = Post | Withdraw | StartClock | StopClock

RANKS = {Priority.URGENT: 0, Priority.PRIORITY: 1, Priority.ROUTINE: 2}
BACKGROUND = 3
"""The rank of receipts: nobody waits for them."""


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done at a hub."""

    id: str
    hub: str
    asker: Asker
    what: What
    message: str | None
    """The message of ours whose state it changes."""
    envelope: Envelope | None = None
    """What was sealed of it already."""
    attempts: int = 0
    resealed: int = 0
    """How often the hub has refused what was sealed, and wanted it sealed anew."""


async def add(
    t: Transaction,
    *,
    hub: str,
    asker: Asker,
    what: What,
    rank: int,
    name: str | None = None,
    message: str | None = None,
    after: str | None = None,
) -> str:
    """Have something done; return its name, which is random unless given. `after` names what has to be done before."""
    drawn = name or random_name()
    await t.rows(
        "add_errand",
        id=drawn,
        hub=hub,
        asker=_json(asker),
        what=msgspec.msgpack.encode(what),
        message=message,
        after=after,
        rank=rank,
    )
    return drawn


async def due(t: Transaction, *, running: Collection[str], down: Collection[str], limit: int) -> list[Errand]:
    """What can be done now, but for what is under way and what needs a hub that is down."""
    rows = await t.rows("due_errands", running=list(running), down=list(down), limit=limit)
    return [_errand(row) for row in rows]


async def next_s(t: Transaction) -> float | None:
    """Seconds until what was put off is due."""
    [(seconds,)] = await t.rows("next_errand")
    return None if seconds is None else float(seconds)


async def find(t: Transaction, name: str) -> Errand | None:
    """One of them, locked; None where it is done."""
    row = await t.row("errand", name)
    return _errand(row) if row else None


async def following(t: Transaction, name: str) -> list[Errand]:
    """What waits for one."""
    return [_errand(row) for row in await t.rows("errands_after", name)]


async def keep_envelope(t: Transaction, name: str, envelope: Envelope) -> Envelope | None:
    """Keep what was sealed; what comes back is what is to be sent, None where the errand is gone."""
    row = await t.row("errand_envelope", msgspec.msgpack.encode(envelope), name)
    return msgspec.msgpack.decode(row[0], type=Envelope) if row else None


async def unseal(t: Transaction, name: str) -> None:
    """It has to be sealed anew."""
    await t.rows("unseal_errand", name)


async def change(t: Transaction, name: str, what: What) -> None:
    """It is about more than was known; not once it is sealed."""
    await t.rows("change_errand", msgspec.msgpack.encode(what), name)


async def end(t: Transaction, name: str) -> bool:
    """It is done; False where that was noted before."""
    return bool(await t.rows("end_errand", name))


async def leave(t: Transaction, name: str) -> None:
    """It is not tried any more; what was sealed of it stays with its message."""
    await t.rows("leave_errand", name)


async def put_off(t: Transaction, name: str, wait: timedelta, problem: Problem) -> None:
    """It could not be done yet."""
    await t.rows("put_off_errand", wait, _json(problem), name)


async def hold(t: Transaction, name: str, key_id: str, problem: Problem) -> None:
    """It waits until a key is accepted."""
    await t.rows("hold_errand", key_id, _json(problem), name)


async def refuse(t: Transaction, name: str, problem: Problem) -> None:
    """The hub did not take it."""
    await t.rows("refuse_errand", _json(problem), name)


async def release(t: Transaction) -> list[str]:
    """What was held for keys that are decided on by now is tried again; return the messages."""
    return [message for (message,) in await t.rows("release_errands") if message]


async def retry(t: Transaction, name: str) -> bool:
    """What was refused is tried again; False where nothing was."""
    return bool(await t.rows("retry_errand", id=name))


async def count(t: Transaction) -> tuple[int, int]:
    """How many wait, and how many are held or refused."""
    [(waiting, stopped)] = await t.rows("count_errands")
    return waiting, stopped


def _errand(row: tuple[Any, ...]) -> Errand:
    name, hub, asker, what, message, envelope, attempts, resealed = row
    return Errand(
        id=name,
        hub=hub,
        asker=msgspec.json.decode(asker, type=Asker),
        what=msgspec.msgpack.decode(what, type=What),
        message=message,
        envelope=msgspec.msgpack.decode(envelope, type=Envelope) if envelope else None,
        attempts=attempts,
        resealed=resealed,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
