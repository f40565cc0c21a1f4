"""The link by which somebody sets up the way in: a passkey, or a password with one-time codes. It works once."""

from typing import Annotated

import segno
from litestar import Response, get, post
from markupsafe import Markup
from msgspec import Meta, Struct

from allpoints.bureau.console.visit import Visitor
from allpoints.bureau.people.people import INVITATION_PATH
from allpoints.errors import InvalidValue

PUBLIC = {"public": True}
JSON = "application/json"


class FirstPassword(Struct, frozen=True):
    """The form."""

    password: Annotated[str, Meta(max_length=1_000)]
    code: Annotated[str, Meta(max_length=20)]


@get(f"{INVITATION_PATH}/{{token:str}}", opt=PUBLIC)
async def invitation(visitor: Visitor, token: str) -> Response[bytes]:
    """The two ways to set up."""
    return await _page(visitor, token)


@post(f"{INVITATION_PATH}/{{token:str}}", opt=PUBLIC)
async def accept(visitor: Visitor, token: str) -> Response[bytes]:
    """Set up a password and codes; the recovery codes are shown this once."""
    try:
        typed = await visitor.form(FirstPassword)
        recovery = await visitor.node.people.accept_with_password(token, typed.password, typed.code)
    except InvalidValue as error:
        return await _page(visitor, token, error)
    return visitor.show("recovery-codes.html", codes=recovery)


@get(f"{INVITATION_PATH}/{{token:str}}/passkey", opt=PUBLIC)
async def ask_passkey(visitor: Visitor, token: str) -> Response[bytes]:
    """What the browser is asked to make a passkey with."""
    invited = await visitor.node.people.invitation(token)
    asked = await visitor.node.passkeys.ask_to_register(invited.person)
    return Response(asked.encode(), media_type=JSON)


@post(f"{INVITATION_PATH}/{{token:str}}/passkey", opt=PUBLIC, status_code=204, request_max_body_size=64 << 10)
async def accept_passkey(visitor: Visitor, token: str, label: str = "") -> None:
    """Set up a passkey."""
    answer = (await visitor.request.body()).decode(errors="replace")
    await visitor.node.passkeys.register_invited(token, answer, label=label.strip())


async def _page(visitor: Visitor, token: str, problem: InvalidValue | None = None) -> Response[bytes]:
    found = await visitor.node.people.invitation(token)
    drawn = segno.make(found.code_address, error="m", micro=False)
    return visitor.show(
        "invitation.html",
        status=problem.status if problem else 200,
        person=found.person,
        secret=found.code_secret,
        picture=Markup(drawn.svg_inline(scale=4, light="#fff", svgclass="drawing")),  # noqa: S704 - drawn, not typed
        path=f"{INVITATION_PATH}/{token}",
        problem=problem,
    )


ROUTES = (invitation, accept, ask_passkey, accept_passkey)
