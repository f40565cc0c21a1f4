"""Attachments in the node's database: to which message they belong, what opens them, how far they are."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec

from allpoints.bureau.sealed import Attachment, sealed_size
from allpoints.bureau.store.database import Transaction
from allpoints.errors import NotFound


class AttachmentState(StrEnum):
    """How far an attachment is."""

    ARRIVING = "arriving"
    WHOLE = "whole"
    """All of it is here."""
    BROKEN = "broken"
    """What came is not the file that its sender attached."""
    RECALLED = "recalled"


class KeptAttachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file with a message, or with one that somebody still writes."""

    id: str
    message: str | None
    described: Attachment | None
    """Its name, media type and size as its sender says, and what opens it; None once it was recalled."""
    state: AttachmentState
    found_type: str
    """The media type by its first bytes; empty until it is here."""
    honest: bool
    """Whether that is what its name and its sender say."""
    problem: str
    """What is wrong with a broken one."""


async def add(
    t: Transaction,
    described: Attachment,
    *,
    message: str | None = None,
    place: int = 0,
    attached_by: str | None = None,
) -> bool:
    """Keep what opens an attachment that is on its way; False where another has its id."""
    added = await t.rows(
        "add_attachment",
        id=described.id,
        message=message,
        place=place,
        described=msgspec.msgpack.encode(described),
        attached_by=attached_by,
        size=sealed_size(described.size),
    )
    return bool(added)


async def unsent_bytes(t: Transaction, account: str) -> int:
    """How much an account has attached and not sent; nothing is added to it until the transaction ends."""
    await t.rows("lock_unsent", account)
    [(size,)] = await t.rows("unsent_bytes", account)
    return int(size)


async def give(t: Transaction, attachment_id: str, message: str, place: int) -> Attachment:
    """Have it belong to a message. Raises `NotFound` where it is not there, or another's already."""
    row = await t.row("give_attachment", message, place, attachment_id)
    if row is None:
        raise NotFound("there is no such attachment that is not sent yet", field="attachments")
    return msgspec.msgpack.decode(row[0], type=Attachment)


async def find(t: Transaction, attachment_id: str, *, field: str = "attachment") -> KeptAttachment:
    """One of them. Raises `NotFound` naming the field that holds its id."""
    row = await t.row("attachment", attachment_id)
    if row is None:
        raise NotFound("there is no such attachment", field=field)
    return _kept(row)


async def of_messages(t: Transaction, message_ids: list[str]) -> list[KeptAttachment]:
    """Those of some messages, in their order."""
    return [_kept(row) for row in await t.rows("attachments_of", message_ids)]


async def end_arriving(
    t: Transaction,
    attachment_id: str,
    state: AttachmentState,
    *,
    found_type: str,
    honest: bool,
    problem: str = "",
) -> None:
    """All parts are here, or it is known to be broken."""
    await t.rows("end_arriving", state, found_type, honest, problem, attachment_id)


async def drop(t: Transaction, attachment_id: str) -> bool:
    """Forget one that was never sent; False where there is none."""
    return bool(await t.rows("drop_attachment", attachment_id))


async def abandoned(t: Transaction, after: timedelta) -> list[str]:
    """Forget those that nobody has sent for so long; return their ids."""
    return [name for (name,) in await t.rows("abandoned_attachments", after)]


async def recall(t: Transaction, message: str) -> list[str]:
    """Forget what opens those of a recalled message; return their ids."""
    return [name for (name,) in await t.rows("recall_attachments", message)]


def _kept(row: tuple[Any, ...]) -> KeptAttachment:
    named = dict(zip(KeptAttachment.__struct_fields__, row, strict=True))
    described = named["described"]
    named["described"] = msgspec.msgpack.decode(described, type=Attachment) if described else None
    return msgspec.convert(named, KeptAttachment)
