"""One's own account."""

from litestar import Response, get

from allpoints.bureau.console.visit import Visit


@get("/account")
async def account(visit: Visit) -> Response[bytes]:
    """What is known of oneself, and the ways in."""
    return await visit.page("account.html")


ROUTES = (account,)
