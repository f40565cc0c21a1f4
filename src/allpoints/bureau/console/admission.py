"""Who gets in, and what every page of one node shares."""

from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.security import SAFE, check_token, cookie_name
from allpoints.bureau.console.view import View
from allpoints.bureau.node import Node
from allpoints.bureau.people import Session
from allpoints.bureau.people.sessions import NotSignedIn, purposes_of
from allpoints.errors import AllpointsError, Forbidden
from allpoints.records import Role

BY_ITSELF = "x-by-itself"
"""The header of a request that no person has made: a page asks by a timer, or because something has changed."""


class SignInFirst(AllpointsError):
    """Sign in, and what was typed is still there."""

    status = HTTPStatus.UNAUTHORIZED


class Console:
    """What the pages share."""

    def __init__(self, node: Node, sections: Sequence[Section]) -> None:
        self.node = node
        self._sections = sections
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
        by_person = BY_ITSELF not in connection.headers and not handler.opt.get("by_itself")
        session = await self.session_of(connection, by_person=by_person)
        connection.state.session = session
        if handler.opt.get("public"):
            return
        if session is None:
            raise SignInFirst("your session is over or was never opened here")
        roles = handler.opt.get("roles", tuple(Role))
        if session.role not in roles:
            if connection.method not in SAFE or Role.ADMINISTRATOR in roles:
                await self._note_refused(connection, session)
            raise Forbidden(
                f"this page is not for the role {session.role}",
                remedy="Choose another role above, if it is yours.",
            )
        await check_token(connection, session.csrf)

    async def session_of(
        self, connection: ASGIConnection[Any, Any, Any, Any], *, by_person: bool
    ) -> Session | None:
        """The session that the request's cookie names, if it is still open; it rests until a person asks."""
        token = connection.cookies.get(self.cookie)
        try:
            return await self.node.sessions.find(token, by_person=by_person) if token else None
        except NotSignedIn:
            return None

    async def _note_refused(self, connection: Request[Any, Any, Any], session: Session) -> None:
        """What somebody tried that is not for their role stands in the trail; reading another role's page does not."""
        address = connection.client.host if connection.client else ""
        await self.node.trail.refused(
            session, method=connection.method, path=connection.url.path, address=address
        )

    def sections_for(self, role: Role) -> list[Section]:
        """The navigation of somebody in this role."""
        return [section for section in self._sections if role in section.roles]
