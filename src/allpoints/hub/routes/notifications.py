"""What owners are told: hits on their records and links with those of others."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post, put
from litestar.params import Parameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from allpoints.access import Action
from allpoints.errors import InvalidValue
from allpoints.hits.links import ShownLink, decide_link, shown_link
from allpoints.hub.messages import message_of
from allpoints.hub.routes.records import MAX_PAGE
from allpoints.hub.routes.replies import page, written
from allpoints.hub.worker import Worker
from allpoints.records import Asker
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.decode import decoded
from allpoints.store.acts import Act, Notification
from allpoints.wire.corridor import Decision

MAX_ACKNOWLEDGED = 10_000


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ids of notifications that were seen."""

    ids: tuple[int, ...]


class SaidOfLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the two records of a link have one source."""

    decision: Decision


_said = msgspec.json.Decoder(SaidOfLink)
_acknowledgement = msgspec.json.Decoder(Acknowledgement)


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for notifications and links."""
    pipeline = worker.pipeline

    @get("/v1/notifications")
    async def notifications(
        request: Request[Any, Any, Any],
        after: int = 0,
        limit: int = Parameter(ge=1, le=MAX_PAGE, default=100),
        unacknowledged: bool = False,
    ) -> Response[bytes]:
        """What the asker's bureau was told, oldest first."""

        async def task(act: Act, admitted: Admitted) -> Work:
            told = await act.notifications(
                admitted.asker.bureau, after=after, limit=limit, unacknowledged=unacknowledged
            )
            return Work(result=told)

        done = await pipeline.act(await message_of(request), Action.READ_NOTIFICATIONS, task)
        return page(done.result, limit=limit, key=lambda told: told.id)

    @get("/v1/notifications/stream", media_type="text/event-stream")
    async def stream(request: Request[Any, Any, Any]) -> Stream:
        """Notifications as they happen, as server-sent events; first all that are not acknowledged yet.

        After an interruption a notification may come again, and is known by its id; none is left out.
        """

        async def task(_: Act, admitted: Admitted) -> Work:
            return Work(result=admitted)

        worker.streams.check_room()
        done = await pipeline.act(await message_of(request), Action.READ_NOTIFICATIONS, task)
        asker: Asker = done.result.asker
        key_id: str = done.result.request.key_id

        async def waiting(after: int) -> list[Notification]:
            async with worker.database.act(asker) as act:
                return await act.notifications(asker.bureau, after=after, limit=MAX_PAGE, unacknowledged=True)

        async def trusted() -> bool:
            async with worker.database.single_statement() as act:
                return await act.active_key(key_id) is not None

        return Stream(
            worker.streams.events(asker.bureau, waiting, trusted),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    @post("/v1/notifications/acknowledgements", status_code=200)
    async def acknowledge(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Mark notifications as seen; the answer holds those that were not yet."""

        async def task(act: Act, admitted: Admitted) -> Work:
            ids = decoded(_acknowledgement, admitted.body).ids
            if len(ids) > MAX_ACKNOWLEDGED or not all(0 < number < 2**63 for number in ids):
                raise InvalidValue(f"takes up to {MAX_ACKNOWLEDGED} ids of notifications", field="ids")
            return Work(result=await act.acknowledge(admitted.asker.bureau, ids))

        done = await pipeline.act(await message_of(request), Action.ACKNOWLEDGE, task)
        return written({"ids": done.result})

    @get("/v1/links")
    async def links(
        request: Request[Any, Any, Any],
        after: int = 0,
        limit: int = Parameter(ge=1, le=MAX_PAGE, default=100),
    ) -> Response[bytes]:
        """Other bureaus' records that share an identifier or the person with the asker's, within their conditions."""

        async def task(act: Act, admitted: Admitted) -> Work:
            shown: list[ShownLink] = []
            last = after
            # A page is filled with links that are shown: one that ended early would tell of others that are not.
            while len(shown) < limit and (stored := await act.links(after=last, limit=limit)):
                last = stored[-1].id
                found = [await shown_link(act, link, admitted.asker) for link in stored]
                shown.extend(link for link in found if link is not None)
            return Work(result=shown[:limit], disclosed=tuple(link.other for link in shown[:limit]))

        done = await pipeline.act(await message_of(request), Action.READ_LINKS, task)
        return page(done.result, limit=limit, key=lambda link: link.id)

    @put("/v1/links/{link_id:int}/decision")
    async def decide(request: Request[Any, Any, Any], link_id: int) -> Response[bytes]:
        """Say for one's bureau whether the two records of a link have one source; it replaces what was said before."""

        async def task(act: Act, admitted: Admitted) -> Work:
            said = decoded(_said, admitted.body).decision
            return await decide_link(act, link_id, said, admitted.asker, datetime.now(UTC))

        done = await pipeline.act(await message_of(request), Action.DECIDE_LINK, task)
        return written(done.result)

    return [notifications, stream, acknowledge, links, decide]
