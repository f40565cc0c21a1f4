"""What went wrong, as a page or as a region of the page that is open: which field, why, and what to do about it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from allpoints.bureau.console.admission import SignInFirst
from allpoints.bureau.console.view import is_part
from allpoints.bureau.console.visit import Visitor
from allpoints.bureau.console.words import P_
from allpoints.errors import AllpointsError, Defect, NotFound, QuotaExceeded, TooLarge
from allpoints.process_log import place

TITLES = {
    HTTPStatus.BAD_REQUEST: P_("problem", "That is not understood"),
    HTTPStatus.UNAUTHORIZED: P_("problem", "Please sign in"),
    HTTPStatus.FORBIDDEN: P_("problem", "That is not allowed"),
    HTTPStatus.NOT_FOUND: P_("problem", "There is no such thing, or it is not yours to see"),
    HTTPStatus.CONFLICT: P_("problem", "It has changed meanwhile, or exists already"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: P_("problem", "That is too large"),
    HTTPStatus.UNPROCESSABLE_ENTITY: P_("problem", "A field needs to be corrected"),
    HTTPStatus.TOO_MANY_REQUESTS: P_("problem", "Too much at once; wait a little"),
    HTTPStatus.INTERNAL_SERVER_ERROR: P_("problem", "The console failed; its operator can see why"),
    HTTPStatus.SERVICE_UNAVAILABLE: P_("problem", "This cannot be done now; nothing was done"),
}
_log = structlog.get_logger("allpoints.bureau")


class Problems:
    """The handlers of everything that a page may raise."""

    def __init__(self, visitor: Callable[[Request[Any, Any, Any]], Visitor]) -> None:
        """`visitor` tells whoever sent a request."""
        self._visitor = visitor

    def refused(self, request: Request[Any, Any, Any], error: AllpointsError) -> Response[bytes]:
        """Our own errors: they know their field and remedy."""
        visitor = self._visitor(request)
        if isinstance(error, SignInFirst) and request.method == "GET" and _wants_page(request):
            return visitor.go_to(f"/sign-in?next={quote(visitor.page_address, safe='/')}")
        headers = {"hx-retarget": "#problem", "hx-reswap": "outerHTML"}
        if isinstance(error, QuotaExceeded):
            headers["retry-after"] = str(error.retry_after_s)
        title = TITLES.get(error.status, TITLES[HTTPStatus.BAD_REQUEST])
        return visitor.show(
            "problem.html",
            part="problem",
            status=error.status,
            headers=headers if is_part(request) else None,
            problem=error,
            title=title,
            whole=not is_part(request),
        )

    def http_error(self, request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
        """What the framework refuses: no such path, no such method, a parameter of the wrong type."""
        kinds: dict[int, type[AllpointsError]] = {404: NotFound, 405: NotFound, 413: TooLarge}
        kind = kinds.get(error.status_code, AllpointsError)
        if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return self.failed(request, error)
        return self.refused(request, kind(HTTPStatus(error.status_code).description))

    def failed(self, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        """A defect of ours: the log gets its type and place, nobody gets its message, which may quote data."""
        where = place(error.__traceback__)
        _log.error("page.failed", error=type(error).__name__, where=where, method=request.method)
        return self.refused(request, Defect("the console failed"))


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    return "text/html" in request.headers.get("accept", "")
