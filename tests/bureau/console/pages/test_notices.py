"""Notices: a shape and a word for each colour, no markup, an end that can be taken back, paper in four languages."""

import io
import re
from collections.abc import Iterator

import httpx
import pytest
from PIL import Image
from playwright.async_api import Browser, expect
from tests.announcing import diffusion, picture, request, review
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.bureau import Client
from allpoints.records.colours import Colour
from allpoints.records.notices import Grounds, PublicField
from allpoints.wire.notices import NoticeState

HTMX = {"hx-request": "true"}
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def utopia(hub: RunningHub) -> Client:
    """UTO's operator."""
    return hub.operator("UTO", "missing-persons")


@pytest.fixture(scope="module")
def published(hub: RunningHub, utopia: Client) -> int:
    """A notice of UTO's, full of hostile texts, with a picture."""
    said = request(
        name=f"Magda {HOSTILE}",
        instructions=HOSTILE,
        description=HOSTILE,
        grounds=Grounds(facts=HOSTILE, place=HOSTILE),
        pictures=(picture(caption=HOSTILE, public=True),),
        public=(PublicField.NAMES,),
    )
    kept = utopia.request_notice(said)
    hub.secretariat("operator").review_notice(kept.id, review())
    return kept.id


@pytest.fixture
def own(hub: RunningHub, console: RunningConsole) -> int:
    """A notice that ITA has requested."""
    return hub.operator("ITA").request_notice(request()).id


@pytest.fixture
def client(console: RunningConsole) -> Iterator[httpx.Client]:
    with console.client() as found:
        yield found


def test_a_list_says_its_colours_by_shape_and_word(client: httpx.Client, published: int) -> None:
    text = client.get("/notices", params={"colour": "yellow"}).text
    row = text.partition(f'id="notice-{published}"')[2].partition("</tr>")[0]
    assert 'class="notice-mark yellow"' in row
    assert "yellow notice: missing" in row
    assert re.search(r"<bdi>\d{4}/\d+-Y</bdi>", row)
    assert "published" in row
    assert f'id="notice-{published}"' not in client.get("/notices?colour=red", headers=HTMX).text
    assert f'id="notice-{published}"' not in client.get("/notices?mine=true", headers=HTMX).text
    assert client.get("/notices?colour=pink").status_code in (400, 422)


def test_what_a_notice_says_is_text(client: httpx.Client, published: int) -> None:
    for path in (f"/notices/{published}", f"/notices/{published}/print", "/notices"):
        text = client.get(path).text
        assert "&lt;script&gt;alert" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_its_picture_is_shown(client: httpx.Client, published: int) -> None:
    answer = client.get(f"/notices/{published}/pictures/1")
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).format == "JPEG"
    assert client.get(f"/notices/{published}/pictures/9").status_code == 404
    assert f"/notices/{published}/pictures/1" in client.get(f"/notices/{published}").text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", 'dir="ltr" data-theme="light"'),
        ("fr", "notice jaune"),
        ("es", "notificación amarilla"),
        ("ar", 'dir="rtl"'),
    ],
)
def test_it_is_printed_in_four_languages(
    client: httpx.Client, published: int, language: str, words: str
) -> None:
    text = client.get(f"/notices/{published}/print", params={"language": language}).text
    assert f'<html lang="{language}"' in text
    assert words in text
    assert "<b>SYNTHETIC</b>" in text


def test_it_is_printed_in_no_other(client: httpx.Client, published: int) -> None:
    assert client.get(f"/notices/{published}/print?language=xx").status_code == 404


def test_an_own_notice_shows_its_life_and_what_waits(client: httpx.Client, own: int) -> None:
    text = client.get(f"/notices/{own}").text
    assert "No check finds it before the secretariat has published it." in text
    assert "<b>requested</b>" in text
    assert f"/notices/{own}/correction" in text


