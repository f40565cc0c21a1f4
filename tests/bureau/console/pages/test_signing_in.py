"""The doors: each ends in a session or in a refusal in words."""

import re
import time

import httpx
import psycopg
import pyotp
import pytest
from playwright.async_api import Browser, expect
from tests.browser import device, new_context
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.people.sessions import NotSignedIn
from allpoints.records import Role

PASSWORD = "a long and quiet password"


@pytest.fixture(scope="module")
def secret(console: RunningConsole) -> str:
    """Somebody named `door`, who has a password and codes; the secret of the codes."""

    async def hire() -> str:
        people = console.node.people
        _, token = await people.add(name="door", display_name="Door", roles=(Role.OPERATOR,))
        invitation = await people.invitation(token)
        await people.accept_with_password(token, PASSWORD, pyotp.TOTP(invitation.code_secret).now())
        return invitation.code_secret

    return console.run(hire())


def stranger(console: RunningConsole, **headers: str) -> httpx.Client:
    return httpx.Client(
        base_url=console.url, headers={"origin": console.url, "accept": "text/html"} | headers, timeout=30
    )


def test_password_and_code_lead_to_the_page_one_came_for(console: RunningConsole, secret: str) -> None:
    client = stranger(console)
    totp = pyotp.TOTP(secret)
    later = totp.at(int(time.time()) + 30)
    typed = {"name": "door", "password": PASSWORD, "code": later, "next": "/account"}
    answer = client.post("/sign-in", data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert "Door" in client.get("/account").text
    assert client.get("/sign-in").status_code == 303, "one is in already"

    # Again, as where a page was open from before: the first session is over.
    before = client.cookies[console.cookie_name]
    with psycopg.connect(console.node.settings.database_url, autocommit=True) as owner:
        owner.execute("UPDATE bureau.people SET code_step = 0 WHERE name = 'door'")
    assert client.post("/sign-in", data=typed).status_code == 303
    assert client.cookies[console.cookie_name] != before
    with pytest.raises(NotSignedIn):
        console.run(console.node.sessions.find(before))


def test_what_is_wrong_is_said_in_words_and_the_name_stays_typed(
    console: RunningConsole, secret: str
) -> None:
    answer = stranger(console).post(
        "/sign-in?language=fr", data={"name": "<door>", "password": "wrong", "code": "000000"}
    )
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "Ce n'était pas exact" in answer.text
    assert 'value="&lt;door&gt;"' in answer.text
    assert "wrong" not in answer.text


def test_many_failures_make_one_wait(console: RunningConsole) -> None:
    client = stranger(console)
    answers = [
        client.post("/sign-in", data={"name": "kept-waiting", "password": "x", "code": "1"}).status_code
        for _ in range(12)
    ]
    assert 429 in answers


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_doors_speak_ones_language(console: RunningConsole, language: str) -> None:
    asked = stranger(console).get("/sign-in", params={"language": language}).text
    by_browser = stranger(console, **{"accept-language": f"{language};q=0.9, xx"}).get("/sign-in").text
    assert f'<html lang="{language}"' in asked
    assert f'<html lang="{language}"' in by_browser


def test_a_passkey_that_nobody_has_opens_nothing(console: RunningConsole) -> None:
    client = stranger(console)
    assert client.get("/sign-in/passkey").json()["challenge"]
    for body in ("", "{}", "[]", "\x00", '{"id": 1}', "x" * 100_000):
        answer = client.post("/sign-in/passkey", content=body)
        assert answer.status_code in (401, 413, 422)
        assert "set-cookie" not in answer.headers


async def test_a_passkey_that_is_not_confirmed_or_not_known_any_more_opens_nothing(
    console: RunningConsole, browser: Browser
) -> None:
    signed_in = console.sign_in("analyst")
    # A browser reports what is refused as an error of its own, so nobody watches for errors here.
    async with new_context(browser, [console.browser_cookie(signed_in)]) as context:
        page = await context.new_page()
        knows = await device(page)
        await page.goto(f"{console.url}/account")
        add, problem = page.locator("[data-passkey] button"), page.locator("[data-passkey] [role=alert]")
        await knows(False)
        await add.click()
        await expect(problem).to_contain_text("could not tell that it is you")
        await expect(add).to_be_focused()
        await knows(True)
        await add.click()
        await expect(page.locator("table.rows td").first).to_have_text("my passkey")
        await context.clear_cookies()
        await page.goto(f"{console.url}/sign-in")
        sign_in = page.locator("[data-passkey] button")
        await knows(False)
        await sign_in.click()
        await expect(problem).to_contain_text("Nothing has changed")
        await knows(True)
        [key] = console.run(console.node.passkeys.of(signed_in.session.person))
        console.run(console.node.passkeys.remove(signed_in.session.person, key.id))
        await sign_in.click()
        await expect(problem).to_have_text("The passkey was not accepted.")
        await expect(page).to_have_url(f"{console.url}/sign-in")
        assert await context.cookies() == []


def test_without_a_provider_there_is_no_such_door(console: RunningConsole) -> None:
    client = stranger(console)
    assert "/sign-in/openid" not in client.get("/sign-in").text
    assert client.get("/sign-in/openid").status_code == 404
    assert client.get("/sign-in/openid/back?code=x&state=y").status_code == 401


def test_another_sites_page_signs_nobody_in(console: RunningConsole, secret: str) -> None:
    answer = stranger(console, origin="https://evil.example").post(
        "/sign-in", data={"name": "door", "password": PASSWORD, "code": pyotp.TOTP(secret).now()}
    )
    assert answer.status_code == 403


def test_a_changed_password_ends_the_other_sessions(console: RunningConsole) -> None:
    name = "door-2"

    async def hire() -> list[str]:
        people = console.node.people
        _, token = await people.add(name=name, display_name="Door", roles=(Role.OPERATOR,))
        invitation = await people.invitation(token)
        return await people.accept_with_password(token, PASSWORD, pyotp.TOTP(invitation.code_secret).now())

    recovery = console.run(hire())
    one, other = stranger(console), stranger(console)
    for client, code in ((one, recovery[0]), (other, recovery[1])):
        assert (
            client.post("/sign-in", data={"name": name, "password": PASSWORD, "code": code}).status_code
            == 303
        )
    [token] = re.findall(r'x-allpoints-token": "([^"]+)"', one.get("/account").text)
    for code, status in ((recovery[0], 401), (recovery[2], 303)):
        changed = one.post(
            "/account/password",
            data={"password": PASSWORD, "code": code, "new": "a quite different one"},
            headers={"x-allpoints-token": token},
        )
        assert changed.status_code == status, "a recovery code works once"
    assert one.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
