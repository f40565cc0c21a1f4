"""The console of a bureau in a real browser: how soon it is ready, how heavy it is, and whom it leaves out.

    python -m bench.console [--json] [--data DIR] [--items 2000] [--sessions 20] [--runs 7]

A hub and a node run as their operators run them, the node in a process of its own, with an inbox of 2,000 items. The
machine's own Chromium opens it cold: a new profile each time, on the machine's line and on a slow one (1.6 Mbit/s,
150 ms, the processor at a quarter). Beside it stands the plain alternative: one page with a row for each of the items,
which the browser filters.

Then twenty people have the inbox open while another bureau's checks find records of theirs: each time from the answer
to that bureau until the last of the twenty browsers says so. What an operator can open is looked at by axe-core in each
language and theme, and every message of the templates is looked up in each language.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Page
from tests.browser import axe_by_day_and_night, running_browser
from tests.bureau.console.messages import all_messages
from tests.hubs import RunningHub

from allpoints.bureau.console.languages import LANGUAGES, SOURCE, catalogues
from allpoints.bureau.console.security import cookie_name
from allpoints.bureau.desk import Waiting
from allpoints.bureau.node import Node
from allpoints.bureau.store import people
from allpoints.records import OPERATIONAL_PURPOSES, Contribution, Particulars, RawIdentifier, RecordKind, Role
from allpoints.records.evidence import IdentifierEvidence
from allpoints.wire.corridor import CheckReply
from bench.nodes import KillableNode

BUREAU = "ITA"
DOCUMENT = "ITA:P:YB4410027"
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 200_000}
"""1.6 Mbit/s; bytes a second and milliseconds."""
THROTTLE = 4
TABS = 10
PAGES = (
    "/",
    "/account",
    "/check",
    "/confirmations",
    "/examinations",
    "/records",
    "/records/new",
    "/uploads",
    "/people",
    "/vehicles",
    "/documents",
    "/links",
    "/notices",
    "/notices/new",
    "/notices/new/red",
    "/diffusions/new/orange",
    "/messages",
    "/messages/new",
    "/messages/new?form=identity-request",
    "/statistics",
    "/administration/proposals",
)
"""What an operator can open at once; the tests look at every page, with something to show on it."""
SEES = """count => { window.seen = new Promise(done => new MutationObserver(() => {
    const news = document.querySelector("[data-news]");
    if (!news.hidden && news.textContent.includes(count)) done(Date.now());
}).observe(document.querySelector("main"),
    {childList: true, subtree: true, characterData: true, attributes: true})); }"""
"""A page's clock when it says how many are new; asking it again and again would keep the processor from it."""
READY = "() => document.readyState === 'complete' && document.querySelectorAll('[data-row]').length > 0"

Signed = dict[str, str]


async def ready_ms(browser: Browser, cookie: Signed, url: str, *, slow: bool = False) -> tuple[float, float]:
    """How long until the inbox is there and answers keys, in milliseconds, and the kilobytes that came for it."""
    async with session(browser, cookie) as context:
        page = await context.new_page()
        line = await context.new_cdp_session(page)
        received = await counted(line)
        if slow:
            await line.send("Network.emulateNetworkConditions", SLOW)
            await line.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
        began = time.perf_counter()
        await page.goto(url)
        await page.wait_for_function(READY, polling=5)
        took = 1_000 * (time.perf_counter() - began)
        await page.wait_for_timeout(200)
        return took, sum(received) / 1_000


async def counted(line: CDPSession) -> list[float]:
    """What the browser receives from now on, head and body as they travel, in bytes. The event stream never ends."""
    received: list[float] = []
    line.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    await line.send("Network.enable")
    return received


async def filter_ms(browser: Browser, cookie: Signed, url: str, runs: int) -> list[float]:
    """From a typed letter until the rows that fit are there."""
    async with session(browser, cookie) as context:
        page = await context.new_page()
        await page.goto(url)
        await page.wait_for_function(READY)
        took = []
        for number in range(runs):
            wanted = f"bench-{1_000 + number}"
            await page.fill("[data-filter]", wanted[:-1])
            await page.wait_for_timeout(400)
            await page.focus("[data-filter]")
            await page.keyboard.press("End")
            await page.evaluate(
                "wanted => { window.filtered = new Promise(done => new MutationObserver(() => {"
                " const rows = [...document.querySelectorAll('[data-row] [data-open]')];"
                " if (rows.length === 1 && rows[0].textContent.includes(wanted)) done(performance.now()); })"
                ".observe(document.querySelector('main'), {childList: true, subtree: true}));"
                " addEventListener('input', () => { window.typed = performance.now(); },"
                " {once: true, capture: true}); }",
                wanted.upper(),
            )
            await page.keyboard.type(wanted[-1])
            took.append(await page.evaluate("async () => (await window.filtered) - window.typed"))
        return took


