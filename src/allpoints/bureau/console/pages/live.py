"""The one stream by which a browser hears that something has changed; all its tabs share it."""

from collections.abc import AsyncIterator

import msgspec
from litestar import get
from litestar.response import Stream

from allpoints.bureau.console.visit import Visit
from allpoints.errors import QuotaExceeded

MAX_STREAMS = 8
"""Of one person: a browser needs one, whatever the number of its tabs."""


@get("/live", opt={"by_itself": True})
async def live(visit: Visit) -> Stream:
    """Server-sent events: the numbers of the newest matters, how many wait, and whether the lines are up."""
    open_streams = visit.console.streams
    person = visit.session.person.id
    if open_streams[person] >= MAX_STREAMS:
        raise QuotaExceeded("too many browsers listen for this person", retry_after_s=30)
    return Stream(
        _events(visit),
        media_type="text/event-stream",
        headers={"x-accel-buffering": "no", "cache-control": "no-store"},
    )


async def _events(visit: Visit) -> AsyncIterator[bytes]:
    console, person = visit.console, visit.session.person.id
    console.streams[person] += 1
    try:
        yield await _state(visit)
        async for changed in visit.node.desk.changes():
            if await console.session_of(visit.request, by_person=False) is None:
                yield b"event: over\ndata: {}\n\n"
                return
            yield await _state(visit) if changed else b": here\n\n"
    finally:
        console.streams[person] -= 1


async def _state(visit: Visit) -> bytes:
    desk = visit.node.desk
    waiting, recent = await desk.glance(visit.session.role)
    said = {
        "waiting": waiting,
        "recent": recent,
        "down": [line.hub for line in visit.node.hubs.states if line.up is False],
    }
    return b"event: desk\ndata: " + msgspec.json.encode(said) + b"\n\n"


ROUTES = (live,)
