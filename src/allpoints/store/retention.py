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


async def examinations_under_way(connection: Connection, *, after: int, limit: int) -> list[tuple[int, str]]:
    """A page of candidate lists that have not ended: ids and bureaus."""
    rows = await (await connection.execute(query("examinations_under_way"), [after, limit])).fetchall()
    return [(number, bureau) for number, bureau in rows]


async def lapse_examinations(connection: Connection, *, limit: int) -> list[tuple[int, str]]:
    """End up to `limit` candidate lists that nobody decided in time and delete their probes; return ids, bureaus."""
    rows = await (await connection.execute(query("lapse_examinations"), [limit])).fetchall()
    await connection.execute(query("delete_lapsed_probes"), [[number for number, _ in rows]])
    return [(number, bureau) for number, bureau in rows]


async def forget_examinations(connection: Connection) -> None:
    """Forget candidate lists of whose candidates none is left, since their records were purged."""
    await connection.execute(query("forget_examinations"))


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
