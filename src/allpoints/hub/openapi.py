"""The OpenAPI 3.1 document: made from the one table of operations below."""

from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Response, get
from litestar.types import ControllerRouterHandler

from allpoints import wire
from allpoints.audit.receipt import Receipt
from allpoints.errors import Problem
from allpoints.hub.routes.members import Enrolment, Rotation
from allpoints.hub.routes.notifications import Acknowledgement, SaidOfLink
from allpoints.hub.routes.replies import NDJSON
from allpoints.records import Contribution, HeldRecord
from allpoints.records.evidence import Check

JSON = "application/json"
_TEXT = "text/plain"
_EVENTS = "text/event-stream"


class Takes(msgspec.Struct, frozen=True):
    """What a request's body holds."""

    body: Any
    media_type: str = JSON


class Gives(msgspec.Struct, frozen=True):
    """What an answer's body holds."""

    body: Any
    media_type: str = JSON
    status: int = 200


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table."""

    method: str
    path: str
    summary: str
    takes: Takes | None = None
    gives: Gives
    query: dict[str, dict[str, Any]] = {}
    headers: tuple["Header", ...] = ()


class Header(msgspec.Struct, frozen=True):
    """A header field that the signature covers where it is sent."""

    name: str
    pattern: str
    required: bool = True


_PAGE = {
    "after": {"type": "integer", "minimum": 0},
    "limit": {"type": "integer", "minimum": 1, "maximum": 500},
}
_KEY = Header("Idempotency-Key", "^[!-~]{1,200}$")
_VERSION = r'^"[1-9][0-9]{0,9}"$'

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="post",
        path="/v1/checks",
        summary="Ask one question",
        takes=Takes(Check),
        gives=Gives(wire.CheckReply),
    ),
    Operation(
        method="post",
        path="/v1/checks/bulk",
        summary="Ask up to 1,000 questions",
        takes=Takes(Check, NDJSON),
        gives=Gives(wire.CheckedLine, NDJSON),
    ),
    Operation(
        method="post",
        path="/v1/records",
        summary="Contribute one record",
        takes=Takes(Contribution),
        gives=Gives(wire.Kept, status=201),
        headers=(_KEY,),
    ),
    Operation(
        method="post",
        path="/v1/records/bulk",
        summary="Contribute up to 1,000 records",
        takes=Takes(Contribution, NDJSON),
        gives=Gives(wire.KeptLine, NDJSON),
        headers=(_KEY,),
    ),
    Operation(
        method="get",
        path="/v1/records",
        summary="List one's own records",
        gives=Gives(wire.Page[HeldRecord]),
        query={**_PAGE, "reference": {"type": "string"}},
    ),
    Operation(
        method="get", path="/v1/records/{record_id}", summary="Read an own record", gives=Gives(HeldRecord)
    ),
    Operation(
        method="put",
        path="/v1/records/{record_id}",
        summary="Correct an own record",
        takes=Takes(Contribution),
        gives=Gives(wire.Kept),
        headers=(Header("If-Match", _VERSION), _KEY),
    ),
    Operation(
        method="delete",
        path="/v1/records/{record_id}",
        summary="Withdraw an own record",
        gives=Gives(wire.Kept),
        headers=(Header("If-Match", _VERSION, required=False),),
    ),
    Operation(
        method="get",
        path="/v1/records/{record_id}/versions",
        summary="What an own record said before",
        gives=Gives(wire.Page[wire.Version]),
    ),
    Operation(
        method="get",
        path="/v1/records/{record_id}/reads",
        summary="Who found an own record, when and why",
        gives=Gives(wire.Page[wire.Read]),
        query={"after": {"type": "string", "pattern": r"^\d+\.\d+$"}, "limit": _PAGE["limit"]},
    ),
    Operation(
        method="get",
        path="/v1/notifications",
        summary="What one's bureau was told",
        gives=Gives(wire.Page[wire.Notification]),
        query={**_PAGE, "unacknowledged": {"type": "boolean"}},
    ),
    Operation(
        method="get",
        path="/v1/notifications/stream",
        summary="Notifications as they happen",
        gives=Gives(str, _EVENTS),
    ),
    Operation(
        method="post",
        path="/v1/notifications/acknowledgements",
        summary="Mark notifications as seen",
        takes=Takes(Acknowledgement),
        gives=Gives(wire.Acknowledged),
    ),
    Operation(
        method="get",
        path="/v1/links",
        summary="Others' records that share an identifier with one's own or describe the same person",
        gives=Gives(wire.Page[wire.Link]),
        query=_PAGE,
    ),
    Operation(
        method="put",
        path="/v1/links/{link_id}/decision",
        summary="Say whether the two records of a link have one source",
        takes=Takes(SaidOfLink),
        gives=Gives(wire.Link),
    ),
    Operation(
        method="get", path="/v1/log/checkpoint", summary="The signed head of the log", gives=Gives(str, _TEXT)
    ),
    Operation(
        method="get",
        path="/v1/log/consistency",
        summary="Proof that a later log continues an earlier one",
        gives=Gives(wire.Consistency),
        query={"old": {"type": "integer", "minimum": 0}, "new": {"type": "integer", "minimum": 0}},
    ),
    Operation(
        method="get",
        path="/v1/log/receipts/{entry}",
        summary="The receipt of a log entry",
        gives=Gives(Receipt),
    ),
    Operation(
        method="get",
        path="/v1/log/entries",
        summary="The whole sealed log, for the oversight body",
        gives=Gives(wire.Page[wire.SealedGroup]),
        query={"after": _PAGE["after"], "limit": {"type": "integer", "minimum": 1, "maximum": 100}},
    ),
    Operation(method="get", path="/v1/bureaus", summary="All members", gives=Gives(wire.Page[wire.Member])),
    Operation(
        method="post",
        path="/v1/enrolments",
        summary="Ask to become a member",
        takes=Takes(Enrolment),
        gives=Gives(wire.Enrolment, status=202),
    ),
    Operation(
        method="get",
        path="/v1/enrolments",
        summary="Keys that wait for approval",
        gives=Gives(wire.Page[wire.Enrolment]),
    ),
    Operation(
        method="post",
        path="/v1/enrolments/{key}/approval",
        summary="Approve a key",
        gives=Gives(wire.Enrolment),
    ),
    Operation(
        method="get",
        path="/v1/bureaus/{bureau}/keys",
        summary="The keys of one's own bureau",
        gives=Gives(wire.Page[wire.Enrolment]),
    ),
    Operation(
        method="post",
        path="/v1/bureaus/{bureau}/keys",
        summary="Add a key to one's own bureau",
        takes=Takes(Rotation),
        gives=Gives(wire.Enrolment, status=201),
    ),
    Operation(
        method="delete",
        path="/v1/bureaus/{bureau}/keys/{key}",
        summary="End a key at once",
        gives=Gives(wire.Enrolment),
    ),
)

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
}
_LARGEST = {"record_id": 2**32 - 1, "link_id": 2**63 - 1}
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
        str(status): {"description": text, "content": {"application/problem+json": {"schema": problem}}}
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
    if name in _LARGEST:
        return {"type": "integer", "minimum": 1, "maximum": _LARGEST[name]}
    return {"type": "string", "pattern": _NAMES[name]}
