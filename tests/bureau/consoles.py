"""A real console for tests: a node with people of every role, served over HTTP by a thread of its own.

Tests of pages ask over HTTP or with a browser; `Console.run` lets them arrange things in the node itself.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec
import uvicorn
from playwright.async_api import Browser, Page
from tests.browser import new_context, watched_page
from tests.bureau.nodes import running_node
from tests.hubs import RunningHub

from allpoints.bureau.console.security import TOKEN_HEADER, cookie_name
from allpoints.bureau.node import Node
from allpoints.bureau.people import Person, Session
from allpoints.bureau.serve import application
from allpoints.bureau.store import people
from allpoints.records import OPERATIONAL_PURPOSES, AgencyKind, Confidentiality, Purpose, Role

T = TypeVar("T")
START_S = 120.0


class SignedIn(msgspec.Struct, frozen=True):
    """Somebody with a session: what a browser or an HTTP client needs of it."""

    cookie: str
    token: str
    session: Session


class RunningConsole:
    """The console of a bureau, while it runs. One person of each role is there: `officer`, `operator` …"""

    def __init__(
        self, folder: Path, hub: RunningHub, bureau: str, database_url: str, **settings: Any
    ) -> None:
        self._parts = (folder, hub, bureau, database_url)
        self._settings = settings
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.node: Node

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._thread.start()
        assert self._ready.wait(START_S)
        if self._failure:
            raise self._failure
        while True:
            try:
                httpx.get(f"{self.url}/sign-in")
                return
            except httpx.ConnectError:
                threading.Event().wait(0.02)

    def stop(self) -> None:
        """Stop it."""
        self._server.should_exit = True
        self._thread.join(30)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the node's own loop, and return what comes of it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_S)

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.node.settings.url

    def sign_in(
        self,
        role: str = "operator",
        purpose: str | None = None,
        *,
        language: str = "en",
        theme: str = "light",
    ) -> SignedIn:
        """Open a session for the person of this role."""
        return self.run(self._sign_in(role, purpose, language, theme))

    def client(self, role: str = "operator", purpose: str | None = None, **how: str) -> httpx.Client:
        """An HTTP client of somebody who has signed in, which sends what a page of the console would send."""
        signed_in = self.sign_in(role, purpose, **how)
        return httpx.Client(
            base_url=self.url,
            cookies={self.cookie_name: signed_in.cookie},
            headers={TOKEN_HEADER: signed_in.token, "origin": self.url, "accept": "text/html"},
            timeout=START_S,
        )

    @property
    def cookie_name(self) -> str:
        """Under which a browser keeps the session."""
        return cookie_name(self.node.vault.bureau, str(self.node.settings.data), secure=False)

    def browser_cookie(self, signed_in: SignedIn) -> dict[str, str]:
        """For Playwright's `context.add_cookies`."""
        return {"name": self.cookie_name, "value": signed_in.cookie, "url": self.url}

    @asynccontextmanager
    async def page(
        self, browser: Browser, path: str = "/", role: str = "operator", **how: str
    ) -> AsyncIterator[Page]:
        """A page in a browser of somebody who has signed in; nothing may go wrong on it (`tests.browser`)."""
        signed_in = self.sign_in(role, **how)
        async with (
            new_context(browser, [self.browser_cookie(signed_in)]) as context,
            watched_page(context) as page,
        ):
            await page.goto(self.url + path)
            yield page

    async def _sign_in(self, role: str, purpose: str | None, language: str, theme: str) -> SignedIn:
        sessions = self.node.sessions
        async with self.node.database.transaction() as t:
            person = await people.find_named(t, role)
            assert person is not None
            await people.set_preferences(t, person.id, language=language, theme=theme)
            person = await people.find(t, person.id)
            cookie, session = await sessions.begin(t, person)
        if purpose:
            cookie, session = await sessions.choose(session, session.role, Purpose(purpose))
        return SignedIn(cookie, session.csrf, session)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            async with running_node(*self._parts, **self._settings) as self.node:
                await self._hire()
                config = uvicorn.Config(
                    application(self.node),
                    port=self.node.settings.port,
                    lifespan="off",
                    log_config=None,
                    timeout_graceful_shutdown=1,
                )
                self._server = uvicorn.Server(config)
                self._ready.set()
                await self._server.serve()
        except BaseException as failure:
            self._failure = failure
            self._ready.set()
            raise

    async def _hire(self) -> None:
        async with self.node.database.transaction() as t:
            for role in Role:
                if await people.find_named(t, role.value) is None:
                    await people.add(t, _person(role))


def _person(role: Role) -> Person:
    return Person(
        id=0,
        name=role.value,
        display_name=f"Arta <{role.value}>",
        pseudonym=f"u-{role.value}",
        roles=(role,),
        agency=AgencyKind.POLICE,
        clearance=Confidentiality.RESTRICTED,
        purposes=OPERATIONAL_PURPOSES,
        language="en",
        theme="light",
        active=True,
    )
