"""What every call of a hub's API is made of. Nothing here sends."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from allpoints.audit import VerifierKey

JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}

PICTURES_S = 60.0
"""How long a hub may look at the pictures of one request: a card of ten prints on a busy machine."""

Answer = TypeVar("Answer")

encode = msgspec.json.Encoder().encode
"""To JSON."""


class Call(msgspec.Struct, Generic[Answer], frozen=True, kw_only=True):
    """One request to a hub and how its answer is read."""

    method: str
    path: str
    read: Callable[[bytes], Answer]
    """Raises `msgspec.DecodeError` or `MalformedInput` for an answer that is not what it should be."""
    headers: Mapping[str, str] = {}
    body: bytes = b""
    signed: bool = True
    verify: Callable[[Answer, VerifierKey], None] | None = None
    """Raises `TamperingFound`; applied where the hub's key is pinned."""
    once: bool = False
    """Whether a repetition would do it twice: it is not sent again unless the hub certainly did not do it."""
    patience_s: float = 0.0
    """How long "not found" means "not yet"."""
    timeout_s: float = 0.0
    """How long the answer may take where pictures are looked at; 0 leaves that to the client."""


def random_name() -> str:
    """Return 22 random characters: nobody can guess them, and no two are the same."""
    return secrets.token_urlsafe(16)


def get(path: str, answer: type[Answer], **query: str | int | None) -> Call[Answer]:
    """A call that reads; what is None is not asked for."""
    asked = urlencode({name: value for name, value in query.items() if value is not None})
    return Call(method="GET", path=f"{path}?{asked}" if asked else path, read=answered(answer))


def post(
    path: str, body: Any, answer: type[Answer], *, headers: Mapping[str, str] | None = None
) -> Call[Answer]:
    """A call that sends something as JSON."""
    return Call(
        method="POST",
        path=path,
        headers={**JSON, **(headers or {})},
        body=encode(body),
        read=answered(answer),
    )


def answered(answer: type[Answer]) -> Callable[[bytes], Answer]:
    """How an answer in JSON is read."""
    return msgspec.json.Decoder(answer).decode


def idempotent(key: str | None) -> dict[str, str]:
    """The header that makes a repeated request harmless; the key is random unless given."""
    return {"idempotency-key": key or random_name()}


def segment(text: str) -> str:
    """The text as a part of a path."""
    return quote(text, safe="")


def slow(call: Call[Answer]) -> Call[Answer]:
    """The same call, with the time that pictures take."""
    return msgspec.structs.replace(call, timeout_s=PICTURES_S)
