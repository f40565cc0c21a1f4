"""Pictures of the console for its page in docs: each page in English and in Arabic, of the demo's world.

    python -m bench.screenshots [--folder docs/screens]

A hub and the nodes of ALB and UTO run as in the demo; somebody waits at a gate, a notice is published and two bureaus
have written to each other, so that there is something to see. Everything on the pictures is made up.
"""

import argparse
import asyncio
import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from PIL import Image
from playwright.async_api import Browser
from tests.browser import new_context, running_browser

from allpoints.bureau.console.security import cookie_name
from allpoints.bureau.mailbox import Draft
from allpoints.bureau.node import Node
from allpoints.bureau.store import people
from allpoints.demo.consoles import prepare
from allpoints.demo.gate_scene import GateScene
from allpoints.demo.nodes import Nodes
from allpoints.demo.planted import SPECIMEN_ZONE
from allpoints.demo.running import RunningHub
from allpoints.demo.screen import Screen
from allpoints.demo.world import World
from allpoints.records import Asker, Bureau, Purpose
from allpoints.records.evidence import MrzEvidence
from allpoints.wire.confirmations import Urgency

LANGUAGES = ("en", "ar")
VIEW = {"width": 1180, "height": 760}
RECORDS = 300


class Shown(Struct, frozen=True):
    """One picture: whose console, who looks, and at what."""

    name: str
    bureau: str
    person: str
    path: str
    purpose: Purpose | None = None


SHOWN = (
    Shown("sign-in", "ALB", "", "/sign-in"),
    Shown("inbox", "UTO", "uma", "/"),
    Shown("check", "ALB", "mira", "/check"),
    Shown("hit", "ALB", "mira", "/check", Purpose.BORDER_CONTROL),
    Shown("confirmations", "UTO", "uma", "/confirmations"),
    Shown("confirmation", "UTO", "uma", "/confirmations/2"),
    Shown("records", "UTO", "uma", "/records"),
    Shown("contribute", "UTO", "uma", "/records/new"),
    Shown("reads", "UTO", "uma", "/records/{record}/reads"),
    Shown("receipt", "ALB", "arben", "/receipts/{entry}"),
    Shown("upload", "UTO", "uma", "/uploads"),
    Shown("dossier", "ALB", "arben", "/documents?text=UTO:P:L898902C3"),
    Shown("links", "ALB", "arben", "/links"),
    Shown("link", "ALB", "arben", "/links/2"),
    Shown("examinations", "ALB", "besa", "/examinations"),
    Shown("notices", "ALB", "arben", "/notices"),
    Shown("notice", "ALB", "arben", "/notices/1"),
    Shown("request-a-notice", "UTO", "uma", "/notices/new/red"),
    Shown("messages", "UTO", "uma", "/messages"),
    Shown("message", "UTO", "uma", "/messages/{message}"),
    Shown("write", "UTO", "uma", "/messages/new?form=identity-request"),
    Shown("statistics", "UTO", "ugo", "/statistics"),
    Shown("account", "UTO", "uma", "/account"),
    Shown("administration", "FRA", "agnes", "/administration"),
    Shown("keys-of-others", "FRA", "agnes", "/messages/keys"),
    Shown("approvals", "FRA", "agnes", "/administration/proposals"),
    Shown("trail", "FRA", "agnes", "/administration/trail"),
)


async def pictures(nodes: Nodes, folder: Path) -> None:
    """Take all of them."""
    opened = {bureau: nodes.node(bureau) for bureau in ("ALB", "UTO", "FRA")}
    async with contextlib.AsyncExitStack() as stack:
        for node in opened.values():
            await stack.enter_async_context(node.opened())
        browser = await stack.enter_async_context(running_browser())
        names = await _ask_once_more(opened["ALB"])
        for language in LANGUAGES:
            for shown in SHOWN:
                named = replace(shown, path=shown.path.format_map(names))
                await _picture(browser, opened[shown.bureau], named, language, folder)
                print(f"{shown.name}-{language}.png", flush=True)


async def _ask_once_more(alb: Node) -> dict[str, object]:
    """So that a clock runs on the pictures. Return what the paths name."""
    person = await alb.people.named("arben")
    operator = Asker(
        bureau="ALB",
        user=person.pseudonym,
        agency=person.agency,
        role=person.roles[0],
        purpose=Purpose.BORDER_CONTROL,
    )
    client = alb.hubs.client(operator)
    reply = await client.check([MrzEvidence(SPECIMEN_ZONE)])
    await client.ask_confirmation(reply.hits[0].record, reply.entry, urgency=Urgency.GATE)
    draft = Draft(
        recipients=("UTO",),
        subject="Who is she?",
        form="identity-request",
        fields={
            "reason": "person-at-border",
            "family-name": "Eriksson",
            "given-names": "Anna Maria",
            "birth-date": "1974-08-12",
            "identity-wanted": ["identity", "document-status"],
        },
    )
    message = await alb.mailbox.send(operator, draft)
    await asyncio.sleep(8)
    return {"record": reply.hits[0].record, "entry": reply.entry, "message": message}


async def _picture(browser: Browser, node: Node, shown: Shown, language: str, folder: Path) -> None:
    cookies = [await _cookie(node, shown, language)] if shown.person else []
    async with new_context(browser, cookies, viewport=VIEW) as context:
        page = await context.new_page()
        path = shown.path if shown.person else f"{shown.path}?language={language}"
        await page.goto(node.settings.url + path)
        if shown.name == "hit":
            await page.fill("textarea[name=text]", SPECIMEN_ZONE)
            await page.click("form.check button.main")
            await page.wait_for_selector(".hit")
        if shown.name == "dossier":
            await page.click("form.asks button.main")
            await page.wait_for_selector("article")
        await page.wait_for_timeout(300)
        taken = Image.open(io.BytesIO(await page.screenshot()))
        taken.quantize(256, Image.Quantize.MAXCOVERAGE).save(
            folder / f"{shown.name}-{language}.png", optimize=True
        )


async def _cookie(node: Node, shown: Shown, language: str) -> dict[str, str]:
    person = await node.people.named(shown.person)
    await node.people.set_preferences(person, language=language, theme="light")
    async with node.database.transaction() as t:
        token, session = await node.sessions.begin(t, await people.find(t, person.id))
    if shown.purpose:
        token, _ = await node.sessions.choose(session, session.role, shown.purpose)
    name = cookie_name(node.vault.bureau, str(node.settings.data), secure=False)
    return {"name": name, "value": token, "url": node.settings.url}


def _settle(hub: RunningHub) -> Sequence[Bureau]:
    world = World(records=RECORDS)
    for bureau in world.bureaus:
        hub.enrol(bureau)
        hub.contribute(bureau.code, list(world.contributions(bureau.code)))
    return world.bureaus


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=Path("docs/screens"))
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with RunningHub() as hub:
        hub.start()
        with Nodes(hub, _settle(hub)) as nodes:
            nodes.make()
            GateScene(Screen(), nodes).play()
            prepare(hub)
            nodes.serve()
            asyncio.run(pictures(nodes, folder.absolute()))


if __name__ == "__main__":
    main()
