"""Writing answers."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from litestar import Response
from litestar.types import Send

from allpoints.steps.commit import Done

NDJSON = "application/x-ndjson"

Item = TypeVar("Item")

_encoder = msgspec.json.Encoder()


def proved(done: Done, **fields: object) -> Response[bytes]:
    """An answer that names its log entry and carries the hub's promise of it."""
    return written({**fields, "entry": done.entry, "promise": done.promise})


async def send_proved(send: Send, done: Done, **fields: object) -> None:
    """As `proved`, for a route in plain ASGI."""
    body = _encoder.encode({**fields, "entry": done.entry, "promise": done.promise})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def written(body: object) -> Response[bytes]:
    """An answer in JSON."""
    return Response(_encoder.encode(body), media_type="application/json")


def in_lines(items: Sequence[object], summary: dict[str, object]) -> Response[bytes]:
    """An answer in NDJSON: a line for each item, then the summary."""
    return Response(_encoder.encode_lines([*items, summary]), media_type=NDJSON)


def page(
    items: Sequence[Item], *, limit: int = 0, key: Callable[[Item], int | str] | None = None
) -> Response[bytes]:
    """Some of a list and, where there may be more, the `after` of the next page."""
    more = key is not None and len(items) == limit
    return written({"items": items, "next": key(items[-1]) if more and key else None})


def plain(text: str) -> Response[bytes]:
    """An answer in plain text."""
    return Response(text.encode(), media_type="text/plain; charset=utf-8")
