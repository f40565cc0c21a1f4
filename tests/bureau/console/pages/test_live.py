"""One stream tells a browser that something has changed."""

import contextlib
import json
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from playwright.async_api import Browser
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.console.admission import BY_ITSELF
from allpoints.bureau.console.pages.live import MAX_STREAMS
from allpoints.bureau.desk import Waiting
from allpoints.records import Role


def events(lines: Iterator[str]) -> Iterator[dict[str, object]]:
    for line in lines:
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


def test_what_comes_is_told_at_once(console: RunningConsole) -> None:
    with console.client("supervisor").stream("GET", "/live") as stream:
        told = events(stream.iter_lines())
        first = next(told)
        console.run(
            console.node.desk.add(Waiting(key="LIVE-0", kind="link", path="/", roles=(Role.ANALYST,)))
        )
        next(told)
        number = console.run(
            console.node.desk.add(Waiting(key="LIVE-1", kind="hit", path="/", roles=(Role.SUPERVISOR,)))
        )
        second = next(told)
    assert second["recent"] == [number, *first["recent"]][:100], "and nothing of what waits for another role"
    assert second["waiting"] == int(str(first["waiting"])) + 1


def test_a_stream_ends_with_its_session(console: RunningConsole) -> None:
    signed_in = console.sign_in("analyst")
    cookies = {console.cookie_name: signed_in.cookie}
    with httpx.stream("GET", f"{console.url}/live", cookies=cookies, timeout=30) as stream:
        lines = stream.iter_lines()
        next(lines)
        console.run(console.node.sessions.end(signed_in.session))
        console.run(console.node.desk.settle("nothing"))
        assert "event: over" in list(lines)


def test_a_page_that_is_left_open_keeps_no_session_alive(console: RunningConsole) -> None:
    signed_in = console.sign_in("analyst")
    cookies = {console.cookie_name: signed_in.cookie}
    named = [signed_in.session.token_hash]
    with psycopg.connect(console.node.settings.database_url, autocommit=True) as owner:
        owner.execute(
            "UPDATE bureau.sessions SET seen_at = now() - interval '20 minutes' WHERE token_hash = %s", named
        )

        def rests() -> bool:
            found = owner.execute(
                "SELECT seen_at < now() - interval '19 minutes' FROM bureau.sessions WHERE token_hash = %s",
                named,
            ).fetchone()
            return bool(found and found[0])

        with httpx.stream("GET", f"{console.url}/live", cookies=cookies, timeout=30) as stream:
            told = events(stream.iter_lines())
            next(told)
            console.run(console.node.desk.settle("nothing"))
            next(told)
        httpx.get(f"{console.url}/", cookies=cookies, headers={BY_ITSELF: "yes"}).raise_for_status()
        assert rests()
        httpx.get(f"{console.url}/", cookies=cookies).raise_for_status()
        assert not rests()


async def test_a_page_says_what_it_asks_by_itself(console: RunningConsole, browser: Browser) -> None:
    async with console.page(browser, "/messages") as page:
        async with page.expect_request("**/messages/news?*") as news:
            await page.evaluate("document.dispatchEvent(new CustomEvent('desk', { detail: {} }))")
        async with page.expect_request("**/messages?*") as filtered:
            await page.locator("form.filter input").first.fill("ALB")
        assert (await news.value).headers[BY_ITSELF] == "yes"
        assert BY_ITSELF not in (await filtered.value).headers


def test_nobody_hangs_the_server_by_streams(console: RunningConsole) -> None:
    client = console.client("examiner")
    with contextlib.ExitStack() as streams:
        listening = [
            streams.enter_context(client.stream("GET", "/live")).iter_lines() for _ in range(MAX_STREAMS)
        ]
        for lines in listening:
            next(lines)
        assert client.get("/live").status_code == 429
    deadline = time.monotonic() + 60
    while (status := _status(client)) != 200:
        assert time.monotonic() < deadline, status
        time.sleep(0.05)


def _status(client: httpx.Client) -> int:
    with client.stream("GET", "/live") as stream:
        return stream.status_code


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}])
def test_another_site_does_not_listen(console: RunningConsole, headers: dict[str, str]) -> None:
    assert console.client().get("/live", headers=headers).status_code == 403
