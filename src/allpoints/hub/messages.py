"""From a request on the line to an `HttpMessage`, within limits of size and time."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request
from litestar.types import Receive, Scope

from allpoints.access.authenticate import HttpMessage
from allpoints.errors import MalformedInput, TooLarge, Unavailable
from allpoints.formats.http_signature import normal_authority
from allpoints.steps.decode import MAX_BODY, MAX_PICTURES_BODY

READ_TIMEOUT_S = 30.0
"""How long a body may take to arrive: a slow line is waited for, a stalled one is not."""
LARGE_TIMEOUT_S = 120.0
"""How long a body with pictures may take."""
MAX_READ_AT_ONCE = 16
"""Bodies with pictures that a worker reads at once: each may keep `MAX_PICTURES_BODY` in memory."""
MAX_READ_OF_A_BUREAU = 4
"""How many of them may be one bureau's: its slow line, or its one signature sent many times, is nobody else's loss."""


class SlowRequest(MalformedInput):
    """Send the request again over a better line, or less at once."""

    status = HTTPStatus.REQUEST_TIMEOUT


class Room:
    """What a worker gives to bodies with pictures while they are read."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, bureau: str) -> Iterator[None]:
        """Take a place for the time of reading. Raises `Unavailable` where there is none."""
        if self._taken.total() >= MAX_READ_AT_ONCE or self._taken[bureau] >= MAX_READ_OF_A_BUREAU:
            raise Unavailable("too many requests with pictures are being read already")
        self._taken[bureau] += 1
        try:
            yield
        finally:
            self._taken[bureau] -= 1


async def message_of(request: Request[Any, Any, Any]) -> HttpMessage:
    """Read the whole request. Raises `TooLarge`, `SlowRequest` or `MalformedInput`; decodes nothing."""
    return await read_message(request.scope, request.receive)


async def large_message_of(
    request: Request[Any, Any, Any], recognise: Callable[[HttpMessage], Awaitable[str]], room: Room
) -> HttpMessage:
    """As `message_of`, with room for pictures where the request says how long it is and its signature is a member's.

    `recognise` names the bureau that signed, and raises for the signature of anybody else. Raises `Unavailable` where
    the `room` is full.
    """
    head = _head(request.scope)
    if _length(head.headers) <= MAX_BODY:
        return await message_of(request)
    with room.place(await recognise(head)):
        body = await _body(request.receive, head.headers, most=MAX_PICTURES_BODY, timeout_s=LARGE_TIMEOUT_S)
    return msgspec.structs.replace(head, body=body)


async def read_message(scope: Scope, receive: Receive) -> HttpMessage:
    """As `message_of`, from what ASGI gives."""
    head = _head(scope)
    body = await _body(receive, head.headers, most=MAX_BODY, timeout_s=READ_TIMEOUT_S)
    return msgspec.structs.replace(head, body=body)


def _head(scope: Scope) -> HttpMessage:
    headers: list[tuple[bytes, bytes]] = scope["headers"]  # type: ignore[assignment]
    host = next((value for name, value in headers if name == b"host"), b"")
    try:
        # The path as it was sent and signed, before anybody decoded its escapes.
        path = scope["raw_path"].decode("ascii")
        query = scope["query_string"].decode("ascii")
        authority = normal_authority(host.decode("ascii"), scope["scheme"])
    except UnicodeDecodeError:
        raise MalformedInput("host, path and query are ASCII", field="path") from None
    if "%00" in path or "%00" in query:
        # PostgreSQL stores none, so nothing that is asked for can have one.
        raise MalformedInput("path and query have no NUL", field="path" if "%00" in path else "query")
    return HttpMessage(
        method=scope["method"],  # type: ignore[typeddict-item]
        authority=authority,
        path=path,
        query=query,
        headers=headers,
        body=b"",
    )


def _length(headers: list[tuple[bytes, bytes]]) -> int:
    length = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(length) if length.isdigit() else 0


async def _body(
    receive: Receive, headers: list[tuple[bytes, bytes]], *, most: int, timeout_s: float
) -> bytes:
    if _length(headers) > most:
        raise TooLarge(f"a request has at most {most} bytes", field="body", remedy="Send less at once.")
    try:
        async with asyncio.timeout(timeout_s):
            return await _chunks(receive, most)
    except TimeoutError:
        raise SlowRequest(f"the body took more than {timeout_s:.0f} seconds", field="body") from None


async def _chunks(receive: Receive, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            raise MalformedInput("the connection broke before the whole request arrived", field="body")
        chunk = event["body"]
        more = event["more_body"]
        size += len(chunk)
        if size > most:
            raise TooLarge(f"a request has at most {most} bytes", field="body")
        chunks.append(chunk)
    return b"".join(chunks)
