"""The mailbox: everything that a bureau's people do with messages.

Whatever is written is first kept in the node's database, in one transaction with all that follows from it; the outbox
does the rest, however long the line is down.
"""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from allpoints.bureau.desk.desk import Desk
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.mailbox.attachments import Attachments
from allpoints.bureau.mailbox.collecting import Collector
from allpoints.bureau.mailbox.keeping_up import Keeper
from allpoints.bureau.mailbox.matters import came
from allpoints.bureau.mailbox.outbox import Outbox
from allpoints.bureau.mailbox.receiving import Receiving
from allpoints.bureau.mailbox.search_words import asked, part
from allpoints.bureau.mailbox.trust import Trusted
from allpoints.bureau.mailbox.writing import Writing
from allpoints.bureau.store import correspondents as correspondent_store
from allpoints.bureau.store import desk as desk_store
from allpoints.bureau.store import mailbox as store
from allpoints.bureau.store import threads as thread_store
from allpoints.bureau.store.attachments import KeptAttachment
from allpoints.bureau.store.correspondents import KnownKey, Quarantined, QuarantineState
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.store.mailbox import Message, MessageState
from allpoints.bureau.store.threads import Place, ThreadHead
from allpoints.bureau.vault import Vault
from allpoints.errors import Forbidden, InvalidValue, NotFound, Unavailable
from allpoints.records import CASEWORK, Asker, Purpose, Role

MAX_PAGE = 100
READERS = (*CASEWORK, Role.ANALYST)
"""Who reads the bureau's messages. Who does casework writes them."""
KEY_READERS = (Role.ADMINISTRATOR, Role.SUPERVISOR)
"""Who sees the keys of other bureaus, and what was not let in."""


