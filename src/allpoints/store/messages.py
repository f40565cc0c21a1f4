"""Sealed messages in the database, as their sender and their recipients see them.

What takes an `Act` is one statement within the asker's transaction, or says why it is more; row-level security shows a
bureau what it sent and what waits for it. That the ciphertext goes with the last copy, the database sees to itself.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import psycopg

from allpoints.store.acts import Act
from allpoints.store.queries import query
from allpoints.wire.envelopes import key_digest
from allpoints.wire.messages import (
    Carried,
    Collected,
    Copy,
    CopyState,
    Envelope,
    EnvelopeHead,
    SealedKey,
    Waiting,
)

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_head = msgspec.json.Decoder(EnvelopeHead)


class Recipient(NamedTuple):
    """Whether a message can be carried to a bureau."""

    bureau: str
    member: bool
    """Whether it is an active member."""
    sealable: bool
    """Whether the sealing key is its own and may be sealed to."""


class Expired(NamedTuple):
    """A copy that nobody fetched in time."""

    message: str
    sender: str
    recipient: str


async def recipients(act: Act, keys: Sequence[SealedKey]) -> list[Recipient]:
    """Whether a message can be carried to those for whom it is sealed."""
    rows = await act._rows("recipients", [k.recipient for k in keys], [k.sealing_key for k in keys])
    return [Recipient(*row) for row in rows]


async def kept_bytes(act: Act) -> int:
    """What the asker's bureau keeps at the hub, unsent and waiting (two statements).

    It is nobody else's of the bureau to ask or to add to until the transaction ends.
    """
    await act._rows("lock_kept")
    [(size,)] = await act._rows("kept_bytes")
    return int(size)


async def add_message(act: Act, envelope: Envelope, digest: bytes) -> datetime | None:
    """Keep a message and a copy for each recipient (three statements); None where its id is known already."""
    head = envelope.head
    rows = await act._rows("add_message", head.id, digest)
    if not rows:
        return None
    await act._rows(
        "add_envelope",
        head.id,
        msgspec.json.encode(head),
        [key_digest(key) for key in envelope.keys],
        envelope.commitment,
        envelope.body,
        envelope.signature,
    )
    columns = zip(*((key.recipient, key.sealing_key, key.sealed) for key in envelope.keys), strict=True)
    await act._rows("add_copies", *(list(column) for column in columns), head.id)
    arrived_at: datetime = rows[0][0]
    return arrived_at


async def sent_message(act: Act, message: str) -> tuple[bytes, datetime] | None:
    """The digest of a message of the asker's bureau, and when it came."""
    rows = await act._rows("sent_message", message)
    return (bytes(rows[0][0]), rows[0][1]) if rows else None


async def waiting(act: Act, bureau: str, *, after: int, limit: int, most_bytes: int) -> Waiting:
    """What waits for the asker's bureau: up to `limit` messages, of about `most_bytes`, and one of whatever size."""
    rows = await act._rows("waiting_messages", after=after, limit=limit, bytes=most_bytes)
    more = bool(rows) and len(rows) < rows[0][-1]
    messages = tuple(_carried(row, bureau) for row in rows)
    return Waiting(messages=messages, next=messages[-1].number if more else None)


async def collect(act: Act, messages: Sequence[str]) -> Collected:
    """End the bureau's own copies; return of which messages there was one, and which were recalled.

    By two statements: the second one sees what was recalled while the first one waited for it.
    """
    ids = [message for (message,) in await act._rows("collect_messages", list(messages))]
    recalled = [message for (message,) in await act._rows("recalled_copies", list(messages))]
    return Collected(tuple(ids), tuple(recalled))


async def recall(act: Act, message: str) -> list[str]:
    """End the copies of an own message that wait; return whose they were."""
    return [recipient for (recipient,) in await act._rows("recall_message", message)]


async def copies(act: Act, message: str) -> tuple[Copy, ...]:
    """What became of a message of the asker's bureau."""
    return tuple(
        Copy(recipient=recipient, state=CopyState(state), since=since)
        for recipient, state, since in await act._rows("message_copies", message)
    )


async def expire_copies(connection: Connection, *, limit: int) -> list[Expired]:
    """End copies that nobody fetched in time."""
    rows = await (await connection.execute(query("expire_copies"), [limit])).fetchall()
    return [Expired(*row) for row in rows]


async def forget_messages(connection: Connection) -> None:
    """Forget attachments that were never sent, and messages of long ago."""
    await connection.execute(query("drop_unsent"))
    await connection.execute(query("forget_messages"))


def _carried(row: tuple[Any, ...], bureau: str) -> Carried:
    number, head, sealing_key, sealed, key_digests, commitment, body, signature, arrived_at, _ = row
    return Carried(
        number=number,
        head=_head.decode(head),
        key=SealedKey(recipient=bureau, sealing_key=sealing_key, sealed=bytes(sealed)),
        key_digests=tuple(map(bytes, key_digests)),
        commitment=bytes(commitment),
        body=bytes(body),
        signature=bytes(signature),
        arrived_at=arrived_at,
    )
