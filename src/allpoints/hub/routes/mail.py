"""Sealed messages and their attachments, which the hub carries and cannot read."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.params import Parameter
from litestar.types import ControllerRouterHandler

from allpoints.access import Action
from allpoints.hub.messages import message_of
from allpoints.hub.routes.records import MAX_PAGE
from allpoints.hub.routes.replies import proved, written
from allpoints.hub.worker import Worker
from allpoints.mail import attachments, carrying
from allpoints.mail.carrying import Collection
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.decode import decoded
from allpoints.store import messages
from allpoints.store.acts import Act
from allpoints.wire.messages import Envelope

BYTES = "application/octet-stream"

_envelope = msgspec.json.Decoder(Envelope)
_collection = msgspec.json.Decoder(Collection)


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for messages and attachments."""
    return [*_of_messages(worker), *_of_attachments(worker)]


def _of_messages(worker: Worker) -> list[ControllerRouterHandler]:
    pipeline = worker.pipeline

    @post("/v1/messages", status_code=200)
    async def send(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Take a sealed message for its recipients. Sent again, it is delivered once."""

        async def task(act: Act, admitted: Admitted) -> Work:
            envelope = decoded(_envelope, admitted.body)
            worker.authoriser.charge(admitted.asker, len(envelope.head.recipients))
            return await carrying.send(act, admitted.asker, envelope, now=datetime.now(UTC))

        done = await pipeline.act(await message_of(request), Action.SEND_MESSAGE, task)
        message, arrived_at = done.result
        return proved(done, id=message, arrived_at=arrived_at)

    @get("/v1/messages")
    async def waiting(
        request: Request[Any, Any, Any],
        after: int = 0,
        limit: int = Parameter(ge=1, le=MAX_PAGE, default=100),
    ) -> Response[bytes]:
        """What waits for the asker's bureau, oldest first."""

        async def task(act: Act, admitted: Admitted) -> Work:
            found = await messages.waiting(
                act, admitted.asker.bureau, after=after, limit=limit, most_bytes=carrying.PAGE_BYTES
            )
            return Work(result=found)

        done = await pipeline.act(await message_of(request), Action.READ_MESSAGES, task)
        return written(done.result)

    @post("/v1/messages/collections", status_code=200)
    async def collect(request: Request[Any, Any, Any]) -> Response[bytes]:
        """End the copies of messages that the asker's bureau has now; the answer names those that there were."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await carrying.collect(act, decoded(_collection, admitted.body))

        done = await pipeline.act(await message_of(request), Action.COLLECT_MESSAGES, task)
        return written(done.result)

    @get("/v1/messages/{message_id:str}/delivery")
    async def delivery(request: Request[Any, Any, Any], message_id: str) -> Response[bytes]:
        """What became of a message of the asker's bureau."""

        async def task(act: Act, _: Admitted) -> Work:
            return await carrying.delivery(act, message_id)

        done = await pipeline.act(await message_of(request), Action.READ_DELIVERY, task)
        return written(done.result)

    @delete("/v1/messages/{message_id:str}", status_code=200)
    async def recall(request: Request[Any, Any, Any], message_id: str) -> Response[bytes]:
        """Take back the copies that were not collected yet; the answer says which were."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await carrying.recall(act, admitted.asker, message_id)

        done = await pipeline.act(await message_of(request), Action.RECALL_MESSAGE, task)
        return written(done.result)

    return [send, waiting, collect, delivery, recall]


def _of_attachments(worker: Worker) -> list[ControllerRouterHandler]:
    pipeline = worker.pipeline

    @put("/v1/attachments/{attachment_id:str}/parts/{part:int}")
    async def keep_part(request: Request[Any, Any, Any], attachment_id: str, part: int) -> Response[bytes]:
        """Keep one sealed part of an attachment whose message follows; the answer says which are there."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await attachments.keep_part(act, attachment_id, part, admitted.body)

        done = await pipeline.act(await message_of(request), Action.UPLOAD_ATTACHMENT, task)
        return written(done.result)

    @get("/v1/attachments/{attachment_id:str}")
    async def parts(request: Request[Any, Any, Any], attachment_id: str) -> Response[bytes]:
        """Which parts of an own attachment are there."""

        async def task(act: Act, _: Admitted) -> Work:
            return await attachments.parts(act, attachment_id)

        done = await pipeline.act(await message_of(request), Action.UPLOAD_ATTACHMENT, task)
        return written(done.result)

    @delete("/v1/attachments/{attachment_id:str}", status_code=200)
    async def drop(request: Request[Any, Any, Any], attachment_id: str) -> Response[bytes]:
        """Drop an own attachment that belongs to no message yet."""

        async def task(act: Act, _: Admitted) -> Work:
            return await attachments.drop(act, attachment_id)

        done = await pipeline.act(await message_of(request), Action.UPLOAD_ATTACHMENT, task)
        return written(done.result)

    @get("/v1/attachments/{attachment_id:str}/parts/{part:int}", media_type=BYTES)
    async def fetch_part(request: Request[Any, Any, Any], attachment_id: str, part: int) -> Response[bytes]:
        """One sealed part of an attachment to a message that waits for the asker's bureau."""

        async def task(act: Act, _: Admitted) -> Work:
            return await attachments.part(act, attachment_id, part)

        done = await pipeline.act(await message_of(request), Action.READ_MESSAGES, task)
        return Response(done.result, media_type=BYTES, headers={"cache-control": "no-store"})

    return [keep_part, parts, drop, fetch_part]
