"""The hit clock: asking the owner of a record to confirm a hit, answering, and how fast everybody answers."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from litestar.types import ControllerRouterHandler

from allpoints.access import Action
from allpoints.hits import confirmations
from allpoints.hits.confirmations import Answered, Asked
from allpoints.hub.messages import message_of
from allpoints.hub.routes.records import MAX_PAGE, entry_number
from allpoints.hub.routes.replies import page, written
from allpoints.hub.worker import Worker
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.decode import decoded
from allpoints.store.acts import Act
from allpoints.wire.confirmations import ConfirmationState, Side

_asked = msgspec.json.Decoder(Asked)
_answered = msgspec.json.Decoder(Answered)


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for confirmations."""
    pipeline = worker.pipeline

    @post("/v1/confirmations", status_code=201)
    async def ask(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Have the owner of a record confirm a hit on it. A repeated request asks once."""

        async def task(act: Act, admitted: Admitted) -> Work:
            asked = decoded(_asked, admitted.body)
            entry = entry_number(asked.entry, field="entry")
            return await confirmations.ask(act, admitted.asker, asked, entry, now=_now())

        done = await pipeline.act(await message_of(request), Action.ASK_CONFIRMATION, task)
        return written(done.result)

    @get("/v1/confirmations")
    async def listed(
        request: Request[Any, Any, Any],
        after: int = 0,
        limit: int = Parameter(ge=1, le=MAX_PAGE, default=100),
        wanted: Annotated[ConfirmationState | None, Parameter(query="state")] = None,
        side: Side | None = None,
    ) -> Response[bytes]:
        """What the bureau asked others to confirm and what it owes others, oldest first."""

        async def task(act: Act, admitted: Admitted) -> Work:
            found = await confirmations.listed(
                act, admitted.asker, after=after, limit=limit, state=wanted, side=side, now=_now()
            )
            return Work(result=found)

        done = await pipeline.act(await message_of(request), Action.READ_CONFIRMATIONS, task)
        return page(done.result, limit=limit, key=lambda found: found.id)

    @get("/v1/confirmations/{confirmation_id:int}")
    async def one(request: Request[Any, Any, Any], confirmation_id: int) -> Response[bytes]:
        """One confirmation."""

        async def task(act: Act, admitted: Admitted) -> Work:
            found = await confirmations.one(act, admitted.asker, confirmation_id, now=_now())
            return Work(result=found, subject=str(confirmation_id))

        done = await pipeline.act(await message_of(request), Action.READ_CONFIRMATIONS, task)
        return written(done.result)

    @post("/v1/confirmations/{confirmation_id:int}/answer", status_code=200)
    async def answer(request: Request[Any, Any, Any], confirmation_id: int) -> Response[bytes]:
        """Confirm or refute a hit for the owner of the record, for good."""

        async def task(act: Act, admitted: Admitted) -> Work:
            said = decoded(_answered, admitted.body)
            return await confirmations.answer(act, admitted.asker, confirmation_id, said, now=_now())

        done = await pipeline.act(await message_of(request), Action.ANSWER_CONFIRMATION, task)
        return written(done.result)

    @get("/v1/statistics")
    async def statistics(request: Request[Any, Any, Any], since: date | None = None) -> Response[bytes]:
        """How fast the bureau answers and is answered since a day, and the medians of all members."""

        async def task(act: Act, _: Admitted) -> Work:
            return Work(result=await confirmations.statistics(act, since, now=_now()))

        done = await pipeline.act(await message_of(request), Action.READ_STATISTICS, task)
        return written(done.result)

    return [ask, listed, one, answer, statistics]


def _now() -> datetime:
    return datetime.now(UTC)
