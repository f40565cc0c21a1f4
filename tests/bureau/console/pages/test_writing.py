"""Writing: forms keep what was typed when they are refused, files go with a message, a reply stays in its thread."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, expect
from tests.bureau.console.correspondent import Correspondent
from tests.bureau.console.pages.test_messages import HOSTILE, HTMX, until
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.bureau.call import random_name
from allpoints.bureau.mailbox import MessageState


@pytest.fixture(scope="module")
def utopia(hub: RunningHub, console: RunningConsole) -> Correspondent:
    """UTO, with which ITA corresponds."""
    return Correspondent(hub, "UTO")


def test_a_request_goes_by_its_form_and_is_answered_by_the_form_that_answers_it(
    console: RunningConsole, utopia: Correspondent
) -> None:
    client = console.client()
    page = client.get("/messages/new?form=identity-request&about=record:17&to=UTO").text
    assert 'value="UTO"' in page
    assert ">record:17</textarea>" in page
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    answer = client.post(
        "/messages/new?form=identity-request",
        data={
            "recipients": "uto",
            "priority": "priority",
            "deadline": tomorrow.strftime("%Y-%m-%dT%H:%M"),
            "references": "record:17\nFILE 7/2026",
            "fields.reason": "person-held",
            "fields.identity-wanted": ["identity", "photograph"],
            "fields.nationality": "ALB, ITA",
            "fields.birth-date": "1980-02",
            "fields.family-name": HOSTILE,
        },
    )
    assert answer.status_code == 303, answer.text
    message_id = answer.headers["location"].rpartition("/")[2]
    content = utopia.read(message_id)[1]
    assert content.kind == "identity-request"
    assert content.fields["nationality"] == ["ALB", "ITA"]
    assert content.references == ("record:17", "FILE 7/2026")
    reply = utopia.write(
        "ITA",
        kind="identity-reply",
        thread=content.thread,
        in_reply_to=message_id,
        fields={"identity-outcome": "identified"},
    )
    until(console, reply.head.id)
    shown = client.get(f"/messages/{reply.head.id}").text
    assert "identified" in shown
    assert "<script>alert" not in shown
    asked = utopia.write("ITA", kind="identity-request", fields={"reason": "file-check"})
    until(console, asked.head.id)
    client.get(f"/messages/{asked.head.id}")
    form = client.get(f"/messages/{asked.head.id}/reply").text
    assert "fields.identity-outcome" in form
    answer = client.post(
        f"/messages/{asked.head.id}/reply?form=identity-reply",
        data={"recipients": "UTO", "fields.identity-outcome": "not-identified"},
        headers=HTMX,
    )
    assert answer.status_code == 204
    sent = answer.headers["hx-redirect"].rpartition("/")[2]
    assert until(console, sent).thread == until(console, asked.head.id).thread
    assert until(console, asked.head.id).answered_at


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"recipients": "ITA"}, "recipients"),
        ({"recipients": "nobody at all"}, "recipients"),
        ({"deadline": "2001-01-01T00:00"}, "deadline"),
        ({"deadline": "0001-01-01T00:00"}, "deadline"),
        ({"priority": "most"}, "priority"),
        ({"fields.birth-date": "soon"}, "fields.birth-date"),
        ({"fields.found-at": "x", "fields.reason": "<b>"}, "fields.reason"),
        ({"fields.identity-wanted": ""}, "fields.identity-wanted"),
        ({"attachments": "0" * 20}, "file"),
    ],
)
def test_what_is_refused_names_its_field_and_keeps_what_was_typed(
    console: RunningConsole, changed: dict[str, str], field: str
) -> None:
    typed = {
        "recipients": "UTO",
        "text": f"half a story {HOSTILE}",
        "fields.reason": "person-held",
        "fields.identity-wanted": "identity",
        "fields.birth-place": "Ancona",
        **changed,
    }
    answer = console.client().post("/messages/new?form=identity-request", data=typed)
    assert answer.status_code in (404, 422), answer.text
    assert f'data-field="{field}"' in answer.text
    assert "half a story &lt;script&gt;" in answer.text
    assert 'value="Ancona"' in answer.text
    part = console.client().post("/messages/new?form=identity-request", data=typed, headers=HTMX)
    assert part.text.lstrip().startswith('<div id="problem"')


def test_files_are_attached_before_the_message_is_sent(
    console: RunningConsole, utopia: Correspondent
) -> None:
    client = console.client()
    text = client.post(
        "/messages/new",
        data={"recipients": "UTO", "text": "With two files", "more": "files"},
        files=[("file", ("one.txt", b"one")), ("file", ("two.txt", b"two"))],
        headers=HTMX,
    ).text
    assert text.lstrip().startswith('<fieldset id="files">')
    ids = re.findall(r'name="attachments" value="([^"]+)" checked', text)
    assert len(ids) == 2
    assert ids[0] in client.get("/messages/new").text, "the draft has them"
    sent = client.post("/messages/new", data={"recipients": "UTO", "text": "With one", "attachments": ids[1]})
    message_id = sent.headers["location"].rpartition("/")[2]
    until(console, message_id, lambda found: found.state is MessageState.SENT)
    assert [each.name for each in utopia.read(message_id)[1].attachments] == ["two.txt"]
    assert ids[0] not in client.get("/messages/new").text, "the draft is gone"


def test_a_file_that_lies_is_refused_and_the_rest_kept(console: RunningConsole) -> None:
    lying = {"file": ("photo.jpg", b"MZ\x90\x00 a program", "image/jpeg")}
    data = {"recipients": "UTO", "text": "A photo"}
    answer = console.client().post("/messages/new", data=data, files=lying)
    assert answer.status_code == 422
    assert 'data-field="file"' in answer.text
    assert ">A photo</textarea>" in answer.text


async def test_a_message_is_written_and_one_is_answered_by_keyboard_alone(
    console: RunningConsole, utopia: Correspondent, browser: Browser
) -> None:
    asked = utopia.write("ITA", subject=f"KEYS-{random_name()}", text="Do you know him?")
    until(console, asked.head.id)
    async with console.page(browser, "/messages/new") as page:
        await page.locator("nav.kinds a", has_text="Identity request").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile("form=identity-request"))
        await page.locator("[name=recipients]").focus()
        await page.keyboard.type("uto")
        await page.keyboard.press("Tab")
        await page.keyboard.type("urgent")
        await page.locator("[name=subject]").focus()
        await page.keyboard.type("A boat")
        await page.locator("[name='fields.reason']").focus()
        await page.keyboard.type("a person is")
        await page.locator("[name='fields.identity-wanted']").first.focus()
        await page.keyboard.press("Space")
        await expect(page.locator("[data-draft-state]")).to_have_text("Draft kept.")
        await page.reload()
        await expect(page.locator("[name=subject]")).to_have_value("A boat")
        await page.locator("button.main").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile("/messages/[^/?]+$"))
        sent = page.url.rpartition("/")[2]
    carried, content = utopia.read(sent)
    assert (carried.head.priority, content.subject) == ("urgent", "A boat")
    assert content.fields["reason"] == "person-held"
    async with console.page(browser, "/messages") as page:
        await page.keyboard.press("/")
        await page.keyboard.type(asked.head.id)
        await expect(page.locator("[data-row]")).to_have_count(1)
        for key in ("Escape", "Enter"):
            await page.keyboard.press(key)
        await expect(page.locator("article.opened")).to_contain_text("Do you know him?")
        await page.keyboard.press("j")
        await page.keyboard.press("e")
        await page.locator("[name=text]").focus()
        await page.keyboard.type("No.")
        await page.locator("button.main").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile("/messages/[^/?]+$"))
    assert until(console, asked.head.id, lambda found: found.answered_at)


def test_a_form_that_is_not_offered_is_not_there(console: RunningConsole) -> None:
    client = console.client()
    for form in ("confirmation-request", "nothing", "identity-reply"):
        assert client.get(f"/messages/new?form={form}").status_code == 404
        assert client.post(f"/messages/new?form={form}", data={"recipients": "UTO"}).status_code == 404


def test_a_message_goes_by_the_hub_that_the_page_is_about(console: RunningConsole) -> None:
    client = console.client()
    page = client.get("/messages/new?form=identity-request&hub=lyon").text
    address = "/messages/new?form=identity-request&amp;hub=lyon"
    assert page.count(f'action="{address}"') == 1
    assert page.count(f'hx-post="{address}"') == 2, "to send it, and to attach files"
    assert '"/messages/new?form=message&amp;hub=lyon"' in page
    refused = client.post("/messages/new?hub=lyon", data={"recipients": "UTO", "text": "x"}, headers=HTMX)
    assert "the node knows no hub named &#39;lyon&#39;" in refused.text
