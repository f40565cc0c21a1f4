"""Fetching what waits at the hubs: kept first, then acknowledged, so that nothing falls between; each kept once.

Whatever is forged, passed on, replayed or not to be understood is kept apart with the reason, for people to see, and
never stops what comes behind it.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice

import structlog

from allpoints.bureau.client import AsyncClient
from allpoints.bureau.desk.desk import Desk
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.mailbox.attachments import Attachments
from allpoints.bureau.mailbox.matters import not_let_in, stuck
from allpoints.bureau.mailbox.receiving import INTRODUCTION, Receiving
from allpoints.bureau.mailbox.trust import KeyNotAccepted, Trusted, signing_key
from allpoints.bureau.sealed import Content, open_envelope
from allpoints.bureau.store import correspondents as store
from allpoints.bureau.store import desk as desk_store
from allpoints.bureau.store import errands
from allpoints.bureau.store import mailbox as messages
from allpoints.bureau.store.attachments import AttachmentState
from allpoints.bureau.store.correspondents import HeldMessage, QuarantineState
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.store.mailbox import MessageState
from allpoints.bureau.vault import Vault
from allpoints.errors import AllpointsError, Defect, Unavailable
from allpoints.wire.messages import Carried

POLL_EVERY_S = 20.0
"""How often a hub is asked that tells of messages by itself: its line may be up and its stream not."""
AGAIN_S = 2.0
PAGE = 100
BATCH = 50
"""Messages that are kept in one transaction."""
_log = structlog.get_logger("allpoints.bureau")

Opened = Content | AllpointsError


class Collector:
    """Fetches, opens, keeps and acknowledges."""

    def __init__(
        self,
        database: NodeDatabase,
        hubs: Hubs,
        vault: Vault,
        *,
        trusted: Trusted,
        receiving: Receiving,
        attachments: Attachments,
        desk: Desk,
    ) -> None:
        self._database = database
        self._hubs = hubs
        self._vault = vault
        self._trusted = trusted
        self._receiving = receiving
        self._attachments = attachments
        self._desk = desk
        self._woken = {hub: asyncio.Event() for hub in hubs.names}

    def wake(self, hub: str) -> None:
        """The hub has told that something waits."""
        self._woken[hub].set()

    async def work(self, hub: str) -> None:
        """Collect from one hub, as long as the node runs. Never returns."""
        while True:
            self._woken[hub].clear()
            pause = POLL_EVERY_S
            try:
                await self.collect(hub)
            except AllpointsError as error:
                _log.warning("mail.not-collected", hub=hub, code=error.code)
                pause = AGAIN_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken[hub].wait()

    async def collect(self, hub: str) -> int:
        """Fetch all that waits now; return how many messages. Raises `Unavailable` where the line breaks."""
        client = self._hubs.as_node(hub)
        after, count = 0, 0
        while True:
            page = await client.waiting_messages(after=after, limit=PAGE)
            if page.messages:
                await self._take(hub, client, page.messages)
                count += len(page.messages)
            if page.next is None:
                break
            after = page.next
        async with self._database.transaction() as t:
            left = await store.unacknowledged(t, hub, PAGE)
        if left:
            # The node was killed before it had the answer. What waits no more was collected then, or is recalled.
            await self._acknowledge(hub, client, left)
        return count

    async def release(self) -> None:
        """Let go on what is held, coming or going, for keys that were decided on by now."""
        async with self._database.transaction() as t:
            for message_id in await errands.release(t):
                await messages.mark_state(t, message_id, MessageState.WAITING, None)
                await desk_store.settle(t, stuck(message_id))
            bureaus = await store.senders_decided_on(t)
        for bureau in bureaus:
            await self._release(bureau)
        self._desk.announce()

    async def _release(self, bureau: str) -> None:
        after = 0
        while True:
            async with self._database.transaction() as t:
                held = await store.held(t, bureau, after=after, limit=PAGE)
            for each in held:
                [opened] = await self._open(each.hub, [each.carried])
                if not isinstance(opened, KeyNotAccepted):
                    await self._let_in(each, opened)
                    await self._verify_attachments(each.carried)
            if len(held) < PAGE:
                return
            after = held[-1].number

    async def _take(self, hub: str, client: AsyncClient, page: Sequence[Carried]) -> None:
        opened = await self._open(hub, page)
        wanted: list[Carried] = []
        for batch in batched(zip(page, opened, strict=True), BATCH):
            wanted += await self._keep_all(hub, batch)
        for carried in wanted:
            # Before it is acknowledged: then the hub deletes them.
            for attachment in carried.head.attachments:
                await self._attachments.download(client, attachment)
            await self._verify_attachments(carried)
        await self._acknowledge(hub, client, [carried.head.id for carried in page])
        if any(isinstance(content, Content) and content.kind == INTRODUCTION for content in opened):
            await self.release()
        self._desk.announce()

    async def _acknowledge(self, hub: str, client: AsyncClient, ids: list[str]) -> None:
        """Tell the hub what is kept; what was recalled while it was on its way is taken back here."""
        collected = await client.collect_messages(ids)
        async with self._database.transaction() as t:
            for message_id in collected.recalled:
                await self._receiving.take_back(t, hub, message_id)
            await store.acknowledge(t, hub, ids)

    async def _open(self, hub: str, page: Sequence[Carried]) -> list[Opened]:
        signers = {(carried.head.sender, carried.head.signing_key) for carried in page}
        keys = await self._trusted.signing_keys(hub, signers)
        sealing = self._vault.sealing

        def open_all() -> list[Opened]:
            return [open_one(carried) for carried in page]

        def open_one(carried: Carried) -> Opened:
            try:
                return open_envelope(
                    carried,
                    bureau=self._vault.bureau,
                    sealing_keys=sealing,
                    signing_key_of=lambda bureau, name: signing_key(keys, bureau, name),
                )
            except AllpointsError as error:
                return error
            except Exception as error:
                _log.error("message.not-opened", error=type(error).__name__)
                return Defect("the node cannot open it")

        return await asyncio.to_thread(open_all)

    async def _keep_all(self, hub: str, batch: Sequence[tuple[Carried, Opened]]) -> list[Carried]:
        """Keep several in one transaction, one by one where any cannot be kept; return those that are not refused."""
        if all(isinstance(opened, Content) for _, opened in batch):
            with suppress(Exception):
                async with self._database.transaction() as t:
                    for carried, opened in batch:
                        if isinstance(opened, Content):
                            await self._receiving.take(t, hub, carried, opened)
                return [carried for carried, _ in batch]
        return [carried for carried, opened in batch if await self._keep(hub, carried, opened)]

    async def _keep(self, hub: str, carried: Carried, opened: Opened) -> bool:
        """Keep a message, or keep it apart; False where it is refused.

        Raises `Unavailable` only: then it waits on at the hub.
        """
        error = opened if isinstance(opened, AllpointsError) else None
        if isinstance(opened, Content):
            try:
                async with self._database.transaction() as t:
                    await self._receiving.take(t, hub, carried, opened)
            except Unavailable:
                raise
            except AllpointsError as refusal:
                error = refusal
            except Exception as defect:
                _log.error("message.not-kept", error=type(defect).__name__)
                error = Defect("the node cannot keep it")
        if error is not None:
            await self._keep_apart(hub, carried, error)
        return error is None or isinstance(error, KeyNotAccepted)

    async def _keep_apart(self, hub: str, carried: Carried, error: AllpointsError) -> None:
        held = isinstance(error, KeyNotAccepted)
        state = QuarantineState.HELD if held else QuarantineState.REFUSED
        async with self._database.transaction() as t:
            number = await store.quarantine(t, hub, carried, state, error)
            if number is not None and not held:
                await desk_store.add(t, not_let_in(hub, number, carried.head.sender, error))
        _log.warning("message.quarantined", hub=hub, code=error.code)

    async def _let_in(self, held: HeldMessage, opened: Opened) -> None:
        error = opened if isinstance(opened, AllpointsError) else None
        if isinstance(opened, Content):
            try:
                async with self._database.transaction() as t:
                    await self._receiving.take(t, held.hub, held.carried, opened)
                    await store.end_quarantine(t, held.number, QuarantineState.RELEASED)
            except Unavailable:
                raise
            except AllpointsError as refusal:
                error = refusal
            else:
                return
        async with self._database.transaction() as t:
            await store.end_quarantine(t, held.number, QuarantineState.REFUSED, error)
        for attachment in held.carried.head.attachments:
            await self._attachments.forget_refused(attachment.id)

    async def _verify_attachments(self, carried: Carried) -> None:
        if carried.head.attachments:
            for kept in await self._attachments.of(carried.head.id):
                if kept.state is AttachmentState.ARRIVING and kept.described is not None:
                    await self._attachments.verify(kept.described)


def batched(pairs: Iterable[tuple[Carried, Opened]], size: int) -> Iterator[list[tuple[Carried, Opened]]]:
    """The pairs in lists of up to this size."""
    left = iter(pairs)
    while batch := list(islice(left, size)):
        yield batch
