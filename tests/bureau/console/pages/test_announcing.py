"""The forms of notices and diffusions ask for what each colour requires, and keep what was typed."""

import io
import re
import secrets

import httpx
import pytest
from PIL import Image
from playwright.async_api import Browser, expect
from tests.bureau.console.pages.test_notices import HOSTILE, HTMX
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.records.colours import Colour
from allpoints.records.notice_requirements import REQUIREMENTS
from allpoints.wire.notices import Notice


@pytest.fixture
def client(console: RunningConsole) -> httpx.Client:
    return console.client()


def typed(**changed: object) -> dict[str, object]:
    """A red notice as somebody types it."""
    return {
        "reference": f"RED-{secrets.token_hex(4)}",
        "particulars.reason": "wanted",
        "particulars.names[0].text": f"Mario {HOSTILE}",
        "particulars.birth": "1970-03",
        "particulars.nationalities": "ITA",
        "particulars.synthetic": "true",
        "grounds.facts": "He shot a guard.",
        "grounds.offence": "murder",
        "grounds.law": "Penal Code, article 575",
        "grounds.order.kind": "warrant",
        "grounds.order.number": "12/26",
        "grounds.order.issued": "2026-03-01",
        "grounds.order.authority": "Court of Ancona",
        "grounds.penalty.life": "true",
        "conditions.purposes": ["criminal-investigation", "border-control"],
        **changed,
    }


def jpeg() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), (10, 90, 60)).save(written, "JPEG")
    return written.getvalue()


def kept(hub: RunningHub, answer: httpx.Response) -> Notice:
    """The notice to which the browser is sent."""
    assert answer.status_code == 303, answer.text
    return hub.operator("ITA").notice(int(answer.headers["location"].rpartition("/")[2]))


def test_each_colour_has_a_form_that_says_what_it_requires(client: httpx.Client) -> None:
    colours = client.get("/notices/new").text
    for colour in Colour:
        assert f"/notices/new/{colour}" in colours
        text = client.get(f"/notices/new/{colour}").text
        assert f'class="notice-mark {colour}"' in text
        for need in REQUIREMENTS[colour].needs:
            if need.field.startswith("grounds."):
                assert f'name="{need.field}' in text, need.field
    assert client.get("/notices/new/pink").status_code in (400, 404, 422)


def test_a_red_notice_is_requested_with_a_picture_and_corrected(
    hub: RunningHub, client: httpx.Client
) -> None:
    files = {"pictures[0].image": ("face.jpg", jpeg(), "image/jpeg")}
    said = typed(**{"pictures[0].caption": "In 2025", "pictures[0].public": "true", "public": ["names"]})
    notice = kept(hub, client.post("/notices/new/red", data=said, files=files))
    assert notice.colour is Colour.RED
    assert notice.grounds.penalty is not None
    assert notice.grounds.penalty.life
    assert notice.pictures[0].caption == "In 2025"
    form = client.get(f"/notices/{notice.id}/correction").text
    assert 'value="Court of Ancona"' in form
    assert "<script>alert" not in form
    changed = {**said, "reference": notice.hit.reference, "version": str(notice.version)}
    changed["grounds.law"] = "Penal Code, article 576"
    corrected = kept(hub, client.post(f"/notices/{notice.id}/correction", data=changed))
    assert corrected.grounds.law == "Penal Code, article 576"
    assert len(corrected.pictures) == 1
    again = client.post(f"/notices/{notice.id}/correction", data=changed, headers=HTMX)
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"grounds.order.number": ""}, "grounds.order.number"),
        ({"grounds.penalty.life": "", "grounds.penalty.months": "12"}, "grounds.penalty.months"),
        ({"grounds.penalty.months": "many"}, "grounds.penalty.months"),
        ({"grounds.law": ""}, "grounds.law"),
        ({"grounds.order.issued": "yesterday"}, "grounds.order.issued"),
        ({"particulars.names[0].text": ""}, "particulars.names[0].text"),
        ({"particulars.birth": "soon"}, "particulars.birth"),
        ({"particulars.reason": "missing"}, "particulars.reason"),
    ],
)
def test_what_lacks_something_is_refused_at_its_field_and_keeps_what_was_typed(
    client: httpx.Client, changed: dict[str, str], field: str
) -> None:
    answer = client.post("/notices/new/red", data=typed(**changed))
    assert answer.status_code == 422, answer.text
    assert f'data-field="{field}"' in answer.text
    assert "He shot a guard." in answer.text
    assert 'value="murder"' in answer.text
    assert "<script>alert" not in answer.text


def test_a_picture_that_is_none_is_refused(client: httpx.Client) -> None:
    files = {"pictures[0].image": ("face.jpg", b"MZ not a picture", "image/jpeg")}
    answer = client.post("/notices/new/red", data=typed(), files=files)
    assert answer.status_code in (400, 422)
    assert 'data-field="pictures[0].image"' in answer.text


def test_a_diffusion_goes_to_the_chosen_bureaus(hub: RunningHub, client: httpx.Client) -> None:
    said = typed(to="alb, UTO", reference=f"D-{secrets.token_hex(4)}")
    sent = kept(hub, client.post("/diffusions/new/red", data=said))
    assert (sent.kind, sent.state) == ("diffusion", "sent")
    assert 'value="ALB, UTO"' in client.get(f"/notices/{sent.id}/correction").text
    nowhere = client.post("/diffusions/new/red", data=typed(to="", reference="nowhere"))
    assert 'data-field="to"' in nowhere.text


def test_another_row_keeps_what_stands_in_the_others(client: httpx.Client) -> None:
    said = {**typed(), "more": "names"}
    part = client.post("/notices/new/red", data=said, headers=HTMX).text
    assert part.lstrip().startswith('<div id="said">')
    assert 'name="particulars.names[1].text"' in part
    assert re.search(r'name="particulars\.names\[0\]\.text" value="Mario &lt;script', part)


async def test_a_notice_is_asked_for_by_keyboard_alone(
    console: RunningConsole, hub: RunningHub, browser: Browser
) -> None:
    reference = f"KEYS-{secrets.token_hex(4)}"
    typed = {
        "reference": reference,
        "particulars.names[0].text": "Anna Typed",
        "particulars.birth": "1990-05-06",
        "particulars.nationalities": "UTO",
        "grounds.facts": "She did not come home.",
        "grounds.place": "Ancona, at the harbour",
    }
    async with console.page(browser, "/notices", purpose="missing-persons") as page:
        await page.locator("a", has_text="Request a notice").focus()
        await page.keyboard.press("Enter")
        yellow = page.locator("#colour-yellow [data-open]")
        await expect(yellow).to_be_attached()
        await page.keyboard.press("j")
        await page.keyboard.press("j")
        await expect(yellow).to_be_focused()
        await page.keyboard.press("Enter")
        for field, text in typed.items():
            await page.locator(f"[name='{field}']").focus()
            await page.keyboard.type(text)
        await page.locator("[name='particulars.since']").focus()
        await page.keyboard.type("04052026")
        await page.locator("button.main").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile(r"/notices/\d+$"))
        number = int(page.url.rpartition("/")[2])
    notice = hub.operator("ITA").notice(number)
    assert (notice.hit.reference, notice.colour, notice.state) == (reference, Colour.YELLOW, "requested")
