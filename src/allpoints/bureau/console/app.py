"""The console's application: a node's pages, for those who have signed in."""

from functools import partial
from typing import Any

from litestar import Litestar, Request, Router, get
from litestar.di import Provide
from litestar.exceptions import HTTPException

from allpoints.bureau.console import assets
from allpoints.bureau.console.admission import Console
from allpoints.bureau.console.pages import PAGES
from allpoints.bureau.console.problems import Problems
from allpoints.bureau.console.security import same_origin_only, say_headers
from allpoints.bureau.console.visit import Visit, Visitor
from allpoints.bureau.node import Node
from allpoints.errors import AllpointsError, NotFound

MAX_BODY = 1 << 20
"""Bytes of a form. A page that takes files says so on its route."""


def create_app(node: Node) -> Litestar:
    """The console of a node that runs."""
    console = Console(node, [page.SECTION for page in PAGES if hasattr(page, "SECTION")])
    for page in PAGES:
        for act, do in getattr(page, "ACTS", {}).items():
            node.desk.teach(act, partial(do, node))

    def whoever(request: Request[Any, Any, Any]) -> Visitor:
        session = getattr(request.state, "session", None)
        return (Visit if session else Visitor)(console, request, session)

    async def visitor(request: Request[Any, Any, Any]) -> Visitor:
        return whoever(request)

    async def visit(request: Request[Any, Any, Any]) -> Visit:
        return Visit(console, request, request.state.session)

    problems = Problems(whoever)
    return Litestar(
        route_handlers=[*map(_router, PAGES), *assets.routes(), _nothing],
        dependencies={"visit": Provide(visit), "visitor": Provide(visitor)},
        guards=[same_origin_only, console.admit],
        before_send=[say_headers],
        exception_handlers={
            AllpointsError: problems.refused,
            HTTPException: problems.http_error,
            Exception: problems.failed,
        },
        openapi_config=None,
        request_max_body_size=MAX_BODY,
        logging_config=None,
    )


@get("/{path:path}")
async def _nothing(path: str) -> None:
    """Whatever no page answers to: also this is only for who has signed in."""
    raise NotFound("there is no such page", field="path", remedy="Choose a section.")


def _router(page: Any) -> Router:
    section = getattr(page, "SECTION", None)
    return Router("/", route_handlers=list(page.ROUTES), opt={"roles": section.roles} if section else {})
