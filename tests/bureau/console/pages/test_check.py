"""The page Check: what is asked, and how hits are shown."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from tests.bureau.console.cases import HOSTILE, HTMX, SPECIMEN, contributed, new_plate, until
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.modalities import faces
from allpoints.records import Conditions, Purpose, Release

FACE = (Path(faces.__file__).parent / "examples" / "2.jpg").read_bytes()


def ask(console: RunningConsole, *, role: str = "officer", **typed: str) -> str:
    """The result of a check, as htmx gets it."""
    return console.client(role).post("/check", data=typed, headers=HTMX).text


def test_a_hit_says_what_to_do_whose_it_is_and_that_it_proves_nothing(
    console: RunningConsole, hub: RunningHub
) -> None:
    plate = new_plate()
    number = contributed(
        hub,
        "UTO",
        ("plate", plate),
        instructions="Seize it and inform UTO.",
        make="Fiat",
        more={"conditions": Conditions(purposes=(Purpose.VEHICLE_CRIME, Purpose.BORDER_CONTROL))},
    )
    client = console.client("officer", "border-control")
    found = until(
        lambda: client.post("/check", data={"text": plate, "scheme": "plate"}, headers=HTMX),
        lambda text: f'value="{number}"' in text,
    ).text
    assert found.strip().startswith('<section id="result"')
    for said in (
        "1 hit",
        "stolen",
        "Seize it and inform UTO.",
        "Ask UTO to confirm",
        "desk@uto.example",
        "border control, vehicle crime",
        "official",
        "made up",
        "A hit is no proof of identity until the owner confirms it.",
        "LLR",
        "B2",
    ):
        assert said in found
    assert re.search(r'value="gate" selected', found), "somebody stands at the gate"


def test_only_the_contact_looks_otherwise_and_says_nothing_of_the_record(
    console: RunningConsole, hub: RunningHub
) -> None:
    plate = new_plate()
    more = {"conditions": Conditions(disclosure=Release.CONTACT)}
    contributed(hub, "ALB", ("plate", plate), instructions="A secret", more=more)
    found = until(
        lambda: console.client().post("/check", data={"text": plate, "scheme": "plate"}, headers=HTMX),
        lambda text: "hit contact" in text,
    ).text
    assert "The owner says only that it holds this." in found
    assert "A secret" not in found
    assert "stolen" not in found


def test_no_hit_is_said_plainly(console: RunningConsole) -> None:
    found = ask(console, text=new_plate(), scheme="plate")
    assert "No hit" in found
    assert "Nobody holds this, or nobody who lets you know of it." in found
    assert "no proof of identity" not in found
    assert "add a date of birth" in ask(console, names="Nobody Whosoever")


def test_a_scanned_zone_is_asked_whatever_is_chosen_and_its_notes_are_shown(console: RunningConsole) -> None:
    found = ask(console, text=SPECIMEN, scheme="plate")
    assert "the document expired on 2012-04-15" in found


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "text"),
        ({"text": "QQQ:1", "scheme": "plate"}, "text"),
        ({"text": "BA1234567"}, "text"),
        ({"text": "P<UTO<<<<<<<<<<<<<<<<<<<<<<<<<<"}, "text"),
        ({"birth": "1970"}, "names"),
        ({"names": "Anna", "birth": "31.02.1970"}, "birth"),
        ({"names": "Anna", "nationalities": "QQQ"}, "nationalities"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(
    console: RunningConsole, typed: dict[str, str], field: str
) -> None:
    client = console.client("officer")
    refused = client.post("/check", data=typed, headers=HTMX)
    assert refused.status_code in (400, 422)
    assert f'data-field="{field}"' in refused.text
    whole = client.post("/check", data=typed)
    assert f'data-field="{field}"' in whole.text
    for value in typed.values():
        assert value.replace("<", "&lt;") in whole.text, "what was typed is still there"


def test_files_are_what_their_names_or_the_form_say(console: RunningConsole) -> None:
    client = console.client("operator", "criminal-investigation")
    unnamed = {"file": ("IMG_1.jpg", b"a picture", "image/jpeg")}
    assert 'data-field="IMG_1.jpg"' in client.post("/check", files=unnamed, headers=HTMX).text
    lies = client.post("/check", data={"shows": "face"}, files=unnamed, headers=HTMX)
    assert lies.status_code in (400, 422)
    assert 'data-field="file"' in lies.text
    found = client.post("/check", data={"shows": "face"}, files={"file": ("a.jpg", FACE, "image/jpeg")})
    assert "No hit" in found.text


def test_no_field_of_a_record_is_anything_but_text(console: RunningConsole, hub: RunningHub) -> None:
    plate = new_plate()
    texts = dict.fromkeys(("instructions", "description", "make", "model", "colour"), HOSTILE)
    contributed(hub, "FRA", ("plate", plate), reference=HOSTILE, **texts)
    found = until(
        lambda: console.client().post("/check", data={"text": plate, "scheme": "plate"}, headers=HTMX),
        lambda text: "1 hit" in text,
    ).text
    assert "<script" not in found
    assert "<img" not in found
    assert found.count("&lt;script&gt;") >= 5


def test_an_analyst_asks_and_has_nobody_confirm(console: RunningConsole, hub: RunningHub) -> None:
    plate = new_plate()
    contributed(hub, "UTO", ("plate", plate))
    client = console.client("analyst", "criminal-investigation")
    found = until(
        lambda: client.post("/check", data={"text": plate, "scheme": "plate"}, headers=HTMX),
        lambda text: "1 hit" in text,
    ).text
    assert "to confirm" not in found
    assert console.client("administrator").get("/check").status_code == 403


async def test_an_officer_scans_asks_and_sees_the_clock_by_keyboard_alone(
    console: RunningConsole, hub: RunningHub, browser: Browser
) -> None:
    contributed(
        hub, "UTO", ("travel-document", "UTO:P:L898902C3"), kind="travel-document", instructions="Seize it."
    )
    async with console.page(browser, "/check", role="officer") as page:
        field = page.locator("textarea[name=text]")
        await expect(field).to_be_focused()
        for line in SPECIMEN.split("\n"):
            await page.keyboard.type(line)
            await page.keyboard.press("Enter")
        hit = page.locator("article.hit", has_text="Seize it.").first
        await expect(hit).to_be_visible()
        await expect(field).to_be_focused()
        await page.keyboard.press("Escape")
        await page.keyboard.press("e")
        await expect(page.locator(".clock time.due").first).to_be_visible()
        await page.keyboard.press("/")
        await expect(field).to_be_focused()
