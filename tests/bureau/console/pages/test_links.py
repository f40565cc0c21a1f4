"""Links: both records side by side, and what the owners decide."""

import re
import time

from playwright.async_api import Browser, expect
from tests.bureau.console.cases import HOSTILE, HTMX, contributed, new_plate
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.records import Conditions, Release
from allpoints.wire.corridor import Decision, Link


def linked(hub: RunningHub, **theirs: object) -> Link:
    """A vehicle that ITA holds, and ALB too."""
    plate = new_plate("ITA")
    ours = contributed(hub, "ITA", ("plate", plate), make="Fiat")
    contributed(hub, "ALB", ("plate", plate), reason="seized", make="Fiat Uno", **theirs)  # type: ignore[arg-type]
    deadline = time.monotonic() + 120
    while True:
        after = 0
        while page := hub.operator("ITA").links(after=after, limit=500):
            for link in page.items:
                if link.record == ours:
                    return link
            if page.next is None:
                break
            after = int(page.next)
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_both_records_stand_side_by_side(console: RunningConsole, hub: RunningHub) -> None:
    link = linked(hub, description=HOSTILE)
    page = console.client().get(f"/links/{link.id}").text
    for said in (
        "Our record",
        "The record of ALB",
        "Fiat Uno",
        "seized",
        "stolen",
        "number plate",
        "desk@alb.example",
    ):
        assert said in page
    assert "<script>alert" not in page
    assert "ALB has not decided." in page
    assert f'id="link-{link.id}"' in console.client().get("/links", params={"after": link.id - 1}).text
    assert console.client().get("/links/999999").status_code == 404


def test_of_a_contact_nothing_more_is_shown(console: RunningConsole, hub: RunningHub) -> None:
    link = linked(hub, more={"conditions": Conditions(disclosure=Release.CONTACT)}, description="A secret")
    page = console.client().get(f"/links/{link.id}").text
    assert "The owner says only that it holds this." in page
    assert "A secret" not in page


def test_a_decision_is_held_and_then_done(console: RunningConsole, hub: RunningHub) -> None:
    link = linked(hub)
    client = console.client()
    held = client.post(f"/links/{link.id}/decision", data={"decision": "same"}, headers=HTMX).text
    assert f"Deciding that link {link.id} is the same" in held
    deadline = time.monotonic() + 40
    while hub.operator("ITA").links(after=link.id - 1, limit=1).items[0].decision is not Decision.SAME:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert re.search(r"we:\s+same", client.get(f"/links/{link.id}").text)


def test_an_analyst_looks_and_decides_nothing(console: RunningConsole, hub: RunningHub) -> None:
    link = linked(hub)
    client = console.client("analyst", "criminal-investigation")
    assert 'name="decision"' not in client.get(f"/links/{link.id}").text
    assert console.client("officer").get("/links").status_code == 403
    decision = {"decision": "same"}
    assert client.post(f"/links/{link.id}/decision", data=decision, headers=HTMX).status_code == 403


def test_what_is_no_decision_is_refused_at_its_field(console: RunningConsole) -> None:
    refused = console.client().post("/links/1/decision", data={"decision": "perhaps"}, headers=HTMX)
    assert 'data-field="decision"' in refused.text


async def test_a_link_is_decided_by_keyboard_alone(
    console: RunningConsole, hub: RunningHub, browser: Browser
) -> None:
    link = linked(hub)
    async with console.page(browser, f"/links/{link.id}") as page:
        await page.locator("button[value=different]").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#undo button")).to_be_visible()
        await page.keyboard.press("u")
        await expect(page.locator("#undo form")).to_have_count(0)