def test_a_returned_notice_shows_the_questions(hub: RunningHub, client: httpx.Client, own: int) -> None:
    returned = review(decision="return", quality="Which <b>station</b>?")
    hub.secretariat("operator").review_notice(own, returned)
    text = client.get(f"/notices/{own}").text
    assert "Which &lt;b&gt;station&lt;/b&gt;?" in text
    assert "The secretariat has questions" in text


def test_cancelling_can_be_undone_until_it_is_done(
    console: RunningConsole, client: httpx.Client, own: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.node.four_eyes, "governs", lambda _: False)
    assert client.post(f"/notices/{own}/cancellation", data={"reason": " "}).status_code == 422
    text = client.post(f"/notices/{own}/cancellation", data={"reason": "Found."}, headers=HTMX).text
    assert f"Cancelling {own}" in text
    found = re.search(r"/acts/(\d+)/undo", text)
    assert found
    assert client.post(f"/acts/{found[1]}/undo").status_code == 303
    assert console.run(_state(console, own)) is NoticeState.REQUESTED


async def test_cancelling_and_undoing_it_by_keyboard_alone(
    console: RunningConsole, browser: Browser, own: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console.node.four_eyes, "governs", lambda _: False)
    async with console.page(browser, f"/notices/{own}") as page:
        await page.locator("#acts summary").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Found.")
        await page.keyboard.press("Enter")
        await expect(page.locator("#undo")).to_contain_text(f"Cancelling {own}")
        await expect(page.locator("#acts")).to_be_focused()
        await page.keyboard.press("u")
        await expect(page.locator("#undo form")).to_have_count(0)
    assert console.run(_state(console, own)) is NoticeState.REQUESTED


def test_where_it_needs_two_cancelling_waits_for_the_second(
    console: RunningConsole, client: httpx.Client, own: int
) -> None:
    assert console.node.four_eyes.governs("cancel-notice")
    text = client.post(f"/notices/{own}/cancellation", data={"reason": "Found."}).text
    assert "It waits for a second person to agree." in text
    supervisor = console.sign_in("supervisor").session
    [proposal] = [
        each
        for each in console.run(console.node.four_eyes.waiting(supervisor))
        if each.content.get("notice") == own
    ]
    assert console.run(_state(console, own)) is NoticeState.REQUESTED
    console.run(console.node.four_eyes.approve(supervisor, proposal.id))
    assert console.run(_state(console, own)) is NoticeState.CANCELLED


async def _state(console: RunningConsole, number: int) -> NoticeState:
    signed_in = await console._sign_in("operator", None, "en", "light")
    asker = signed_in.session.asker("ITA")
    return (await console.node.hubs.client(asker).notice(number)).state


def test_others_cannot_change_it_and_a_diffusion_is_called_one(
    hub: RunningHub, client: httpx.Client, published: int, utopia: Client
) -> None:
    text = client.get(f"/notices/{published}").text
    assert "/correction" not in text
    assert "/cancellation" not in text
    sent = utopia.send_diffusion(diffusion("ITA", colour=Colour.ORANGE))
    assert "orange diffusion: threat" in client.get(f"/notices/{sent.id}").text
    assert client.get("/notices/reviews").status_code == 403
    assert client.post(f"/notices/{published}/suspension", data={"reason": "x"}).status_code == 403


def test_who_writes_about_one_of_another_hub_writes_by_that_hub(
    console: RunningConsole, client: httpx.Client, published: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = console.node.hubs._lines
    monkeypatch.setitem(lines, "lyon", lines["hub"])
    page = client.get(f"/notices/{published}?hub=lyon").text
    assert f'"/messages/new?to=UTO&amp;about=notice:{published}&amp;hub=lyon"' in page


def test_officers_read_and_do_not_write(console: RunningConsole, published: int, own: int) -> None:
    officer = console.client("officer")
    assert officer.get(f"/notices/{published}").status_code == 200
    assert officer.get("/notices/new").status_code == 403
    assert officer.post(f"/notices/{own}/cancellation", data={"reason": "x"}).status_code == 403
