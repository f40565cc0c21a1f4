"""What owners are told: hits on their records and links with those of others."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from allpoints.access import Action, Disclosure
from allpoints.errors import InvalidValue
from allpoints.hits.links import disclosed_link, owners_eyes
from allpoints.hub.messages import message_of
from allpoints.hub.routes.records import MAX_PAGE
from allpoints.hub.routes.replies import page, written
from allpoints.hub.worker import Worker
from allpoints.records import Asker
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.decode import decoded
from allpoints.store.acts import Act, Notification

MAX_ACKNOWLEDGED = 10_000


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ids of notifications that were seen."""

    ids: tuple[int, ...]


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
        """Other bureaus' records that share an identifier with the asker's, within their owners' conditions."""

        async def task(act: Act, admitted: Admitted) -> Work:
            bureau = admitted.asker.bureau
            shown: list[dict[str, object]] = []
            disclosed: list[Disclosure] = []
            last = None
            for link in await act.links(after=after, limit=limit):
                last = link.id
                own, other = link.sides(bureau)
                eyes = owners_eyes(bureau, link.contributed_for)
                await act.name_asker(eyes)
                held = (await act.candidates([other])).get(other)
                disclosure = disclosed_link(held, eyes) if held else None
                if disclosure is not None:
                    disclosed.append(disclosure)
                    shown.append(
                        {
                            "id": link.id,
                            "record": own,
                            "scheme": link.scheme,
                            "raised_at": link.raised_at,
                            "other": disclosure,
                        }
                    )
            return Work(result=(shown, last), disclosed=tuple(disclosed))

        done = await pipeline.act(await message_of(request), Action.READ_LINKS, task)
        shown, last = done.result
        return written({"items": shown, "next": last})

    return [notifications, stream, acknowledge, links]
