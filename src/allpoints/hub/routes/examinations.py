"""Examining: candidate lists, their assignment, the pictures side by side, and what examiners decide."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from litestar.types import ControllerRouterHandler

from allpoints.access import Action
from allpoints.hits import comparing, examinations
from allpoints.hits.comparing import Material
from allpoints.hits.examinations import Said
from allpoints.hub.messages import message_of
from allpoints.hub.routes.records import MAX_PAGE
from allpoints.hub.routes.replies import page, written
from allpoints.hub.worker import Worker
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.decode import decoded
from allpoints.steps.prepare import COST_OF_A_PICTURE
from allpoints.store.acts import Act
from allpoints.wire.corridor import ExaminationState

PNG = "image/png"

Looked = TypeVar("Looked")


class Assignment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to decide: a user of one's own bureau."""

    examiner: str


_assignment = msgspec.json.Decoder(Assignment)
_said = msgspec.json.Decoder(Said)


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for examinations."""
    pipeline = worker.pipeline

    @get("/v1/examinations")
    async def lists(
        request: Request[Any, Any, Any],
        after: int = 0,
        limit: int = Parameter(ge=1, le=MAX_PAGE, default=100),
        wanted: Annotated[ExaminationState | None, Parameter(query="state")] = None,
        mine: bool = False,
    ) -> Response[bytes]:
        """The bureau's candidate lists, oldest first, without their candidates; `mine` are assigned to the asker."""

        async def task(act: Act, admitted: Admitted) -> Work:
            found = await examinations.listed(
                act, admitted.asker, after=after, limit=limit, state=wanted, mine=mine
            )
            return Work(result=found)

        done = await pipeline.act(await message_of(request), Action.READ_EXAMINATIONS, task)
        return page(done.result, limit=limit, key=lambda found: found.id)

    @get("/v1/examinations/{examination_id:int}")
    async def one_list(request: Request[Any, Any, Any], examination_id: int) -> Response[bytes]:
        """One candidate list, with as much of its candidates as their owners let the asker see now."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await examinations.shown_list(act, admitted.asker, examination_id, _now())

        done = await pipeline.act(await message_of(request), Action.READ_EXAMINATIONS, task)
        return written(done.result)

    @post("/v1/examinations/{examination_id:int}/assignment", status_code=200)
    async def assign(request: Request[Any, Any, Any], examination_id: int) -> Response[bytes]:
        """Assign a list to an examiner, or to the second one where the first has decided."""

        async def task(act: Act, admitted: Admitted) -> Work:
            examiner = decoded(_assignment, admitted.body).examiner
            return await examinations.assign(act, admitted.asker, examination_id, examiner, now=_now())

        done = await pipeline.act(await message_of(request), Action.ASSIGN_EXAMINATION, task)
        return written(done.result)

    @post("/v1/examinations/{examination_id:int}/candidates/{record_id:int}/decision", status_code=200)
    async def decide(request: Request[Any, Any, Any], examination_id: int, record_id: int) -> Response[bytes]:
        """Decide on a candidate, for good, as the examiner to whom the list is assigned."""

        async def task(act: Act, admitted: Admitted) -> Work:
            said = decoded(_said, admitted.body)
            return await examinations.decide(act, admitted.asker, examination_id, record_id, said, now=_now())

        done = await pipeline.act(await message_of(request), Action.EXAMINE, task)
        return written(done.result)

    @get("/v1/examinations/{examination_id:int}/candidates/{record_id:int}/comparison")
    async def comparison(
        request: Request[Any, Any, Any], examination_id: int, record_id: int, probe: int | None = None
    ) -> Response[bytes]:
        """What the machine compared of probe and candidate, and with which strength; it decides nothing."""
        compared = await _looked_at(request, examination_id, record_id, comparing.comparison, probe)
        return written(compared)

    @get("/v1/examinations/{examination_id:int}/candidates/{record_id:int}/comparison.png", media_type=PNG)
    async def picture(
        request: Request[Any, Any, Any], examination_id: int, record_id: int, probe: int | None = None
    ) -> Response[bytes]:
        """One picture of the probe beside the candidate's, with what corresponds numbered and coloured."""
        png = await _looked_at(request, examination_id, record_id, comparing.picture, probe)
        return Response(png, media_type=PNG, headers={"cache-control": "no-store"})

    async def _looked_at(
        request: Request[Any, Any, Any],
        examination_id: int,
        record_id: int,
        look: Callable[[Material, int | None], Looked],
        probe: int | None,
    ) -> Looked:
        async def task(act: Act, admitted: Admitted) -> Work:
            return await comparing.material(act, admitted.asker, examination_id, record_id, _now())

        message = await message_of(request)
        async with worker.turn(message):
            done = await pipeline.act(message, Action.READ_EXAMINATIONS, task, cost=COST_OF_A_PICTURE)
            return await asyncio.to_thread(look, done.result, probe)

    return [lists, one_list, assign, decide, comparison, picture]


def _now() -> datetime:
    return datetime.now(UTC)
