"""In which role one works, for what purpose, and signing out."""

from typing import Annotated

from litestar import Response, post
from msgspec import Meta, Struct

from allpoints.bureau.console.visit import Visit
from allpoints.errors import InvalidValue
from allpoints.records import Purpose, Role


class Capacity(Struct, frozen=True):
    """The form in the header: `operator border-control`."""

    capacity: Annotated[str, Meta(max_length=100)]
    next: Annotated[str, Meta(max_length=2_000)] = "/"


@post("/session/capacity")
async def capacity(visit: Visit) -> Response[bytes]:
    """Go on in another of one's roles or for another purpose."""
    form = await visit.form(Capacity)
    try:
        role, purpose = form.capacity.split(" ")
        chosen = Role(role), Purpose(purpose)
    except ValueError:
        raise InvalidValue("is a role and a purpose", field="capacity") from None
    token, session = await visit.node.sessions.choose(visit.session, *chosen)
    return visit.with_cookie(visit.go_to(own_path(form.next)), token, session)


@post("/sign-out")
async def sign_out(visit: Visit) -> Response[bytes]:
    """End the session; what was half typed goes with it."""
    await visit.node.desk.drop_drafts(visit.session)
    await visit.node.sessions.end(visit.session)
    answer = visit.without_cookie(visit.go_to("/sign-in"))
    answer.headers["clear-site-data"] = '"storage"'
    return answer


def own_path(path: str) -> str:
    """A path of ours to go on to; whatever else is asked for, the inbox."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


ROUTES = (capacity, sign_out)
