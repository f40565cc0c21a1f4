"""What owners do with their records."""

from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.params import Parameter
from litestar.types import ControllerRouterHandler

from allpoints.access import Action
from allpoints.access.authenticate import HttpMessage
from allpoints.audit.entries import Entry
from allpoints.errors import InvalidValue, NotFound
from allpoints.hub.messages import message_of
from allpoints.hub.routes.replies import in_lines, page, proved, written
from allpoints.hub.worker import Worker
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Done, Work
from allpoints.steps.contribute import Stored
from allpoints.store.acts import Act

MAX_PAGE = 500
# Letters may be spelt in escapes, those of ASCII all beginning so.
_PICTURED = (b'"biometrics"', b"\\u00")
_entry = msgspec.json.Decoder(Entry)


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for records."""
    pipeline = worker.pipeline

    @post("/v1/records", status_code=201)
    async def contribute(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Contribute one record. The header Idempotency-Key makes a retry harmless."""
        message = await worker.large_message_of(request)
        async with _turn(worker, message):
            done = await pipeline.contribute_one(message)
        return _kept(done, done.result, status=201)

    @post("/v1/records/bulk", status_code=200)
    async def contribute_in_bulk(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Contribute up to 1,000 records, one JSON object a line; a bad line spares the others."""
        message = await message_of(request)
        async with _turn(worker, message):
            done = await pipeline.contribute(message)
        stored: list[Stored] = done.result
        return in_lines(
            stored,
            {
                "lines": len(stored),
                "errors": sum(line.error is not None for line in stored),
                "entry": done.entry,
                "promise": done.promise,
            },
        )

    @get("/v1/records")
    async def own_records(
        request: Request[Any, Any, Any],
        after: int = 0,
        limit: int = Parameter(ge=1, le=MAX_PAGE, default=100),
        reference: str | None = None,
        review_by: date | None = None,
    ) -> Response[bytes]:
        """The asker's bureau's own records, in the order of their ids; those of one reference, or to be reviewed by a
        day."""

        async def task(act: Act, admitted: Admitted) -> Work:
            found = await act.own_records(
                admitted.asker.bureau, after=after, limit=limit, reference=reference, review_by=review_by
            )
            return Work(result=found)

        done = await pipeline.act(await message_of(request), Action.READ_OWN_RECORDS, task)
        return page(done.result, limit=limit, key=lambda held: held.id)

    @get("/v1/records/{record_id:int}")
    async def record(request: Request[Any, Any, Any], record_id: int) -> Response[bytes]:
        """One own record."""

        async def task(act: Act, admitted: Admitted) -> Work:
            held = await act.record(record_id)
            if held is None or held.owner != admitted.asker.bureau:
                raise not_yours(record_id)
            return Work(result=held, records=(record_id,))

        done = await pipeline.act(await message_of(request), Action.READ_OWN_RECORDS, task)
        return written(done.result)

    @put("/v1/records/{record_id:int}")
    async def correct(request: Request[Any, Any, Any], record_id: int) -> Response[bytes]:
        """Replace an own record; If-Match names the version that was seen."""
        message = await worker.large_message_of(request)
        async with _turn(worker, message):
            done = await pipeline.correct(message, record_id)
        return _kept(done, done.result)

    @delete("/v1/records/{record_id:int}", status_code=200)
    async def withdraw(request: Request[Any, Any, Any], record_id: int) -> Response[bytes]:
        """Take an own record back: no check finds it from now on."""
        done = await pipeline.withdraw(await message_of(request), record_id)
        return _kept(done, done.result)

    @get("/v1/records/{record_id:int}/versions")
    async def versions(request: Request[Any, Any, Any], record_id: int) -> Response[bytes]:
        """What an own record said before it was corrected."""

        async def task(act: Act, admitted: Admitted) -> Work:
            await _must_own(act, record_id, admitted)
            found = await act.versions(record_id)
            items = [{"version": n, "content": content, "replaced_at": at} for n, content, at in found]
            return Work(result=items, records=(record_id,))

        done = await pipeline.act(await message_of(request), Action.READ_OWN_RECORDS, task)
        return page(done.result)

    @get("/v1/records/{record_id:int}/reads")
    async def reads(
        request: Request[Any, Any, Any],
        record_id: int,
        after: str = "0.0",
        limit: int = Parameter(ge=1, le=MAX_PAGE, default=100),
    ) -> Response[bytes]:
        """Who found an own record, when and why; each with the log entry that proves it."""
        group, position = entry_number(after, field="after")

        async def task(act: Act, admitted: Admitted) -> Work:
            await _must_own(act, record_id, admitted)
            places = await act.record_reads(record_id, after=(group, position), limit=limit)
            return Work(result=[await _read(act, *place) for place in places], records=(record_id,))

        done = await pipeline.act(await message_of(request), Action.READ_READS, task)
        return page(done.result, limit=limit, key=lambda item: str(item["entry"]))

    return [contribute, contribute_in_bulk, own_records, record, correct, withdraw, versions, reads]


def _turn(worker: Worker, message: HttpMessage) -> AbstractAsyncContextManager[None]:
    """What could bring pictures waits for its turn."""
    pictured = any(word in message.body for word in _PICTURED)
    return worker.turn(message) if pictured else nullcontext()


def not_yours(record_id: int) -> NotFound:
    """The same words for what does not exist and for what belongs to somebody else."""
    return NotFound(f"your bureau has no record {record_id}", field="id")


def entry_number(entry: str, *, field: str) -> tuple[int, int]:
    """Group and position of an entry's name such as `17.3`. Raises `InvalidValue`."""
    group, _, position = entry.partition(".")
    if group.isdecimal() and position.isdecimal() and len(entry) < 30:
        return int(group), int(position)
    raise InvalidValue(f"{entry!r:.40} names no log entry", field=field, remedy="Entries look like 17.3.")


async def _must_own(act: Act, record_id: int, admitted: Admitted) -> None:
    held = await act.record(record_id)
    if held is None or held.owner != admitted.asker.bureau:
        raise not_yours(record_id)


async def _read(act: Act, group: int, position: int) -> dict[str, object]:
    found = await act.log_group(group)
    if found is None:
        raise NotFound("the log lacks an entry that the index of reads names", field="entry")
    entry = _entry.decode(found[0][position])
    return {
        "entry": f"{group}.{position}",
        "at": entry.at,
        "bureau": entry.bureau,
        "agency": entry.agency,
        "user": entry.user,
        "role": entry.role,
        "purpose": entry.purpose,
        "outcome": entry.outcome,
    }


def _kept(done: Done, stored: Stored, *, status: int = 200) -> Response[bytes]:
    response = proved(done, id=stored.id, version=stored.version)
    response.status_code = status
    return response
