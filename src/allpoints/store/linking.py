"""Reading candidates for links and keeping the links that were found."""

from collections.abc import Sequence
from typing import Any

import msgspec
import psycopg

from allpoints.records import Identifier
from allpoints.store.queries import query

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
_identifiers = msgspec.json.Decoder(tuple[Identifier, ...])


class Linkable(msgspec.Struct, frozen=True):
    """What a link needs to know of a record: no particulars."""

    id: int
    owner: str
    identifiers: tuple[Identifier, ...]
    contributed_for: str


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Two bureaus' records that share an identifier of the scheme; `record_a` has the smaller id."""

    record_a: int
    record_b: int
    owner_a: str
    owner_b: str
    scheme: str


async def linkable(connection: Connection, ids: Sequence[int]) -> dict[int, Linkable]:
    """These records, as far as they are in force."""
    rows = await (await connection.execute(query("linkable"), [list(ids)])).fetchall()
    return {
        record_id: Linkable(record_id, owner, _identifiers.decode(identifiers), contributed_for)
        for record_id, owner, identifiers, contributed_for in rows
    }


async def raise_links(connection: Connection, links: Sequence[Link]) -> dict[int, Link]:
    """Keep the links that are new; return them by id."""
    names = Link.__struct_fields__
    columns = [[getattr(link, name) for link in links] for name in names]
    rows = await (await connection.execute(query("raise_links"), columns)).fetchall()
    return {row[0]: Link(**dict(zip(names, row[1:], strict=True))) for row in rows}


async def tell(connection: Connection, group: int, told: Sequence[tuple[int, str, bytes]]) -> None:
    """Queue notifications: position of the proving entry in the group, bureau, body as JSON."""
    positions, bureaus, bodies = zip(*told, strict=True)
    await connection.execute(
        query("tell"), [group, list(positions), list(bureaus), [body.decode() for body in bodies]]
    )
