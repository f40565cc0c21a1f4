"""The hub's connections to PostgreSQL: two pools, one for each role that the hub's processes play."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from allpoints.records import Asker
from allpoints.store.acts import Act
from allpoints.store.condition_sets import ConditionSets
from allpoints.store.pool import Connection, available, new_pool, open_pool
from allpoints.store.queries import query
from allpoints.store.seals import Seals

__all__ = ["Connection", "Database", "only_one"]

SYSTEM_CONNECTIONS = 3
SCHEMA = "allpoints"


class Database:
    """Transactions for askers (`act`) and for the housekeeper (`system`)."""

    def __init__(
        self, hub_conninfo: str, system_conninfo: str, seals: Seals, *, connections: int = 6
    ) -> None:
        self._hub = new_pool(hub_conninfo, connections, schema=SCHEMA)
        self._system = new_pool(
            system_conninfo, SYSTEM_CONNECTIONS, schema=SCHEMA, learn=self._learn_generation
        )
        self.condition_sets = ConditionSets()
        self.seals = seals
        self.generation = ""
        """Changes when PostgreSQL has started again or recovered from a crash. What was read before may mean
        something else now: after a crash PostgreSQL uses numbers of transactions again."""

    async def open(self) -> None:
        """Open both pools. Raises `Unavailable` where PostgreSQL does not answer within ten seconds."""
        for pool in (self._hub, self._system):
            await open_pool(pool)

    async def close(self) -> None:
        """Give all connections back."""
        await self._hub.close()
        await self._system.close()

    async def _learn_generation(self, connection: Connection) -> None:
        # No connection outlives a crash, so whoever reads afterwards has come by here.
        [(self.generation,)] = await (await connection.execute(query("server_generation"))).fetchall()

    @asynccontextmanager
    async def act(self, asker: Asker | None = None) -> AsyncIterator[Act]:
        """One transaction as the hub's asker-facing role; it commits at the end or leaves nothing.

        Without an asker row-level security shows nothing until `Act.name_asker` names one.
        """
        async with available(self._hub) as connection, connection.transaction():
            act = Act(connection, self.condition_sets, self.seals)
            if asker is not None:
                await act.name_asker(asker)
            yield act

    @asynccontextmanager
    async def single_statement(self) -> AsyncIterator[Act]:
        """As `act`, for one statement that is a transaction of its own: it saves two round trips."""
        async with available(self._hub) as connection:
            yield Act(connection, self.condition_sets, self.seals)

    @asynccontextmanager
    async def system(self) -> AsyncIterator[Connection]:
        """One transaction of the housekeeper's role."""
        async with available(self._system) as connection, connection.transaction():
            yield connection


async def only_one(connection: Connection, lock: int) -> bool:
    """Whether this transaction is the only one that holds the lock."""
    [(alone,)] = await (await connection.execute(query("only_one"), [lock])).fetchall()
    return bool(alone)
