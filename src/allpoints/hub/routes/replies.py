"""Writing answers."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from litestar import Response

from allpoints.steps.commit import Done

NDJSON = "application/x-ndjson"

Item = TypeVar("Item")

_encoder = msgspec.json.Encoder()


def proved(done: Done, **fields: object) -> Response[bytes]:
    """An answer that names its log entry and carries the hub's promise of it."""
    return written({**fields, "entry": done.entry, "promise": done.promise})


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


