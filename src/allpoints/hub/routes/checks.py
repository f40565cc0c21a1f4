"""Asking."""

from typing import Any

from litestar import Request, Response, post
from litestar.types import ControllerRouterHandler

from allpoints.access import Action
from allpoints.errors import Problem
from allpoints.hub.messages import message_of
from allpoints.hub.routes.replies import in_lines, proved
from allpoints.hub.worker import Worker
from allpoints.steps.commit import Line


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for checks."""

    @post("/v1/checks", status_code=200)
    async def check(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Ask one question: everything found that its owners let this asker see, with their conditions."""
        done = await worker.group_commit.check(await message_of(request), Action.CHECK)
        [line] = done.result
        return proved(done, id=line.id, at=done.at, hits=line.hits, notes=line.notes)

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

    return [check, check_in_bulk]


def _answer(number: int, line: Line) -> dict[str, object]:
    if line.error is not None:
        return {"line": number, "error": Problem.of(line.error)}
    if line.notes:
        return {"line": number, "hits": line.hits, "notes": line.notes}
    return {"line": number, "hits": line.hits}
