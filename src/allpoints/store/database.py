"""The hub's connections to PostgreSQL: two pools, one for each role that the hub's processes play."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.types.json import set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from allpoints.errors import Unavailable
from allpoints.records import Asker
from allpoints.store.acts import Act
from allpoints.store.condition_sets import ConditionSets
from allpoints.store.queries import query
from allpoints.store.seals import Seals

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

STATEMENT_TIMEOUT_MS = 30_000
CONNECTION_WAIT_S = 10.0
SYSTEM_CONNECTIONS = 3
RECONNECT_S = 5.0
"""How long the pool tries again by itself, ever more rarely; then whoever needs a connection tries at once."""


def role_conninfo(owner_conninfo: str, role: str, password: str) -> str:
    """The address of the same database for one of the hub's two roles."""
    return make_conninfo(owner_conninfo, user=role, password=password, application_name=role)


class Database:
    """Transactions for askers (`act`) and for the housekeeper (`system`)."""

    def __init__(
        self, hub_conninfo: str, system_conninfo: str, seals: Seals, *, connections: int = 6
    ) -> None:
        self._hub = _pool(hub_conninfo, connections)
        self._system = _pool(system_conninfo, SYSTEM_CONNECTIONS, self._learn_generation)
        self.condition_sets = ConditionSets()
        self.seals = seals
        self.generation = ""
        """Changes when PostgreSQL has started again or recovered from a crash. What was read before may mean
        something else now: after a crash PostgreSQL uses numbers of transactions again."""

    async def open(self) -> None:
        """Open both pools. Raises `Unavailable` where PostgreSQL does not answer within ten seconds."""
        try:
            for pool in (self._hub, self._system):
                await pool.open(wait=True, timeout=CONNECTION_WAIT_S)
        except PoolTimeout:
            raise Unavailable(
                "PostgreSQL does not answer", remedy="See whether it runs and the URL is right."
            ) from None

    async def close(self) -> None:
        """Give all connections back."""
        await self._hub.close()
        await self._system.close()

    async def _learn_generation(self, connection: Connection) -> None:
        # No connection outlives a crash, so whoever reads afterwards has come by here.
        await _configure(connection)
        [(self.generation,)] = await (await connection.execute(query("server_generation"))).fetchall()

    @asynccontextmanager
    async def act(self, asker: Asker | None = None) -> AsyncIterator[Act]:
        """One transaction as the hub's asker-facing role; it commits at the end or leaves nothing.

        Without an asker row-level security shows nothing until `Act.name_asker` names one.
        """
        async with _available(self._hub) as connection, connection.transaction():
            act = Act(connection, self.condition_sets, self.seals)
            if asker is not None:
                await act.name_asker(asker)
            yield act

    @asynccontextmanager
    async def single_statement(self) -> AsyncIterator[Act]:
        """As `act`, for one statement that is a transaction of its own: it saves two round trips."""
        async with _available(self._hub) as connection:
            yield Act(connection, self.condition_sets, self.seals)

    @asynccontextmanager
    async def system(self) -> AsyncIterator[Connection]:
        """One transaction of the housekeeper's role."""
        async with _available(self._system) as connection, connection.transaction():
            yield connection


async def only_one(connection: Connection, lock: int) -> bool:
    """Whether this transaction is the only one that holds the lock."""
    [(alone,)] = await (await connection.execute(query("only_one"), [lock])).fetchall()
    return bool(alone)


@asynccontextmanager
async def _available(pool: AsyncConnectionPool[Connection]) -> AsyncIterator[Connection]:
    """A connection, or `Unavailable`: whatever breaks between the hub and PostgreSQL is a matter of trying again."""
    try:
        async with pool.connection() as connection:
            yield connection
    except PoolTimeout:
        raise Unavailable("PostgreSQL does not answer") from None
    except psycopg.errors.DiskFull:
        raise Unavailable(
            "the hub's disk is full", remedy="Nothing was done; tell the hub's operator."
        ) from None
    except psycopg.errors.QueryCanceled:
        raise Unavailable("the database took too long") from None
    except (psycopg.OperationalError, psycopg.InterfaceError):
        # What broke one connection broke the others too: who comes next must not find out one by one.
        await pool.check()
        raise Unavailable("the connection to PostgreSQL broke") from None


def _pool(
    conninfo: str, size: int, configure: Callable[[Connection], Awaitable[None]] | None = None
) -> AsyncConnectionPool[Connection]:
    return AsyncConnectionPool(
        make_conninfo(
            conninfo, options=f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c search_path=allpoints"
        ),
        connection_class=psycopg.AsyncConnection,
        kwargs={"autocommit": True},
        configure=configure or _configure,
        check=AsyncConnectionPool.check_connection if configure else None,
        min_size=1,
        max_size=size,
        timeout=CONNECTION_WAIT_S,
        reconnect_timeout=RECONNECT_S,
        open=False,
    )


async def _configure(connection: Connection) -> None:
    # JSON columns stay bytes: whoever reads them knows their type and decodes them once.
    set_json_loads(_as_bytes, connection)


def _as_bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else bytes(data)
