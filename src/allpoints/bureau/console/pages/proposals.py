"""What needs two people: acts that somebody proposed, for another one to approve or decline."""

from litestar import Response, get, post

from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import P_
from allpoints.bureau.people.four_eyes import Outcome
from allpoints.bureau.store.proposals import Proposal
from allpoints.records import Role

SECTION = Section(
    "/administration/proposals",
    P_("section", "Approvals"),
    roles=(Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR),
)


@get("/administration/proposals")
async def listed(visit: Visit) -> Response[bytes]:
    """What waits for somebody in this role."""
    return await _page(visit)


@post("/administration/proposals/{number:int}/approval", status_code=200)
async def approve(visit: Visit, number: int) -> Response[bytes]:
    """Agree, and have it done in one's own name."""
    proposals = {each.id: each for each in await visit.node.four_eyes.waiting(visit.session)}
    outcome = await visit.node.four_eyes.approve(visit.session, number)
    return await _page(visit, done=proposals.get(number), outcome=outcome)


@post("/administration/proposals/{number:int}/declining", status_code=200)
async def decline(visit: Visit, number: int) -> Response[bytes]:
    """Disagree, or take back one's own."""
    await visit.node.four_eyes.decline(visit.session, number)
    return await _page(visit) if visit.is_part else visit.go_to("/administration/proposals")


async def _page(
    visit: Visit, *, done: Proposal | None = None, outcome: Outcome | None = None
) -> Response[bytes]:
    people = {person.id: person for person in await visit.node.people.all()}
    # Only a new account and a reset give something to hand over: the link to set up the way in.
    token = outcome.result if outcome and done and done.act == "change-people" else None
    return await visit.page(
        "proposals.html",
        part="rows",
        proposals=await visit.node.four_eyes.waiting(visit.session),
        people=people,
        done=done,
        link=visit.node.people.link(token) if token else "",
    )


ROUTES = (listed, approve, decline)
