"""What came and was not let in, and why."""

from litestar import get

from allpoints.bureau.api.admission import Caller
from allpoints.bureau.api.messages import After, Limit
from allpoints.bureau.api.problems import REFUSALS
from allpoints.bureau.mailbox import KEY_READERS, Quarantined
from allpoints.wire.corridor import Page


@get("/quarantine", opt={"roles": KEY_READERS}, responses=REFUSALS)
async def listed(caller: Caller, after: After = None, limit: Limit = 50) -> Page[Quarantined]:
    """What was kept apart, the latest first."""
    found = await caller.mailbox.quarantine(before=after, limit=limit)
    return Page(items=tuple(found), next=found[-1].number if found and len(found) == limit else None)


ROUTES = (listed,)
