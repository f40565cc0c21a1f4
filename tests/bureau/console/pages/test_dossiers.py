"""A dossier gathers what hubs hold and what refers to it, as text, with its provenance."""

import secrets
import time
from urllib.parse import parse_qs

import pytest
from playwright.async_api import Browser, expect
from tests.bureau.console.cases import contributed
from tests.bureau.console.correspondent import Correspondent
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.bureau.console.gathering import dossier_of
from allpoints.errors import NotFound
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import IdentifierEvidence
from allpoints.wire.confirmations import Urgency

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def number(hub: RunningHub, console: RunningConsole) -> str:
    """A stolen document of UTO's, which ITA has asked about and got a message about."""
    number = f"UTO:P:{secrets.token_hex(5).upper()}"
    kept = hub.operator("UTO").contribute(
        Contribution(
            reference=f"DOSSIER-{number[6:]}",
            kind=RecordKind.TRAVEL_DOCUMENT,
            identifiers=(RawIdentifier("travel-document", number),),
            particulars=Particulars(reason="stolen", description=HOSTILE, synthetic=True),
        )
    )
    asker = hub.operator("ITA")
    for _ in range(200):
        found = asker.check([IdentifierEvidence("travel-document", number)])
        if found.hits:
            break
    asker.ask_confirmation(kept.id, found.entry, urgency=Urgency.ROUTINE)
    sent = Correspondent(hub, "UTO").write(
        "ITA", subject=f"About it {HOSTILE}", references=(f"record:{kept.id}",)
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            console.run(console.node.mailbox.message(sent.head.id))
            break
        except NotFound:
            time.sleep(0.05)
    return number


def test_it_gathers_what_is_found_asked_and_written(console: RunningConsole, number: str) -> None:
    client = console.client(purpose="criminal-investigation")
    said = {"text": number, "scheme": "travel-document"}
    text = client.post("/documents", data=said).text
    assert "DOSSIER-" in text
    assert "log entry" in text
    assert 'class="state asked"' in text
    assert "About it &lt;script&gt;" in text
    assert "<script>alert" not in text
    part = client.post("/documents", data=said, headers={"hx-request": "true"}).text
    assert part.lstrip().startswith('<section id="dossier">')


def test_who_reads_no_messages_gets_none(console: RunningConsole, number: str) -> None:
    said = {"text": number, "scheme": "travel-document"}
    text = console.client("officer", "border-control").post("/documents", data=said).text
    assert "DOSSIER-" in text
    assert "About it" not in text


def test_forms_are_filled_in_by_the_address_and_refuse_with_what_was_typed(console: RunningConsole) -> None:
    client = console.client()
    assert 'value="AA 123 BB"' in client.get("/vehicles?text=AA 123 BB").text
    assert 'value="Ivo"' in client.get("/people?names=Ivo").text
    refused = client.post("/vehicles", data={"text": "", "scheme": "plate"})
    assert refused.status_code == 422
    refused = client.post("/people", data={"names": f"Ivo {HOSTILE}", "birth": "soon"})
    assert refused.status_code == 422
    assert "Ivo &lt;script&gt;" in refused.text
    assert console.client("administrator").get("/people").status_code == 403


def test_what_a_check_finds_leads_to_its_dossier(hub: RunningHub) -> None:
    phone = f"+355{secrets.randbelow(9 * 10**8) + 10**8}"
    contributed(
        hub, "UTO", ("phone", phone), kind="person", names=("Анна",), birth="1970-03", reason="wanted"
    )
    contributed(hub, "UTO", ("phone", phone), kind="item", reason="seen")
    asker = hub.operator("ITA")
    deadline = time.monotonic() + 120
    while len(found := asker.check([IdentifierEvidence("phone", phone)]).hits) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    paths = {hit.kind: dossier_of(hit) for hit in found}
    said = parse_qs(paths[RecordKind.PERSON].removeprefix("/people?"))
    assert said == {"names": ["Анна"], "birth": ["1970-03"], "text": [phone], "scheme": ["phone"]}
    assert paths[RecordKind.ITEM] == ""


async def test_a_dossier_is_opened_from_a_hit_and_walked_by_keyboard_alone(
    console: RunningConsole, browser: Browser, number: str
) -> None:
    async with console.page(browser, "/check") as page:
        await page.keyboard.type(number)
        await page.keyboard.press("Tab")
        await page.keyboard.type("travel")
        await page.locator("[name=text]").focus()
        await page.keyboard.press("Enter")
        await page.locator("article.hit a", has_text="Everything known").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("[name=text]")).to_have_value(number)
        await page.locator("button.main").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#dossier article.hit")).to_have_count(1)
        items = page.locator("#dossier [data-row] [data-open]")
        assert await items.count() == 2, "what was asked and what was written; the record is not ours to open"
        for item in (items.first, items.last):
            await page.keyboard.press("j")
            await expect(item).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("h1")).to_contain_text("About it")
