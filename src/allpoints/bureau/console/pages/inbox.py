"""The inbox: everything that waits for the one who looks, the most urgent first, and acted on in place."""

from litestar import Response, get, post

from allpoints.bureau.console.facts import facts
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import P_
from allpoints.bureau.desk import Matter, MatterState, Wanted
from allpoints.bureau.desk.kinds import KINDS
from allpoints.errors import NotFound

SECTION = Section("/", P_("section", "Inbox"))
ROWS = 50


@get("/")
async def inbox(
    visit: Visit,
    *,
    text: str = "",
    kind: str = "",
    show: MatterState = MatterState.OPEN,
    after: int | None = None,
) -> Response[bytes]:
    """The list, or the rows after one."""
    desk, session = visit.node.desk, visit.session
    newest = await desk.newest()
    wanted = Wanted(
        role=session.role,
        text=text[:200],
        kind=kind or None,
        state=show,
        after=await desk.matter(after, session) if after else None,
        limit=ROWS + 1,
    )
    found = await desk.matters(wanted)
    return await visit.page(
        "inbox.html",
        part="more" if after else "rows",
        matters=found[:ROWS],
        more=found[ROWS - 1].id if len(found) > ROWS else None,
        waiting=await desk.count(session),
        newest=newest,
        kinds=[each for each, known in KINDS.items() if session.role in known.roles],
        text=text,
        kind=kind,
        show=show,
    )


@get("/inbox/{number:int}")
async def matter(visit: Visit, number: int) -> Response[bytes]:
    """One matter with everything known of it."""
    found = await _found(visit, number)
    return await visit.page("matter.html", matter=found, facts=list(facts(found.kind, found.detail)))


@post("/inbox/{number:int}/handled", status_code=200)
async def handled(visit: Visit, number: int) -> Response[bytes]:
    """It is handled, and no longer waits for anybody."""
    await visit.node.desk.handle(number, visit.session)
    return await _row(visit, number)


@post("/inbox/{number:int}/waiting", status_code=200)
async def waiting(visit: Visit, number: int) -> Response[bytes]:
    """It was handled by mistake."""
    await visit.node.desk.reopen(number, visit.session)
    return await _row(visit, number)


async def _row(visit: Visit, number: int) -> Response[bytes]:
    if not visit.is_part:
        return visit.go_to("/")
    return await visit.page("row.html", matter=await _found(visit, number))


async def _found(visit: Visit, number: int) -> Matter:
    found = await visit.node.desk.matter(number, visit.session)
    if found is None:
        raise NotFound("nothing of that number waits for your role", field="matter")
    return found


ROUTES = (inbox, matter, handled, waiting)
