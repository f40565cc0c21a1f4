"""Asking."""

from typing import Any

from litestar import Request, Response, asgi, post
from litestar.exceptions import MethodNotAllowedException
from litestar.types import ControllerRouterHandler, Receive, Scope, Send

from allpoints.access import Action
from allpoints.errors import AllpointsError, Problem
from allpoints.hub.messages import message_of, read_message
from allpoints.hub.routes.replies import in_lines, proved, send_proved
from allpoints.hub.worker import Worker
from allpoints.steps.commit import Line


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for checks."""

    # The one route that an officer waits for: plain ASGI, because the framework's reading of arguments and
    # making of responses would take half as long again as the check itself.
    @asgi("/v1/checks", copy_scope=False)
    async def check(scope: Scope, receive: Receive, send: Send) -> None:
        """Ask one question: everything found that its owners let this asker see, with their conditions."""
        if scope["method"] != "POST":  # type: ignore[typeddict-item]
            raise MethodNotAllowedException(headers={"allow": "POST"})
        done = await worker.group_commit.check(await read_message(scope, receive), Action.CHECK)
        [line] = done.result
        await send_proved(send, done, id=line.id, at=done.at, hits=line.hits, notes=line.notes)

    @post("/v1/checks/bulk", status_code=200)
    async def check_in_bulk(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Ask up to 1,000 questions, one JSON object a line; the answers come in the same order."""
        done = await worker.group_commit.check(await message_of(request), Action.CHECK_IN_BULK)
        found: list[Line] = done.result
        return in_lines(
            [_answer(number, line) for number, line in enumerate(found, start=1)],
            {
                "lines": len(found),
                "hits": sum(len(line.hits) for line in found),
                "errors": sum(line.error is not None for line in found),
                "entry": done.entry,
                "promise": done.promise,
            },
        )

    @post("/v1/checks/biometric", status_code=200)
    async def check_biometrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Ask one question that brings fingerprints or faces. What it finds are candidates: a person decides."""
        message = await worker.large_message_of(request)
        async with worker.turn(message):
            [settled] = await worker.pipeline.check([(message, Action.CHECK_BIOMETRICS)])
        if isinstance(settled, AllpointsError):
            raise settled
        [line] = settled.result
        return proved(
            settled,
            id=line.id,
            at=settled.at,
            hits=line.hits,
            notes=line.notes,
            examination=line.examination,
        )

    return [check, check_in_bulk, check_biometrics]


def _answer(number: int, line: Line) -> dict[str, object]:
    if line.error is not None:
        return {"line": number, "error": Problem.of(line.error)}
    if line.notes:
        return {"line": number, "hits": line.hits, "notes": line.notes}
    return {"line": number, "hits": line.hits}
