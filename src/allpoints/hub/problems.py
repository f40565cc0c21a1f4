"""Every refusal leaves the hub as a problem document (RFC 9457) that names the field and the remedy."""

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from allpoints.errors import PROBLEM_TYPE, AllpointsError, Defect, Problem, retry_headers
from allpoints.process_log import place

_REMEDIES = {
    HTTPStatus.NOT_FOUND: "See /openapi.json for what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Use a method that Allow names.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send less at once.",
}
_log = structlog.get_logger("allpoints.hub")


def refused(_: Request[Any, Any, Any], error: AllpointsError) -> Response[bytes]:
    """Our own errors: they know their field and remedy."""
    return _document(Problem.of(error), retry_headers(error))


def http_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refuses: no such path, no such method, a parameter of the wrong type."""
    status = HTTPStatus(error.status_code)
    parameters = [str(extra.get("key", "")) for extra in error.extra or [] if isinstance(extra, dict)]
    document = Problem.of_status(
        status,
        detail=f"the parameter {parameters[0]} has the wrong form" if parameters else None,
        field=parameters[0] if parameters else None,
        remedy=_REMEDIES.get(status, "See /openapi.json for what this request takes."),
    )
    return _document(document, dict(error.headers or {}))


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A defect of ours: the log gets its type and place, nobody gets its message, which may quote data."""
    where = place(error.__traceback__)
    _log.error("request.failed", error=type(error).__name__, where=where, method=request.method)
    return _document(Problem.of(Defect("the hub failed")), {})


def _document(problem: Problem, headers: dict[str, str]) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem), status_code=problem.status, media_type=PROBLEM_TYPE, headers=headers
    )
