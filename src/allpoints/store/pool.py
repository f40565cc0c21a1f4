"""A pool of connections to PostgreSQL, and what an asker is told where one breaks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from allpoints.errors import Unavailable

Connection = psycopg.AsyncConnection[tuple[Any, ...]]
Pool = AsyncConnectionPool[Connection]

STATEMENT_TIMEOUT_MS = 30_000
CONNECTION_WAIT_S = 10.0
RECONNECT_S = 5.0
"""How long the pool tries again by itself, ever more rarely; then whoever needs a connection tries at once."""


def role_conninfo(owner_conninfo: str, role: str, password: str) -> str:
    """The address of the same database for another role."""
    return make_conninfo(owner_conninfo, user=role, password=password, application_name=role)


def new_pool(
    conninfo: str,
    size: int,
    *,
    schema: str,
    learn: Callable[[Connection], Awaitable[None]] | None = None,
) -> Pool:
    """A pool that is not open yet. With `learn`, each connection is asked something before it is used, and tried
    before each use."""

    async def configure(connection: Connection) -> None:
        # JSON columns stay bytes: whoever reads them knows their type and decodes them once.
        set_json_loads(_as_bytes, connection)
        if learn is not None:
            await learn(connection)

    return AsyncConnectionPool(
        make_conninfo(
            conninfo, options=f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c search_path={schema}"
        ),
        connection_class=psycopg.AsyncConnection,
        kwargs={"autocommit": True},
        configure=configure,
        check=AsyncConnectionPool.check_connection if learn else None,
        min_size=1,
        max_size=size,
        timeout=CONNECTION_WAIT_S,
        reconnect_timeout=RECONNECT_S,
        open=False,
    )


async def open_pool(pool: Pool) -> None:
    """Open it. Raises `Unavailable` where PostgreSQL does not answer within ten seconds."""
    try:
        await pool.open(wait=True, timeout=CONNECTION_WAIT_S)
    except PoolTimeout:
        raise Unavailable(
            "PostgreSQL does not answer", remedy="See whether it runs and the URL is right."
        ) from None


@asynccontextmanager
async def available(pool: Pool) -> AsyncIterator[Connection]:
    """A connection, or `Unavailable`: whatever breaks on the way to PostgreSQL is a matter of trying again."""
    try:
        async with pool.connection() as connection:
            yield connection
    except PoolTimeout:
        raise Unavailable("PostgreSQL does not answer") from None
    except psycopg.errors.DiskFull:
        raise Unavailable(
            "the disk is full", remedy="Nothing was done; tell whoever operates the machine."
        ) from None
    except psycopg.errors.QueryCanceled:
        raise Unavailable("the database took too long") from None
    except (psycopg.OperationalError, psycopg.InterfaceError):
        # What broke one connection broke the others too: who comes next must not find out one by one.
        await pool.check()
        raise Unavailable("the connection to PostgreSQL broke") from None


def _as_bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else bytes(data)
