"""The log: its head, proofs, receipts, and the whole of it for the oversight body."""

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import Parameter
from litestar.types import ControllerRouterHandler

from allpoints.access import Action, may_see_entry
from allpoints.audit.merkle import (
    Tile,
    consistency_proof,
    consistency_tiles,
    inclusion_proof,
    inclusion_tiles,
)
from allpoints.audit.receipt import Receipt
from allpoints.errors import InvalidValue, NotFound
from allpoints.hub.messages import message_of
from allpoints.hub.routes.records import entry_number
from allpoints.hub.routes.replies import plain, written
from allpoints.hub.worker import Worker
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.store.acts import Act

MAX_GROUPS = 100


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes for the log."""
    pipeline = worker.pipeline

    @get("/v1/log/checkpoint")
    async def checkpoint(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The newest signed head of the log, as a signed note."""

        async def task(act: Act, _: Admitted) -> Work:
            head = await act.latest_checkpoint()
            if head is None:
                raise _not_yet("nothing is sealed yet")
            return Work(result=head[1])

        done = await pipeline.act(await message_of(request), Action.READ_LOG, task)
        return plain(done.result)

    @get("/v1/log/consistency")
    async def consistency(request: Request[Any, Any, Any], old: int = -1, new: int = -1) -> Response[bytes]:
        """The proof that the log of size `new` continues the log of size `old`."""

        async def task(act: Act, _: Admitted) -> Work:
            head = await act.latest_checkpoint()
            if not 0 <= old <= new <= (head[0] if head else 0):
                raise InvalidValue(
                    "old and new are the sizes of two checkpoints, the older first",
                    field="old" if old < 0 else "new",
                )
            tiles = await _tiles(act, consistency_tiles(old, new))
            return Work(result=consistency_proof(old, new, lambda _: tiles))

        done = await pipeline.act(await message_of(request), Action.READ_LOG, task)
        return written({"proof": done.result})

    @get("/v1/log/receipts/{entry:str}")
    async def receipt(request: Request[Any, Any, Any], entry: str) -> Response[bytes]:
        """The receipt of an entry that the asker's bureau may read: the entry, its proof and a checkpoint."""
        group, position = entry_number(entry, field="entry")

        async def task(act: Act, admitted: Admitted) -> Work:
            found = await act.log_group(group)
            if found is None or position >= len(found[0]):
                raise _no_entry()
            entries, first_index = found
            if not may_see_entry(msgspec.json.decode(entries[position]), admitted.asker):
                raise _no_entry()
            head = await act.checkpoint_covering(first_index + position) if first_index is not None else None
            if head is None or first_index is None:
                raise _not_yet("the entry is durable but not sealed yet")
            index, (size, note) = first_index + position, head
            tiles = await _tiles(act, inclusion_tiles(index, size))
            proof = inclusion_proof(index, size, lambda _: tiles)
            receipt = Receipt(entry=entries[position], index=index, proof=tuple(proof), checkpoint=note)
            return Work(result=receipt, subject=entry)

        done = await pipeline.act(await message_of(request), Action.READ_LOG, task)
        return written(done.result)

    @get("/v1/log/entries")
    async def entries(
        request: Request[Any, Any, Any],
        after: int = Parameter(ge=0, default=0),
        limit: int = Parameter(ge=1, le=MAX_GROUPS, default=MAX_GROUPS),
    ) -> Response[bytes]:
        """The sealed log from index `after` on, group by group, for the oversight body to verify as a whole."""

        async def task(act: Act, _: Admitted) -> Work:
            return Work(result=await act.log_groups_from(after, limit=limit))

        done = await pipeline.act(await message_of(request), Action.READ_WHOLE_LOG, task)
        items = [{"group": n, "first_index": i, "entries": e} for n, i, e in done.result]
        following = done.result[-1][1] + len(done.result[-1][2]) if len(items) == limit else None
        return written({"items": items, "next": following})

    return [checkpoint, consistency, receipt, entries]


async def _tiles(act: Act, wanted: list[Tile]) -> dict[Tile, bytes]:
    stored = await act.tiles([(tile.level, tile.index) for tile in wanted])
    return {Tile(level, number): hashes for (level, number), hashes in stored.items()}


def _no_entry() -> NotFound:
    return NotFound("no such entry, or not your bureau's to see", field="entry")


def _not_yet(detail: str) -> NotFound:
    return NotFound(detail, field="entry", remedy="Ask again in a second: the log is sealed twice a second.")
