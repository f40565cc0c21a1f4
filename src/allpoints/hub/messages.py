"""From a request on the line to an `HttpMessage`, within limits of size and time."""

import asyncio
from http import HTTPStatus
from typing import Any

from litestar import Request
from litestar.types import Receive, Scope

from allpoints.access.authenticate import HttpMessage
from allpoints.errors import MalformedInput, TooLarge
from allpoints.formats.http_signature import normal_authority
from allpoints.steps.decode import MAX_BODY

READ_TIMEOUT_S = 30.0
"""How long a body may take to arrive: a slow line is waited for, a stalled one is not."""


class SlowRequest(MalformedInput):
    """Send the request again over a better line, or less at once."""

    status = HTTPStatus.REQUEST_TIMEOUT


async def message_of(request: Request[Any, Any, Any]) -> HttpMessage:
    """Read the whole request. Raises `TooLarge`, `SlowRequest` or `MalformedInput`; decodes nothing."""
    return await read_message(request.scope, request.receive)


async def read_message(scope: Scope, receive: Receive) -> HttpMessage:
    """As `message_of`, from what ASGI gives."""
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
        body=await _body(receive, headers),
    )


async def _body(receive: Receive, headers: list[tuple[bytes, bytes]]) -> bytes:
    length = next((value for name, value in headers if name == b"content-length"), b"0")
    if length.isdigit() and int(length) > MAX_BODY:
        raise TooLarge(
            f"a request has at most {MAX_BODY} bytes", field="body", remedy="Send fewer lines at once."
        )
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            return await _chunks(receive)
    except TimeoutError:
        raise SlowRequest(f"the body took more than {READ_TIMEOUT_S:.0f} seconds", field="body") from None


async def _chunks(receive: Receive) -> bytes:
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
        if size > MAX_BODY:
            raise TooLarge(f"a request has at most {MAX_BODY} bytes", field="body")
        chunks.append(chunk)
    return b"".join(chunks)
