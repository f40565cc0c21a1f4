"""Signed requests that a test can spoil: what `Client` never lets anybody do."""

from collections.abc import Mapping
from typing import Any, Protocol

import httpx
import msgspec
from tests.hubs import RunningHub

from allpoints.bureau import BureauKey, Signer
from allpoints.records import Asker

JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}

http = httpx.Client(timeout=20)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request before it is signed. `target` is path and query."""

    method: str
    target: str
    asker: Asker
    body: bytes = b""
    headers: Mapping[str, str] = {}
    key: BureauKey | None = None
    """By default the one with which the asker's bureau was enrolled."""


class Answer(Protocol):
    """What a test looks at: httpx's and others' responses."""

    status_code: int
    headers: Mapping[str, str]

    @property
    def content(self) -> bytes: ...


def signature(hub: RunningHub, request: Request, **how: Any) -> dict[str, str]:
    """The request's headers, signed."""
    signer = Signer(request.asker.bureau, request.key or hub.keys[request.asker.bureau])
    return signer.sign(
        request.method,
        hub.url + request.target,
        asker=request.asker,
        body=request.body,
        headers=request.headers,
        **how,
    )


def send(hub: RunningHub, request: Request, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """Send a request with these headers, by default the right ones."""
    return http.request(
        request.method,
        hub.url + request.target,
        content=request.body,
        headers=dict(signature(hub, request) if headers is None else headers),
    )


def post(hub: RunningHub, asker: Asker, target: str, body: object, **headers: str) -> httpx.Response:
    """Send bytes, or something to write as JSON."""
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return send(
        hub, Request(method="POST", target=target, asker=asker, body=content, headers={**JSON, **named})
    )


def get(hub: RunningHub, asker: Asker, target: str) -> httpx.Response:
    """Read something."""
    return send(hub, Request(method="GET", target=target, asker=asker))


def problem(answer: Answer, *statuses: int) -> dict[str, Any]:
    """The problem document of a refusal with one of these statuses. It says what to do, and where it can, with what."""
    assert answer.status_code in statuses, (answer.status_code, answer.content[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = msgspec.json.decode(answer.content)
    assert document["status"] == answer.status_code
    assert document["title"]
    assert document["code"]
    assert document["detail"]
    assert document.get("remedy"), document
    return document
