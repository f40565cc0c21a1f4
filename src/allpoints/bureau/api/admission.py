"""Which program asks: its token, its role, and what it may do."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from allpoints.bureau.mailbox import Mailbox
from allpoints.bureau.node import Node
from allpoints.bureau.people import ProgramToken
from allpoints.bureau.people.programs import TokenRefused
from allpoints.errors import Forbidden
from allpoints.records import Asker


class Caller:
    """A program that was let in, and the node as it may use it."""

    def __init__(self, node: Node, token: ProgramToken) -> None:
        self._node = node
        self._token = token

    @property
    def mailbox(self) -> Mailbox:
        """The bureau's messages."""
        return self._node.mailbox

    @property
    def asker(self) -> Asker:
        """In whose name something is done: that of the program's account."""
        return self._token.asker(self._node.vault.bureau)

    def name_of(self, key: str) -> str:
        """The id of the message that this account sends under an idempotency key; it tells nobody the key."""
        return self._node.vault.name_for(f"{self._token.person.id}\n{key}", "idempotency key")


class Admission:
    """Lets programs in, each to the operations that are for its token's role."""

    def __init__(self, node: Node) -> None:
        self._node = node

    async def admit(self, request: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        """Let in who shows a token in force; a route is open to all, or to a role, only where it says so.

        Raises `TokenRefused`, `TooManyRequests`, and `Forbidden`, which stands in the trail.
        """
        if handler.opt.get("public"):
            return
        assert isinstance(request, Request)  # noqa: S101 - there are no other routes
        address = request.client.host if request.client else ""
        shown = request.headers.get("authorization", "")
        scheme, _, token = shown.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenRefused("the request shows no token", field="authorization")
        found = await self._node.programs.admit(token.strip(), address=address)
        if found.role not in handler.opt.get("roles", ()):
            if request.method != "OPTIONS":
                await self._node.trail.refused(
                    found, method=request.method, path=request.url.path, address=address
                )
            raise Forbidden(
                f"this is not for the role {found.role}",
                field="role",
                remedy="Show a token of another role, if the program is to have it.",
            )
        request.state.token = found

    async def caller(self, request: Request[Any, Any, Any]) -> Caller:
        """For the operation that was admitted."""
        return Caller(self._node, request.state.token)
