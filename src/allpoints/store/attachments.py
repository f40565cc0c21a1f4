"""Attachments in the database: sealed parts, which their sender uploads and the recipients of their message fetch."""

from collections.abc import Sequence
from typing import NamedTuple

from allpoints.store.acts import Act
from allpoints.wire.messages import AttachmentParts


class Own(NamedTuple):
    """An attachment of the asker's bureau."""

    message: str | None
    """The message to which it belongs, once that is sent."""


class Attached(NamedTuple):
    """How much of an attachment is there."""

    parts: int
    last: int
    """The number of the last part, from 0."""
    size: int


async def add_attachment(act: Act, attachment: str) -> None:
    """Make room for an attachment, unless its id is known."""
    await act._rows("add_attachment", attachment)


async def own_attachment(act: Act, attachment: str) -> Own | None:
    """One of the asker's bureau; None for all others."""
    rows = await act._rows("own_attachment", attachment)
    return Own(rows[0][0]) if rows else None


async def add_part(act: Act, attachment: str, number: int, body: bytes, digest: bytes) -> bool:
    """Keep a part; False where there is one of that number."""
    return bool(await act._rows("add_part", attachment, number, digest, body))


async def part_digest(act: Act, attachment: str, number: int) -> bytes | None:
    """The digest of a part that is there."""
    rows = await act._rows("part_digest", attachment, number)
    return bytes(rows[0][0]) if rows else None


async def parts(act: Act, attachment: str) -> AttachmentParts:
    """Which parts are there."""
    [(numbers, size)] = await act._rows("attachment_parts", attachment)
    return AttachmentParts(id=attachment, parts=tuple(numbers or ()), size=int(size or 0))


async def part_body(act: Act, attachment: str, number: int) -> bytes | None:
    """One part, where it belongs to a message that waits for the asker's bureau."""
    rows = await act._rows("part_body", attachment, number)
    return bytes(rows[0][0]) if rows else None


async def attach(act: Act, message: str, attachments: Sequence[str]) -> dict[str, Attached]:
    """Let attachments belong to a message (two statements); those that were there and free come back."""
    if not attachments:
        return {}
    free = [attachment for (attachment,) in await act._rows("attach", message, list(attachments))]
    rows = await act._rows("attached", free)
    return {attachment: Attached(count, last, int(size)) for attachment, count, last, size in rows}


async def drop(act: Act, attachment: str) -> bool:
    """Delete an attachment that belongs to no message; False where there is none."""
    return bool(await act._rows("drop_attachment", attachment))
