"""Acts that need two people: the second one approves in their own name, or declines."""

from playwright.async_api import Browser, expect
from tests.announcing import request
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.bureau.call import random_name
from allpoints.wire.notices import NoticeState

HOSTILE = "<b>17</b>"


def test_a_second_person_declines_and_nobody_approves_their_own(console: RunningConsole) -> None:
    proposer = console.sign_in("operator").session
    four_eyes = console.node.four_eyes
    content = {"hub": "hub", "notice": 2**50, "reason": HOSTILE, "key": random_name()}
    outcome = console.run(four_eyes.do(proposer, "cancel-notice", HOSTILE, content))
    own = console.client("operator").get("/administration/proposals").text
    assert f'id="proposal-{outcome.proposal}"' in own
    assert f"/administration/proposals/{outcome.proposal}/approval" not in own
    supervisor = console.client("supervisor")
    text = supervisor.get("/administration/proposals").text
    assert f"/administration/proposals/{outcome.proposal}/approval" in text
    assert "&lt;b&gt;17&lt;/b&gt;" in text
    assert HOSTILE not in text
    failed = supervisor.post(f"/administration/proposals/{outcome.proposal}/approval")
    assert failed.status_code == 404, "the hub knows no such notice"
    part = supervisor.post(
        f"/administration/proposals/{outcome.proposal}/declining", headers={"hx-request": "true"}
    )
    assert f'id="proposal-{outcome.proposal}"' not in part.text
    assert supervisor.post(f"/administration/proposals/{outcome.proposal}/declining").status_code == 404


async def test_a_second_person_approves_by_keyboard_alone(
    console: RunningConsole, hub: RunningHub, browser: Browser
) -> None:
    own = hub.operator("ITA").request_notice(request()).id
    proposer = console.sign_in("operator").session
    content = {"hub": "hub", "notice": own, "reason": "Found.", "key": random_name()}
    outcome = console.run(console.node.four_eyes.do(proposer, "cancel-notice", f"KEYS-{own}", content))
    name = f"proposal-{outcome.proposal}"
    async with console.page(browser, "/administration/proposals", role="supervisor") as page:
        row = page.locator(f"#{name}")
        rows = await page.locator("[data-row]").evaluate_all("(rows) => rows.map((row) => row.id)")
        for _ in range(rows.index(name) + 1):
            await page.keyboard.press("j")
        await expect(row.locator("summary")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(row.locator("details pre")).to_contain_text("Found.")
        await page.keyboard.press("e")
        await expect(page.locator("#rows [role=status]")).to_contain_text(f"KEYS-{own}")
        await expect(row).to_have_count(0)
        assert await page.evaluate("document.activeElement !== document.body"), "the focus is not lost"
    assert hub.operator("ITA").notice(own).state is NoticeState.CANCELLED


def test_officers_have_nothing_to_approve(console: RunningConsole) -> None:
    assert console.client("officer").get("/administration/proposals").status_code == 403
