"""Every refusal leaves the node as a problem document (RFC 9457), in the form in which a hub refuses."""

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec

from allpoints.errors import (
    PROBLEM_TYPE,
    AllpointsError,
    Defect,
    InvalidValue,
    Problem,
    Unauthenticated,
    retry_headers,
)
from allpoints.process_log import place

REFUSALS = {
    status: ResponseSpec(Problem, description=text, media_type=PROBLEM_TYPE, generate_examples=False)
    for status, text in (
        (400, "The body is not what its type says."),
        (401, "No token, or one that is not in force."),
        (403, "Not for the token's role."),
        (404, "There is no such thing."),
        (409, "Something else was sent under this key, or the thing is not as it must be."),
        (413, "Too much at once."),
        (422, "A value is wrong; `field` names it."),
        (429, "Too many requests; see Retry-After."),
        (503, "Not now. It may have been done; send it again under its key."),
    )
}
"""What every operation may answer instead, for the API's document."""
_REMEDIES = {
    HTTPStatus.NOT_FOUND: "See /api/v1/openapi for what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Use a method that Allow names.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send less at once; what is long goes as an attachment.",
}
_log = structlog.get_logger("allpoints.bureau")


def refused(_: Request[Any, Any, Any], error: AllpointsError) -> Response[bytes]:
    """Our own errors: they know their field and remedy."""
    asks = {"www-authenticate": "Bearer"} if isinstance(error, Unauthenticated) else {}
    return _document(Problem.of(error), retry_headers(error) | asks)


def http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refuses: no such path, no such method, a value of the wrong type."""
    if isinstance(error, ValidationException):
        return refused(request, _invalid(error))
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return failed(request, error)
    status = HTTPStatus(error.status_code)
    problem = Problem.of_status(
        status, remedy=_REMEDIES.get(status, "See /api/v1/openapi for what this request takes.")
    )
    return _document(problem, dict(error.headers or {}))


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A defect of ours: the log gets its type and place, nobody gets its message, which may quote data."""
    where = place(error.__traceback__)
    _log.error("request.failed", error=type(error).__name__, where=where, method=request.method)
    remedy = "Tell the node's operator, who can see why; a message may be sent again under its key."
    return _document(Problem.of(Defect("the node failed", remedy=remedy)), {})


def _invalid(error: ValidationException) -> InvalidValue:
    """Which value is wrong, in the request's own words."""
    wrong: dict[str, str] = next((each for each in error.extra or () if isinstance(each, dict)), {})
    field = wrong.get("key", "")
    if wrong.get("source") == "header":
        field = field.replace("_", "-")
    if field == "data":
        field = "body"
    what = wrong.get("message") or error.detail.partition(" for path ")[0]
    return InvalidValue("is missing" if what == "'data'" else what, field=field or None)


def _document(problem: Problem, headers: dict[str, str]) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem), status_code=problem.status, media_type=PROBLEM_TYPE, headers=headers
    )
