"""Attachments on their way: sealed parts, uploaded before the message to which they belong, in any order and again."""

import hashlib
from collections.abc import Mapping, Sequence

from allpoints.errors import Conflict, InvalidValue, NotFound, TooLarge
from allpoints.mail.room import check_room
from allpoints.steps.commit import Work
from allpoints.store import attachments
from allpoints.store.acts import Act
from allpoints.store.attachments import Attached, Own
from allpoints.wire.envelopes import MAX_PARTS, PART, PART_OVERHEAD, count_parts, random_id
from allpoints.wire.messages import AttachmentHead


async def keep_part(act: Act, attachment: str, number: int, body: bytes) -> Work:
    """Keep one part; the same again changes nothing. The result says which are there.

    Raises `InvalidValue` or `TooLarge` for what is no part, `Conflict` where another part has its number or the
    attachment is another's or belongs to a message already, and `QuotaExceeded` where there is no room for it.
    """
    random_id(attachment, field="attachment_id")
    if not 0 <= number < MAX_PARTS:
        raise InvalidValue(f"parts are numbered from 0 to {MAX_PARTS - 1}", field="part")
    if not PART_OVERHEAD < len(body) <= PART + PART_OVERHEAD:
        raise TooLarge(f"a part has {PART_OVERHEAD + 1} to {PART + PART_OVERHEAD} bytes", field="body")
    await attachments.add_attachment(act, attachment)
    own = await attachments.own_attachment(act, attachment)
    if own is None:
        raise Conflict(
            "another bureau's attachment has this id", field="attachment_id", remedy="Draw another."
        )
    digest = hashlib.sha256(body).digest()
    there = await attachments.part_digest(act, attachment, number)
    if there is None:
        _check_unsent(own)
        await check_room(act, len(body))
        await attachments.add_part(act, attachment, number, body, digest)
    elif there != digest:
        raise Conflict(
            "another part has this number",
            field="part",
            remedy="Read which parts are there, and send the others.",
        )
    return Work(result=await attachments.parts(act, attachment), subject=f"{attachment} {number}")


async def parts(act: Act, attachment: str) -> Work:
    """Which parts of an own attachment are there. Raises `NotFound`."""
    if await attachments.own_attachment(act, attachment) is None:
        raise _unknown(attachment)
    return Work(result=await attachments.parts(act, attachment), subject=attachment)


async def part(act: Act, attachment: str, number: int) -> Work:
    """One part of an attachment to a message that waits for the asker's bureau. Raises `NotFound`."""
    body = await attachments.part_body(act, attachment, number) if 0 <= number < MAX_PARTS else None
    if body is None:
        raise NotFound(
            f"no message that waits for your bureau has a part {number} of {attachment}",
            field="attachment_id",
        )
    return Work(result=body, subject=f"{attachment} {number}")


async def drop(act: Act, attachment: str) -> Work:
    """Delete an own attachment that belongs to no message. Raises `NotFound`."""
    if not await attachments.drop(act, attachment):
        raise _unknown(attachment)
    return Work(result=await attachments.parts(act, attachment), subject=attachment)


def check_attached(heads: Sequence[AttachmentHead], found: Mapping[str, Attached]) -> None:
    """Raise `InvalidValue` where an attachment of a message is not all there, and of the size that its head says."""
    for head in heads:
        whole = count_parts(head.size)
        if found.get(head.id) != Attached(parts=whole, last=whole - 1, size=head.size):
            raise InvalidValue(
                f"attachment {head.id} is not there with all of its {whole} parts",
                field="head.attachments",
                remedy="Read which parts are there, send the others, and then the message.",
            )


def _check_unsent(own: Own) -> None:
    if own.message is not None:
        raise Conflict(
            "the attachment belongs to a message already", field="attachment_id", remedy="Draw another id."
        )


def _unknown(attachment: str) -> NotFound:
    return NotFound(f"your bureau keeps no attachment {attachment} here", field="attachment_id")
