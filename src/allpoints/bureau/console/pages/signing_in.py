"""The doors: password and code, passkey, the bureau's OpenID Connect provider. Each leads to the page one came for."""

from typing import Annotated
from urllib.parse import quote

from litestar import Response, get, post
from msgspec import Meta, Struct

from allpoints.bureau.console.pages.session import own_path
from allpoints.bureau.console.visit import Visitor
from allpoints.bureau.people import Session
from allpoints.bureau.people.openid import CALLBACK
from allpoints.errors import AllpointsError

PUBLIC = {"public": True}
JSON = "application/json"


class PasswordAndCode(Struct, frozen=True):
    """The form."""

    name: Annotated[str, Meta(max_length=100)]
    password: Annotated[str, Meta(max_length=1_000)]
    code: Annotated[str, Meta(max_length=20)]
    next: Annotated[str, Meta(max_length=2_000)] = "/"


@get("/sign-in", opt=PUBLIC)
async def form(visitor: Visitor, next: str = "/") -> Response[bytes]:  # noqa: A002 - the parameter's name in the address
    """The doors, in one's language."""
    if visitor.maybe_session is not None:
        return visitor.go_to(own_path(next))
    return _doors(visitor, next=own_path(next))


@post("/sign-in", opt=PUBLIC)
async def by_password(visitor: Visitor) -> Response[bytes]:
    """Sign in with a password and a code."""
    typed = await visitor.form(PasswordAndCode)
    try:
        token, session = await visitor.node.sign_in.by_password(
            typed.name, typed.password, typed.code, address=visitor.address
        )
    except AllpointsError as error:
        return _doors(visitor, next=own_path(typed.next), name=typed.name, problem=error)
    return await _enter(visitor, visitor.go_to(own_path(typed.next)), token, session)


@get("/sign-in/passkey", opt=PUBLIC)
async def ask_passkey(visitor: Visitor) -> Response[bytes]:
    """What the browser asks of its passkeys."""
    return Response(
        (await visitor.node.sign_in.ask_passkey(address=visitor.address)).encode(), media_type=JSON
    )


@post("/sign-in/passkey", opt=PUBLIC, request_max_body_size=64 << 10)
async def by_passkey(visitor: Visitor) -> Response[bytes]:
    """Sign in with what the browser's passkey answered."""
    answer = (await visitor.request.body()).decode(errors="replace")
    token, session = await visitor.node.sign_in.by_passkey(answer, address=visitor.address)
    return await _enter(visitor, Response(b"", status_code=204), token, session)


@get("/sign-in/openid", opt=PUBLIC)
async def to_openid(visitor: Visitor) -> Response[bytes]:
    """On to the bureau's provider."""
    redirect = await visitor.node.sign_in.begin_openid(address=visitor.address)
    answer: Response[bytes] = Response(b"", status_code=303, headers={"location": redirect.url})
    # It has to come along when the provider sends the browser back, so it cannot be as strict as the session's.
    answer.set_cookie(
        _binding(visitor),
        redirect.binding,
        path=CALLBACK,
        httponly=True,
        samesite="lax",
        secure=visitor.console.secure,
        max_age=600,
    )
    return answer


@get(CALLBACK, opt=PUBLIC)
async def by_openid(visitor: Visitor) -> Response[bytes]:
    """Back from the provider."""
    said = visitor.request.query_params
    try:
        token, session = await visitor.node.sign_in.by_openid(
            code=said.get("code", ""),
            state=said.get("state", ""),
            binding=visitor.request.cookies.get(_binding(visitor), ""),
            address=visitor.address,
        )
    except AllpointsError as error:
        return _doors(visitor, next="/", problem=error)
    # A page and no redirect: a browser that comes from another site would not bring the strict cookie along.
    answer = visitor.show("welcome.html")
    answer.delete_cookie(_binding(visitor), path=CALLBACK)
    return await _enter(visitor, answer, token, session)


async def _enter(visitor: Visitor, answer: Response[bytes], token: str, session: Session) -> Response[bytes]:
    """Have the browser keep a session in the place of one that it had: no cookie leads to that any more."""
    if visitor.maybe_session is not None:
        await visitor.node.sessions.end(visitor.maybe_session)
    return visitor.with_cookie(answer, token, session)


def _binding(visitor: Visitor) -> str:
    """The name of the cookie until the browser is back, another one for each node as the session's is."""
    return f"{visitor.console.cookie.removeprefix('__Host-')}-openid"


def _doors(
    visitor: Visitor,
    *,
    next: str,  # noqa: A002 - the parameter's name in the address
    name: str = "",
    problem: AllpointsError | None = None,
) -> Response[bytes]:
    return visitor.show(
        "sign-in.html",
        status=problem.status if problem else 200,
        problem=problem,
        next=next,
        next_quoted=quote(next, safe="/"),
        name=name,
        openid=visitor.node.openid is not None,
    )


ROUTES = (form, by_password, ask_passkey, by_passkey, to_openid, by_openid)
