"""What an opened message does: it is kept in its thread, or it says what became of one of ours."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec

from allpoints.bureau.mailbox.composing import names_of, words_of
from allpoints.bureau.mailbox.files import PartFiles
from allpoints.bureau.mailbox.matters import REMINDERS, came, message_came, message_recalled, reminder
from allpoints.bureau.mailbox.trust import introduce
from allpoints.bureau.sealed import (
    Content,
    ReceiptOf,
    WrongReceipt,
    check_recall,
    check_receipt,
    receipt_content,
)
from allpoints.bureau.sealed.receipts import RECALL, RECEIPT
from allpoints.bureau.store import attachments as attachment_store
from allpoints.bureau.store import correspondents as correspondent_store
from allpoints.bureau.store import desk as desk_store
from allpoints.bureau.store import errands
from allpoints.bureau.store import mailbox as store
from allpoints.bureau.store.database import Transaction
from allpoints.bureau.store.errands import Post
from allpoints.bureau.store.mailbox import Message, NewMessage
from allpoints.errors import Conflict, MalformedInput, NotFound
from allpoints.records import Asker
from allpoints.wire.envelopes import message_digest
from allpoints.wire.messages import Carried, Envelope, Priority

RECALL_ANSWER = "recall-answer"
INTRODUCTION = "key-introduction"
_PUBLIC_KEY_BYTES = 32


class AnotherMessage(Conflict):
    """Do not act on it: a different message with its id, or with that of one of its files, was received before."""


class Receiving:
    """Keeps what was opened. Everything of one message happens in one transaction."""

    def __init__(self, node: Asker, files: PartFiles) -> None:
        """`node` is in whose name the program itself confirms."""
        self._node = node
        self._files = files

    async def take(self, t: Transaction, hub: str, carried: Carried, content: Content) -> bool:
        """Do what a message says, once; False where it was done before.

        Raises `AnotherMessage`, `WrongReceipt`, `MalformedInput`: then the transaction must leave nothing.
        """
        digest = message_digest(carried)
        head = carried.head
        if not await correspondent_store.receive(t, hub, head.sender, head.id, digest):
            if await correspondent_store.received(t, head.sender, head.id) != digest:
                raise AnotherMessage("another message with this id was received before", field="head.id")
            return False
        await self._acts.get(content.kind, Receiving._keep)(self, t, hub, carried, content)
        return True

    async def confirm_read(self, t: Transaction, message_id: str, at: datetime) -> None:
        """Send its sender a receipt that somebody has read a message."""
        message = await store.message(t, message_id)
        signed = await store.signed(t, message_id)
        if isinstance(signed, Carried):
            content = receipt_content(signed, message.content, ReceiptOf.READ, at)
            await self._answer(t, message.hub, message.sender, content)

    async def _keep(self, t: Transaction, hub: str, carried: Carried, content: Content) -> None:
        head = carried.head
        message = NewMessage(
            id=head.id,
            hub=hub,
            sender=head.sender,
            recipients=head.recipients,
            outgoing=False,
            content=content,
            priority=head.priority,
            deadline=head.deadline,
            written_at=head.sent_at,
            arrived_at=carried.arrived_at,
            envelope=carried,
            names=names_of(content, head.id, (head.sender, *head.recipients)),
            words=words_of(content),
        )
        if not await store.keep(t, message):
            raise AnotherMessage("a message of another bureau has this id", field="head.id")
        for place, attachment in enumerate(content.attachments):
            if not await attachment_store.add(t, attachment, message=head.id, place=place):
                raise AnotherMessage(
                    "a file of another message has the id of one of its files", field="head.attachments"
                )
        if content.in_reply_to is not None:
            await self._note_answer(t, content.in_reply_to, head.sender)
        await desk_store.add(t, message_came(message))
        receipt = receipt_content(carried, content, ReceiptOf.DELIVERED, datetime.now(UTC))
        await self._answer(t, hub, head.sender, receipt)

    async def _note_answer(self, t: Transaction, answered: str, bureau: str) -> None:
        """It answers a message of ours: from this bureau we wait for nothing more."""
        await store.mark_answered_by(t, answered, bureau)
        try:
            message = await store.message(t, answered)
        except NotFound:
            return
        if message.outgoing and message.answered_at is not None:
            for stage in range(1, REMINDERS + 1):
                await desk_store.settle(t, reminder(message.hub, answered, stage))

    async def _note_receipt(self, t: Transaction, hub: str, carried: Carried, content: Content) -> None:
        if content.receipt is None:
            raise WrongReceipt("it confirms nothing", field="receipt")
        receipt = check_receipt(content, carried.head, await self._sent(t, content.receipt.message))
        await store.mark_receipt(t, receipt.message, carried.head.sender, receipt.of, receipt.at)

    async def _obey_recall(self, t: Transaction, hub: str, carried: Carried, content: Content) -> None:
        """Its sender wants a message back: unread, its text goes; read, that is said."""
        recalled = await store.signed(t, content.recalls) if content.recalls else None
        if content.recalls is None or not isinstance(recalled, Carried):
            raise WrongReceipt("it recalls a message that is not here", field="recalls")
        check_recall(content, carried.head, recalled.head)
        message, read_at = await self._recall(t, content.recalls)
        answer = Content(
            kind=RECALL_ANSWER,
            thread=message.thread,
            in_reply_to=message.id,
            fields={"read_at": read_at.isoformat() if read_at else None},
        )
        await self._answer(t, hub, message.sender, answer)

    async def take_back(self, t: Transaction, hub: str, message_id: str) -> None:
        """The hub says that its sender took a message back, while it was on its way here."""
        with suppress(NotFound):
            message = await store.message(t, message_id)
            if message.hub == hub and not message.outgoing and message.recalled_at is None:
                await self._recall(t, message_id)

    async def _recall(self, t: Transaction, message_id: str) -> tuple[Message, datetime | None]:
        """Unread, its text goes; return it as it was, and when it was read."""
        message = await store.message(t, message_id, for_change=True)
        left = Content(kind=message.content.kind, thread=message.thread, author=message.content.author)
        read_at = await store.recall(t, message.id, left)
        if read_at is None:
            for attachment_id in await attachment_store.recall(t, message.id):
                self._files.drop(attachment_id)
            await desk_store.settle(t, came(message.hub, message.id))
        for stage in range(1, REMINDERS + 1):
            await desk_store.settle(t, reminder(message.hub, message.id, stage))
        recalled = message_recalled(message.hub, message.id, message.sender, read=read_at is not None)
        await desk_store.add(t, recalled)
        return message, read_at

    async def _note_recall_answer(self, t: Transaction, hub: str, carried: Carried, content: Content) -> None:
        sent = await self._sent(t, content.in_reply_to or "")
        read_at = _convert(content.fields.get("read_at"), datetime | None)
        if not await store.answer_recall(t, sent.head.id, carried.head.sender, read_at):
            raise WrongReceipt(f"nothing was recalled from {carried.head.sender}", field="in_reply_to")

    async def _note_introduction(self, t: Transaction, hub: str, carried: Carried, content: Content) -> None:
        """Its trusted key signs that another key is its bureau's as well."""
        key = _convert(content.fields.get("public_key"), bytes)
        if len(key) != _PUBLIC_KEY_BYTES:
            raise MalformedInput("it introduces no key", field="fields.public_key")
        await introduce(t, carried.head.sender, key, carried.head.signing_key)

    async def _sent(self, t: Transaction, message_id: str) -> Envelope:
        sent = await store.signed(t, message_id)
        if not isinstance(sent, Envelope):
            raise WrongReceipt("it is about a message that this bureau has not sent", field="in_reply_to")
        return sent

    async def _answer(self, t: Transaction, hub: str, bureau: str, content: Content) -> None:
        # In the node's own name: not everybody who may read a message may send one.
        answer = Post(content=content, recipients=(bureau,), priority=Priority.ROUTINE)
        await errands.add(t, hub=hub, asker=self._node, what=answer, rank=errands.BACKGROUND)

    _acts: dict[str, Callable[..., Any]] = {  # noqa: RUF012 - a table, never changed
        RECEIPT: _note_receipt,
        RECALL: _obey_recall,
        RECALL_ANSWER: _note_recall_answer,
        INTRODUCTION: _note_introduction,
    }
    """What is no message for people, and what it does."""


def _convert(value: object, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise MalformedInput(f"its fields are not understood: {error}", field="fields") from None
