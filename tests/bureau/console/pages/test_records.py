"""Records: the list, one record, its reads, and taking it back."""

import re
import secrets
import time
from datetime import UTC, datetime

from playwright.async_api import Browser, expect
from tests.bureau.console.cases import HOSTILE, HTMX, asked_of_us, contributed, new_plate
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.records import Conditions, Release, Selection


def test_the_list_finds_by_reference_and_comes_page_by_page(console: RunningConsole, hub: RunningHub) -> None:
    reference = f"LIST-{secrets.token_hex(4)}"
    number = contributed(hub, "ITA", ("plate", new_plate("ITA")), reference=reference)
    client = console.client()
    found = client.get("/records", params={"reference": reference}, headers=HTMX).text
    assert found.strip().startswith('<div id="rows"')
    assert re.findall(r'id="record-(\d+)"', found) == [str(number)]
    assert "Nothing here fits the filter." in client.get("/records", params={"reference": "none"}).text


def test_one_record_has_conditions_retention_provenance_and_earlier_versions(
    console: RunningConsole, hub: RunningHub
) -> None:
    conditions = Conditions(
        bureaus=Selection("only", ("ALB", "FRA")),
        agencies=Selection("except", ("customs",)),
        disclosure=Release.CONTACT,
    )
    number = contributed(
        hub,
        "ITA",
        ("plate", new_plate("ITA")),
        make="Fiat",
        instructions="Seize it.",
        more={"conditions": conditions},
    )
    page = console.client().get(f"/records/{number}").text
    for said in (
        "Seize it.",
        "Fiat",
        "only",
        "ALB",
        "FRA",
        "all but",
        "customs",
        "contact only",
        "B2",
        "version 1",
    ):
        assert said in page
    assert "What it said before" not in page
    assert console.client("analyst").get(f"/records/{number}").text.count("Withdraw") == 0
    assert console.client().get("/records/999999").status_code == 404


def test_every_text_is_text(console: RunningConsole, hub: RunningHub) -> None:
    texts = dict.fromkeys(("instructions", "description", "make", "model", "colour", "calibre"), HOSTILE)
    number = contributed(
        hub, "ITA", ("plate", new_plate("ITA")), reference=f"{HOSTILE}{secrets.token_hex(3)}", **texts
    )
    client = console.client()
    for path in (f"/records/{number}", "/records", f"/records/{number}/correction"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_a_withdrawal_is_held_and_then_done(console: RunningConsole, hub: RunningHub) -> None:
    reference = f"GONE-{secrets.token_hex(4)}"
    number = contributed(hub, "ITA", ("plate", new_plate("ITA")), reference=reference)
    client = console.client()
    held = client.post(f"/records/{number}/withdrawal", headers=HTMX).text
    assert f"Withdrawing record {reference}" in held
    assert "Undo" in held
    deadline = time.monotonic() + 40
    while hub.operator("ITA").record(number).state != "withdrawn":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    page = client.get(f"/records/{number}").text
    assert "This record is withdrawn: no check finds it." in page
    assert f"Withdraw {reference}" not in page


def test_a_withdrawal_can_be_taken_back(console: RunningConsole, hub: RunningHub) -> None:
    number = contributed(hub, "ITA", ("plate", new_plate("ITA")))
    client = console.client("supervisor")
    held = client.post(f"/records/{number}/withdrawal", headers=HTMX).text
    [act] = re.findall(r'action="/acts/(\d+)/undo"', held)
    assert client.post(f"/acts/{act}/undo", headers=HTMX).status_code == 200
    assert hub.operator("ITA").record(number).state == "active"


def test_only_who_answers_for_records_takes_them_back(console: RunningConsole, hub: RunningHub) -> None:
    number = contributed(hub, "ITA", ("plate", new_plate("ITA")))
    refused = console.client("analyst").post(f"/records/{number}/withdrawal", headers=HTMX)
    assert refused.status_code == 403
    assert hub.operator("ITA").record(number).state == "active"


def test_who_found_it_is_listed_with_a_receipt_that_is_verified(
    console: RunningConsole, hub: RunningHub
) -> None:
    plate = new_plate("ITA")
    number = contributed(hub, "ITA", ("plate", plate))
    asked_of_us(hub, plate)
    page = console.client().get(f"/records/{number}/reads").text
    assert "saw it in full" in page
    assert "border police, officer" in page
    entry = re.findall(r'href="/receipts/([\d.]+)"', page)[0]
    receipt = console.client().get(f"/receipts/{entry}").text
    assert "The receipt holds." in receipt
    assert "a record was found" in receipt
    assert console.client("data-protection-officer").get(f"/records/{number}/reads").status_code == 200
    assert console.client("analyst").get(f"/records/{number}/reads").status_code == 403


def test_what_is_to_be_reviewed_is_listed(console: RunningConsole, hub: RunningHub) -> None:
    reference = f"DUE-{secrets.token_hex(4)}"
    today = datetime.now(UTC).date()
    contributed(hub, "ITA", ("plate", new_plate("ITA")), reference=reference, more={"review_by": today})
    contributed(hub, "ITA", ("plate", new_plate("ITA")), reference=f"NOT-{reference}")
    found = console.client().get("/records", params={"due": "true"}).text
    assert f">{reference}<" in found
    assert f"NOT-{reference}" not in found


async def test_a_record_is_opened_and_withdrawn_by_keyboard_alone(
    console: RunningConsole, hub: RunningHub, browser: Browser
) -> None:
    reference = f"KEYS-{secrets.token_hex(4)}"
    number = contributed(hub, "ITA", ("plate", new_plate("ITA")), reference=reference)
    async with console.page(browser, "/records") as page:
        await page.keyboard.press("/")
        await page.keyboard.type(reference)
        await expect(page.locator("[data-row]")).to_have_count(1)
        await page.keyboard.press("Escape")
        await page.keyboard.press("Enter")
        await expect(page).to_have_url(f"{console.url}/records/{number}")
        await page.locator("#record-acts button").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#undo")).to_contain_text(reference)
        await page.keyboard.press("u")
        await expect(page.locator("#undo form")).to_have_count(0)
    assert hub.operator("ITA").record(number).state == "active"
