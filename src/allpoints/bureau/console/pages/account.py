"""One's own account: language, theme, password, passkeys."""

from typing import Annotated, Literal

from litestar import Response, get, post
from msgspec import Meta, Struct

from allpoints.bureau.console.languages import BY_CODE
from allpoints.bureau.console.visit import Visit
from allpoints.errors import Forbidden, InvalidValue

JSON = "application/json"


class Preferences(Struct, frozen=True):
    """How one wants to see the console."""

    language: Annotated[str, Meta(max_length=2)]
    theme: Literal["system", "light", "dark"]


class NewPassword(Struct, frozen=True):
    """The old one and a code prove who it is."""

    password: Annotated[str, Meta(max_length=1_000)]
    code: Annotated[str, Meta(max_length=20)]
    new: Annotated[str, Meta(max_length=1_000)]


@get("/account")
async def account(visit: Visit) -> Response[bytes]:
    """What is known of oneself, and the ways in."""
    return await visit.page(
        "account.html",
        passkeys=await visit.node.passkeys.of(visit.session.person),
        fresh=visit.node.sessions.is_fresh(visit.session),
    )


@post("/account/preferences")
async def prefer(visit: Visit) -> Response[bytes]:
    """Choose language and theme."""
    wanted = await visit.form(Preferences)
    if wanted.language not in BY_CODE:
        raise InvalidValue("is no language of the console", field="language")
    person = visit.session.person
    await visit.node.people.set_preferences(person, language=wanted.language, theme=wanted.theme)
    return visit.go_to("/account")


@post("/account/password")
async def change_password(visit: Visit) -> Response[bytes]:
    """Replace one's password; every other session of one's own ends."""
    typed = await visit.form(NewPassword)
    token, session = await visit.node.sign_in.change_password(
        visit.session.person, password=typed.password, code=typed.code, new=typed.new, address=visit.address
    )
    return visit.with_cookie(visit.go_to("/account"), token, session)


@get("/account/passkeys/new")
async def ask_passkey(visit: Visit) -> Response[bytes]:
    """What the browser is asked to make a passkey with.

    Only for who has signed in just now: at a desk that somebody has left, nobody makes a way in for later.
    """
    if not visit.node.sessions.is_fresh(visit.session):
        raise Forbidden("you signed in too long ago", remedy="Sign out, sign in, and add the passkey then.")
    asked = await visit.node.passkeys.ask_to_register(visit.session.person)
    return Response(asked.encode(), media_type=JSON)


@post("/account/passkeys", status_code=204, request_max_body_size=64 << 10)
async def add_passkey(visit: Visit, label: str = "") -> None:
    """Keep the passkey that the browser has made."""
    answer = (await visit.request.body()).decode(errors="replace")
    await visit.node.passkeys.register(visit.session.person, answer, label=label.strip())


@post("/account/passkeys/{key:str}/removal")
async def remove_passkey(visit: Visit, key: str) -> Response[bytes]:
    """Forget a passkey."""
    try:
        await visit.node.passkeys.remove(visit.session.person, bytes.fromhex(key))
    except ValueError:
        raise InvalidValue("is no passkey's number", field="key") from None
    return visit.go_to("/account")


ROUTES = (account, prefer, change_password, ask_passkey, add_passkey, remove_passkey)
