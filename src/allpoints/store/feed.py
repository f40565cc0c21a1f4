"""The change feed: which records changed since a snapshot, losing none under concurrent commits.

A consumer keeps the PostgreSQL *snapshot* up to which it has read. A sequence number would not do: transaction
7 may take number 100 and commit after transaction 8 with number 101, and whoever remembers "read up to 101"
never sees 100. A snapshot knows which transactions were still open, so the next read includes them.
"""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import psycopg

from allpoints.records import Identifier
from allpoints.store.queries import query

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

_identifiers = msgspec.json.Decoder(tuple[Identifier, ...])
_COPY_HEADER = 19
_KEY_ROW = np.dtype([("fields", ">i2"), ("id_size", ">i4"), ("id", ">i8"), ("key_size", ">i4"), ("key", ">i8")])


class Change(msgspec.Struct, frozen=True):
    """A record that changed; without keys and identifiers it is no longer in force."""

    record_id: int
    keys: tuple[int, ...] = ()
    identifiers: tuple[Identifier, ...] = ()


async def current_snapshot(connection: Connection) -> str:
    """The snapshot of this moment: what is read after it misses nothing that the feed brings later."""
    [(snapshot,)] = await (await connection.execute(query("current_snapshot"))).fetchall()
    return str(snapshot)


async def changes_since(connection: Connection, snapshot: str) -> tuple[str, list[Change]]:
    """What changed since the snapshot, as it stands now, and the snapshot to go on from."""
    cursor = await connection.execute(query("changed_records"), {"since": snapshot})
    rows = await cursor.fetchall()
    changed = [
        Change(record_id, tuple(keys), _identifiers.decode(identifiers)) if keys is not None else Change(record_id)
        for _, record_id, keys, identifiers in rows
        if record_id is not None
    ]
    return rows[0][0], changed


async def all_keys(connection: Connection) -> AsyncIterator[npt.NDArray[np.void]]:
    """Every (id, key) of the records in force, in blocks of a structured array with fields `id` and `key`."""
    rest = b""
    header_due = True
    async with connection.cursor().copy(query("all_keys")) as copy:
        async for piece in copy:
            rest += bytes(piece)
            if header_due and len(rest) >= _COPY_HEADER:
                rest, header_due = rest[_COPY_HEADER:], False
            if header_due or len(rest) < 1 << 20:
                continue
            whole = len(rest) // _KEY_ROW.itemsize * _KEY_ROW.itemsize
            yield np.frombuffer(rest[:whole], _KEY_ROW)
            rest = rest[whole:]
    # The stream ends with a trailer of two bytes.
    yield np.frombuffer(rest[: len(rest) // _KEY_ROW.itemsize * _KEY_ROW.itemsize], _KEY_ROW)


async def all_identifiers(
    connection: Connection, kinds: list[str], *, page: int = 20_000
) -> AsyncIterator[list[tuple[int, tuple[Identifier, ...]]]]:
    """The identifiers of every record in force of these kinds, in pages."""
    after = 0
    while True:
        rows = await (await connection.execute(query("all_identifiers"), [kinds, after, page])).fetchall()
        if not rows:
            return
        yield [(record_id, _identifiers.decode(identifiers)) for record_id, identifiers in rows]
        after = rows[-1][0]


async def position(connection: Connection, consumer: str) -> str | None:
    """Up to where a durable consumer has read."""
    row = await (await connection.execute(query("consumer"), [consumer])).fetchone()
    return str(row[0]) if row else None


async def move(connection: Connection, consumer: str, snapshot: str) -> None:
    """Remember, in the consumer's own transaction, up to where it has read."""
    await connection.execute(query("move_consumer"), [consumer, snapshot])


async def trim(connection: Connection, snapshot: str) -> None:
    """Forget changes that everybody who keeps a snapshot at least this old has seen."""
    await connection.execute(query("trim_changes"), [snapshot])
