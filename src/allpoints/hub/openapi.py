"""The OpenAPI 3.1 document: made from the one table of operations."""

from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Response, get
from litestar.types import ControllerRouterHandler

from allpoints.errors import PROBLEM_TYPE, Problem
from allpoints.hub.operations import JSON, OPERATIONS, Operation
from allpoints.hub.routes.replies import NDJSON
from allpoints.records.notices import MAX_NOTICE_PICTURES
from allpoints.wire import corridor as wire
from allpoints.wire.envelopes import MAX_PARTS

_REFUSALS = {
    400: "The bytes are not what their type says.",
    401: "Not signed, stale, replayed, or signed by an unknown or revoked key.",
    403: "The policies do not allow it.",
    404: "No such thing, or not yours to see.",
    408: "The body took too long to arrive.",
    409: "It has changed or exists already.",
    413: "Too much at once.",
    422: "A value is wrong; `field` names it.",
    429: "The bureau's quota is used up; see Retry-After.",
    503: "Not now; nothing was done.",
}

_NAMES = {
    "entry": r"^[0-9]{1,14}\.[0-9]{1,14}$",
    "bureau": "^[A-Z]{3}$",
    "key": "^[A-Za-z0-9_-]{1,64}$",
    "message_id": "^[A-Za-z0-9_-]{16,64}$",
    "attachment_id": "^[A-Za-z0-9_-]{16,64}$",
}
_LARGEST = {
    "record_id": 2**32 - 1,
    "link_id": 2**63 - 1,
    "examination_id": 2**63 - 1,
    "notice_id": 2**63 - 1,
    "picture": MAX_NOTICE_PICTURES,
    "confirmation_id": 2**63 - 1,
}
_SIGNED = ("Content-Digest", "Allpoints-Asker", "Signature-Input", "Signature")


def document_route() -> ControllerRouterHandler:
    """The route under which the document stands; nobody needs to sign for it."""

    @get("/openapi.json", include_in_schema=False, sync_to_thread=False)
    def openapi() -> Response[bytes]:
        return Response(msgspec.json.encode(document()), media_type=JSON)

    return openapi


@cache
def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    bodies = [part.body for op in OPERATIONS for part in (op.takes, op.gives) if part is not None]
    (problem, summary, *schemas), components = msgspec.json.schema_components(
        [Problem, wire.Summary, *bodies], ref_template="#/components/schemas/{name}"
    )
    described = iter(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for op in OPERATIONS:
        taken = next(described) if op.takes else None
        given = next(described)
        if op.gives.media_type == NDJSON:
            given = {"description": "Each line; the last is the summary.", "anyOf": [given, summary]}
        paths.setdefault(op.path, {})[op.method] = _operation(op, taken, given, problem)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Allpoints hub",
            "version": version("allpoints"),
            "description": "Every request is signed by the bureau's key (RFC 9421, docs/signatures.md).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": components},
    }


def _operation(
    op: Operation, taken: dict[str, Any] | None, given: dict[str, Any], problem: dict[str, Any]
) -> dict[str, Any]:
    in_path = [piece[1:-1] for piece in op.path.split("/") if piece.startswith("{")]
    parameters = [
        *(_parameter(name, "path", True, _path_schema(name)) for name in in_path),
        *(_parameter(name, "query", name in ("old", "new"), schema) for name, schema in op.query.items()),
        *(
            _parameter(header.name, "header", header.required, {"type": "string", "pattern": header.pattern})
            for header in op.headers
        ),
        *(_parameter(name, "header", True, {"type": "string"}) for name in _SIGNED),
    ]
    refusals = {
        str(status): {"description": text, "content": {PROBLEM_TYPE: {"schema": problem}}}
        for status, text in _REFUSALS.items()
    }
    described: dict[str, Any] = {
        "operationId": f"{op.method} {op.path}",
        "summary": op.summary,
        "parameters": parameters,
        "responses": {
            str(op.gives.status): {
                "description": op.summary,
                "content": {op.gives.media_type: {"schema": given}},
            },
            **refusals,
        },
    }
    if op.takes is not None and taken is not None:
        described["requestBody"] = {"required": True, "content": {op.takes.media_type: {"schema": taken}}}
    return described


def _parameter(name: str, place: str, required: bool, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": schema}


def _path_schema(name: str) -> dict[str, Any]:
    if name == "part":
        return {"type": "integer", "minimum": 0, "maximum": MAX_PARTS - 1}
    if name in _LARGEST:
        return {"type": "integer", "minimum": 1, "maximum": _LARGEST[name]}
    return {"type": "string", "pattern": _NAMES[name]}
