"""The console's application: a node's pages, for those who have signed in."""

from collections import Counter
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Litestar, Request, Router, get
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler

from allpoints.bureau.console import assets
from allpoints.bureau.console.pages import PAGES
from allpoints.bureau.console.problems import Problems, SignInFirst
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.security import (
    check_token,
    cookie_name,
    same_origin_only,
    say_headers,
)
from allpoints.bureau.console.view import View
from allpoints.bureau.console.visit import Visit, Visitor
from allpoints.bureau.node import Node
from allpoints.bureau.people import Session
from allpoints.bureau.people.sessions import NotSignedIn, purposes_of
from allpoints.errors import AllpointsError, Forbidden, NotFound
from allpoints.records import Role

MAX_BODY = 1 << 20
"""Bytes of a form. A page that takes files says so on its route."""


class Console:
    """What the pages share."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.streams: Counter[int] = Counter()
        """How many event streams each person has open."""
        self.secure = node.settings.url.startswith("https:")
        self.cookie = cookie_name(node.vault.bureau, str(node.settings.data), secure=self.secure)
        self.view = View(
            ZoneInfo(node.settings.time_zone),
            {"bureau": node.vault.bureau, "synthetic": node.settings.synthetic, "purposes_of": purposes_of},
        )

    async def admit(self, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        """Let in who has signed in and may open the page; a route is open to all only where it says so.

        Raises `SignInFirst` and `Forbidden`.
        """
        assert isinstance(connection, Request)  # noqa: S101 - there are no other routes
        session = await self.session_of(connection)
        connection.state.session = session
        if handler.opt.get("public"):
            return
        if session is None:
            raise SignInFirst("your session is over or was never opened here")
        if session.role not in handler.opt.get("roles", tuple(Role)):
            raise Forbidden(
                f"this page is not for the role {session.role}",
                remedy="Choose another role above, if it is yours.",
            )
        await check_token(connection, session.csrf)

    async def session_of(self, connection: ASGIConnection[Any, Any, Any, Any]) -> Session | None:
        """The session that the request's cookie names, if it is still open."""
        token = connection.cookies.get(self.cookie)
        try:
            return await self.node.sessions.find(token) if token else None
        except NotSignedIn:
            return None

    def visitor(self, request: Request[Any, Any, Any]) -> Visitor:
        """Whoever sent the request."""
        session = getattr(request.state, "session", None)
        return (Visit if session else Visitor)(self, request, session)

    def sections_for(self, role: Role) -> list[Section]:
        """The navigation of somebody in this role."""
        sections = [page.SECTION for page in PAGES if hasattr(page, "SECTION")]
        return [section for section in sections if role in section.roles]


def create_app(node: Node) -> Litestar:
    """The console of a node that runs."""
    console = Console(node)
    problems = Problems(console)
    for page in PAGES:
        for act, do in getattr(page, "ACTS", {}).items():
            node.desk.teach(act, partial(do, node))

    async def visitor(request: Request[Any, Any, Any]) -> Visitor:
        return console.visitor(request)

    async def visit(request: Request[Any, Any, Any]) -> Visit:
        return Visit(console, request, request.state.session)

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
