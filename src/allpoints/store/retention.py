"""Purging what is due. PostgreSQL lets nothing else be deleted: the policy `system_purges` sees to that."""

from typing import Any

import psycopg

from allpoints.store.queries import query

Connection = psycopg.AsyncConnection[tuple[Any, ...]]


async def purge_overdue(connection: Connection, *, limit: int) -> list[tuple[int, str]]:
    """Purge up to `limit` overdue records with all that hangs on them; return ids and owners."""
    rows = await (await connection.execute(query("purge_overdue"), [limit])).fetchall()
    await connection.execute(query("announce_purged"), [[record_id for record_id, _ in rows]])
    return [(record_id, owner) for record_id, owner in rows]


async def count_overdue(connection: Connection) -> int:
    """How many records are overdue now."""
    [(number,)] = await (await connection.execute(query("count_overdue"))).fetchall()
    return int(number)


async def set_grace(connection: Connection, days: int) -> None:
    """How many days a withdrawn or outdated record is kept before it is due."""
    await connection.execute(query("set_grace"), [days])


async def forget_signatures(connection: Connection, *, created_before: int) -> None:
    """Forget signatures too old to be accepted again, and replies to uploads of a week ago."""
    await connection.execute(query("forget_nonces"), [created_before])
    await connection.execute(query("forget_idempotency"))
