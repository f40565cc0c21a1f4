"""Signing in and out."""

from litestar import Response, get

from allpoints.bureau.console.visit import Visitor


@get("/sign-in", opt={"public": True})
async def form(visitor: Visitor) -> Response[bytes]:
    """The ways in."""
    return visitor.show("sign-in.html")


ROUTES = (form,)
