"""The node's own trail: who signed in, what was refused, what administrators did. Nobody can change it."""

from litestar import Response, get

from allpoints.bureau.console.administration_words import pieces
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import P_
from allpoints.bureau.people.trail import READERS

SECTION = Section("/administration/trail", P_("section", "Trail"), roles=READERS)
ROWS = 100


@get("/administration/trail")
async def listed(visit: Visit, before: int | None = None) -> Response[bytes]:
    """The newest entries, page by page."""
    entries = await visit.node.trail.entries(visit.session, before=before, limit=ROWS)
    return await visit.page(
        "trail.html",
        part="rows",
        entries=entries,
        pieces=pieces,
        next=entries[-1].id if len(entries) == ROWS else 0,
    )


ROUTES = (listed,)
