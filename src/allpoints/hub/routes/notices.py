"""Notices and diffusions: for their owners, for the secretariat, for those who read them, and for everybody."""

import re
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from litestar import Request, Response, get, post, put
from litestar.params import Parameter
from litestar.types import ControllerRouterHandler

from allpoints.access import Action, Quota, Quotas
from allpoints.errors import NotFound, QuotaExceeded
from allpoints.hub.messages import message_of
from allpoints.hub.routes.records import MAX_PAGE
from allpoints.hub.routes.replies import page, proved, written
from allpoints.hub.worker import Worker
from allpoints.notices import announcing, reading, reviewing
from allpoints.pipeline import Read, Store
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import MAX_NOTICE_PICTURES
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Done, Work
from allpoints.store import notices as store
from allpoints.store.acts import Act
from allpoints.wire.notices import NoticeState

JPEG = "image/jpeg"
EVERYBODY = Quota(rate=50, burst=100)
"""Requests a second that a worker answers for the public extracts, whoever asks: bureaus come first."""
_BRIEFLY = {"cache-control": "public, max-age=1"}
"""A proxy may answer a crowd, and still nothing that was withdrawn is read a second later."""

_SERIAL = re.compile("[1-9][0-9]{0,8}-[A-Z]")

Acting = Callable[[Act, Admitted, int, datetime], Awaitable[Work]]


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for notices."""
    return [*_owners(worker), *_reviewers(worker), *_readers(worker), *_public(worker)]


def _owners(worker: Worker) -> list[ControllerRouterHandler]:
    @post("/v1/notices", status_code=201)
    async def request_notice(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Request a notice: its record is stored and held back until the secretariat publishes it."""
        return await _announced(request, Action.REQUEST_NOTICE, NoticeKind.NOTICE, announcing.REQUEST)

    @post("/v1/diffusions", status_code=201)
    async def send_diffusion(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Send a diffusion to bureaus of one's choice: in force at once, without review and number."""
        return await _announced(request, Action.SEND_DIFFUSION, NoticeKind.DIFFUSION, announcing.SEND)

    @put("/v1/notices/{notice_id:int}")
    async def correct_notice(request: Request[Any, Any, Any], notice_id: int) -> Response[bytes]:
        """Replace what an own notice says, at once; If-Match names the version that was seen."""
        return await _corrected(request, NoticeKind.NOTICE, notice_id)

    @put("/v1/diffusions/{notice_id:int}")
    async def correct_diffusion(request: Request[Any, Any, Any], notice_id: int) -> Response[bytes]:
        """Replace what an own diffusion says and to whom, at once; If-Match names the version that was seen."""
        return await _corrected(request, NoticeKind.DIFFUSION, notice_id)

    async def _announced(
        request: Request[Any, Any, Any], action: Action, kind: NoticeKind, what: str
    ) -> Response[bytes]:
        read = partial(announcing.read_announcement, kind=kind, what=what)
        response = _acted(
            await _kept(request, action, read, partial(announcing.announce, kind=kind, what=what))
        )
        response.status_code = 201
        return response

    async def _corrected(request: Request[Any, Any, Any], kind: NoticeKind, number: int) -> Response[bytes]:
        read = partial(announcing.read_announcement, kind=kind, what=announcing.correction(kind, number))
        store_it = partial(announcing.correct, kind=kind, number=number)
        return _acted(await _kept(request, Action.CORRECT_NOTICE, read, store_it))

    async def _kept(request: Request[Any, Any, Any], action: Action, read: Read, store_it: Store) -> Done:
        message = await worker.large_message_of(request)
        async with worker.turn(message):
            return await worker.pipeline.keep(message, action, read, store_it)

    return [request_notice, send_diffusion, correct_notice, correct_diffusion]


def _reviewers(worker: Worker) -> list[ControllerRouterHandler]:
    @post("/v1/notices/{notice_id:int}/review", status_code=200)
    async def review(request: Request[Any, Any, Any], notice_id: int) -> Response[bytes]:
        """Publish a notice, return it with questions or refuse it, by the checklist; for the secretariat."""
        return await _done(request, Action.REVIEW_NOTICE, notice_id, reviewing.review)

    @post("/v1/notices/{notice_id:int}/suspension", status_code=200)
    async def suspend(request: Request[Any, Any, Any], notice_id: int) -> Response[bytes]:
        """Hold a published notice back: no check finds it from now on; for the secretariat."""
        return await _done(request, Action.SUSPEND_NOTICE, notice_id, reviewing.suspend)

    @post("/v1/notices/{notice_id:int}/lifting", status_code=200)
    async def lift(request: Request[Any, Any, Any], notice_id: int) -> Response[bytes]:
        """Lift the suspension of a notice; for the secretariat."""
        return await _done(request, Action.SUSPEND_NOTICE, notice_id, reviewing.lift)

    @post("/v1/notices/{notice_id:int}/cancellation", status_code=200)
    async def cancel(request: Request[Any, Any, Any], notice_id: int) -> Response[bytes]:
        """End a notice or diffusion for good: its owner its own, the secretariat any notice."""
        return await _done(request, Action.CANCEL_NOTICE, notice_id, reviewing.cancel)

    async def _done(
        request: Request[Any, Any, Any], action: Action, number: int, do: Acting
    ) -> Response[bytes]:
        async def task(act: Act, admitted: Admitted) -> Work:
            return await do(act, admitted, number, _now())

        return _acted(await worker.pipeline.act(await message_of(request), action, task))

    return [review, suspend, lift, cancel]


def _readers(worker: Worker) -> list[ControllerRouterHandler]:
    pipeline = worker.pipeline

    @get("/v1/notices")
    async def notices(
        request: Request[Any, Any, Any],
        *,
        after: int = Parameter(ge=0, default=0),
        limit: int = Parameter(ge=1, le=MAX_PAGE, default=100),
        kind: NoticeKind | None = None,
        colour: Colour | None = None,
        wanted: Annotated[NoticeState | None, Parameter(query="state")] = None,
        mine: bool = False,
        due: bool = False,
    ) -> Response[bytes]:
        """Notices and diffusions that the asker may see, oldest first: own ones in every state, others in force."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await reading.listed(
                act,
                admitted.asker,
                _now(),
                after=after,
                limit=limit,
                kind=kind,
                colour=colour,
                state=wanted,
                mine=mine,
                due=due,
            )

        done = await pipeline.act(await message_of(request), Action.READ_NOTICES, task)
        return page(done.result, limit=limit, key=lambda notice: notice.id)

    @get("/v1/notices/{notice_id:int}")
    async def notice(request: Request[Any, Any, Any], notice_id: int) -> Response[bytes]:
        """One notice or diffusion, with the record that it is about."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await reading.one(act, admitted.asker, notice_id, _now())

        done = await pipeline.act(await message_of(request), Action.READ_NOTICES, task)
        return written(done.result)

    @get("/v1/notices/{notice_id:int}/pictures/{picture:int}", media_type=JPEG)
    async def picture(request: Request[Any, Any, Any], notice_id: int, picture: int) -> Response[bytes]:
        """One picture of a notice, to look at."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await reading.picture(act, admitted.asker, notice_id, picture, _now())

        done = await pipeline.act(await message_of(request), Action.READ_NOTICES, task)
        return Response(done.result, media_type=JPEG, headers={"cache-control": "no-store"})

    return [notices, notice, picture]


def _public(worker: Worker) -> list[ControllerRouterHandler]:
    quotas = Quotas(EVERYBODY)

    @get("/v1/public/notices", include_in_schema=False)
    async def extracts(
        after: int = Parameter(ge=0, le=2**63 - 1, default=0),
        limit: int = Parameter(ge=1, le=MAX_PAGE, default=100),
    ) -> Response[bytes]:
        """What everybody may read of the published notices."""
        _admit_anybody()
        async with worker.database.single_statement() as act:
            found = await store.extracts(act, after=after, limit=limit)
        following = found[-1][0] if len(found) == limit else None
        return _brief(written({"items": [extract for _, extract in found], "next": following}))

    @get("/v1/public/notices/{year:int}/{serial:str}", include_in_schema=False)
    async def extract(year: int, serial: str) -> Response[bytes]:
        """What everybody may read of the notice with a number such as `2026/17-R`."""
        _admit_anybody()
        number = _number(year, serial)
        async with worker.database.single_statement() as act:
            found = await store.extract(act, number)
        if found is None:
            raise _not_public()
        return _brief(written(found))

    @get("/v1/public/notices/{year:int}/{serial:str}/pictures/{picture:int}", include_in_schema=False)
    async def public_picture(year: int, serial: str, picture: int) -> Response[bytes]:
        """A picture that its owner lets everybody see."""
        _admit_anybody()
        number = _number(year, serial)
        async with worker.database.single_statement() as act:
            body = await store.public_picture(act, number, min(picture, MAX_NOTICE_PICTURES + 1))
        if body is None:
            raise _not_public()
        return _brief(Response(body, media_type=JPEG))

    def _admit_anybody() -> None:
        try:
            quotas.take("everybody", 1, time.monotonic())
        except QuotaExceeded as error:
            raise QuotaExceeded(
                "too many read the public notices at once", retry_after_s=error.retry_after_s
            ) from None

    return [extracts, extract, public_picture]


def _number(year: int, serial: str) -> str:
    """A notice's number as it is stored. Raises `NotFound` for what is none."""
    if not _SERIAL.fullmatch(serial):
        raise _not_public()
    return f"{year}/{serial}"


def _brief(response: Response[bytes]) -> Response[bytes]:
    response.headers.update(_BRIEFLY)
    return response


def _not_public() -> NotFound:
    return NotFound("no published notice of this number is open to everybody", field="number")


def _acted(done: Done) -> Response[bytes]:
    acted = done.result
    return proved(
        done, id=acted.id, record=acted.record, version=acted.version, state=acted.state, number=acted.number
    )


def _now() -> datetime:
    return datetime.now(UTC)