async def live_ms(
    browser: Browser, cookies: Sequence[Signed], url: str, happen: Callable[[], float]
) -> float:
    """From something that happens at a hub until the last of all open inboxes says so."""
    async with contextlib.AsyncExitStack() as stack:
        pages = []
        for cookie in cookies:
            context = await stack.enter_async_context(session(browser, cookie))
            page = await context.new_page()
            await page.goto(url)
            pages.append(page)
        await asyncio.gather(*(listening(page) for page in pages))
        took = []
        for number in range(7):
            await asyncio.gather(*(page.evaluate(SEES, str(number + 1)) for page in pages))
            answered = await asyncio.to_thread(happen)
            seen = await asyncio.gather(*(page.evaluate("() => window.seen") for page in pages))
            took.append(max(seen) - 1_000 * answered)
            await asyncio.sleep(0.5)
        return statistics.median(took)


async def listening(page: Page) -> None:
    """Until the event stream of the page's browser is open."""
    await page.wait_for_function(
        "() => navigator.locks.query().then(locks => locks.held.length > 0)", polling=50
    )
    await asyncio.sleep(0.5)


async def session_mb(node: KillableNode, browser: Browser, cookies: Sequence[Signed], url: str) -> float:
    """What a person with an open inbox costs the node's process, in megabytes."""
    async with contextlib.AsyncExitStack() as stack:
        first, rest = cookies[0], cookies[1:]
        await _opened(stack, browser, first, url)
        before = node.memory_mb()
        for cookie in rest:
            await _opened(stack, browser, cookie, url)
        return (node.memory_mb() - before) / len(rest)


async def _opened(stack: contextlib.AsyncExitStack, browser: Browser, cookie: Signed, url: str) -> None:
    context = await stack.enter_async_context(session(browser, cookie))
    page = await context.new_page()
    await page.goto(url)
    await listening(page)


async def tabs_live(browser: Browser, cookie: Signed, url: str, happen: Callable[[], float]) -> int:
    """How many of ten tabs of one browser are ready and hear of something new."""
    async with session(browser, cookie) as context:
        tabs = [await context.new_page() for _ in range(TABS)]
        for tab in tabs:
            await tab.goto(url)
        await listening(tabs[0])
        await asyncio.to_thread(happen)
        heard = [tab.wait_for_selector("[data-news]:not([hidden])", timeout=5_000) for tab in tabs]
        return sum(
            not isinstance(each, BaseException)
            for each in await asyncio.gather(*heard, return_exceptions=True)
        )


async def violations(
    browser: Browser, sign_in: Callable[[str, str], Awaitable[Signed]], url: str
) -> tuple[list[str], list[str]]:
    """What axe-core finds in each language and theme, and what the content security policy refused."""
    found: list[str] = []
    refused: list[str] = []
    for language in LANGUAGES:
        async with session(browser, await sign_in(language.code, "system")) as context:
            page = await context.new_page()
            page.on("console", lambda said: refused.append(said.text) if "policy" in said.text else None)
            for path in PAGES:
                await page.goto(url + path)
                found += [f"{language.code} {path}: {each}" for each in await axe_by_day_and_night(page)]
    return found, refused


def untranslated() -> int:
    """Messages of templates and modules that a language does not know."""
    missing = 0
    for language in LANGUAGES:
        if language.code == SOURCE:
            continue
        known = {
            (message.context, message.id[0] if isinstance(message.id, tuple) else message.id)
            for _, catalogue in catalogues(language.code)
            for message in catalogue
            if message.id and message.string
        }
        missing += len(all_messages().keys() - known)
    return missing


async def plain_ms(browser: Browser, items: int, runs: int) -> tuple[float, float]:
    """The plain alternative: every row in one page, filtered by the browser. Ready; filtered, in milliseconds."""
    rows = "".join(
        f"<tr><td>{number}</td><td>hit on our record</td><td><a href='/inbox/{number}'>BENCH-{number}</a></td>"
        f"<td><button>Handled</button></td></tr>"
        for number in range(items)
    )
    ready, filtered = [], []
    for _ in range(runs):
        context = await browser.new_context()
        page = await context.new_page()
        began = time.perf_counter()
        await page.set_content(f"<!doctype html><title>Plain</title><table>{rows}</table>")
        ready.append(1_000 * (time.perf_counter() - began))
        filtered.append(
            await page.evaluate(
                "() => { const began = performance.now();"
                " for (const row of document.querySelectorAll('tr'))"
                "   row.hidden = !row.textContent.includes('BENCH-1234');"
                " document.body.getBoundingClientRect(); return performance.now() - began; }"
            )
        )
        await context.close()
    return statistics.median(ready), statistics.median(filtered)


