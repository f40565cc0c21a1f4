"""The link by which somebody sets up the way in works once, and shows what it must this once."""

import re

import httpx
import pyotp
import pytest
from playwright.async_api import Browser, expect
from tests.browser import device, new_context, watched_page
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.people import Person
from allpoints.records import Role

PASSWORD = "another long and quiet one"


def invited(console: RunningConsole, name: str) -> str:
    """The path of a new person's link."""

    async def add() -> tuple[Person, str]:
        return await console.node.people.add(name=name, display_name=f"<b>{name}</b>", roles=(Role.OPERATOR,))

    _, token = console.run(add())
    return f"/invitation/{token}"


@pytest.fixture
def stranger(console: RunningConsole) -> httpx.Client:
    return httpx.Client(
        base_url=console.url, headers={"origin": console.url, "accept": "text/html"}, timeout=30
    )


def test_password_and_codes_are_set_up_once(console: RunningConsole, stranger: httpx.Client) -> None:
    path = invited(console, "invited-1")
    page = stranger.get(path)
    assert "<svg" in page.text
    assert "&lt;b&gt;invited-1" in page.text
    [secret] = re.findall(r"[A-Z2-7]{32}", page.text)
    done = stranger.post(path, data={"password": PASSWORD, "code": pyotp.TOTP(secret).now()})
    codes = re.findall(r'<li><bdi class="code">(\w{10})</bdi>', done.text)
    assert (done.status_code, len(codes)) == (200, 8)
    assert stranger.get(path).status_code == 404
    signed_in = stranger.post("/sign-in", data={"name": "invited-1", "password": PASSWORD, "code": codes[0]})
    assert signed_in.status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": "short", "code": "123456"}, "Choose another password"),
        ({"password": PASSWORD, "code": "000"}, "The code is not right"),
        ({}, "Choose another password"),
    ],
)
def test_what_is_wrong_is_said_and_the_link_still_works(
    console: RunningConsole, stranger: httpx.Client, typed: dict[str, str], said: str
) -> None:
    path = invited(console, f"invited-{abs(hash(said + str(typed))) % 10**9}")
    answer = stranger.post(path, data=typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert stranger.get(path).status_code == 200


def test_a_passkey_is_asked_for(console: RunningConsole, stranger: httpx.Client) -> None:
    path = invited(console, "invited-2")
    assert stranger.get(f"{path}/passkey").json()["user"]["name"] == "invited-2"
    assert stranger.post(f"{path}/passkey?label=x", content="{}").status_code == 422
    assert stranger.get(path).status_code == 200


async def test_a_passkey_is_set_up_and_signs_in_by_keyboard_alone(
    console: RunningConsole, browser: Browser
) -> None:
    path = invited(console, "invited-3")
    async with new_context(browser, []) as context, watched_page(context) as page:
        await device(page)
        await page.goto(f"{console.url}{path}?language=fr")
        await page.locator("[data-passkey] input").focus()
        await page.keyboard.press("Control+A")
        await page.keyboard.type("ma clé")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{console.url}/sign-in?language=fr")
        assert await context.cookies() == [], "a way in is no session"
        await page.goto(f"{console.url}/sign-in?next=/account")
        await page.locator("[data-passkey] button").focus()
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{console.url}/account")
        await expect(page.locator("table.rows td").first).to_have_text("ma clé")
        await page.locator(".who summary").focus()
        for key in ("Enter", "Tab", "Tab", "Enter"):
            await page.keyboard.press(key)
        await expect(page).to_have_url(f"{console.url}/sign-in")
        assert await context.cookies() == []


@pytest.mark.parametrize("path", ["/invitation/x", "/invitation/x/passkey"])
def test_a_link_that_nobody_was_given_leads_nowhere(stranger: httpx.Client, path: str) -> None:
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, data={"password": PASSWORD, "code": "1"}).status_code == 404
