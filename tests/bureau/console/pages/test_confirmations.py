"""Confirmations: the asker's clock, the owner's answer, and the messages beside them."""

import re
import time

import pytest
from playwright.async_api import Browser, expect
from tests.bureau.console.cases import HTMX, asked_of_us, contributed, new_plate, until
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.bureau.console.pages import confirmations
from allpoints.bureau.mailbox import Message
from allpoints.wire.confirmations import ConfirmationState, OwnersAnswer, Side


def ask(console: RunningConsole, hub: RunningHub, role: str = "operator", **more: str) -> tuple[int, str]:
    """Ask UTO about a record of its; the confirmation's number, and what the page shows then."""
    plate = new_plate()
    record = contributed(hub, "UTO", ("plate", plate))
    client = console.client(role, "border-control")
    found = until(
        lambda: client.post("/check", data={"text": plate, "scheme": "plate"}, headers=HTMX),
        lambda text: f'value="{record}"' in text,
    ).text
    form = re.search(r'<form class="asking".*?</form>', found, re.S)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0])) | {"urgency": "gate", **more}
    shown = client.post("/confirmations", data=fields, headers=HTMX)
    assert client.post("/confirmations", data=fields, headers=HTMX).text == shown.text, "it asks once"
    [number] = set(re.findall(r'id="confirmation-(\d+)"', shown.text))
    return int(number), shown.text


def test_asking_starts_a_clock_that_is_seen_at_once(console: RunningConsole, hub: RunningHub) -> None:
    number, shown = ask(console, hub, role="officer")
    assert "UTO is asked and has to answer:" in shown
    assert 'class="due soon" data-due' in shown or 'class="due " data-due' in shown
    page = console.client("officer").get(f"/confirmations/{number}").text
    assert "A hit is no proof of identity until the owner confirms it." in page
    assert "Our answer" not in page
    hub.operator("UTO").answer_confirmation(number, OwnersAnswer.CONFIRMED)
    page = console.client("officer").get(f"/confirmations/{number}").text
    assert "UTO confirms the hit" in page
    assert "no proof of identity" not in page


def test_who_speaks_for_the_bureau_writes_beside_the_clock_once(
    console: RunningConsole, hub: RunningHub
) -> None:
    number, _ = ask(console, hub, held="yes")
    messages = console.run(console.node.mailbox.about(f"confirmation:{number}"))
    assert [(each.content.kind, each.recipients) for each in messages] == [("confirmation-request", ("UTO",))]
    assert messages[0].content.fields["person-held"] == "yes"
    assert "Request to confirm a hit" in console.client().get(f"/confirmations/{number}").text
    officers, _ = ask(console, hub, role="officer")
    assert console.run(console.node.mailbox.about(f"confirmation:{officers}")) == []


def test_a_double_click_writes_beside_the_clock_once(
    console: RunningConsole, hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_yet(*_: object) -> list[Message]:
        return []

    # Neither of the two sees what the other writes.
    monkeypatch.setattr(confirmations, "_messages", none_yet)
    number, _ = ask(console, hub)
    assert len(console.run(console.node.mailbox.about(f"confirmation:{number}"))) == 1


def test_the_owner_sees_which_record_who_asks_and_answers_by_buttons_that_name_it(
    console: RunningConsole, hub: RunningHub
) -> None:
    plate = new_plate("ITA")
    contributed(hub, "ITA", ("plate", plate), reference=f"OURS-{plate}", make="Fiat")
    asked = asked_of_us(hub, plate)
    client = console.client()
    page = client.get(f"/confirmations/{asked.id}").text
    for said in (f"OURS-{plate}", "FRA", "border police", "u-1", "border control", "Fiat", "held at a gate"):
        assert said in page
    assert f"Confirm FRA's hit on OURS-{plate}" in page
    assert f"Refute FRA's hit on OURS-{plate}" in page
    answered = client.post(
        f"/confirmations/{asked.id}/answer",
        data={"outcome": "refuted", "action": ["nothing", "inform-us"], "remarks": "Another car."},
        headers=HTMX,
    )
    assert f"Refuting FRA&#39;s hit on OURS-{plate}" in answered.text
    assert "Undo" in answered.text, "until it is done it can be taken back"
    assert client.get("/confirmations", params={"side": "owed"}).text.count("FRA asks us") >= 1


def test_a_held_answer_is_done_when_its_time_comes(console: RunningConsole, hub: RunningHub) -> None:
    plate = new_plate("ITA")
    contributed(hub, "ITA", ("plate", plate))
    asked = asked_of_us(hub, plate)
    console.client().post(
        f"/confirmations/{asked.id}/answer", data={"outcome": "confirmed", "remarks": "It is."}
    )
    client = hub.client("FRA")
    deadline = time.monotonic() + 40
    while client.confirmation(asked.id).state is ConfirmationState.ASKED:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert client.confirmation(asked.id).state is ConfirmationState.CONFIRMED
    [reply] = console.run(console.node.mailbox.about(f"confirmation:{asked.id}"))
    assert (reply.content.kind, reply.content.fields["remarks"]) == ("confirmation-reply", "It is.")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": "refuted", "action": "dance"}, "action"),
    ],
)
def test_what_is_no_answer_is_refused_at_its_field(
    console: RunningConsole, typed: dict[str, str], field: str
) -> None:
    refused = console.client().post("/confirmations/1/answer", data=typed, headers=HTMX)
    assert refused.status_code == 422
    assert f'data-field="{field}"' in refused.text


def test_an_answer_of_who_does_not_speak_for_the_bureau_is_not_even_kept(
    console: RunningConsole, hub: RunningHub
) -> None:
    plate = new_plate("ITA")
    contributed(hub, "ITA", ("plate", plate))
    asked = asked_of_us(hub, plate)
    for role in ("officer", "analyst"):
        answer = {"outcome": "confirmed"}
        refused = console.client(role).post(f"/confirmations/{asked.id}/answer", data=answer, headers=HTMX)
        assert refused.status_code == 403


def test_the_list_keeps_to_a_side_and_a_state(console: RunningConsole, hub: RunningHub) -> None:
    number, _ = ask(console, hub)
    client = console.client()
    listed = client.get(
        "/confirmations", params={"side": Side.ASKED.value, "show": "asked"}, headers=HTMX
    ).text
    assert f'id="confirmation-{number}"' in listed
    assert "asks us" not in listed
    assert console.client("administrator").get("/confirmations").status_code == 403


async def test_an_answer_is_given_and_taken_back_by_keyboard_alone(
    console: RunningConsole, hub: RunningHub, browser: Browser
) -> None:
    plate = new_plate("ITA")
    contributed(hub, "ITA", ("plate", plate), reference=f"KEYS-{plate}")
    asked = asked_of_us(hub, plate)
    async with console.page(browser, f"/confirmations/{asked.id}") as page:
        remarks, confirm = page.locator("textarea[name=remarks]"), page.locator("button[value=confirmed]")
        await remarks.focus()
        await page.keyboard.type("Call us first.")
        await confirm.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#undo button")).to_be_visible()
        await expect(remarks).to_have_count(0)
        await page.keyboard.press("u")
        await expect(page.locator("#undo button")).to_have_count(0)
        await expect(remarks).to_have_value("Call us first.")
        await expect(confirm).to_be_focused()
        await page.reload()
        await expect(remarks).to_have_value("Call us first.")
    assert hub.client("FRA").confirmation(asked.id).state is ConfirmationState.ASKED
