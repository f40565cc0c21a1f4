"""A real browser for tests of pages: the machine's own Chromium or Chrome, driven by Playwright, with axe-core.

Without a browser these tests are skipped, and say so. They are asynchronous, all of them: Playwright's synchronous
calls leave an event loop running behind them, after which no asynchronous test can run.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = f"no Chromium or Chrome on this machine: none of {', '.join(NAMES)} (Debian: apt install chromium)"
PATIENCE_MS = 60_000
"""On a busy machine a page may take its time; how fast it is, `bench.console` says."""
expect.set_options(timeout=PATIENCE_MS)
# WCAG 2.2 at level AA, and what axe recommends beyond it. By tag, since by default axe leaves out the size of targets.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_COLOURS = ["color-contrast", "link-in-text-block"]
_ASK_AXE = """
([within, options]) => window.axe ? axe.run(within, options).then((found) => found.violations) : null
"""
_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """The browser, without a window. Skips the test where there is none."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(MISSING)
    # Root has no sandbox, and a container little shared memory; the pages are our own.
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def new_context(
    browser: Browser, cookies: list[dict[str, str]], **how: Any
) -> AsyncIterator[BrowserContext]:
    """A browser of its own, as far as cookies and storage go."""
    context = await browser.new_context(**{"viewport": {"width": 1280, "height": 800}} | how)
    context.set_default_timeout(PATIENCE_MS)
    await context.add_cookies(cookies)  # type: ignore[arg-type]
    await context.add_init_script(_VIOLATIONS)
    try:
        yield context
    finally:
        await context.close()


async def device(page: Page) -> Callable[[bool], Awaitable[None]]:
    """A device that keeps passkeys, as Chromium imitates one. What is returned tells it whether it knows its person."""
    line = await page.context.new_cdp_session(page)
    await line.send("WebAuthn.enable")
    options = dict.fromkeys(
        ("hasResidentKey", "hasUserVerification", "isUserVerified", "automaticPresenceSimulation"), True
    )
    made = await line.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "internal", **options}},
    )

    async def knows(verified: bool) -> None:
        await line.send("WebAuthn.setUserVerified", {**made, "isUserVerified": verified})

    return knows


@asynccontextmanager
async def watched_page(context: BrowserContext) -> AsyncIterator[Page]:
    """A page on which nothing goes wrong: no error of a script, no violation of the content security policy."""
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    await page.close()
    assert not wrong, "\n".join(wrong)


async def axe(page: Page) -> list[str]:
    """What axe-core finds wrong on a page, one line for each rule and place."""
    return await _found(page, {"runOnly": _RULES})


async def axe_by_day_and_night(page: Page, coloured: str = "html") -> list[str]:
    """As `axe`, of a page that takes the system's theme, which is opened once for both themes.

    A theme changes nothing but colours; those are looked at within `coloured`, which is most of the work.
    """
    found = await _found(page, {"runOnly": _RULES, "rules": {each: {"enabled": False} for each in _COLOURS}})
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {each}" for each in await _found(page, {"runOnly": _COLOURS}, coloured)]
    return found


async def _found(page: Page, options: dict[str, Any], within: str = "html") -> list[str]:
    asked = [within, {"resultTypes": ["violations"], **options}]
    found = await page.evaluate(_ASK_AXE, asked)
    if found is None:
        await page.evaluate(AXE_SCRIPT)
        # Whatever this browser opens next has it from the start: the browser then compiles it once, and not each time.
        await page.context.add_init_script(AXE_SCRIPT)
        found = await page.evaluate(_ASK_AXE, asked)
    return [
        f"{rule['id']}: {place['html'][:160]} ({place.get('failureSummary', '')[:300]})"
        for rule in found
        for place in rule["nodes"]
    ]
