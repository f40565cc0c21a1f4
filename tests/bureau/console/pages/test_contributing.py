"""The form of a record: every kind, nothing typed is lost, what is refused is shown at its field."""

import re
import secrets
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.browser import new_context
from tests.bureau.console.cases import HOSTILE, HTMX, contributed, new_plate
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.modalities import faces
from allpoints.records import OPERATIONAL_PURPOSES, RecordKind

FACE = (Path(faces.__file__).parent / "examples" / "3.jpg").read_bytes()


def typed(**fields: str) -> dict[str, str | list[str]]:
    """A vehicle, and what else is typed; a field's dots are written as they are."""
    return {
        "reference": f"NEW-{secrets.token_hex(4)}",
        "particulars.reason": "stolen",
        "identifiers[0].scheme": "plate",
        "identifiers[0].value": new_plate("ITA"),
        "conditions.purposes": [purpose.value for purpose in OPERATIONAL_PURPOSES],
        **fields,
    }


@pytest.mark.parametrize("kind", list(RecordKind))
def test_every_kind_has_its_form(console: RunningConsole, kind: RecordKind) -> None:
    page = console.client().get("/records/new", params={"kind": kind.value}).text
    assert f'data-draft="record-new-{kind}"' in page
    assert ("particulars.birth" in page) == (kind in ("person", "travel-document"))
    assert ("particulars.calibre" in page) == (kind == "firearm")
    assert ('type="file"' in page) == (kind in ("person", "trace"))


def test_a_record_is_contributed_with_all_that_was_typed(console: RunningConsole, hub: RunningHub) -> None:
    fields = typed(
        **{
            "particulars.make": "Fiat",
            "particulars.year": "1999",
            "particulars.instructions": HOSTILE,
            "conditions.bureaus": "only",
            "conditions.bureaus.members": "alb, FRA",
            "conditions.disclosure": "contact",
            "evaluation.source": "A",
            "evaluation.information": "1",
        }
    )
    fields["identifiers[1].scheme"] = "vin"
    fields["identifiers[1].value"] = "1M8GDM9AXKP042788"
    client = console.client()
    kept = client.post("/records/new?kind=vehicle", data=fields, headers=HTMX)
    assert kept.status_code == 204
    number = int(kept.headers["hx-redirect"].rpartition("/")[2])
    record = hub.operator("ITA").record(number)
    assert record.particulars
    assert (record.reference, record.particulars.make, record.particulars.year) == (
        fields["reference"],
        "Fiat",
        1999,
    )
    assert record.particulars.instructions == HOSTILE
    assert [each.scheme for each in record.identifiers] == ["plate", "vin"]
    assert record.conditions.bureaus.members == ("ALB", "FRA")
    assert (record.conditions.disclosure, str(record.evaluation)) == ("contact", "A1")


def test_a_person_has_names_in_any_script_and_pictures(console: RunningConsole, hub: RunningHub) -> None:
    fields = typed(
        **{
            "particulars.reason": "wanted",
            "particulars.names[0].text": "Анна Иванова",
            "particulars.names[1].family": "Ivanova",
            "particulars.names[1].given": "Anna",
            "particulars.names[1].kind": "alias",
            "particulars.birth": "12.03.1970",
            "particulars.nationalities": "ALB; UTO",
        }
    )
    fields["identifiers[0].value"] = ""
    client = console.client("operator", "criminal-investigation")
    kept = client.post(
        "/records/new?kind=person",
        data=fields,
        files={"file": ("face-1.jpg", FACE, "image/jpeg")},
        headers=HTMX,
    )
    assert kept.status_code == 204, kept.text
    record = hub.operator("ITA").record(int(kept.headers["hx-redirect"].rpartition("/")[2]))
    assert record.particulars
    assert [str(name) for name in record.particulars.names] == ["Анна Иванова", "Anna Ivanova"]
    assert (record.particulars.birth, record.particulars.nationalities) == ("1970-03-12", ("ALB", "UTO"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"identifiers[0].value": "QQQ:1"}, "identifiers[0].value"),
        ({"identifiers[0].value": ""}, "identifiers[0].value"),
        ({"particulars.reason": ""}, "particulars.reason"),
        ({"particulars.year": "1066"}, "particulars.year"),
        ({"particulars.names[0].text": "1"}, "particulars.names[0].text"),
        ({"particulars.birth": "03/04/1970"}, "particulars.birth"),
        ({"conditions.bureaus": "only"}, "conditions.bureaus"),
        ({"valid_until": "2001-01-01"}, "valid_until"),
        ({"reference": ""}, "reference"),
    ],
)
def test_what_is_refused_stands_at_its_field_and_nothing_typed_is_lost(
    console: RunningConsole, wrong: dict[str, str], field: str
) -> None:
    fields = typed(**{"particulars.description": "a <b>long</b> text", **wrong})
    client = console.client()
    refused = client.post("/records/new?kind=travel-document", data=fields, headers=HTMX)
    assert refused.status_code in (400, 422)
    assert f'data-field="{field}' in refused.text
    whole = client.post("/records/new?kind=travel-document", data=fields)
    assert f'data-field="{field}' in whole.text
    assert "a &lt;b&gt;long&lt;/b&gt; text" in whole.text
    assert f'name="{field}' in whole.text


