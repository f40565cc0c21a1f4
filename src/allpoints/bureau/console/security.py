"""What every answer of the console says to the browser, and which requests it refuses whoever sends them.

Three things keep another site out, any one of which would do: the cookie is `SameSite=Strict`; the browser says from
where a request comes (`Sec-Fetch-Site`, `Origin`); and whatever changes something carries the session's token. The
second also keeps out another program on the same machine: ports make another origin, but not another site.
"""

import hashlib
import hmac
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

from allpoints.errors import Forbidden

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_HEADER = "x-allpoints-token"  # noqa: S105 - a name
TOKEN_FIELD = "_token"  # noqa: S105 - a name

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""No `require-trusted-types-for`: htmx hands the text of our answers to the browser's parser, so it would need a policy
that lets every text pass, and that would check nothing. `allowScriptTags` is off instead, and scripts in a fragment
that is parsed in this way do not run."""

HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(),"
    " publickey-credentials-get=(self), publickey-credentials-create=(self)",
}
DEFAULTS = {"cache-control": "no-store"}
LASTING = {"strict-transport-security": "max-age=63072000"}


async def say_headers(message: Message, scope: Scope) -> None:
    """Put the headers on an answer that is about to be sent, whichever it is."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in HEADERS.items():
        headers[name] = value
    for name, value in DEFAULTS.items():
        headers.setdefault(name, value)
    if scope["scheme"] == "https":
        for name, value in LASTING.items():
            headers[name] = value


async def same_origin_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse what another site's page asks for, but for a link that leads here. Raises `Forbidden`."""
    headers = connection.headers
    site = headers.get("sec-fetch-site")
    if connection.scope.get("method") in SAFE:
        stranger = site in ("cross-site", "same-site") and headers.get("sec-fetch-mode") != "navigate"
    elif site is not None:
        stranger = site not in ("same-origin", "none")
    else:
        stranger = headers.get("origin") != _own_origin(connection)
    if stranger:
        raise Forbidden("another site's page sent this", remedy="Open the console itself and do it there.")


async def check_token(request: Request[Any, Any, Any], expected: str) -> None:
    """See that a request which changes something carries the session's token. Raises `Forbidden`."""
    if request.method in SAFE:
        return
    sent = request.headers.get(TOKEN_HEADER)
    if sent is None:
        sent = str((await request.form()).get(TOKEN_FIELD, ""))
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Forbidden(
            "the form is of another session", remedy="Open the page again; what was typed is kept as a draft."
        )


def cookie_name(bureau: str, node: str, *, secure: bool) -> str:
    """The cookie's name, another one for each node: browsers share cookies between the ports of a machine."""
    distinct = hashlib.sha256(f"{bureau}\0{node}".encode()).hexdigest()[:8]
    return f"{'__Host-' if secure else ''}allpoints-{bureau.lower()}-{distinct}"


def _own_origin(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    return f"{connection.scope['scheme']}://{connection.headers.get('host', '')}"
