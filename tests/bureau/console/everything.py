"""Something of everything that the console's pages can show, and the pages that show it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx
from playwright.async_api import Page, expect
from tests.announcing import picture, request, review
from tests.bureau.console.cases import HTMX, asked_of_us, contributed, new_plate, until
from tests.bureau.console.correspondent import Correspondent
from tests.bureau.console.pages.test_correspondents import seen_key
from tests.bureau.console.pages.test_examinations import FOR, assigned_list, wanted_face
from tests.bureau.console.pages.test_links import linked
from tests.bureau.console.pages.test_messages import until as until_there
from tests.bureau.console.pages.test_messages import write
from tests.bureau.console.pages.test_uploads import table
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.bureau.desk import Waiting
from allpoints.records import Role
from allpoints.wire.confirmations import OwnersAnswer
from allpoints.wire.messages import Priority

Does = Callable[[Page], Awaitable[None]]


class Look(NamedTuple):
    """A page to look at: who opens it where, and what is done there first."""

    path: str
    role: str = "operator"
    purpose: str = FOR
    first: Does | None = None
    around: bool = False
    """Whether what stands around the page's own content is to be looked at for its colours as well."""


def everything(console: RunningConsole, hub: RunningHub) -> list[Look]:
    """The pages of ITA's console, with something to show on each."""
    return [
        *_of_the_desk(console),
        *_of_records(console, hub),
        *_of_messages(console, hub),
        *_of_notices(hub),
        *_of_examinations(console, hub),
        *_of_administration(console, hub),
    ]


def secretariats(hub: RunningHub) -> list[Look]:
    """The pages of the secretariat's console that others do not have."""
    said = request(description="A dissident who was seen at a demonstration.")
    number = hub.operator("UTO", "missing-persons").request_notice(said).id
    return [Look(f"/notices/reviews?after={number - 1}"), Look(f"/notices/{number}")]


def _of_the_desk(console: RunningConsole) -> list[Look]:
    soon = datetime.now(UTC) + timedelta(minutes=20)

    def add(key: str, **other: object) -> int:
        waiting = {"key": key, "kind": "hit", "what": key, "path": "/", "roles": (Role.OPERATOR,)}
        return console.run(console.node.desk.add(Waiting(**waiting | other)))  # type: ignore[arg-type]

    add("LOOK-1", kind="confirmation-asked", priority="urgent", deadline=soon)
    add("LOOK-2", kind="message", priority="priority", deadline=soon - timedelta(hours=1))
    number = add("LOOK-3", hub="lyon", detail={"purpose": "border-control", "entry": "1.2"})
    return [
        Look("/?text=look-", first=_opened(".capacity summary"), around=True),
        Look("/?text=nothing-fits", first=_help, around=True),
        Look(f"/inbox/{number}"),
        Look("/account", first=_opened(".who summary"), around=True),
    ]


def _of_records(console: RunningConsole, hub: RunningHub) -> list[Look]:
    plate, theirs, reference = new_plate("ITA"), new_plate(), "LOOK"
    number = contributed(hub, "ITA", ("plate", plate), reference=reference, instructions="Seize it.")
    contributed(hub, "UTO", ("plate", theirs), instructions="Seize it.", make="Fiat")
    link = linked(hub)
    asked = asked_of_us(hub, plate)
    hub.operator("ITA").answer_confirmation(asked_of_us(hub, plate, "ALB").id, OwnersAnswer.REFUTED)
    client = console.client()
    found = until(
        lambda: client.post("/check", data={"text": theirs, "scheme": "plate"}, headers=HTMX),
        lambda text: "1 hit" in text,
    ).text
    entry = found.partition('name="entry" value="')[2].partition('"')[0]
    return [
        Look("/check", first=_checks(theirs)),
        Look(f"/vehicles?text={theirs}", first=_gathers),
        Look("/confirmations?side=owed&show=asked"),
        Look(f"/confirmations/{asked.id}"),
        Look(f"/records?reference={reference}"),
        Look(f"/records/{number}"),
        Look(f"/records/{number}/reads"),
        Look("/records/new?kind=person"),
        Look(f"/links?after={link.id - 1}"),
        Look(f"/links/{link.id}", first=_decides, around=True),
        Look(f"/receipts/{entry}"),
        Look("/statistics"),
        Look("/uploads"),
        Look(_uploaded(client)),
    ]


