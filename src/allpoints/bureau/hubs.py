"""The lines to the hubs: shared connections, whoever asks, and whether each line is up."""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus

import httpx
import msgspec

from allpoints.bureau.client import TIMEOUT_S, AsyncClient
from allpoints.bureau.keys import BureauKey
from allpoints.bureau.settings import HubLine
from allpoints.bureau.signing import Signer
from allpoints.errors import AllpointsError, InvalidValue, NotFound
from allpoints.records import AgencyKind, Asker, Purpose, Role

PROBE_EVERY_S = 15.0
_NOT_REACHED = (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)


class LineState(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a hub answers, and since when that is so."""

    hub: str
    up: bool | None
    """None until it was first tried."""
    since: datetime


class Hubs:
    """All hubs that the bureau is a member of."""

    def __init__(self, bureau: str, lines: Sequence[HubLine], signing: Callable[[], BureauKey]) -> None:
        """`signing` returns the key that the bureau signs with now. Raises `InvalidValue` without a hub."""
        if not lines:
            raise InvalidValue("the node knows no hub", field="hubs", remedy="Name one in bureau.toml.")
        self._bureau = bureau
        self._signing = signing
        self._lines = {line.name: _Line(line) for line in lines}

    @property
    def names(self) -> tuple[str, ...]:
        """What the bureau calls its hubs; the first one is asked where no other is named."""
        return tuple(self._lines)

    @property
    def states(self) -> tuple[LineState, ...]:
        """How each line is."""
        return tuple(line.state for line in self._lines.values())

    def client(self, asker: Asker, hub: str | None = None) -> AsyncClient:
        """A hub, asked by `asker` over the connections that all share. It need not be closed.

        Raises `NotFound` for a hub that the node does not know.
        """
        line = self._line(hub)
        return AsyncClient(
            line.settings.url,
            Signer(self._bureau, self._signing()),
            asker,
            hub_key=line.settings.verifier_key,
            connections=line.connections,
        )

    def as_node(self, hub: str | None = None) -> AsyncClient:
        """A hub, asked by the node itself, as an operator of the bureau."""
        return self.client(self._node(Role.OPERATOR, Purpose.CRIMINAL_INVESTIGATION), hub)

    @property
    def administrator(self) -> Asker:
        """The node itself where it looks after the bureau's keys."""
        return self._node(Role.ADMINISTRATOR, Purpose.ADMINISTRATION)

    async def watch(self) -> None:
        """Try every line again and again, so that its state is known while nobody asks. Never returns."""
        while True:
            await asyncio.gather(*map(self._try, self.names))
            await asyncio.sleep(PROBE_EVERY_S)

    async def close(self) -> None:
        """Close all connections."""
        for line in self._lines.values():
            await line.connections.aclose()

    async def _try(self, hub: str) -> None:
        with suppress(AllpointsError):
            await self.as_node(hub).about()

    def _node(self, role: Role, purpose: Purpose) -> Asker:
        return Asker(bureau=self._bureau, user="node", agency=AgencyKind.BUREAU, role=role, purpose=purpose)

    def _line(self, hub: str | None) -> "_Line":
        try:
            return self._lines[hub or self.names[0]]
        except KeyError:
            raise NotFound(
                f"the node knows no hub named {hub!r:.40}",
                field="hub",
                remedy=f"Name one of {', '.join(self.names)}.",
            ) from None


class _Line(httpx.AsyncBaseTransport):
    """One hub's connections; every request over them tells whether the line is up."""

    def __init__(self, settings: HubLine) -> None:
        self.settings = settings
        self.state = LineState(hub=settings.name, up=None, since=datetime.now(UTC))
        trusted = ssl.create_default_context(cafile=settings.ca)
        self._transport = httpx.AsyncHTTPTransport(verify=trusted)
        self.connections = httpx.AsyncClient(transport=self, timeout=TIMEOUT_S)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it, and note whether the hub was reached."""
        try:
            response = await self._transport.handle_async_request(request)
        except httpx.TransportError:
            self._note(up=False)
            raise
        self._note(up=response.status_code not in _NOT_REACHED)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def _note(self, *, up: bool) -> None:
        if self.state.up is not up:
            self.state = LineState(hub=self.settings.name, up=up, since=datetime.now(UTC))
