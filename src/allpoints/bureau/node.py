"""A bureau's node: its keys, its people, its database and its lines to the hubs, under one roof."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog

from allpoints.bureau.administration import Administration
from allpoints.bureau.desk import Desk
from allpoints.bureau.hub_keys import HubKeys
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.mailbox import Mailbox
from allpoints.bureau.people.four_eyes import FourEyes
from allpoints.bureau.people.openid import OpenID
from allpoints.bureau.people.passkeys import Passkeys
from allpoints.bureau.people.passwords import Passwords
from allpoints.bureau.people.people import People
from allpoints.bureau.people.programs import Programs
from allpoints.bureau.people.sessions import Sessions
from allpoints.bureau.people.sign_in import SignIn
from allpoints.bureau.people.trail import Trail
from allpoints.bureau.settings import BureauSettings
from allpoints.bureau.store import migrate
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.uploads import Uploads
from allpoints.bureau.vault import Vault
from allpoints.errors import AllpointsError
from allpoints.records import CASEWORK, Asker

WATCH_DATABASE_EVERY_S = 1.0
TIDY_EVERY_S = 600.0
LONGEST_PAUSE_S = 30.0
CANCEL_NOTICE = "cancel-notice"

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
        self._ran_before = self._server is not None and self._server.running
        owner = migrate.start(self._server) if self._server else settings.database_url
        self.database = NodeDatabase(
            migrate.migrate(owner, vault.bureau, vault.password("application of the database"))
        )
        self.hubs = Hubs(vault.bureau, settings.hubs, lambda: vault.signing)
        self.keys = HubKeys(vault, self.hubs, settings)
        self.desk = Desk(self.database, self.hubs, vault.bureau)
        self._open_doors()
        self.mailbox = Mailbox(self.database, self.hubs, vault, self.desk, settings.data / "attachments")
        self.uploads = Uploads(self.hubs, self.people.may_still)

    def _open_doors(self) -> None:
        database, vault, settings = self.database, self.vault, self.settings
        passwords = Passwords()
        self.people = People(database, vault, settings, passwords)
        self.sessions = Sessions(database, settings)
        self.passkeys = Passkeys(database, settings)
        self.openid = OpenID(database, vault, settings) if settings.openid_issuer else None
        self.sign_in = SignIn(
            database,
            vault,
            everybody=self.people,
            sessions=self.sessions,
            hasher=passwords,
            passkeys=self.passkeys,
            openid=self.openid,
        )
        self.programs = Programs(database)
        self.trail = Trail(database)
        self.four_eyes = FourEyes(database, settings, self.desk.announce)
        self.administration = Administration(
            database, people=self.people, keys=self.keys, four_eyes=self.four_eyes, bureau=vault.bureau
        )
        self.four_eyes.register(
            CANCEL_NOTICE,
            CASEWORK,
            lambda content, session: self.cancel_notice(content, session.asker(vault.bureau)),
        )
        self.four_eyes.check_settings()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open the database and the lines until the end of the block, and do nothing by itself."""
        async with AsyncExitStack() as stack:
            await self.database.open()
            stack.push_async_callback(self.database.close)
            stack.push_async_callback(self.hubs.close)
            if self.openid is not None:
                stack.push_async_callback(self.openid.close)
            yield

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """As `opened`, and do what is to be done in the background."""
        async with self.opened(), AsyncExitStack() as stack:
            stack.push_async_callback(self.uploads.close)
            for work in (
                self.hubs.watch,
                self.keys.introduce,
                self.desk.work,
                self.mailbox.work,
                self._tidy,
                self._watch_database,
            ):
                stack.push_async_callback(_ended, asyncio.ensure_future(_kept_up(work)))
            yield

    def stop_database(self) -> None:
        """Stop PostgreSQL where it is embedded."""
        if self._server is not None:
            self._server.stop()

    def leave_database(self) -> None:
        """Stop PostgreSQL where it is embedded, unless it ran before, for somebody else."""
        if not self._ran_before:
            self.stop_database()

    async def cancel_notice(self, content: Mapping[str, Any], asker: Asker) -> None:
        """Cancel the `notice` at the `hub` for the `reason`; under one `key` it is done once."""
        client = self.hubs.client(asker, content["hub"])
        await client.cancel_notice(content["notice"], content["reason"], idempotency_key=content["key"])

    async def _tidy(self) -> None:
        while True:
            await self.sessions.tidy()
            await self.sign_in.tidy()
            await self.four_eyes.tidy()
            await asyncio.sleep(TIDY_EVERY_S)

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


async def _kept_up(work: Callable[[], Awaitable[None]]) -> None:
    """Do something that has no end, and begin again where it fails."""
    pause = 1.0
    while True:
        try:
            return await work()
        except AllpointsError as error:
            _log.warning("background.interrupted", work=work.__qualname__, reason=type(error).__name__)
        except Exception:
            _log.exception("background.failed", work=work.__qualname__)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_S)


async def _ended(task: asyncio.Future[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
