"""Messages as the node keeps them: opened, with the envelope that proves them. `threads.py` has their threads."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from allpoints.bureau.sealed import Content, ReceiptOf
from allpoints.bureau.store.database import Transaction
from allpoints.errors import Conflict, NotFound, Problem
from allpoints.wire.messages import Carried, CopyState, Envelope, Priority

MAX_NUMBER = 2**63 - 1


class MessageState(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    """Written, and not at the hub yet."""
    HELD = "held"
    """Written, and kept back until an administrator accepts a recipient's new key."""
    SENT = "sent"
    REFUSED = "refused"
    """The hub did not take it."""
    RECALLED = "recalled"
    """Taken back before anybody read it."""
    UNREAD = "unread"
    READ = "read"


class CopyOf(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one recipient's copy of a message of ours."""

    bureau: str
    copy: CopyState | None
    """What the hub last said; None before it was sent."""
    delivered_at: datetime | None
    """By the recipient's own signed receipt, as `read_at`."""
    read_at: datetime | None
    answered_at: datetime | None
    recall_answered_at: datetime | None
    """When it answered our recall; whether it was read, `read_at` says."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One message, of ours or of another bureau."""

    id: str
    number: int
    """Its place among all that the node keeps."""
    thread: str
    hub: str
    sender: str
    recipients: tuple[str, ...]
    outgoing: bool
    content: Content
    priority: Priority
    deadline: datetime | None
    written_at: datetime
    arrived_at: datetime | None
    """When the hub had it."""
    state: MessageState
    problem: Problem | None
    """Why it is held or refused."""
    read_at: datetime | None
    """When one of our own people first looked at it, of an incoming one."""
    read_by: str | None
    answered_at: datetime | None
    recalled_at: datetime | None
    """Of ours: since when we want it back. Of another's: since when it does."""
    copies: tuple[CopyOf, ...] = ()
    """Of ours: one for each recipient."""


class NewMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be kept."""

    id: str
    hub: str
    sender: str
    recipients: tuple[str, ...]
    outgoing: bool
    content: Content
    priority: Priority
    deadline: datetime | None
    written_at: datetime
    arrived_at: datetime | None = None
    envelope: Carried | None = None
    names: str
    words: str
    request: bytes | None = None
    """SHA-256 of what its sender asked for, where it is kept under a name that the sender gave."""


class DueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A message whose answer is due, and how often somebody was reminded."""

    id: str
    hub: str
    sender: str
    recipients: tuple[str, ...]
    outgoing: bool
    kind: str
    priority: Priority
    written_at: datetime
    deadline: datetime
    reminders: int


async def keep(t: Transaction, message: NewMessage) -> bool:
    """Keep a message in its thread; False where it is there already."""
    content = message.content
    await t.rows("open_thread", id=content.thread, subject=_storable(content.subject), at=message.written_at)
    kept = await t.rows(
        "keep_message",
        id=message.id,
        thread=content.thread,
        hub=message.hub,
        sender=message.sender,
        recipients=list(message.recipients),
        outgoing=message.outgoing,
        content=encode(content),
        envelope=encode(message.envelope) if message.envelope else None,
        kind=content.kind,
        in_reply_to=content.in_reply_to,
        refs=[_storable(each) for each in content.references],
        priority=message.priority,
        deadline=message.deadline,
        written_at=message.written_at,
        arrived_at=message.arrived_at,
        state=MessageState.WAITING if message.outgoing else MessageState.UNREAD,
        names=message.names,
        words=message.words,
        request=message.request,
    )
    if kept and message.outgoing:
        await t.rows("add_recipients", message.id, list(message.recipients))
    return bool(kept)


async def is_kept(t: Transaction, name: str, request: bytes | None) -> bool:
    """Whether a message is kept under a name already.

    Raises `Conflict` where something else was asked for under it; without a `request` the name alone counts.
    """
    row = await t.row("message_request", name)
    if request is not None and row is not None and row[0] not in (None, request):
        raise Conflict(
            "something else was sent under this name",
            field="name",
            remedy="Give each message a name of its own.",
        )
    return row is not None


async def message(t: Transaction, message_id: str, *, for_change: bool = False) -> Message:
    """One message, locked until the transaction ends where it is to be changed. Raises `NotFound`."""
    rows = await t.rows("message_for_change" if for_change else "message", message_id)
    if not rows:
        raise NotFound("there is no such message", field="message")
    return (await _messages(t, rows))[0]


async def thread_messages(t: Transaction, thread: str, *, after: int, limit: int) -> list[Message]:
    """A page of a thread, oldest first."""
    return await _messages(t, await t.rows("thread_messages", thread=thread, after=after, limit=limit))


async def search(t: Transaction, *, words: str, part: str, before: int | None, limit: int) -> list[Message]:
    """A page of the messages that hold all `words`, or `part` in their names; newest first."""
    rows = await t.rows("searched_messages", words=words, part=part, before=before or MAX_NUMBER, limit=limit)
    return await _messages(t, rows)


async def about(t: Transaction, reference: str, limit: int) -> list[Message]:
    """The latest messages that refer to something."""
    return await _messages(t, await t.rows("messages_about", _storable(reference), limit))


async def signed(t: Transaction, message_id: str) -> Envelope | Carried | None:
    """What was signed of a message: an `Envelope` of ours, `Carried` of another's."""
    row = await t.row("signed_message", message_id)
    if row is None or row[1] is None:
        return None
    outgoing, written = row
    if outgoing:
        return msgspec.msgpack.decode(written, type=Envelope)
    return msgspec.msgpack.decode(written, type=Carried)


async def mark_read(t: Transaction, message_id: str, reader: str) -> datetime | None:
    """Somebody looks at it; the time, where they are the first."""
    row = await t.row("mark_read", reader, message_id)
    return row[0] if row else None


async def mark_answered(t: Transaction, message_id: str) -> None:
    """We have answered an incoming message."""
    await t.rows("mark_answered", message_id)


async def mark_answered_by(t: Transaction, message_id: str, bureau: str) -> None:
    """A recipient has answered a message of ours."""
    await t.rows("mark_answered_by", id=message_id, bureau=bureau)


async def mark_sent(t: Transaction, message_id: str, envelope: bytes, arrived_at: datetime) -> None:
    """The hub has a message of ours."""
    await t.rows("mark_sent", id=message_id, envelope=envelope, arrived_at=arrived_at)
    await t.rows("mark_copies_waiting", message_id)


async def mark_copy(t: Transaction, message_id: str, bureau: str, state: CopyState) -> None:
    """Note what the hub says of one recipient's copy."""
    await t.rows("mark_copy", state, message_id, bureau)


async def mark_state(t: Transaction, message_id: str, state: MessageState, problem: Problem | None) -> None:
    """A message of ours is held, refused, or under way again."""
    await t.rows("mark_state", state, msgspec.json.encode(problem).decode() if problem else None, message_id)


async def mark_receipt(t: Transaction, message_id: str, bureau: str, of: ReceiptOf, at: datetime) -> bool:
    """Note a recipient's receipt; False where there is no such copy."""
    if of is ReceiptOf.READ:
        return bool(await t.rows("mark_read_by", id=message_id, bureau=bureau, at=at))
    return bool(await t.rows("mark_delivered", at, message_id, bureau))


async def ask_recall(t: Transaction, message_id: str) -> MessageState | None:
    """We want a message back; how far it was, or None where that was asked before."""
    row = await t.row("ask_recall", message_id)
    return MessageState(row[0]) if row else None


async def mark_never_sent(t: Transaction, message_id: str) -> None:
    """A message of ours was taken back before it left."""
    await t.rows("mark_never_sent", message_id)
    await t.rows("mark_copies_recalled", message_id)


async def answer_recall(t: Transaction, message_id: str, bureau: str, read_at: datetime | None) -> bool:
    """Note what a recipient says of our recall; False where we asked it for none."""
    return bool(await t.rows("answer_recall", id=message_id, bureau=bureau, read_at=read_at))


async def recall(t: Transaction, message_id: str, left: Content) -> datetime | None:
    """Another's message is recalled: where nobody has read it only `left` is kept of it, else the time comes back."""
    hidden = await t.row("hide_recalled", encode(left), message_id)
    if hidden:
        await t.rows("hide_subject", thread=hidden[0])
        return None
    row = await t.row("mark_recalled_too_late", message_id)
    return row[0] if row else None


async def add_references(t: Transaction, message_id: str, content: Content, names: str) -> None:
    """A message of ours that is not sealed yet refers to more."""
    refs = [_storable(each) for each in content.references]
    await t.rows("add_references", encode(content), refs, names, message_id)


async def due_answers(t: Transaction, limit: int) -> list[DueAnswer]:
    """Whose answer is due, and nobody was told so yet."""
    return [_struct(DueAnswer, row) for row in await t.rows("messages_due", limit)]


async def reminded(t: Transaction, message_id: str, reminders: int) -> bool:
    """Note that somebody is told; False where another process did so."""
    return bool(await t.rows("reminded", reminders, message_id, reminders))


async def count(t: Transaction) -> tuple[int, int]:
    """How many messages nobody has read, and how many of ours are held or refused."""
    [(unread, stuck)] = await t.rows("unread_messages")
    return unread, stuck


async def newer(t: Transaction, number: int) -> tuple[int, int]:
    """The number of the newest message, and how many have come after the one with `number`."""
    [(newest, come)] = await t.rows("newer_messages", number)
    return newest, come


def encode(value: object) -> bytes:
    """As bytes, such that nothing is lost whatever version wrote it."""
    return msgspec.msgpack.encode(value)


async def _messages(t: Transaction, rows: Sequence[tuple[Any, ...]]) -> list[Message]:
    copies: dict[str, list[CopyOf]] = {}
    for message_id, bureau, state, *times in await t.rows(
        "message_copies", [row[0] for row in rows if row[6]]
    ):
        known = None if state == "unsent" else CopyState(state)
        copies.setdefault(message_id, []).append(_struct(CopyOf, (bureau, known, *times)))
    return [_message(row, tuple(copies.get(row[0], ()))) for row in rows]


def _message(row: tuple[Any, ...], copies: tuple[CopyOf, ...]) -> Message:
    named = dict(zip(Message.__struct_fields__, row, strict=False))
    named["content"] = msgspec.msgpack.decode(named["content"], type=Content)
    named["problem"] = msgspec.json.decode(named["problem"], type=Problem) if named["problem"] else None
    return msgspec.convert({**named, "copies": copies}, Message)


def _struct(kind: Any, row: Sequence[Any]) -> Any:
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)


def _storable(text: str) -> str:
    """A line as PostgreSQL takes it: without NUL."""
    return text.replace("\0", " ")
