"""The console in a real browser: for everybody, by keyboard alone, in ten tabs, over a broken line."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from tests.browser import new_context
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.desk import BegunAct, Waiting
from allpoints.records import Role

FOCUSED = "document.activeElement.closest('[data-row]')?.id"


def add(console: RunningConsole, key: str, **other: Any) -> int:
    waiting = {"key": key, "kind": "hit", "what": key, "path": "/", "roles": (Role.OPERATOR,)}
    return console.run(console.node.desk.add(Waiting(**waiting | other)))


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_chosen_theme_goes_before_the_systems(
    console: RunningConsole, browser: Browser, theme: str
) -> None:
    async with console.page(browser, theme=theme) as page:
        for system in ("dark", "light"):
            await page.emulate_media(color_scheme=system)
            page_colour = await page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (page_colour == "rgb(20, 24, 29)") == (theme == "dark")


async def test_the_inbox_by_keyboard_alone(console: RunningConsole, browser: Browser) -> None:
    for number in range(3):
        add(console, f"BY-HAND-{number}", deadline=datetime.now(UTC) - timedelta(days=9 - number))
    async with console.page(browser) as page:
        await page.keyboard.press("/")
        await page.keyboard.type("by-hand-")
        await expect(page.locator("[data-row]")).to_have_count(3)
        await page.keyboard.press("Escape")
        first = await page.evaluate(FOCUSED)
        await page.keyboard.press("j")
        second = await page.evaluate(FOCUSED)
        assert first != second
        await page.keyboard.press("k")
        assert await page.evaluate(FOCUSED) == first
        await page.keyboard.press("?")
        await expect(page.locator("#help")).to_be_visible()
        await page.keyboard.press("Escape")
        # The focus returns where it was.
        await page.wait_for_function(f"first => {FOCUSED} === first", arg=first)
        await page.keyboard.press("e")
        await expect(page.locator(f"#{first}.done")).to_be_visible()
        # It stays with the row that was handled.
        await page.wait_for_function(f"first => {FOCUSED} === first", arg=first)
        await page.keyboard.press("e")
        await expect(page.locator(f"#{first}.open")).to_be_visible()
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{console.url}/inbox/{first.removeprefix('matter-')}")


async def test_who_wants_no_single_keys_has_none_and_keeps_it_so(
    console: RunningConsole, browser: Browser
) -> None:
    async with console.page(browser, "/account") as page:
        box = page.locator("[data-keys] input")
        await expect(box).to_be_checked()
        await box.uncheck()
        await page.keyboard.press("?")
        await page.goto(f"{console.url}/account")
        await page.keyboard.press("?")
        await expect(page.locator("#help")).to_be_hidden()
        await expect(box).not_to_be_checked()
        await box.check()
        await page.keyboard.press("?")
        await expect(page.locator("#help")).to_be_visible()


async def test_the_role_is_changed_by_keyboard_alone(console: RunningConsole, browser: Browser) -> None:
    async with console.page(browser, "/account") as page:
        await page.locator(".capacity summary").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("End")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".capacity summary")).to_contain_text("victim identification")
        await expect(page).to_have_url(f"{console.url}/account")


async def test_what_is_new_is_said_and_moves_nothing(console: RunningConsole, browser: Browser) -> None:
    async with console.page(browser, "/?text=fresh-") as page:
        await expect(page.locator(".empty")).to_be_visible()
        await _listening(page)
        add(console, "FRESH-1")
        await expect(page.locator("[role=status] > [data-news]")).to_contain_text("1")
        await expect(page.locator("[data-row]")).to_have_count(0)
        await page.keyboard.press("n")
        await expect(page.locator("[data-row]")).to_have_count(1)


async def test_ten_tabs_live_on_one_stream(console: RunningConsole, browser: Browser) -> None:
    signed_in = console.sign_in("supervisor")
    async with new_context(browser, [console.browser_cookie(signed_in)]) as context:
        tabs = [await context.new_page() for _ in range(10)]
        for tab in tabs:
            await tab.goto(console.url)
        await _listening(tabs[0])
        add(console, "TABS-1", roles=(Role.SUPERVISOR,))
        for tab in tabs:
            await expect(tab.locator("[data-news]")).to_be_visible()
        await tabs[0].close()
        await tabs[9].reload()
        await asyncio.sleep(0.3)
        add(console, "TABS-2", roles=(Role.SUPERVISOR,))
        await expect(tabs[9].locator("[data-news]")).to_be_visible()


async def test_typing_is_never_lost(console: RunningConsole, browser: Browser) -> None:
    """Over a reload, over a broken line, over the end of the session: and gone when its person signs out."""
    signed_in = console.sign_in("supervisor")
    async with new_context(browser, [console.browser_cookie(signed_in)]) as context:
        page = await context.new_page()
        await page.goto(f"{console.url}/records/new")
        field = page.locator("form[data-draft] input[name=reference]")
        await field.fill("TYPED-1")
        await expect(page.locator("[data-draft-state]")).not_to_be_empty()
        await page.reload()
        await expect(field).to_have_value("TYPED-1")
        await context.set_offline(True)
        await field.fill("TYPED-2")
        await page.wait_for_function("() => localStorage.length > 0")
        await context.set_offline(False)
        await page.reload()
        await expect(field).to_have_value("TYPED-2")
        console.run(console.node.sessions.end(signed_in.session))
        await field.fill("TYPED-3")
        await page.wait_for_function("() => JSON.stringify(localStorage).includes('TYPED-3')")
        again = console.sign_in("supervisor")
        await context.add_cookies([console.browser_cookie(again)])  # type: ignore[list-item]
        await page.reload()
        await expect(field).to_have_value("TYPED-3")
        await page.locator(".who summary").click()
        await page.locator("[data-signs-out] button").click()
        await expect(page).to_have_url(f"{console.url}/sign-in")
        assert await page.evaluate("localStorage.length") == 0
    async with console.page(browser, "/records/new", role="supervisor") as page:
        await expect(page.locator("form[data-draft] input[name=reference]")).to_have_value("")


async def test_a_held_act_is_undone_by_a_key(
    console: RunningConsole, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allpoints.bureau.desk.holding.UNDO_S", 60.0)

    async def do(_: BegunAct) -> None:
        """Nothing."""

    console.node.desk.teach("test-browser", do)
    session = console.sign_in("analyst").session
    console.run(console.node.desk.hold(session, "test-browser", {}, "Withdrawing P-1"))
    async with console.page(browser, role="analyst") as page:
        await expect(page.locator("#undo")).to_contain_text("Withdrawing P-1")
        await page.keyboard.press("u")
        await expect(page.locator("#undo form")).to_have_count(0)
    assert console.run(console.node.desk.shown_acts(session)) == []


async def test_arabic_keeps_signs_numbers_and_drawings_in_their_direction(
    console: RunningConsole, browser: Browser
) -> None:
    add(console, "RTL-1", deadline=datetime.now(UTC) - timedelta(minutes=13))
    async with console.page(browser, "/?text=rtl-", language="ar") as page:
        clock = page.locator("time.due bdi")
        text = await clock.inner_text()
        assert text.startswith("−1")
        places = await clock.evaluate(
            """(bdi) => [0, bdi.firstChild.length - 1].map((at) => {
                const range = document.createRange();
                range.setStart(bdi.firstChild, at); range.setEnd(bdi.firstChild, at + 1);
                return range.getBoundingClientRect().left; })"""
        )
        assert places[0] < places[1], "the sign stands to the left of the digits"
        assert await page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        header = await page.locator(".brand").bounding_box()
        assert header is not None
        assert header["x"] > 640


async def test_without_scripts_the_inbox_works(console: RunningConsole, browser: Browser) -> None:
    number = add(console, "PLAIN-1")
    signed_in = console.sign_in()
    async with new_context(
        browser, [console.browser_cookie(signed_in)], java_script_enabled=False
    ) as context:
        page = await context.new_page()
        await page.goto(f"{console.url}/?text=plain-")
        await page.locator(f"#matter-{number} button").click()
        await expect(page).to_have_url(f"{console.url}/")
        await page.goto(f"{console.url}/?text=plain-")
        await expect(page.locator("[data-row]")).to_have_count(0)


async def _listening(page: Page) -> None:
    """Wait until the browser has its stream."""
    await page.wait_for_function(
        "() => navigator.locks.query().then((locks) => locks.held.length > 0)", polling=50
    )
    await asyncio.sleep(0.3)
