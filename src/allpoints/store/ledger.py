"""The log's tables: groups wait unsealed, then stand in the tree of tiles under a signed checkpoint."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg

from allpoints.audit.entries import Entry
from allpoints.store.queries import query

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
BEFORE_EVERYTHING = "1:1:"
"""The snapshot that has seen nothing."""


MAX_GROUPS = 20_000
"""Groups sealed at once: after a long pause the rest follows half a second later."""


class Head(msgspec.Struct, frozen=True):
    """The newest checkpoint as stored: tree size, signed note, and the snapshot whose groups are all in."""

    size: int = 0
    note: str = ""
    snapshot: str = BEFORE_EVERYTHING


async def head(connection: Connection) -> Head:
    """The newest checkpoint, or that of the empty log."""
    row = await (await connection.execute(query("last_checkpoint"))).fetchone()
    return Head(*row) if row else Head()


async def unsealed(connection: Connection, snapshot: str) -> tuple[str, list[tuple[int, list[bytes]]]]:
    """Groups that the snapshot has not seen (number, entries), at most `MAX_GROUPS`, and where to go on from."""
    parameters = {"since": snapshot, "limit": MAX_GROUPS}
    rows = await (await connection.execute(query("unsealed_groups"), parameters)).fetchall()
    groups = [(number, entries) for _, number, entries in rows if number is not None]
    # A full page leaves something behind, which the old snapshot finds again; sealed groups do not come twice.
    return (snapshot if len(groups) == MAX_GROUPS else rows[0][0]), groups


async def tiles(connection: Connection, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
    """The stored tiles by (level, number)."""
    rows = await (
        await connection.execute(query("system_tiles"), [[w[0] for w in wanted], [w[1] for w in wanted]])
    ).fetchall()
    return {(level, number): bytes(hashes) for level, number, hashes in rows}


async def seal(
    connection: Connection,
    *,
    places: Mapping[int, int],
    changed: Mapping[tuple[int, int], bytes],
    checkpoint: Head,
) -> None:
    """Store a growth of the tree: the groups' first indices by number, the changed tiles, the new checkpoint."""
    if places:
        await connection.execute(query("seal_groups"), [list(places), list(places.values())])
        coordinates = sorted(changed)
        await connection.execute(
            query("write_tiles"),
            [[c[0] for c in coordinates], [c[1] for c in coordinates], [changed[c] for c in coordinates]],
        )
    await connection.execute(
        query("write_checkpoint"), [checkpoint.size, checkpoint.note, checkpoint.snapshot]
    )


async def append_system(connection: Connection, entries: Iterable[Entry]) -> int:
    """Append what the hub itself did; return the group's number."""
    encoded = [entry.encode_salted() for entry in entries]
    [(number,)] = await (await connection.execute(query("append_system_group"), [encoded])).fetchall()
    return int(number)


@contextmanager
def whole_log(conninfo: str) -> Iterator[tuple[Iterator[bytes], Iterator[str]]]:
    """All sealed entries and all signed heads as of one moment, both in order: for whoever verifies the whole log."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield stored_entries(connection), stored_checkpoints(connection)


def stored_checkpoints(
    connection: psycopg.Connection[tuple[Any, ...]], *, page: int = 1_000
) -> Iterator[str]:
    """All signed heads, oldest first."""
    size = -1
    while heads := connection.execute(query("checkpoints_after"), [size, page]).fetchall():
        yield from (note for _, note in heads)
        size = heads[-1][0]


def stored_entries(connection: psycopg.Connection[tuple[Any, ...]], *, page: int = 500) -> Iterator[bytes]:
    """All sealed entries in the order of the tree."""
    index = 0
    while groups := connection.execute(query("log_groups_from"), [index, page]).fetchall():
        for _, first_index, entries in groups:
            yield from entries
            index = first_index + len(entries)
