"""What `make up` adds to the demo's world for its consoles: a notice, a request, and the stories to walk through."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from allpoints.demo import planted
from allpoints.demo.accounts import ACCOUNTS, PASSWORD, OneTimeCodes
from allpoints.demo.nodes import Nodes
from allpoints.demo.running import RunningHub
from allpoints.demo.screen import Screen
from allpoints.records import SECRETARIAT, Contribution, Particulars, Purpose, RecordKind, Role
from allpoints.records.colours import Colour
from allpoints.records.notices import Grounds, NoticeRequest, PublicField
from allpoints.records.review import Answered, Item, Review, ReviewDecision

MISSING = "ليلى عبد الرحمن المنصوري"
MISSING_AS_ASKED = "Layla Abdulrahman Al-Mansoori"
BORN = "2010-05-06"
LOOK_AGAIN_S = 0.5

STORIES = (
    (
        "A stolen passport at a gate, and a clock",
        "Sign in to ALB as mira. Under Check, paste the two lines above, and ask UTO to confirm: the clock runs. Sign "
        "in to UTO as uma (in Arabic): it waits in the inbox; confirm it. Mira's page shows the answer.",
    ),
    (
        "A yellow notice, found by name in another script",
        f"As mira, check the name {MISSING_AS_ASKED}, born {BORN}: UTO's notice is in Arabic.",
    ),
    (
        "A phone number in two countries' files",
        f"As arben of ALB, for criminal investigation, check the phone {planted.SHARED_PHONE}: FRA tells all, UTO how "
        "to reach it.",
    ),
    (
        "A request between two bureaus that do not talk otherwise",
        "As flore of FRA (in French), under Messages, send ALB an identity request. Arben of ALB reads it in English, "
        "with each field in his own language, and answers by its form; flore sees when it was delivered and read.",
    ),
)


def prepare(hub: RunningHub) -> None:
    """UTO requests a yellow notice, and the secretariat publishes it."""
    request = NoticeRequest(
        colour=Colour.YELLOW,
        contribution=Contribution(
            reference="UTO-MISSING",
            kind=RecordKind.PERSON,
            identifiers=(),
            particulars=Particulars(
                reason="missing",
                names=(MISSING,),
                birth=BORN,
                sex="F",
                nationalities=("UTO",),
                description="Green school jacket, a scar on the left hand.",
                since=datetime.now(UTC).date(),
                synthetic=True,
            ),
        ),
        grounds=Grounds(
            facts="Left school at noon and did not come home.",
            place="Utopolis, Main Station",
            sought="Where she is, and with whom.",
        ),
        public=(PublicField.NAMES, PublicField.DESCRIPTION),
    )
    with (
        hub.client("UTO", Role.OPERATOR, Purpose.MISSING_PERSONS) as operator,
        hub.client(SECRETARIAT, Role.OPERATOR, Purpose.ADMINISTRATION) as reviewer,
    ):
        kept = operator.request_notice(request)
        checklist = tuple(Answered(item=item, met=True) for item in Item)
        reviewer.review_notice(
            kept.id, Review(version=kept.version, checklist=checklist, decision=ReviewDecision.PUBLISH)
        )


def show_consoles(screen: Screen, nodes: Nodes) -> None:
    """Where the consoles are, who signs in to them, and what to try."""
    screen.step("Three bureaus' consoles are yours")
    screen.facts((code, nodes.url(code)) for code in dict.fromkeys(each.bureau for each in ACCOUNTS))
    screen.say(f"\nEverybody's password: {PASSWORD}. One-time codes stand below.")
    for title, text in STORIES:
        screen.say(f"\n{title}", "bold")
        screen.say(text)


def show_codes(devices: OneTimeCodes, *, until: Callable[[], bool]) -> None:
    """Show everybody's one-time code of now, as long as it takes; on a terminal it changes in place, and elsewhere the
    new ones are written below the old ones.
    """
    console = Console(highlight=False)
    if not sys.stdout.isatty():
        shown: list[str] = []
        while not until():
            if (codes := [devices.code(account) for account in ACCOUNTS]) != shown:
                console.print(_table(devices))
                shown = codes
            time.sleep(LOOK_AGAIN_S)
        return
    with Live(console=console, auto_refresh=False) as live:
        while not until():
            live.update(_table(devices), refresh=True)
            time.sleep(LOOK_AGAIN_S)


def _table(devices: OneTimeCodes) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("bureau", "name", "role", f"code, for {devices.seconds_left()} s more"):
        table.add_column(column)
    for account in ACCOUNTS:
        table.add_row(
            *map(Text, (account.bureau, account.name, account.role.value)),
            Text(devices.code(account), style="bold cyan"),
        )
    return table
