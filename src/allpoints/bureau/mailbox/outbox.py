"""Doing errands: what was written goes to the hub in the background, waits while the line is down, and is done once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from msgspec.structs import replace

from allpoints.bureau.client import AsyncClient
from allpoints.bureau.desk.desk import Desk
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.mailbox.attachments import Attachments
from allpoints.bureau.mailbox.composing import names_of
from allpoints.bureau.mailbox.lines import Line
from allpoints.bureau.mailbox.matters import message_stuck, stuck
from allpoints.bureau.mailbox.trust import KeyNotAccepted, NoSealingKey, Trusted
from allpoints.bureau.sealed import recall_content, seal
from allpoints.bureau.store import desk as desk_store
from allpoints.bureau.store import errands as store
from allpoints.bureau.store import mailbox as messages
from allpoints.bureau.store.database import NodeDatabase, Transaction
from allpoints.bureau.store.errands import Errand, Post, StartClock, StopClock, Withdraw
from allpoints.bureau.store.mailbox import MessageState
from allpoints.bureau.vault import Vault
from allpoints.errors import (
    AllpointsError,
    Conflict,
    Defect,
    Forbidden,
    InvalidValue,
    NotFound,
    Problem,
    QuotaExceeded,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from allpoints.wire.messages import CopyState, Envelope, Handover, Priority

AT_ONCE = 16
"""Errands under way at the same time: a large attachment keeps nothing else waiting."""
LOOK_EVERY_S = 2.0
"""Another process of the same node, such as a command, may have written something."""
LONGEST_WAIT_S = 300.0
UPLOADS = 2
"""Messages whose attachments are handed over at the same time: begun and not ended, they fill the room at the hub."""
SEALED_ANEW = 3
"""So often what the hub refuses because a key was retired meanwhile is sealed again."""
_FINAL = InvalidValue, TooLarge, Forbidden, NotFound, Conflict
"""What the hub says no to, and will say no to again."""
Refusal = TypeVar("Refusal", bound=AllpointsError)
_How = Callable[[Transaction, Errand, Refusal], Awaitable[None]]
_log = structlog.get_logger("allpoints.bureau")


class NoRoom(Unavailable):
    """It goes as soon as the hub has room for its attachments: what was handed over before has to be sent first."""


class Outbox:
    """Does what is to be done at the hubs."""

    def __init__(
        self,
        database: NodeDatabase,
        hubs: Hubs,
        vault: Vault,
        *,
        trusted: Trusted,
        attachments: Attachments,
        desk: Desk,
    ) -> None:
        self._database = database
        self._hubs = hubs
        self._vault = vault
        self._trusted = trusted
        self._attachments = attachments
        self._desk = desk
        self._running: dict[str, asyncio.Task[None]] = {}
        self._lines = {hub: Line() for hub in hubs.names}
        self._uploads = asyncio.Semaphore(UPLOADS)
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Something was written."""
        self._woken.set()

    async def work(self) -> None:
        """Do what is due, as long as the node runs. Never returns."""
        try:
            while True:
                self._woken.clear()
                pause = LOOK_EVERY_S
                try:
                    pause = await self._begin()
                except AllpointsError as error:
                    _log.warning("outbox.stopped", code=error.code)
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()
        finally:
            for task in tuple(self._running.values()):
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def finish(self, timeout_s: float) -> bool:
        """Wait until nothing is left that can be done now; whether that is so in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while await self._left():
                    await self._begin()
                    await asyncio.sleep(0.05)
                return True
        return False

    async def _left(self) -> bool:
        async with self._database.transaction() as t:
            return (await store.count(t))[0] > 0

    async def _begin(self) -> float:
        """Begin what is due; return the seconds until it is worth looking again."""
        if len(self._running) > AT_ONCE // 2:
            # Several at a time: who ends next looks again.
            return LOOK_EVERY_S
        down = [hub for hub, line in self._lines.items() if line.is_down]
        async with self._database.transaction() as t:
            due = await store.due(
                t, running=tuple(self._running), down=down, limit=AT_ONCE - len(self._running)
            )
            pause = await store.next_s(t)
        for errand in due:
            task = self._running[errand.id] = asyncio.ensure_future(self._attempt(errand))
            task.add_done_callback(partial(self._ended, errand.id))
        return min(
            LOOK_EVERY_S, *(line.pause_s for line in self._lines.values()), max(pause or LOOK_EVERY_S, 0.0)
        )

    def _ended(self, name: str, _: object) -> None:
        self._running.pop(name, None)
        self._woken.set()

    async def _attempt(self, errand: Errand) -> None:
        line = self._lines.setdefault(errand.hub, Line())
        try:
            await self._do(errand)
            line.works()
        except (NoSealingKey, NoRoom) as error:
            await self._note(errand, error, self._put_off)
        except (Unavailable, QuotaExceeded, Unauthenticated) as error:
            line.fails(error.retry_after_s if isinstance(error, QuotaExceeded) else 0)
            await self._note(errand, error, self._wait_for_line)
        except KeyNotAccepted as error:
            await self._note(errand, error, self._hold)
        except _FINAL as error:
            await self._note(errand, error, self._refuse)
        except AllpointsError as error:
            # A slow line, a defect, a stranger who answers in the hub's place: it passes.
            await self._note(errand, error, self._put_off)
        except Exception as error:
            _log.error("errand.failed", kind=type(errand.what).__name__, error=type(error).__name__)
            await self._note(errand, Defect("the node failed"), self._put_off)

    async def _do(self, errand: Errand) -> None:
        match errand.what:
            case Post():
                await self._post(errand, errand.what)
            case Withdraw():
                await self._withdraw(errand, errand.what)
            case StartClock() as asked:
                confirmation = await self._hubs.client(errand.asker, errand.hub).ask_confirmation(
                    asked.record, asked.entry, urgency=asked.urgency, name=errand.id
                )
                async with self._database.transaction() as t:
                    await self._refer(t, errand.id, f"confirmation:{confirmation.id}")
                    await store.end(t, errand.id)
            case StopClock() as answer:
                await self._hubs.client(errand.asker, errand.hub).answer_confirmation(
                    answer.confirmation, answer.outcome, name=errand.id
                )
                async with self._database.transaction() as t:
                    await store.end(t, errand.id)

    async def _post(self, errand: Errand, post: Post) -> None:
        client = self._hubs.client(errand.asker, errand.hub)
        envelope = errand.envelope
        if envelope is None:
            await self._upload(client, post)
            envelope = await self._seal(errand, post)
        if envelope is None:
            return
        try:
            handover = await self._send(client, post, envelope)
        except InvalidValue:
            # Most likely a recipient has retired the key. The hub did not take it, so it may be sealed anew.
            if errand.resealed >= SEALED_ANEW:
                raise
            for bureau in post.recipients:
                self._trusted.forget_shown(bureau)
            async with self._database.transaction() as t:
                await store.unseal(t, errand.id)
            return
        async with self._database.transaction() as t:
            if await store.end(t, errand.id) and errand.message is not None:
                written = messages.encode(envelope)
                await messages.mark_sent(t, errand.message, written, handover.arrived_at)
                await desk_store.settle(t, stuck(errand.message))

    async def _send(self, client: AsyncClient, post: Post, envelope: Envelope) -> Handover:
        try:
            return await client.send_message(envelope)
        except InvalidValue as error:
            if error.field != "head.attachments":
                raise
        # The hub has dropped what waited for its message for too long.
        await self._upload(client, post)
        return await client.send_message(envelope)

    async def _upload(self, client: AsyncClient, post: Post) -> None:
        if not post.content.attachments:
            return
        try:
            async with self._uploads:
                for attachment in post.content.attachments:
                    await self._attachments.upload(client, attachment)
        except QuotaExceeded as error:
            raise NoRoom(error.detail, field="attachments") from error

    async def _seal(self, errand: Errand, post: Post) -> Envelope | None:
        """Seal it for the recipients' current keys and keep that before it is sent: after a crash the same is sent."""
        keys = await self._trusted.sealing_keys(errand.hub, post.recipients)
        now = datetime.now(UTC)
        late = post.deadline is not None and post.deadline <= now
        envelope = seal(
            post.content,
            sender=self._vault.signing_key(post.signing_key) if post.signing_key else self._vault.signing,
            recipients=keys,
            priority=post.priority,
            now=now,
            # Written while the line was down for long: it goes all the same.
            deadline=None if late else post.deadline,
            message_id=errand.id,
        )
        async with self._database.transaction() as t:
            return await store.keep_envelope(t, errand.id, envelope)

    async def _withdraw(self, errand: Errand, withdraw: Withdraw) -> None:
        """Take back what the hub still has, and ask those for it who have it already."""
        try:
            delivery = await self._hubs.client(errand.asker, errand.hub).recall_message(withdraw.message)
        except NotFound:
            # The hub never had it, or has forgotten it: then everybody may have it.
            delivery = None
        async with self._database.transaction() as t:
            if not await store.end(t, errand.id):
                return
            await desk_store.settle(t, stuck(withdraw.message))
            sent = await messages.signed(t, withdraw.message)
            known = (await messages.message(t, withdraw.message)).arrived_at is not None
            if sent is None or not (known or delivery):
                await messages.mark_never_sent(t, withdraw.message)
                return
            if delivery and not known:
                # The hub had taken it before it refused it.
                await messages.mark_sent(t, withdraw.message, messages.encode(sent), delivery.arrived_at)
            copies = delivery.copies if delivery else ()
            for copy in copies:
                await messages.mark_copy(t, withdraw.message, copy.recipient, copy.state)
            gone = {
                copy.recipient for copy in copies if copy.state in (CopyState.RECALLED, CopyState.EXPIRED)
            }
            have_it = tuple(bureau for bureau in sent.head.recipients if bureau not in gone)
            if have_it:
                recall = Post(
                    content=recall_content(sent.head, thread=withdraw.thread),
                    recipients=have_it,
                    priority=Priority.PRIORITY,
                )
                await store.add(
                    t, hub=errand.hub, asker=errand.asker, what=recall, rank=store.RANKS[Priority.URGENT]
                )

    async def _refer(self, t: Transaction, name: str, reference: str) -> None:
        """What waits for this errand refers to what the hub has just made of it."""
        for following in await store.following(t, name):
            if isinstance(following.what, Post) and following.message is not None:
                content = following.what.content
                content = replace(content, references=(*content.references, reference))
                await store.change(t, following.id, replace(following.what, content=content))
                names = names_of(content, following.message, following.what.recipients)
                await messages.add_references(t, following.message, content, names)

    async def _note(self, errand: Errand, error: Refusal, how: _How[Refusal]) -> None:
        """Note an outcome that is none yet. Where the database is away, the errand stands as it stood."""
        with suppress(Unavailable):
            async with self._database.transaction() as t:
                await how(t, errand, error)
            self._desk.announce()

    async def _wait_for_line(self, t: Transaction, errand: Errand, error: AllpointsError) -> None:
        """It is tried again as soon as its hub is."""
        await store.put_off(t, errand.id, timedelta(0), Problem.of(error))
        await self._waits(t, errand, error)

    async def _put_off(self, t: Transaction, errand: Errand, error: AllpointsError) -> None:
        """It fails by itself, so it waits by itself and keeps nothing else waiting."""
        wait = timedelta(seconds=min(2.0 ** min(errand.attempts, 10), LONGEST_WAIT_S))
        await store.put_off(t, errand.id, wait, Problem.of(error))
        await self._waits(t, errand, error)

    async def _waits(self, t: Transaction, errand: Errand, error: AllpointsError) -> None:
        if errand.message is not None:
            await messages.mark_state(t, errand.message, MessageState.WAITING, Problem.of(error))

    async def _hold(self, t: Transaction, errand: Errand, error: KeyNotAccepted) -> None:
        await store.hold(t, errand.id, error.key_id, Problem.of(error))
        await self._stuck(t, errand, MessageState.HELD, error)

    async def _refuse(self, t: Transaction, errand: Errand, error: AllpointsError) -> None:
        """The hub does not want it, and so nothing goes that was to follow it."""
        await store.refuse(t, errand.id, Problem.of(error))
        await self._stuck(t, errand, MessageState.REFUSED, error)
        for following in await store.following(t, errand.id):
            if isinstance(following.what, Withdraw):
                # Its sender wants it back: then it is not tried any more, and the hub is asked whether it has it.
                await store.leave(t, errand.id)
            else:
                await self._refuse(t, following, error)

    async def _stuck(
        self, t: Transaction, errand: Errand, state: MessageState, error: AllpointsError
    ) -> None:
        if errand.message is not None and isinstance(errand.what, Post):
            await messages.mark_state(t, errand.message, state, Problem.of(error))
            waiting = message_stuck(errand.hub, errand.message, error, errand.what.recipients)
            await desk_store.add(t, waiting)