class Mailbox(Writing):
    """The messages of one bureau. `asker` is the person of a session, in whose name something is done."""

    def __init__(self, database: NodeDatabase, hubs: Hubs, vault: Vault, desk: Desk, folder: Path) -> None:
        """`folder` is for attachments. Nothing is done in the background before `work` runs."""
        node = replace(hubs.administrator, role=Role.OPERATOR, purpose=Purpose.CRIMINAL_INVESTIGATION)
        self.attachments = Attachments(database, folder)
        self.trusted = Trusted(database, hubs, desk)
        self._receiving = Receiving(node, self.attachments.files)
        outbox = Outbox(database, hubs, vault, trusted=self.trusted, attachments=self.attachments, desk=desk)
        super().__init__(database, hubs, vault.bureau, outbox=outbox, desk=desk)
        self.collector = Collector(
            database,
            hubs,
            vault,
            trusted=self.trusted,
            receiving=self._receiving,
            attachments=self.attachments,
            desk=desk,
        )
        self.keeper = Keeper(
            database,
            hubs,
            vault,
            node=node,
            attachments=self.attachments,
            collector=self.collector,
            desk=desk,
        )
        for kind in ("message", "message-recalled"):
            desk.leave(kind, self.collector.wake)

    async def work(self) -> None:
        """Send, collect and look after both, as long as the node runs. Never returns."""
        async with asyncio.TaskGroup() as tasks:
            background: list[Coroutine[Any, Any, None]] = [self.keeper.work(), self.outbox.work()]
            for work in (*background, *(self.collector.work(hub) for hub in self._hubs.names)):
                tasks.create_task(work)

    async def attach(
        self, asker: Asker, pieces: AsyncIterable[bytes], *, name: str, media_type: str = ""
    ) -> KeptAttachment:
        """Take a file that is to go with a message. Raises as `Attachments.attach`."""
        return await self.attachments.attach(asker.user, pieces, name=name, media_type=media_type)

    async def detach(self, attachment_id: str) -> None:
        """Delete a file that was attached and not sent. Raises `NotFound`."""
        await self.attachments.drop(attachment_id)

    # Reading ---------------------------------------------------------------------------------------------

    async def threads(
        self,
        *,
        bureau: str | None = None,
        unread: bool = False,
        after: Place | None = None,
        limit: int = 50,
    ) -> list[ThreadHead]:
        """A page of threads, the latest first; only those with a bureau, or with something that nobody has read."""
        async with self._database.transaction() as t:
            return await thread_store.threads(
                t, own=self._bureau, bureau=bureau, unread=unread, after=after, limit=_bounded(limit)
            )

    async def thread(self, thread_id: str, *, after: int = 0, limit: int = MAX_PAGE) -> list[Message]:
        """A page of a thread, oldest first, after the message with this number. Raises `NotFound`."""
        async with self._database.transaction() as t:
            await thread_store.subject(t, thread_id)
            return await store.thread_messages(t, thread_id, after=after, limit=_bounded(limit))

    async def message(self, message_id: str) -> Message:
        """One message. Raises `NotFound`."""
        async with self._database.transaction() as t:
            return await store.message(t, message_id)

    async def about(self, reference: str, *, limit: int = 50) -> list[Message]:
        """The latest messages that refer to something, such as `record:17`."""
        async with self._database.transaction() as t:
            return await store.about(t, reference, _bounded(limit))

    async def search(self, text: str, *, before: int | None = None, limit: int = 50) -> list[Message]:
        """A page of the messages that hold all words of `text`, or all of it as part of a name or an id, newest first.

        `before` is the number of the last one of the page before.
        """
        if not text.strip():
            return []
        async with self._database.transaction() as t:
            return await store.search(
                t, words=asked(text), part=part(text), before=before, limit=_bounded(limit)
            )

    async def mark_read(self, asker: Asker, message_id: str) -> Message:
        """Somebody has opened a message: its sender gets a receipt, the first time. Raises `NotFound`."""
        async with self._database.transaction() as t:
            if read_at := await store.mark_read(t, message_id, asker.user):
                await self._receiving.confirm_read(t, message_id, read_at)
            message = await store.message(t, message_id)
            if read_at and message.deadline is None:
                await desk_store.settle(t, came(message.hub, message_id))
        self._written()
        return message

    async def refresh(self, asker: Asker, message_id: str) -> Message:
        """Ask the hub what became of a message of ours. Raises `NotFound`, `Unavailable`."""
        message = await self.message(message_id)
        if message.state is MessageState.SENT:
            delivery = await self._hubs.client(asker, message.hub).delivery(message_id)
            async with self._database.transaction() as t:
                for copy in delivery.copies:
                    await store.mark_copy(t, message_id, copy.recipient, copy.state)
        return await self.message(message_id)

    async def opened_attachment(self, message_id: str, attachment_id: str) -> KeptAttachment:
        """A file of a message that somebody has opened. Raises `NotFound`."""
        message = await self.message(message_id)
        kept = [each for each in await self.attachments.of(message_id) if each.id == attachment_id]
        if not kept or message.state is MessageState.UNREAD:
            raise NotFound("there is no such attachment of a message that was opened", field="attachment")
        return kept[0]

    async def open_file(
        self, message_id: str, attachment_id: str
    ) -> tuple[KeptAttachment, AsyncIterator[bytes]]:
        """A file as its sender attached it, to be saved and never to be shown, and its pieces.

        Raises as `opened_attachment`, and `Conflict` where it is not whole.
        """
        kept = await self.opened_attachment(message_id, attachment_id)
        pieces = self.attachments.read(kept.id)
        # What is not whole is refused before anything of it is given out.
        first = await anext(pieces, b"")
        return kept, _from(first, pieces)

    def read_attachment(self, attachment_id: str) -> AsyncIterator[bytes]:
        """The file piece by piece, to be saved. Raises `NotFound`, `Conflict` where it is not whole."""
        return self.attachments.read(attachment_id)

    async def count(self) -> tuple[int, int]:
        """How many messages nobody has read, and how many of ours are held or refused."""
        async with self._database.transaction() as t:
            return await store.count(t)

    async def newer(self, number: int = 0) -> tuple[int, int]:
        """The number of the newest message, and how many have come after the one with `number`."""
        async with self._database.transaction() as t:
            return await store.newer(t, number)

    # Keys and what was not let in ------------------------------------------------------------------------

    async def quarantine(
        self, *, state: QuarantineState | None = None, before: int | None = None, limit: int = 50
    ) -> list[Quarantined]:
        """A page of what came and was not let in, the latest first."""
        async with self._database.transaction() as t:
            return await correspondent_store.quarantined(t, state=state, before=before, limit=_bounded(limit))

    async def correspondents(self) -> list[KnownKey]:
        """Every key of another bureau that was ever seen, and how far it is trusted."""
        return await self.trusted.all()

    async def accept_key(self, asker: Asker, key_id: str) -> KnownKey:
        """An administrator has compared a new key with what its bureau says of it: what was held for it goes on.

        Raises `NotFound`, and `Forbidden` for anybody else.
        """
        _check_administrator(asker)
        key = await self.trusted.accept(key_id, asker.user)
        await self._go_on()
        return key

    async def refuse_key(self, asker: Asker, key_id: str) -> KnownKey:
        """An administrator refuses a key: what it signed is refused. Raises as `accept_key`."""
        _check_administrator(asker)
        key = await self.trusted.refuse(key_id, asker.user)
        await self._go_on()
        return key

    async def _go_on(self) -> None:
        # Where a hub is not reached now, the keeper sees to it later.
        with suppress(Unavailable):
            await self.collector.release()
        self._written()


def _check_administrator(asker: Asker) -> None:
    if asker.role is not Role.ADMINISTRATOR:
        raise Forbidden("an administrator decides whose keys are trusted", field="role")


async def _from(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in others:
        yield piece


def _bounded(limit: int) -> int:
    """How much of a list is read at once, whatever is asked. Raises `InvalidValue` for nothing."""
    if limit < 1:
        raise InvalidValue("is 1 or more", field="limit")
    return min(limit, MAX_PAGE)
