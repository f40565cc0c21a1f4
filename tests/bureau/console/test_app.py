"""Who gets in: nobody without a session but to the doors, and each role to the pages that are for it."""

import re

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.console.app import create_app
from allpoints.bureau.console.pages import PAGES
from allpoints.records import Role

DOORS = {
    "/sign-in",
    "/sign-in/openid",
    "/sign-in/openid/back",
    "/sign-in/passkey",
    "/static/{version:str}/{name:str}",
}
OPEN = DOORS | {"/invitation/{token:str}", "/invitation/{token:str}/passkey"}


def handlers(console: RunningConsole) -> list[HTTPRouteHandler]:
    app = create_app(console.node)
    return [handler for route in app.routes for handler in getattr(route, "route_handlers", [])]


def test_only_the_doors_are_open(console: RunningConsole) -> None:
    public = {path for handler in handlers(console) if handler.opt.get("public") for path in handler.paths}
    assert public <= OPEN
    assert public >= DOORS


def test_every_page_asks_a_stranger_to_sign_in_and_leads_back(console: RunningConsole) -> None:
    closed = [
        (method, re.sub(r"\{\w+:\w+\}", "1", path))
        for handler in handlers(console)
        if not handler.opt.get("public")
        for path in handler.paths
        for method in handler.http_methods - {"OPTIONS"}
    ]
    assert len(closed) > 10
    with httpx.Client(
        base_url=console.url, headers={"origin": console.url, "accept": "text/html"}
    ) as stranger:
        for method, path in closed:
            answer = stranger.request(method, path)
            assert answer.status_code == (303 if method == "GET" else 401), (method, path)
            if method == "GET":
                assert answer.headers["location"] == f"/sign-in?next={path}"


def test_a_page_is_for_the_roles_that_its_section_or_its_route_names(console: RunningConsole) -> None:
    roles = {
        path: handler.opt["roles"]
        for handler in handlers(console)
        for path in handler.paths
        if "GET" in handler.http_methods and "roles" in handler.opt
    }
    for page in PAGES:
        section = getattr(page, "SECTION", None)
        if section is None:
            continue
        assert set(section.roles) <= set(roles[section.path]), "nobody is led to a closed door"
        for role in Role:
            answer = console.client(role.value).get(section.path)
            assert (answer.status_code == 403) == (role not in roles[section.path]), (section.path, role)


def test_the_navigation_lists_what_one_may_open(console: RunningConsole) -> None:
    for role in Role:
        text = console.client(role.value).get("/").text
        for page in PAGES:
            section = getattr(page, "SECTION", None)
            if section is not None:
                assert (f'<li><a href="{section.path}"' in text) == (role in section.roles), (
                    section.path,
                    role,
                )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_who_in_which_role_and_for_what_purpose_stands_on_every_page(
    console: RunningConsole, language: str
) -> None:
    client = console.client("operator", "border-control", language=language)
    for path in ("/", "/account", "/nowhere"):
        text = client.get(path).text
        assert "Arta &lt;operator&gt;" in text
        assert {"en": "border control", "ar": "مراقبة الحدود"}[language] in text


def test_a_session_that_is_over_is_asked_to_sign_in_by_htmx_as_well(console: RunningConsole) -> None:
    with httpx.Client(
        base_url=console.url, headers={"hx-request": "true", "accept": "text/html, */*"}
    ) as htmx:
        answer = htmx.get("/")
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/sign-in?next=/")


@pytest.mark.parametrize("path", ["/notices", "/examinations", "/statistics", "/confirmations", "/records"])
def test_a_filter_stays_at_its_hub_also_without_scripts(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    lines = console.node.hubs._lines
    monkeypatch.setitem(lines, "lyon", lines["hub"])
    at_lyon = '<input type="hidden" name="hub" value="lyon">'
    client = console.client("supervisor")
    assert at_lyon in client.get(f"{path}?hub=lyon").text
    assert at_lyon not in client.get(path).text
