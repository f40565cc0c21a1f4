"""The keys by which bureaus verify each other's messages and seal to each other."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, put
from litestar.types import ControllerRouterHandler

from allpoints.access import Action
from allpoints.hub.messages import message_of
from allpoints.hub.routes.replies import written
from allpoints.hub.worker import Worker
from allpoints.mail import public_keys
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.decode import decoded
from allpoints.store.acts import Act
from allpoints.wire.messages import SealingKey

_sealing_key = msgspec.json.Decoder(SealingKey)


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for public keys."""
    pipeline = worker.pipeline

    @get("/v1/bureaus/{bureau:str}/public-keys")
    async def read(request: Request[Any, Any, Any], bureau: str) -> Response[bytes]:
        """The keys that a bureau signs with, the revoked ones too, and those that may be sealed to."""

        async def task(act: Act, _: Admitted) -> Work:
            return await public_keys.public_keys(act, bureau)

        done = await pipeline.act(await message_of(request), Action.LIST_BUREAUS, task)
        return written(done.result)

    @put("/v1/bureaus/{bureau:str}/sealing-keys/{key:str}")
    async def publish(request: Request[Any, Any, Any], bureau: str, key: str) -> Response[bytes]:
        """Make a sealing key of one's own bureau known, certified by its signing key."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await public_keys.publish(act, bureau, key, decoded(_sealing_key, admitted.body))

        done = await pipeline.act(await message_of(request), Action.PUBLISH_SEALING_KEY, task, owner=bureau)
        return written(done.result)

    @delete("/v1/bureaus/{bureau:str}/sealing-keys/{key:str}", status_code=200)
    async def retire(request: Request[Any, Any, Any], bureau: str, key: str) -> Response[bytes]:
        """Let nobody seal to a key of one's own bureau any more."""

        async def task(act: Act, _: Admitted) -> Work:
            return await public_keys.retire(act, bureau, key)

        done = await pipeline.act(await message_of(request), Action.RETIRE_SEALING_KEY, task, owner=bureau)
        return written(done.result)

    return [read, publish, retire]