def _uploaded(client: httpx.Client) -> str:
    files = {"file": ("cars.csv", table("LOOK-UP") + b"x,vehicle,bored,ITA:1\n", "text/csv")}
    columns = {"columns": "Ref=reference\nGrund=reason"}
    path = str(client.post("/uploads", data=columns, files=files, headers=HTMX).headers["hx-redirect"])
    until(lambda: client.get(path, headers=HTMX), lambda text: "every 1s" not in text)
    return path


def _of_messages(console: RunningConsole, hub: RunningHub) -> list[Look]:
    utopia = Correspondent(hub, "UTO")
    soon = datetime.now(UTC) + timedelta(hours=3)
    asked = utopia.write(
        "ITA",
        Priority.URGENT,
        soon,
        kind="identity-request",
        subject="Look: who is he?",
        fields={"reason": "person-held", "identity-wanted": ["photograph"], "unheard-of": "x"},
        references=("record:1",),
    )
    utopia.write("ITA", subject="Look: unread")
    until_there(console, asked.head.id)
    write(console, subject="Look: ours", in_reply_to=asked.head.id)
    return [
        Look(f"/messages/{asked.head.id}"),
        Look(f"/messages/{asked.head.id}/reply?form=identity-reply"),
        Look("/messages?bureau=UTO&unread=true"),
        Look("/messages?text=look"),
        Look("/messages/new?form=identity-request"),
    ]


def _of_notices(hub: RunningHub) -> list[Look]:
    own = hub.operator("ITA").request_notice(request(pictures=(picture(),))).id
    secretariat = hub.secretariat("operator")
    secretariat.review_notice(own, review(decision="return", quality="Which station?"))  # type: ignore[arg-type]
    published = hub.operator("UTO", "missing-persons").request_notice(request(pictures=(picture(),))).id
    secretariat.review_notice(published, review())
    return [
        Look("/notices?colour=yellow&mine=true"),
        Look(f"/notices/{own}"),
        Look(f"/notices/{published}/print"),
        Look("/notices/new"),
        Look("/notices/new/red"),
    ]


def _of_examinations(console: RunningConsole, hub: RunningHub) -> list[Look]:
    record = wanted_face(hub)
    number = assigned_list(console)
    return [
        Look("/examinations?mine=true", "examiner"),
        Look(f"/examinations/{number}", "examiner"),
        Look(f"/examinations/{number}/candidates/{record}", "examiner"),
    ]


def _of_administration(console: RunningConsole, hub: RunningHub) -> list[Look]:
    seen_key(hub, console)
    proposer = console.sign_in("supervisor").session
    content = {"hub": "hub", "notice": 2**50, "reason": "Found.", "key": ""}
    console.run(console.node.four_eyes.do(proposer, "cancel-notice", "LOOK", content))
    return [
        Look("/administration/proposals"),
        Look("/administration/people", "administrator", "administration"),
        Look(f"/administration/people/{proposer.person.id}", "administrator", "administration"),
        Look("/messages/keys", "administrator", "administration"),
        Look("/messages/quarantine", "supervisor"),
        Look("/administration/trail?before=15", "supervisor"),
    ]


async def _help(page: Page) -> None:
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_visible()


def _opened(menu: str) -> Does:
    async def first(page: Page) -> None:
        await page.locator(menu).click()

    return first


def _checks(plate: str) -> Does:
    async def first(page: Page) -> None:
        await page.locator("[name=text]").fill(plate)
        await page.locator("[name=scheme]").select_option("plate")
        await page.locator("form.check button.main").click()
        await expect(page.locator("article.hit")).to_have_count(1)

    return first


async def _decides(page: Page) -> None:
    await page.locator("button[value=different]").click()
    await expect(page.locator("#undo button").first).to_be_visible()


async def _gathers(page: Page) -> None:
    await page.locator("button.main").click()
    await expect(page.locator("#dossier article.hit")).to_have_count(1)
