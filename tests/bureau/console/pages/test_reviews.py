"""Reviews, on the secretariat's own node: the whole checklist, hints, and the way back."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.async_api import Browser, expect
from tests.announcing import request, review
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.records.review import Item
from allpoints.wire.notices import NoticeState

HTMX = {"hx-request": "true"}


@pytest.fixture
def client(secretariat_console: RunningConsole) -> Iterator[httpx.Client]:
    """The secretariat's operator, at the console of the secretariat's node."""
    with secretariat_console.client() as found:
        yield found


@pytest.fixture
def requested(hub: RunningHub) -> int:
    """A notice that waits for a review and holds a word to look at."""
    said = request(description="A dissident who was seen at a demonstration.")
    return hub.operator("UTO", "missing-persons").request_notice(said).id


def checklist(decision: str = "publish", **failing: str) -> dict[str, str]:
    """A review as it is typed."""
    said = {"version": "1", "decision": decision}
    for item in Item:
        said[f"met.{item}"] = "no" if item in failing else "yes"
        said[f"reason.{item}"] = failing.get(item, "")
    return said


def test_what_waits_is_listed_and_shown_with_its_hints(client: httpx.Client, requested: int) -> None:
    after = requested - 1
    assert f'id="notice-{requested}"' in client.get(f"/notices/reviews?after={after}").text
    text = client.get(f"/notices/{requested}").text
    for item in Item:
        assert f'name="met.{item}"' in text
    assert "A word to look at:" in text
    assert "dissiden" in text
    assert client.get("/notices/new").status_code == 403


def test_a_review_is_held_for_a_moment_and_then_done(
    hub: RunningHub, client: httpx.Client, requested: int
) -> None:
    text = client.post(f"/notices/{requested}/review", data=checklist(), headers=HTMX).text
    assert f"Publishing {requested}" in text
    found = re.search(r"/acts/(\d+)/undo", text)
    assert found
    client.post(f"/acts/{found[1]}/undo")
    assert hub.secretariat("operator").notice(requested).state is NoticeState.REQUESTED


async def test_a_notice_is_reviewed_and_that_taken_back_by_keyboard_alone(
    secretariat_console: RunningConsole, hub: RunningHub, browser: Browser, requested: int
) -> None:
    async with secretariat_console.page(browser, f"/notices/reviews?after={requested - 1}") as page:
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url(re.compile(rf"/notices/{requested}$"))
        for item in Item:
            await page.locator(f"[name='met.{item}']").first.focus()
            await page.keyboard.press("Space")
            if item is Item.QUALITY:
                await page.keyboard.press("ArrowRight")
                await page.keyboard.press("Tab")
                await page.keyboard.type("Which station?")
        await page.locator("button[value=return]").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#undo form")).to_have_count(1)
        await expect(page.locator("#acts")).to_be_focused()
        await page.keyboard.press("u")
        await expect(page.locator("#undo form")).to_have_count(0)
    assert hub.secretariat("operator").notice(requested).state is NoticeState.REQUESTED


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (checklist("publish", political="He only spoke."), "decision"),
        (checklist("return"), "decision"),
        (checklist("return", quality=" "), "reason.quality"),
    ],
)
def test_a_review_that_does_not_follow_is_refused_and_kept(
    client: httpx.Client, requested: int, said: dict[str, str], field: str
) -> None:
    answer = client.post(f"/notices/{requested}/review", data=said)
    assert answer.status_code == 422
    assert f'data-field="{field}"' in answer.text
    if "He only spoke." in said.values():
        assert 'value="He only spoke."' in answer.text
        assert re.search(r'name="met.political" value="no" checked', answer.text)


def test_a_published_notice_is_suspended_and_let_go(
    hub: RunningHub, client: httpx.Client, requested: int
) -> None:
    secretariat = hub.secretariat("operator")
    secretariat.review_notice(requested, review())
    assert client.post(f"/notices/{requested}/suspension", data={"reason": "Doubts"}).status_code == 303
    assert secretariat.notice(requested).state is NoticeState.SUSPENDED
    assert "Lift the suspension" in client.get(f"/notices/{requested}").text
    lifted = client.post(f"/notices/{requested}/lifting", data={"reason": "None left"}, headers=HTMX)
    assert lifted.headers["hx-redirect"] == f"/notices/{requested}"
    assert secretariat.notice(requested).state is NoticeState.PUBLISHED
