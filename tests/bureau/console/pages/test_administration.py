"""Administration: accounts made, changed and ended, keys rotated, and what needs two waits for the second."""

import re
import secrets
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Browser, expect
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.people import Person
from allpoints.bureau.vault import KeyKind

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def client(console: RunningConsole) -> Iterator[httpx.Client]:
    with console.client("administrator", "administration") as found:
        yield found


@pytest.fixture
def alone(console: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    """No act needs a second person."""
    monkeypatch.setattr(console.node.four_eyes, "governs", lambda _: False)


def account(**changed: object) -> dict[str, object]:
    """The form of an account."""
    return {
        "name": f"new-{secrets.token_hex(4)}",
        "display_name": f"New {HOSTILE}",
        "roles": ["operator", "supervisor"],
        "agency": "police",
        "clearance": "restricted",
        "purposes": ["criminal-investigation", "border-control"],
        **changed,
    }


def named(console: RunningConsole, name: object) -> Person:
    return console.run(console.node.people.named(str(name)))


def test_an_account_is_made_changed_ended_and_begun_again(
    console: RunningConsole, client: httpx.Client, alone: None
) -> None:
    said = account()
    text = client.post("/administration/people/new", data=said).text
    [link] = re.findall(r'dir="ltr">(http[^<]+/invitation/[^<]+)<', text)
    assert httpx.get(link).status_code == 200
    assert "<script>alert" not in text
    person = named(console, said["name"])
    assert (person.roles, person.agency) == (("operator", "supervisor"), "police")
    path = f"/administration/people/{person.id}"
    assert 'value="operator" checked' in client.get(path).text
    client.post(path, data={**said, "roles": "analyst"})
    assert named(console, said["name"]).roles == ("analyst",)
    client.post(f"{path}/deactivation")
    assert not named(console, said["name"]).active
    client.post(f"{path}/activation", headers={"hx-request": "true"})
    assert named(console, said["name"]).active
    assert "/invitation/" in client.post(f"{path}/reset").text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": "operator"}, "name"),
        ({"name": "A name"}, "name"),
        ({"roles": ""}, "roles"),
        ({"roles": "king"}, "roles"),
        ({"purposes": ""}, "purposes"),
        ({"display_name": ""}, "display_name"),
    ],
)
def test_what_is_refused_names_its_field_and_keeps_what_was_typed(
    client: httpx.Client, alone: None, changed: dict[str, str], field: str
) -> None:
    answer = client.post("/administration/people/new", data=account(agency="customs", **changed))
    assert answer.status_code in (409, 422), answer.text
    assert f'data-field="{field}"' in answer.text
    assert 'value="customs" selected' in answer.text


def test_the_last_administrator_stays(console: RunningConsole, client: httpx.Client, alone: None) -> None:
    person = named(console, "administrator")
    assert client.post(f"/administration/people/{person.id}/deactivation").status_code == 409


async def test_an_account_is_made_by_keyboard_alone(
    console: RunningConsole, browser: Browser, alone: None
) -> None:
    name = f"typed-{secrets.token_hex(4)}"
    async with console.page(browser, "/administration/people", role="administrator") as page:
        await page.locator("a", has_text="Make an account").focus()
        await page.keyboard.press("Enter")
        await page.locator("[name=name]").focus()
        for typed in (name, "Someone New", "customs", "restricted"):
            await page.keyboard.type(typed)
            await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.locator("[name=purposes]").first.focus()
        await page.keyboard.press("Space")
        await page.locator("button.main").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#all [role=status]")).to_contain_text("/invitation/")
    person = named(console, name)
    assert (person.display_name, person.agency) == ("Someone New", "customs")
    assert (len(person.roles), person.clearance) == (1, "restricted")


def test_what_needs_two_people_is_proposed(console: RunningConsole, client: httpx.Client) -> None:
    text = client.post("/administration/people/new", data=(said := account())).text
    assert "It waits for a second person to agree." in text
    assert "/invitation/" not in text
    proposals = client.get("/administration/proposals").text
    article = proposals.partition(str(said["name"]))[2].partition("</article>")[0]
    assert "Take back:" in article
    assert "/approval" not in article
    [number] = set(re.findall(r"/administration/proposals/(\d+)/declining", article))
    assert client.post(f"/administration/proposals/{number}/approval").status_code == 403
    assert client.post(f"/administration/proposals/{number}/declining").status_code == 303


def test_a_key_is_rotated_and_the_old_one_revoked(
    console: RunningConsole, client: httpx.Client, alone: None
) -> None:
    before = console.node.vault.current(KeyKind.SEALING).key_id
    assert client.post(f"/administration/keys/{before}/revocation").status_code == 409
    assert "It is done." in client.post("/administration/keys/sealing/rotation").text
    assert console.node.vault.current(KeyKind.SEALING).key_id != before
    assert before in client.get("/administration").text
    client.post(f"/administration/keys/{before}/revocation")
    assert {key.key_id: key.state for key in console.node.vault.keys}[before] == "revoked"
    assert client.post("/administration/keys/other/rotation").status_code in (400, 404, 422)


def test_nobody_else_administers(console: RunningConsole) -> None:
    for role in ("operator", "supervisor"):
        client = console.client(role)
        assert client.get("/administration").status_code == 403
        assert client.post("/administration/keys/sealing/rotation").status_code == 403
