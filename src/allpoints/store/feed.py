"""The change feed: which records changed since a snapshot, losing none under concurrent commits.

A consumer keeps the PostgreSQL *snapshot* up to which it has read. A sequence number would not do: transaction
7 may take number 100 and commit after transaction 8 with number 101, and whoever remembers "read up to 101"
never sees 100. A snapshot knows which transactions were still open, so the next read includes them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
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
_BLOCK = 64 << 20
_NO_IDS = np.empty(0, np.uint32)
_NO_KEYS = np.empty(0, np.uint64)
_KEY_ROW = np.dtype(
    [("fields", ">i2"), ("id_size", ">i4"), ("id", ">i8"), ("key_size", ">i4"), ("key", ">i8")]
)


class Change(msgspec.Struct, frozen=True):
    """A record that changed, as it stands now; where it is no longer in force it holds nothing."""

    record_id: int
    version: int = 0
    """The first is 1; 0 where the record is no longer in force."""
    keys: tuple[int, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    templates: dict[str, tuple[bytes, ...]] = {}
    """By modality, those of the body sealed."""
    wipe: bool = False
    """Whether it had pictures that are gone, of which no file of an index may keep anything."""


async def current_snapshot(connection: Connection) -> str:
    """The snapshot of this moment: what is read after it misses nothing that the feed brings later."""
    [(snapshot,)] = await (await connection.execute(query("current_snapshot"))).fetchall()
    return str(snapshot)


async def changes_since(connection: Connection, snapshot: str) -> tuple[str, list[Change]]:
    """What changed since the snapshot, as it stands now, and the snapshot to go on from."""
    cursor = await connection.execute(query("changed_records"), {"since": snapshot})
    rows = await cursor.fetchall()
    changed = [
        Change(
            record_id, version, tuple(keys), _identifiers.decode(identifiers), by_modality(*templates), wipe
        )
        if version is not None
        else Change(record_id, wipe=wipe)
        for _, record_id, wipe, keys, identifiers, version, *templates in rows
        if record_id is not None
    ]
    return rows[0][0], changed


def by_modality(modalities: list[str] | None, bodies: list[bytes] | None) -> dict[str, tuple[bytes, ...]]:
    """Templates as SQL gathers them, by modality; None where there are none."""
    found: dict[str, tuple[bytes, ...]] = {}
    for modality, body in zip(modalities or (), bodies or (), strict=True):
        found[modality] = (*found.get(modality, ()), bytes(body))
    return found


@contextmanager
def all_templates(
    conninfo: str, modality: str
) -> Iterator[tuple[str, Iterator[tuple[int, tuple[bytes, ...]]]]]:
    """Every template of a modality in force as of one snapshot: where to go on from, and records with theirs."""
    with psycopg.connect(conninfo) as connection, connection.cursor(name="templates") as cursor:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        [(snapshot,)] = connection.execute(query("current_snapshot")).fetchall()
        cursor.itersize = 20_000
        cursor.execute(query("all_templates"), [modality])
        rows = groupby(cursor, key=itemgetter(0))
        yield str(snapshot), ((number, tuple(bytes(body) for _, body in several)) for number, several in rows)


class Holdings(msgspec.Struct, frozen=True):
    """A part of everything that is held: keys with their record ids, and the identifiers searchable in part."""

    ids: npt.NDArray[np.uint32]
    keys: npt.NDArray[np.uint64]
    partial_ids: list[int]
    partial: list[Identifier]


def holdings(conninfo: str, partial_schemes: dict[str, int]) -> Iterator[str | Holdings]:
    """Everything in force as of one snapshot: first the snapshot to go on from, then the holdings in parts.

    `partial_schemes` names the schemes that can be searched in part, with their numbers.
    """
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        [(snapshot,)] = connection.execute(query("current_snapshot")).fetchall()
        yield str(snapshot)
        for block in _all_keys(connection):
            yield Holdings(
                block["id"].astype(np.uint32), block["key"].astype(np.int64).view(np.uint64), [], []
            )
        with connection.cursor(name="partial") as cursor:
            cursor.itersize = 20_000
            cursor.execute(query("partial_identifiers"), [list(partial_schemes.values())])
            while rows := cursor.fetchmany(20_000):
                found = [
                    (record_id, identifier)
                    for record_id, text in rows
                    for identifier in _identifiers.decode(text)
                    if identifier.scheme in partial_schemes
                ]
                yield Holdings(_NO_IDS, _NO_KEYS, [f[0] for f in found], [f[1] for f in found])


def _all_keys(connection: psycopg.Connection[tuple[Any, ...]]) -> Iterator[npt.NDArray[np.void]]:
    rest = bytearray()
    header_due = True
    with connection.cursor().copy(query("all_keys")) as copy:
        for piece in copy:
            rest += piece
            if header_due and len(rest) >= _COPY_HEADER:
                del rest[:_COPY_HEADER]
                header_due = False
            if not header_due and len(rest) >= _BLOCK:
                whole = len(rest) // _KEY_ROW.itemsize * _KEY_ROW.itemsize
                yield np.frombuffer(bytes(rest[:whole]), _KEY_ROW)
                del rest[:whole]
    # The stream ends with a trailer of two bytes.
    yield np.frombuffer(bytes(rest[: len(rest) // _KEY_ROW.itemsize * _KEY_ROW.itemsize]), _KEY_ROW)


def age(snapshot: str) -> tuple[int, int, int]:
    """A key that orders snapshots of one server by when they were taken: what an older one has not seen includes
    what a newer one has not."""
    xmin, xmax, running = snapshot.split(":")
    return int(xmin), int(xmax), -len(running.split(",")) if running else 0


async def position(connection: Connection, consumer: str) -> str | None:
    """Up to where a durable consumer has read."""
    row = await (await connection.execute(query("consumer"), [consumer])).fetchone()
    return str(row[0]) if row else None


async def move(connection: Connection, consumer: str, snapshot: str) -> None:
    """Remember, in the consumer's own transaction, up to where it has read."""
    await connection.execute(query("move_consumer"), [consumer, snapshot])


async def trim(connection: Connection, snapshot: str) -> None:
    """Forget changes that everybody has seen who keeps a snapshot no older than this one; links are not overtaken."""
    await connection.execute(query("trim_changes"), {"seen": snapshot})


async def still_complete(connection: Connection, snapshot: str) -> bool:
    """Whether the feed still has everything since the snapshot: what it lacks only the records themselves tell."""
    [(complete,)] = await (await connection.execute(query("still_complete"), [snapshot])).fetchall()
    return bool(complete)
