"""The API's application: a node's operations, for programs that show a token."""

from importlib.metadata import version

from litestar import Litestar, Router
from litestar.datastructures import MutableScopeHeaders
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme
from litestar.types import Message, Scope

from allpoints.bureau.api import attachments, forms, messages, quarantine
from allpoints.bureau.api.admission import Admission
from allpoints.bureau.api.bodies import JsonRequest
from allpoints.bureau.api.problems import failed, http_error, refused
from allpoints.bureau.node import Node
from allpoints.errors import AllpointsError

ROOT = "/api/v1"
DOCUMENT = f"{ROOT}/openapi"
MAX_BODY = 1 << 20
"""Bytes of a body in JSON. The route that takes files says so."""
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}


def create_app(node: Node) -> Litestar:
    """The API of a node that runs. It looks at no cookie: what a browser sends by itself lets nobody in."""
    admission = Admission(node)
    operations = [*messages.ROUTES, *attachments.ROUTES, *quarantine.ROUTES, *forms.ROUTES]
    return Litestar(
        route_handlers=[Router(ROOT, route_handlers=operations)],
        dependencies={"caller": Provide(admission.caller)},
        guards=[admission.admit],
        before_send=[_say_headers],
        exception_handlers={AllpointsError: refused, HTTPException: http_error, Exception: failed},
        request_class=JsonRequest,
        request_max_body_size=MAX_BODY,
        openapi_config=_described(),
        logging_config=None,
    )


def _described() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Allpoints node",
        version=version("allpoints"),
        description="Every request shows a program's token (docs/api-bureau.md).",
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"token": []}],
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin()],
        openapi_router=Router(DOCUMENT, route_handlers=[], include_in_schema=False, opt={"public": True}),
    )


async def _say_headers(message: Message, scope: Scope) -> None:
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers[name] = value
        if scope["scheme"] == "https":
            headers["strict-transport-security"] = "max-age=63072000"
