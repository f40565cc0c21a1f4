"""Typing is kept, form by form, for who typed it alone."""

import pytest
from playwright.async_api import Browser
from tests.bureau.consoles import RunningConsole


def test_a_draft_is_kept_and_dropped(console: RunningConsole) -> None:
    client = console.client()
    assert client.put("/drafts/new-thing", json={"a": ["1", "2"], "b": ["<script>"]}).status_code == 204
    assert console.client().get("/drafts/new-thing").json() == {"a": ["1", "2"], "b": ["<script>"]}
    assert console.client("supervisor").get("/drafts/new-thing").json() is None
    assert client.delete("/drafts/new-thing").status_code == 204
    assert client.get("/drafts/new-thing").json() is None


@pytest.mark.parametrize("body", ["", "[]", "{", '{"a": 1}', '{"a": ["1"], "b": [1]}', "\xff"])
def test_what_is_no_draft_is_refused(console: RunningConsole, body: str) -> None:
    assert console.client().put("/drafts/f", content=body.encode("latin-1")).status_code == 422


def test_drafts_are_bounded(console: RunningConsole) -> None:
    client = console.client()
    assert client.put("/drafts/f", json={"a": ["x" * 300_000]}).status_code == 413
    assert client.put("/drafts/" + "f" * 101, json={}).status_code == 422


async def test_who_signs_out_while_a_pause_runs_leaves_nothing(
    console: RunningConsole, browser: Browser
) -> None:
    async with console.page(browser, "/records/new", role="supervisor") as page:
        name = await page.get_attribute("form[data-draft]", "data-draft")
        await page.fill("[name=reference]", "LEFT-BEHIND")
        await page.evaluate("document.querySelector('form[data-signs-out]').requestSubmit()")
        await page.wait_for_url("**/sign-in")
        assert (
            await page.evaluate("Object.keys(localStorage).filter((each) => each.startsWith('draft:'))") == []
        )
    client = console.client("supervisor")
    assert client.get(f"/drafts/{name}").json() is None
