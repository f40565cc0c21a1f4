"""Taking back what one has just done, while it is held."""

from litestar import Response, post

from allpoints.bureau.console.visit import Visit
from allpoints.errors import Conflict


@post("/acts/{number:int}/undo", status_code=200)
async def undo(visit: Visit, number: int) -> Response[bytes]:
    """Take an act back."""
    if not await visit.node.desk.undo(number, visit.session):
        raise Conflict("it is done already", remedy="Look at what it has changed, and change that.")
    return await _bar(visit)


@post("/acts/{number:int}/read", status_code=200)
async def read(visit: Visit, number: int) -> Response[bytes]:
    """One has read that an act failed."""
    await visit.node.desk.dismiss(number, visit.session)
    return await _bar(visit)


async def _bar(visit: Visit) -> Response[bytes]:
    return await visit.page("undo.html") if visit.is_part else visit.go_to("/")


ROUTES = (undo, read)
