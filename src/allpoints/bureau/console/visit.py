"""One request, as a page sees it: who came, in which language, and the ways to answer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

from litestar import Request, Response

from allpoints.bureau.client import AsyncClient
from allpoints.bureau.console.admission import Console
from allpoints.bureau.console.forms import read_form
from allpoints.bureau.console.languages import BY_CODE, Language, preferred, translations
from allpoints.bureau.console.view import answer, is_part
from allpoints.bureau.people import Session

Form = TypeVar("Form")
_OF_AN_ADDRESS = "/?&=%#:;,+@!$'()*[]~"
"""What keeps its meaning in an address; a header takes no letters beyond ASCII."""


class Visitor:
    """Somebody who has not signed in, or not yet."""

    def __init__(self, console: Console, request: Request[Any, Any, Any], session: Session | None) -> None:
        self.console = console
        self.node = console.node
        self.request = request
        self.maybe_session = session

    @property
    def language(self) -> Language:
        """The reader's language: as chosen, else as the browser asks for it."""
        chosen = (
            self.maybe_session.language if self.maybe_session else self.request.query_params.get("language")
        )
        return BY_CODE.get(chosen or "") or preferred(self.request.headers.get("accept-language", ""))

    @property
    def address(self) -> str:
        """From where the request comes."""
        client = self.request.client
        return client.host if client else ""

    @property
    def is_part(self) -> bool:
        """Whether htmx asks, to replace a region of the page that is open."""
        return is_part(self.request)

    @property
    def page_address(self) -> str:
        """The page's path and query, which says what the page is about, and at which hub."""
        url = self.request.url
        return f"{url.path}?{url.query}" if url.query else url.path

    def say(self, message: str) -> str:
        """A marked sentence (`N_`) in the reader's language."""
        return translations(self.language.code).gettext(message)

    def show(
        self,
        template: str,
        *,
        part: str | None = None,
        besides: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: object,
    ) -> Response[bytes]:
        """As `Visit.page`; `besides` is another region that is replaced by the way."""
        render, everything = self.console.view.render, {**self._around(), **context}
        html = render(self.language, template, everything, block=part if self.is_part else None)
        if besides:
            html += render(self.language, besides, {**everything, "swap": True})
        return answer(self.request, html, status=status, headers=headers)

    def go_to(self, path: str) -> Response[bytes]:
        """Send the browser on to another page of ours."""
        path = quote(path, safe=_OF_AN_ADDRESS)
        if self.is_part:
            return Response(b"", status_code=204, headers={"hx-redirect": path})
        return Response(b"", status_code=303, headers={"location": path})

    def with_cookie(self, answer: Response[bytes], token: str, session: Session) -> Response[bytes]:
        """Have the browser keep a session."""
        answer.set_cookie(
            self.console.cookie,
            token,
            path="/",
            httponly=True,
            samesite="strict",
            secure=self.console.secure,
            max_age=max(0, int((session.expires_at - datetime.now(UTC)).total_seconds())),
        )
        return answer

    def without_cookie(self, answer: Response[bytes]) -> Response[bytes]:
        """Have the browser forget the session."""
        answer.delete_cookie(self.console.cookie, path="/")
        return answer

    async def form(self, kind: type[Form]) -> Form:
        """What was typed. Raises `InvalidValue` that names the field."""
        return await read_form(self.request, kind)

    def _around(self) -> dict[str, object]:
        return {"session": None, "here": self.request.url.path, "theme": "system"}


class Visit(Visitor):
    """Somebody who has signed in, in the role and for the purpose that they have chosen."""

    @property
    def session(self) -> Session:
        """Who it is."""
        assert self.maybe_session is not None  # noqa: S101 - `Console.admit` lets nobody else here
        return self.maybe_session

    def client(self, hub: str | None = None) -> AsyncClient:
        """A hub, asked in this person's name: by default the one that the page's address names, else the first one that
        the bureau is connected to."""
        return self.node.hubs.client(self.session.asker(self.node.vault.bureau), hub or self.hub)

    @property
    def hub(self) -> str:
        """The hub that the page is about."""
        return self.request.query_params.get("hub") or self.node.hubs.names[0]

    def at(self, path: str, hub: str | None = None) -> str:
        """Where a page about something of a hub is, by default of this page's: the first hub goes without saying."""
        about = hub or self.hub
        if about == self.node.hubs.names[0]:
            return path
        return f"{path}{'&' if '?' in path else '?'}hub={quote(about)}"

    async def page(
        self,
        template: str,
        *,
        part: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: object,
    ) -> Response[bytes]:
        """Answer with a template; where htmx asks and `part` names a block, with that block alone.

        What the person may still take back comes along: with a part of a page, too, where there is any.
        """
        held = await self.node.desk.shown_acts(self.session)
        context["held_acts"] = held
        bar = "undo.html" if self.is_part and held and template != "undo.html" else None
        return self.show(template, part=part, besides=bar, status=status, headers=headers, **context)

    async def hold(self, act: str, content: Mapping[str, object], label: str) -> None:
        """Have an act of the page's `ACTS` done in a few seconds; `label` is what the person reads until then."""
        await self.node.desk.hold(self.session, act, content, label)

    def _around(self) -> dict[str, object]:
        return {
            "session": self.session,
            "here": self.request.url.path,
            "address": self.page_address,
            "theme": self.session.theme,
            "sections": self.console.sections_for(self.session.role),
            "held_acts": (),
            "lines": self.node.hubs.states,
            "at": self.at,
            "other_hub": self.hub if self.hub != self.node.hubs.names[0] else "",
        }