def test_a_row_can_be_added_without_scripts(console: RunningConsole) -> None:
    client = console.client()
    fields = typed(more="identifiers")
    page = client.post("/records/new?kind=vehicle", data=fields).text
    assert 'name="identifiers[1].value"' in page
    assert str(fields["identifiers[0].value"]) in page
    names = client.post("/records/new?kind=person", data={**fields, "more": "names"}, headers=HTMX).text
    assert names.strip().startswith('<fieldset id="names"')
    assert 'name="particulars.names[1].text"' in names


def test_a_draft_is_there_again_with_all_its_rows(console: RunningConsole) -> None:
    client = console.client("supervisor")
    draft = {"reference": ["DRAFT-1"], "identifiers[2].value": ["ITA:DRAFT"]}
    assert client.put("/drafts/record-new-vehicle", json=draft).status_code == 204
    page = client.get("/records/new", params={"kind": "vehicle"}).text
    assert 'value="DRAFT-1"' in page
    assert 'value="ITA:DRAFT"' in page


def test_a_correction_begins_with_what_is_said_and_overwrites_nobody(
    console: RunningConsole, hub: RunningHub
) -> None:
    plate = new_plate("ITA")
    number = contributed(hub, "ITA", ("plate", plate), make="Fiat", colour="red", reference=f"OLD-{plate}")
    client = console.client()
    page = client.get(f"/records/{number}/correction").text
    for name, value in {"particulars.make": "Fiat", "identifiers[0].value": plate, "version": "1"}.items():
        assert re.search(rf'name="{re.escape(name)}" value="{value}"', page)
    fields = typed(
        **{
            "reference": f"OLD-{plate}",
            "version": "1",
            "identifiers[0].value": plate,
            "particulars.reason": "seized",
            "particulars.make": "Lancia",
            "particulars.colour": "red",
        }
    )
    kept = client.post(f"/records/{number}/correction", data=fields, headers=HTMX)
    assert kept.status_code == 204, kept.text
    record = hub.operator("ITA").record(number)
    assert record.particulars
    assert (record.version, record.particulars.make, record.particulars.colour) == (2, "Lancia", "red")
    assert "What it said before" in client.get(f"/records/{number}").text
    stale = client.post(f"/records/{number}/correction", data=fields, headers=HTMX)
    assert stale.status_code == 409


def test_only_operators_and_supervisors_contribute(console: RunningConsole) -> None:
    for role in ("analyst", "examiner", "officer", "administrator"):
        assert console.client(role).get("/records/new").status_code == 403
        assert console.client(role).post("/records/new?kind=vehicle", data=typed()).status_code == 403


async def test_a_record_is_contributed_by_keyboard_alone(
    console: RunningConsole, hub: RunningHub, browser: Browser
) -> None:
    reference, plate = f"TYPED-{secrets.token_hex(4)}", new_plate("ITA")
    # A browser reports what is refused as an error of its own, so nobody watches for errors here.
    async with new_context(browser, [console.browser_cookie(console.sign_in())]) as context:
        page = await context.new_page()
        await page.goto(f"{console.url}/records/new?kind=vehicle")
        await page.locator("[name=reference]").focus()
        await page.keyboard.type(reference)
        await page.keyboard.press("Tab")
        await page.keyboard.type("stolen")
        await page.locator("[name='identifiers[0].value']").focus()
        await page.keyboard.type("QQQ:1")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        second = page.locator("[name='identifiers[1].value']")
        await expect(second).to_be_focused()
        await page.locator("button.main").focus()
        await page.keyboard.press("Enter")
        first = page.locator("[name='identifiers[0].value']")
        await expect(first).to_be_focused()
        await expect(first).to_have_attribute("aria-invalid", "true")
        await page.keyboard.press("Control+A")
        await page.keyboard.type(plate)
        await page.locator("button.main").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile(r"/records/\d+$"))
    [record] = hub.operator("ITA").records(reference=reference).items
    assert record.identifiers[0].value == plate


async def test_without_scripts_a_record_is_contributed(
    console: RunningConsole, hub: RunningHub, browser: Browser
) -> None:
    reference = f"PLAIN-{secrets.token_hex(4)}"
    signed_in = console.sign_in()
    async with new_context(
        browser, [console.browser_cookie(signed_in)], java_script_enabled=False
    ) as context:
        page = await context.new_page()
        await page.goto(f"{console.url}/records/new?kind=vehicle")
        await page.fill("[name=reference]", reference)
        await page.select_option("[name='particulars.reason']", "lost")
        await page.fill("[name='identifiers[0].value']", new_plate("ITA"))
        await page.click("button[value=identifiers]")
        await page.locator("[name='identifiers[1].value']").wait_for()
        assert await page.input_value("[name=reference]") == reference
        await page.click("button.main")
        await page.wait_for_url(re.compile(r"/records/\d+$"))
    assert len(hub.operator("ITA").records(reference=reference).items) == 1
