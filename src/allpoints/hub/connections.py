"""A connection before its request is a request: what a head may weigh, and how long it may take."""

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from allpoints.errors import PROBLEM_TYPE, AllpointsError, MalformedInput, Problem, TooLarge

MAX_HEAD = 64 << 10
"""Bytes of a request's head. One that comes in a single piece may be as long as the piece: 256 KiB."""
HEAD_TIMEOUT_S = 15.0
"""How long a head may take to arrive, from the connection's first moment on."""


class Connection(HttpToolsProtocol):
    """Uvicorn's connection, with limits on the head, which uvicorn leaves open."""

    _in_head = True
    _head_size = 0
    head_since = 0.0
    """When the hub began to wait for a head; 0 while it does not."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first head."""
        self.head_since = self.loop.time()
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Read on, and look at the head's size only where it has not come in one piece."""
        super().data_received(data)
        if self._in_head:
            self._head_size += len(data)
            self.head_since = self.head_since or self.loop.time()
            if self._head_size > MAX_HEAD and not self.transport.is_closing():
                self._refuse(TooLarge(f"a request's head has at most {MAX_HEAD} bytes", field="headers"))

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._head_size = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is complete."""
        self._in_head, self.head_since = False, 0.0
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, as everything is refused."""
        self._refuse(MalformedInput("this is no HTTP request", field="headers"))

    def _refuse(self, error: AllpointsError) -> None:
        body = msgspec.json.encode(Problem.of(error))
        head = (
            f"HTTP/1.1 {error.status:d} {error.status.phrase}\r\nconnection: close\r\n"
            f"content-type: {PROBLEM_TYPE}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


async def close_stalled(connections: Iterable[Any], *, patience_s: float = HEAD_TIMEOUT_S) -> None:
    """Close connections whose head does not come, until cancelled: they would hold a place for ever."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(patience_s / 3)
        for connection in list(connections):
            if connection.head_since and loop.time() - connection.head_since > patience_s:
                connection.transport.close()
