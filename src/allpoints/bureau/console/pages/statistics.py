"""Statistics: how fast the bureau answers for its hits and is answered, beside how fast every member does."""

from datetime import UTC, datetime, timedelta
from typing import Literal

from litestar import Response, get
from msgspec import Struct

from allpoints.bureau.console.drawings.bars import Bar, Bars, bars
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import P_
from allpoints.records import Role
from allpoints.wire.confirmations import OpenMedian, Tallies

SECTION = Section(
    "/statistics",
    P_("section", "Statistics"),
    roles=(Role.OPERATOR, Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER),
)
PERIODS = ("7", "30", "90", "365")
"""Days that one may look back."""


class SideShown(Struct, frozen=True):
    """One side of the bureau's confirmations: its counts and their drawing."""

    side: Literal["owed", "asked"]
    tallies: Tallies
    times: Bars


@get("/statistics")
async def statistics(visit: Visit, days: Literal["7", "30", "90", "365"] = "30") -> Response[bytes]:
    """The counts of one's own bureau, and the medians of all members."""
    since = (datetime.now(UTC) - timedelta(days=int(days))).date()
    found = await visit.client().statistics(since=since)
    return await visit.page(
        "statistics.html",
        part="figures",
        found=found,
        sides=(_side("owed", found.owed), _side("asked", found.asked)),
        members=_members(found.members, visit.node.vault.bureau),
        days=days,
        periods=PERIODS,
    )


def _side(side: Literal["owed", "asked"], tallies: Tallies) -> SideShown:
    times = tuple(
        Bar(label=urgency, value=tally.median_s, reach=tally.p90_s)
        for urgency, tally in tallies.by_urgency.items()
        if tally.median_s is not None
    )
    return SideShown(side, tallies, bars(times))


def _members(medians: tuple[OpenMedian, ...], own: str) -> Bars:
    """Those with a median, the fastest first."""
    known = sorted((each.median_s, each.bureau) for each in medians if each.median_s is not None)
    return bars([Bar(label=bureau, value=median, own=bureau == own) for median, bureau in known])


ROUTES = (statistics,)
