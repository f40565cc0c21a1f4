"""The node's connections to its PostgreSQL, in the role that may use the tables and owns none of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from allpoints.errors import Conflict, InvalidValue
from allpoints.store.pool import Connection, available, new_pool, open_pool
from allpoints.store.queries import query

PACKAGE = "allpoints.bureau.store"
SCHEMA = "bureau"
CONNECTIONS = 8


class Transaction:
    """One transaction: everything in it happens, or nothing does."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def rows(self, name: str, /, *params: Any, **named: Any) -> list[tuple[Any, ...]]:
        """Run the query of that name and return its rows, none for one that has none.

        Values stand in its text as `%s` and come as `params`, or as `%(name)s` and come as `named`. Raises
        `Conflict` for what a constraint of the tables refuses, and `InvalidValue` for what no column can hold.
        """
        try:
            cursor = await self._connection.execute(query(name, PACKAGE), named or params)
        except psycopg.errors.IntegrityError as error:
            # The constraint's name, never its message: that quotes values.
            raise Conflict(f"the database refuses it ({error.diag.constraint_name})") from None
        except (psycopg.DataError, UnicodeEncodeError):
            raise InvalidValue("a value holds what cannot be stored, such as a zero byte") from None
        return await cursor.fetchall() if cursor.description is not None else []

    async def row(self, name: str, /, *params: Any, **named: Any) -> tuple[Any, ...] | None:
        """The first row of the query of that name, or None."""
        rows = await self.rows(name, *params, **named)
        return rows[0] if rows else None


class NodeDatabase:
    """Transactions on the node's database. Open it before use, and close it."""

    def __init__(self, conninfo: str) -> None:
        self._pool = new_pool(conninfo, CONNECTIONS, schema=SCHEMA)

    async def open(self) -> None:
        """Open the pool. Raises `Unavailable` where PostgreSQL does not answer within ten seconds."""
        await open_pool(self._pool)

    async def close(self) -> None:
        """Give all connections back."""
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction; it commits at the end or leaves nothing. Raises `Unavailable` where the line breaks."""
        async with available(self._pool) as connection, connection.transaction():
            yield Transaction(connection)