@contextlib.asynccontextmanager
async def session(browser: Browser, cookie: Signed) -> AsyncIterator[BrowserContext]:
    """A new profile of somebody who has signed in."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    await context.add_cookies([cookie])  # type: ignore[list-item]
    try:
        yield context
    finally:
        await context.close()


class Bench:
    """A node with an inbox, and people who sign in to it."""

    def __init__(self, running: KillableNode, node: Node, hub: RunningHub) -> None:
        self.running = running
        self.url = running.url
        self._node = node
        self._owner = hub.operator(BUREAU)
        self._officer = hub.client("UTO")
        self._signed = 0

    async def fill(self, items: int) -> None:
        """So many things that wait, and a record that others find."""
        for number in range(items):
            await self._node.desk.add(
                Waiting(
                    key=f"BENCH-{number}",
                    kind="hit",
                    what=f"BENCH-{number}",
                    path="/records/1",
                    roles=(Role.OPERATOR,),
                    deadline=datetime.now(UTC) + timedelta(minutes=number),
                )
            )
        contribution = Contribution(
            reference="BENCH",
            kind=RecordKind.TRAVEL_DOCUMENT,
            identifiers=(RawIdentifier("travel-document", DOCUMENT),),
            particulars=Particulars(reason="stolen", synthetic=True),
        )
        await asyncio.to_thread(self._owner.contribute, contribution)
        while not (await asyncio.to_thread(self._check)).hits:
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)

    def happen(self) -> float:
        """Another bureau finds the record; return when it was answered, in seconds of the wall clock."""
        self._check()
        return time.time()

    async def sign_in(self, language: str = "en", theme: str = "light") -> Signed:
        """The cookie of an operator, somebody else each time."""
        self._signed += 1
        person, _ = await self._node.people.add(
            name=f"operator-{self._signed}",
            display_name=f"Operator {self._signed}",
            roles=(Role.OPERATOR,),
            purposes=OPERATIONAL_PURPOSES,
        )
        await self._node.people.set_preferences(person, language=language, theme=theme)
        async with self._node.database.transaction() as t:
            token, _ = await self._node.sessions.begin(t, await people.find(t, person.id))
        name = cookie_name(BUREAU, str(self._node.settings.data), secure=False)
        return {"name": name, "value": token, "url": self.url}

    def _check(self) -> CheckReply:
        return self._officer.check([IdentifierEvidence("travel-document", DOCUMENT)])


def say(what: str) -> None:
    """What is being measured; it takes minutes."""
    print(what, file=sys.stderr, flush=True)


async def measured(bench: Bench, *, items: int, sessions: int, runs: int) -> dict[str, Any]:
    """All figures."""
    say(f"{items} items are put into an inbox")
    await bench.fill(items)
    async with running_browser() as browser:
        url = f"{bench.url}/"
        await ready_ms(browser, await bench.sign_in(), url)
        say(f"it is opened cold, {runs} times on each line")
        cold = [await ready_ms(browser, await bench.sign_in(), url) for _ in range(runs)]
        slow = [await ready_ms(browser, await bench.sign_in(), url, slow=True) for _ in range(runs)]
        say("it is filtered")
        filtered = await filter_ms(browser, await bench.sign_in(), url, runs)
        say(f"{sessions} people open it")
        several = [await bench.sign_in() for _ in range(sessions)]
        memory = await session_mb(bench.running, browser, several, url)
        say("another bureau finds a record of theirs")
        live = await live_ms(browser, several, url, bench.happen)
        say(f"one of them opens {TABS} tabs")
        tabs = await tabs_live(browser, await bench.sign_in(), url, bench.happen)
        say(f"axe-core looks at {len(PAGES)} pages in {len(LANGUAGES)} languages and two themes")
        found, refused = await violations(browser, bench.sign_in, bench.url)
        plain_ready, plain_filter = await plain_ms(browser, items, runs)
    return {
        "items": items,
        "sessions": sessions,
        "first_load_kb": round(statistics.median(kilobytes for _, kilobytes in cold), 1),
        "inbox_ready_ms": round(statistics.median(took for took, _ in cold)),
        "inbox_ready_slow_ms": round(statistics.median(took for took, _ in slow)),
        "filter_ms": round(statistics.median(filtered)),
        "live_row_ms": round(live),
        "memory_mb_a_session": round(memory, 2),
        "tabs_live": tabs,
        "axe_violations": len(found),
        "csp_violations": len(refused),
        "untranslated": untranslated(),
        "plain_ready_ms": round(plain_ready),
        "plain_filter_ms": round(plain_filter),
        "wrong": found[:20] + refused[:20],
    }


async def _run(folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    hub = RunningHub(folder / "hub")
    hub.start()
    try:
        hub.enrol(BUREAU, "UTO")
        running = KillableNode(folder, hub, BUREAU)
        running.start()
        try:
            async with running.opened() as node:
                await running.answers()
                bench = Bench(running, node, hub)
                return await measured(
                    bench, items=arguments.items, sessions=arguments.sessions, runs=arguments.runs
                )
        finally:
            running.kill()
            running.stop_database()
    finally:
        hub.stop()
        hub.server.stop()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="not used: the inbox is made up")
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="allpoints-bench-") as folder:
        figures = asyncio.run(_run(Path(folder), arguments))
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:>22}  {value}")


if __name__ == "__main__":
    main()
