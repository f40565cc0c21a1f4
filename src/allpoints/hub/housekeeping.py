"""The housekeeper: seals the log, writes the index, raises links, reminds, forgets. Never answers anybody."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from allpoints.access.authenticate import WINDOW_S
from allpoints.errors import AllpointsError
from allpoints.hits.links import Linker
from allpoints.hits.reminding import remind
from allpoints.hub.environment import Environment
from allpoints.hub.indexing import IndexWriter
from allpoints.hub.sealing import SEAL_EVERY_S, Sealer
from allpoints.mail.expiring import expire
from allpoints.notices import expiring
from allpoints.store.database import Database
from allpoints.store.retention import forget_signatures, set_grace

FEED_EVERY_S = 0.2
REMIND_EVERY_S = 1.0
FORGET_EVERY_S = 60.0
_log = structlog.get_logger("allpoints.housekeeping")


async def keep_house(environment: Environment) -> None:
    """Do all of it until cancelled."""
    database = environment.database(connections=2)
    identity = environment.identity
    await database.open()
    sealer = Sealer(database, identity.name, identity.signing_key)
    writer = IndexWriter(database, environment.indexes, environment.conninfos["allpoints_system"])
    try:
        async with database.system() as connection:
            await set_grace(connection, environment.settings.grace_days)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_every(SEAL_EVERY_S, sealer.seal))
            tasks.create_task(_compile_ahead(writer))
            tasks.create_task(_every(FEED_EVERY_S, lambda: _index_and_link(database, writer)))
            tasks.create_task(_every(REMIND_EVERY_S, lambda: remind(database, datetime.now(UTC))))
            tasks.create_task(_every(FORGET_EVERY_S, lambda: _forget(database)))
    finally:
        await database.close()


async def _compile_ahead(writer: IndexWriter) -> None:
    """Once the indexes are there. Whatever is wrong with it, a check that needs it will say so."""
    while writer.indexes is None:
        await asyncio.sleep(FEED_EVERY_S)
    try:
        await asyncio.to_thread(writer.indexes.compile_ahead)
    except Exception as error:
        _log.warning("compiling.failed", error=type(error).__name__)


async def _index_and_link(database: Database, writer: IndexWriter) -> None:
    indexes = await writer.feed()
    if raised := await Linker(database, indexes).run_once():
        _log.info("links.raised", links=raised)
    await writer.flush_if_due()


async def _forget(database: Database) -> None:
    # Twice the window: whatever clock a request was signed by, its signature is remembered while it is fresh.
    async with database.system() as connection:
        await forget_signatures(connection, created_before=int(time.time()) - 2 * WINDOW_S)
    if expired := await expire(database, datetime.now(UTC)):
        _log.info("messages.expired", copies=expired)
    if ended := await expiring.expire(database):
        _log.info("notices.expired", notices=ended)


async def _every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """Do the work again and again; trouble is logged by its name and tried again, never the end of it."""
    while True:
        started = time.monotonic()
        try:
            await work()
        except AllpointsError as error:
            _log.warning("housekeeping.delayed", reason=error.code)
        except Exception as error:
            _log.exception("housekeeping.failed", error=type(error).__name__)
            await asyncio.sleep(1)
        await asyncio.sleep(max(0.01, seconds - (time.monotonic() - started)))
