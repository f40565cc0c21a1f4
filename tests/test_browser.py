"""What the tests of pages lean on: the browser starts, and its helpers find what is wrong with a page."""

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Route
from tests.browser import axe, axe_by_day_and_night, new_context, running_browser, watched_page

STRICT = "default-src 'none'; style-src 'self'; require-trusted-types-for 'script'"
LOOSE = "default-src 'unsafe-inline'"
GOOD = "<!doctype html><html lang=en><title>A page</title><main><h1>A page</h1><p>Words.</p></main>"


@pytest_asyncio.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    async with new_context(browser, []) as context:
        yield context


async def show(page: Page, html: str, policy: str = STRICT) -> None:
    """Open a page that no server needs to serve."""

    async def answer(route: Route) -> None:
        headers = {"content-security-policy": policy, "content-type": "text/html; charset=utf-8"}
        await route.fulfill(status=200, headers=headers, body=html)

    await page.route("**/*", answer)
    await page.goto("http://pages.test/")


async def test_a_good_page_gives_no_cause_for_complaint(context: BrowserContext) -> None:
    async with watched_page(context) as page:
        await show(page, GOOD)
        assert await axe(page) == []
        assert await axe(page) == []


async def test_what_is_inaccessible_is_named_with_its_element(context: BrowserContext) -> None:
    page = await context.new_page()
    await show(page, GOOD.replace("<p>", "<img src=x.png><button id=bare></button><p>"))
    found = await axe(page)
    assert [line.partition(":")[0] for line in found] == ["button-name", "image-alt"]
    assert '<button id="bare"></button>' in found[0]


async def test_contrast_and_the_size_of_targets_are_looked_at(context: BrowserContext) -> None:
    small = "<a href=/a style='font-size:6px'>a</a><a href=/b style='font-size:6px'>b</a>"
    pale = "<p style='color:#ccc;background:#fff'>pale</p>"
    page = await context.new_page()
    await show(page, GOOD.replace("<p>", f"{small}{pale}<p>"), LOOSE)
    assert {"color-contrast", "target-size"} <= {line.partition(":")[0] for line in await axe(page)}


async def test_what_only_one_theme_makes_pale_is_found(context: BrowserContext) -> None:
    style = """<style>:root { color-scheme: light dark; background: light-dark(#fff, #111); }
        p { color: light-dark(%s, %s); }</style>"""
    page = await context.new_page()
    for light, dark in (("#111", "#333"), ("#ccc", "#eee")):
        await show(page, GOOD.replace("<main>", style % (light, dark) + "<main>"), LOOSE)
        [found] = await axe_by_day_and_night(page)
        assert found.startswith("dark: color-contrast" if dark == "#333" else "light: color-contrast")
        assert await axe_by_day_and_night(page, "h1") == []


@pytest.mark.parametrize(
    ("wrong", "policy", "said"),
    [
        ("<p style='color:red'>", STRICT, "style-src-attr inline"),
        ("<p onclick='alert()'>", STRICT, "script-src-attr inline"),
        ("<script>console.error('not fine')</script>", LOOSE, "not fine"),
        ("<script>throw new Error('thrown')</script>", LOOSE, "thrown"),
    ],
)
async def test_on_a_watched_page_nothing_may_go_wrong(
    context: BrowserContext, wrong: str, policy: str, said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        async with watched_page(context) as page:
            await show(page, GOOD + wrong, policy)


async def test_without_a_browser_the_tests_are_skipped_and_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(pytest.skip.Exception, match="no Chromium or Chrome on this machine"):
        async with running_browser():
            pass
