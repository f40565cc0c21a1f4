"""Reading candidates for links and keeping the links that were found."""

from collections.abc import Sequence
from typing import Any

import msgspec
import psycopg

from allpoints.records import Identifier
from allpoints.store.feed import by_modality
from allpoints.store.queries import query
from allpoints.store.seals import Seals

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
_identifiers = msgspec.json.Decoder(tuple[Identifier, ...])


class Linkable(msgspec.Struct, frozen=True):
    """What a link needs to know of a record: no particulars but those in its templates."""

    id: int
    owner: str
    identifiers: tuple[Identifier, ...]
    contributed_for: str
    templates: dict[str, tuple[bytes, ...]] = {}
    """By modality."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Two bureaus' records that share an identifier of the scheme, or that the modality `scheme` takes for one
    source; `record_a` has the smaller id."""

    record_a: int
    record_b: int
    owner_a: str
    owner_b: str
    scheme: str
    llr: float | None = None
    agreements: tuple[str, ...] = ()
    """Words for what agrees; they tell nothing of what the records say."""


async def linkable(connection: Connection, seals: Seals, ids: Sequence[int]) -> dict[int, Linkable]:
    """These records, as far as they are in force; what is sealed of them is opened."""
    rows = await (await connection.execute(query("linkable"), [list(ids)])).fetchall()
    return {
        record_id: Linkable(
            record_id,
            owner,
            _identifiers.decode(identifiers),
            contributed_for,
            seals.opened_all(record_id, by_modality(*templates)),
        )
        for record_id, owner, identifiers, contributed_for, *templates in rows
    }


async def raise_links(connection: Connection, links: Sequence[Link]) -> dict[int, Link]:
    """Keep the links that are new, and raise anew those that an owner decided on before one of the records changed.

    Return both by id.
    """
    # A pair may be found from both sides, and one statement must not meet a row twice.
    unique = {(link.record_a, link.record_b, link.scheme): link for link in links}.values()
    columns = [[getattr(link, name) for link in unique] for name in Link.__struct_fields__[:-1]]
    agreements = [",".join(link.agreements) for link in unique]
    rows = await (await connection.execute(query("raise_links"), [*columns, agreements])).fetchall()
    await connection.execute(query("reopen_links"), [[row[0] for row in rows]])
    return {
        row[0]: Link(**dict(zip(Link.__struct_fields__, (*row[1:-1], tuple(row[-1])), strict=True)))
        for row in rows
    }


async def tell(connection: Connection, group: int, told: Sequence[tuple[int, str, bytes]]) -> None:
    """Queue notifications: position of the proving entry in the group, bureau, body as JSON."""
    positions, bureaus, bodies = zip(*told, strict=True)
    await connection.execute(
        query("tell"), [group, list(positions), list(bureaus), [body.decode() for body in bodies]]
    )
