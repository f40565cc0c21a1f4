"""Links: where another bureau holds what we hold, both records side by side, and the owners' decisions."""

from litestar import Response, get, post
from msgspec import Struct

from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import N_, P_
from allpoints.bureau.desk import BegunAct
from allpoints.bureau.node import Node
from allpoints.errors import NotFound
from allpoints.records import CASEWORK, Role
from allpoints.wire.corridor import Decision, Link

SECTION = Section("/links", P_("section", "Links"), roles=(*CASEWORK, Role.ANALYST))
ROWS = 50
EXAMINED = ("fingerprints", "faces")
"""What only examiners decide on."""
_LABELS = {
    Decision.SAME: N_("Deciding that link %(number)s is the same"),
    Decision.DIFFERENT: N_("Deciding that link %(number)s is different"),
}


class Decided(Struct, frozen=True):
    """An owner's form."""

    decision: Decision


@get("/links")
async def listed(visit: Visit, after: int = 0) -> Response[bytes]:
    """The links between the bureau's records and those of others."""
    page = await visit.client().links(after=after, limit=ROWS)
    return await visit.page("links.html", part="rows", links=page.items, next=page.next)


@get("/links/{number:int}")
async def one(visit: Visit, number: int) -> Response[bytes]:
    """Both records, as far as each owner lets the other see."""
    link = await _found(visit, number)
    return await visit.page(
        "link.html",
        link=link,
        record=await visit.client().record(link.record),
        decides=visit.session.role in CASEWORK and link.scheme not in EXAMINED,
        examined=link.scheme in EXAMINED,
        deciding=None,
    )


@post("/links/{number:int}/decision", status_code=200, opt={"roles": CASEWORK})
async def decide(visit: Visit, number: int) -> Response[bytes]:
    """Say whether both are the same; it can be taken back for a few seconds, and changed at any time."""
    form = await visit.form(Decided)
    label = visit.say(_LABELS[form.decision]) % {"number": number}
    await visit.hold(
        "decide-link", {"hub": visit.hub, "link": number, "decision": form.decision.value}, label
    )
    if not visit.is_part:
        return visit.go_to(visit.at(f"/links/{number}"))
    link = await _found(visit, number)
    return await visit.page(
        "link.html", part="decision", link=link, decides=True, examined=False, deciding=label
    )


async def do_decide(node: Node, act: BegunAct) -> None:
    """Tell the hub."""
    client = node.hubs.client(act.asker, act.content["hub"])
    decision = Decision(act.content["decision"])
    await client.decide_link(act.content["link"], decision, idempotency_key=act.name)


async def _found(visit: Visit, number: int) -> Link:
    """The link of this number: the first after the one before it."""
    page = await visit.client().links(after=number - 1, limit=1)
    if not page.items or page.items[0].id != number:
        raise NotFound(f"there is no link {number} that you may see", field="link")
    return page.items[0]


ROUTES = (listed, one, decide)
ACTS = {"decide-link": do_decide}
