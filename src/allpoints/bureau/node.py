"""A bureau's node: its keys, its people, its database and its lines to the hubs, under one roof."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog

from allpoints.bureau.desk import Desk
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.settings import BureauSettings
from allpoints.bureau.store import migrate
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.vault import Vault
from allpoints.errors import AllpointsError

WATCH_DATABASE_EVERY_S = 1.0
_log = structlog.get_logger("allpoints.bureau")


class Node:
    """What a National Central Bureau runs. Everything in it lives while `running`."""

    def __init__(self, settings: BureauSettings, vault: Vault) -> None:
        """Starts nothing yet; where it is embedded, PostgreSQL runs and is migrated when this returns.

        Raises `Unavailable` where the database cannot be had. It blocks: call it before the event loop runs.
        """
        self.settings = settings
        self.vault = vault
        self._server = None if settings.database_url else migrate.embedded(settings.data)
        owner = migrate.start(self._server) if self._server else settings.database_url
        self.database = NodeDatabase(
            migrate.migrate(owner, vault.bureau, vault.password("application of the database"))
        )
        self.hubs = Hubs(vault.bureau, settings.hubs, lambda: vault.signing)
        self.desk = Desk(self.database, self.hubs, vault.bureau)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the database and do what is to be done in the background until the end of the block."""
        async with AsyncExitStack() as stack:
            await self.database.open()
            stack.push_async_callback(self.database.close)
            stack.push_async_callback(self.hubs.close)
            for work in self._background():
                task = asyncio.ensure_future(work)
                stack.push_async_callback(_ended, task)
            yield

    def stop_database(self) -> None:
        """Stop PostgreSQL where it is embedded."""
        if self._server is not None:
            self._server.stop()

    def _background(self) -> list[Coroutine[Any, Any, None]]:
        return [self.hubs.watch(), self.desk.work(), self._watch_database()]

    async def _watch_database(self) -> None:
        lived = True
        while self._server is not None:
            await asyncio.sleep(WATCH_DATABASE_EVERY_S)
            try:
                if await asyncio.to_thread(self._server.ensure):
                    _log.error("database.restarted")
                lived = True
            except (AllpointsError, OSError) as error:
                # Once is enough: a full disk needs no more lines.
                if lived:
                    _log.error("database.down", reason=str(error).partition("\n")[0])
                lived = False


async def _ended(task: asyncio.Future[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
