"""For everybody: axe-core finds nothing on any page, whatever is opened on it, in any language and theme."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import pyotp
import pytest
from jinja2 import Environment, PackageLoader
from playwright.async_api import Browser, BrowserContext, Page, expect
from tests.browser import axe_by_day_and_night, new_context, watched_page
from tests.bureau.console.everything import Look, everything, secretariats
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.bureau.console.languages import LANGUAGES
from allpoints.bureau.console.view import View
from allpoints.records import Role

Looks = Sequence[tuple[RunningConsole, Look]]
PASSWORD = "a long and quiet password"
OPEN_ALL = """() => {
    for (const each of document.querySelectorAll("main details")) each.open = true;
    return document.documentElement.lang; }"""
UNSEEN = {"layout.html", "welcome.html"}
"""Another page is made of the one, and the other sends the browser on before anybody can look at it."""


@pytest.fixture(scope="module")
def looks(console: RunningConsole, secretariat_console: RunningConsole, hub: RunningHub) -> Looks:
    return [
        *((console, look) for look in everything(console, hub)),
        *((secretariat_console, look) for look in secretariats(hub)),
    ]


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The templates that the consoles fill meanwhile."""
    names: set[str] = set()
    render = View.render

    def noted(self: View, language: Any, template: str, context: Mapping[str, object], **how: Any) -> str:
        names.add(template)
        return render(self, language, template, context, **how)

    monkeypatch.setattr(View, "render", noted)
    return names


@pytest.mark.parametrize("language", [each.code for each in LANGUAGES])
async def test_axe_finds_nothing(
    console: RunningConsole, browser: Browser, looks: Looks, rendered: set[str], language: str
) -> None:
    found: list[str] = []

    async def look_at(page: Page, coloured: str = "html") -> None:
        found.extend(f"{page.url}: {each}" for each in await axe_by_day_and_night(page, coloured))

    async with new_context(browser, []) as context:
        await _inside(context, looks, language, look_at)
    async with new_context(browser, []) as context:
        await _at_the_doors(context, console, language, look_at)
    assert not found, "\n".join(found)
    assert whole_pages() - rendered == UNSEEN


async def _inside(context: BrowserContext, looks: Looks, language: str, look_at: Any) -> None:
    signed_in = None
    async with watched_page(context) as page:
        for console, look in looks:
            who = (console, look.role, look.purpose)
            if who != signed_in:
                signed_in = who
                session = console.sign_in(look.role, look.purpose, language=language, theme="system")
                await context.add_cookies([console.browser_cookie(session)])  # type: ignore[list-item]
            await page.goto(console.url + look.path)
            assert await page.evaluate(OPEN_ALL) == language
            if look.first:
                await look.first(page)
            await look_at(page, "html" if look.around else "main")


async def _at_the_doors(
    context: BrowserContext, console: RunningConsole, language: str, look_at: Any
) -> None:
    """A browser says as an error of its own what it is refused, so nobody watches for errors here."""
    page = await context.new_page()
    await page.goto(f"{console.url}/sign-in?language={language}")
    await page.locator("[name=name]").fill("nobody")
    await page.locator("[name=password]").fill("nothing")
    await page.locator("[name=code]").fill("000000")
    await page.locator("button.main").click()
    await expect(page.locator("[role=alert].problem")).to_be_visible()
    await look_at(page)
    name = f"door-{secrets.token_hex(4)}"
    _, token = console.run(console.node.people.add(name=name, display_name="Axe", roles=(Role.OPERATOR,)))
    await page.goto(f"{console.url}/invitation/{token}?language={language}")
    await look_at(page)
    secret = console.run(console.node.people.invitation(token)).code_secret
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("[name=code]").fill(pyotp.TOTP(secret).now())
    await page.locator("form button.main").click()
    await expect(page.locator(".codes")).to_be_visible()
    await look_at(page)
    await page.goto(f"{console.url}/invitation/{token}?language={language}")
    await expect(page.locator("#problem")).not_to_be_empty()
    await look_at(page)


def whole_pages() -> set[str]:
    """The templates of which a page is made, not a part of one."""
    loader = PackageLoader("allpoints.bureau.console")
    named = {name: loader.get_source(Environment(), name)[0] for name in loader.list_templates()}
    return {name for name, text in named.items() if "<html" in text or '{% extends "layout.html"' in text}
