"""Attachments on their way: from a file to sealed parts, to the hub, from the hub, and back to a file.

The node keeps sealed parts only, as the hub does; what opens them stands in the message and in the database. Either way
goes on after an interruption with the parts that are missing.
"""

import asyncio
import hashlib
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from allpoints.bureau.client import AsyncClient
from allpoints.bureau.mailbox.file_types import (
    HEAD_BYTES,
    SHOWN,
    check_media_type,
    is_honest,
    recognise,
    safe_name,
)
from allpoints.bureau.mailbox.files import PartFiles
from allpoints.bureau.sealed import Attachment, CutAttachment, new_attachment, seal_part
from allpoints.bureau.sealed.attachments import count_parts
from allpoints.bureau.store import attachments as store
from allpoints.bureau.store.attachments import AttachmentState, KeptAttachment
from allpoints.bureau.store.database import NodeDatabase
from allpoints.errors import Conflict, InvalidValue, NotFound, QuotaExceeded, TooLarge, Unavailable
from allpoints.formats.pictures import colour, png
from allpoints.records.biometrics import MAX_PICTURE
from allpoints.wire.envelopes import MAX_ATTACHMENT, PART
from allpoints.wire.envelopes import count_parts as count_sealed_parts
from allpoints.wire.messages import AttachmentHead

ABANDONED = timedelta(days=1)
"""After so long a file that was attached and not sent is deleted."""


MOST_UNSENT = 1 << 30
"""Bytes that one account may have attached and not sent."""


class TooMuchUnsent(QuotaExceeded):
    """Send what is attached already, or wait until it is forgotten, a day after it was attached."""


class LyingFile(InvalidValue):
    """Give the file the name and the type of what it is, or find out who renamed it."""


class Attachments:
    """The attachments of one node."""

    def __init__(self, database: NodeDatabase, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._coming: Counter[str] = Counter()
        """Bytes that each account is handing over."""
        self.files = PartFiles(folder)

    async def attach(
        self, account: str, pieces: AsyncIterable[bytes], *, name: str, media_type: str = ""
    ) -> KeptAttachment:
        """Take a file that is to go with a message; until then it belongs to none.

        Raises `TooLarge`, `LyingFile` for one whose first bytes are something else than its name says, `InvalidValue`
        for what is no media type, `TooMuchUnsent`, and `Unavailable` where the disk fails.
        """
        if media_type:
            check_media_type(media_type)
        name = safe_name(name)
        with _disk():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Without a name: a crash leaves nothing behind.
            with tempfile.TemporaryFile(dir=self._folder) as file:
                async with aclosing(self._counted(account, pieces)) as counted:
                    size, digest = await _spool(counted, file)
                file.seek(0)
                found = recognise(file.read(HEAD_BYTES))
                if not is_honest(name, media_type, found):
                    raise LyingFile(f"{name} is in truth {found}", field="attachment")
                described = new_attachment(
                    name=name, media_type=media_type or found, size=size, digest=digest
                )
                return await self._keep(account, described, file, found)

    async def drop(self, attachment_id: str) -> None:
        """Delete a file that was attached and not sent. Raises `NotFound`."""
        async with self._database.transaction() as t:
            if not await store.drop(t, attachment_id):
                raise NotFound("there is no such attachment that is not sent yet", field="attachment")
        await asyncio.to_thread(self.files.drop, attachment_id)

    async def forget_abandoned(self) -> None:
        """Delete what was attached and never sent."""
        async with self._database.transaction() as t:
            names = await store.abandoned(t, ABANDONED)
        for name in names:
            await asyncio.to_thread(self.files.drop, name)

    async def forget_refused(self, attachment_id: str) -> None:
        """Delete what came with a message that is not let in after all, unless it belongs to another one."""
        try:
            await self.find(attachment_id)
        except NotFound:
            await asyncio.to_thread(self.files.drop, attachment_id)

    async def upload(self, client: AsyncClient, attachment: Attachment) -> None:
        """Hand over the parts that the hub does not have."""
        try:
            there = set((await client.attachment(attachment.id)).parts)
        except NotFound:
            there = set()
        for number in range(count_parts(attachment)):
            if number not in there:
                part = await asyncio.to_thread(self.files.read, attachment.id, number)
                await client.put_attachment_part(attachment.id, number, part)

    async def download(self, client: AsyncClient, head: AttachmentHead) -> None:
        """Fetch the parts that are not here; one that the hub does not have is left out.

        Raises `Unavailable` where the hub or the disk fails.
        """
        there = await asyncio.to_thread(self.files.there, head.id)
        for number in range(count_sealed_parts(head.size)):
            if number not in there:
                try:
                    part = await client.attachment_part(head.id, number)
                except NotFound:
                    continue
                with _disk():
                    await asyncio.to_thread(self.files.write, head.id, number, part)

    async def verify(self, attachment: Attachment) -> None:
        """Open what has arrived, see whether it is what its sender attached and says, and note it.

        Raises `Unavailable` where the disk fails.
        """
        state, problem = AttachmentState.WHOLE, ""
        head = b""
        try:
            with _disk():
                head = await asyncio.to_thread(self._look_through, attachment)
        except CutAttachment as error:
            state, problem = AttachmentState.BROKEN, error.detail
        found = recognise(head) if state is AttachmentState.WHOLE else ""
        honest = state is AttachmentState.WHOLE and is_honest(attachment.name, attachment.media_type, found)
        async with self._database.transaction() as t:
            await store.end_arriving(
                t, attachment.id, state, found_type=found, honest=honest, problem=problem
            )

    async def of(self, message: str) -> list[KeptAttachment]:
        """Those of a message."""
        async with self._database.transaction() as t:
            return await store.of_messages(t, [message])

    async def find(self, attachment_id: str) -> KeptAttachment:
        """One of them. Raises `NotFound`."""
        async with self._database.transaction() as t:
            return await store.find(t, attachment_id)

    async def read(self, attachment_id: str) -> AsyncIterator[bytes]:
        """The file piece by piece, as its sender attached it: to be saved, never to be shown.

        Raises `NotFound`, and `Conflict` while it is not whole, or was recalled.
        """
        described = await self._whole(attachment_id)
        pieces = self.files.opened(described)
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            yield piece

    async def picture(self, attachment_id: str) -> bytes:
        """A picture drawn anew as PNG, with nothing of the original file but its pixels: to be shown.

        Raises as `read`, and `InvalidValue`, `MalformedInput` or `TooLarge` for what is no picture that can be shown.
        """
        kept = await self.find(attachment_id)
        if kept.found_type not in SHOWN:
            raise InvalidValue(
                "is no picture that can be shown", field="attachment", remedy="Save it instead."
            )
        described = await self._whole(attachment_id)
        if described.size > MAX_PICTURE:
            raise TooLarge(
                "the picture is too large to be shown", field="attachment", remedy="Save it instead."
            )
        return await asyncio.to_thread(self._redraw, described)

    async def _counted(self, account: str, pieces: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
        """The pieces of a file. Raises `TooMuchUnsent` where too much of one account is on its way at once."""
        size = 0
        try:
            async for piece in pieces:
                size += len(piece)
                self._coming[account] += len(piece)
                _check_unsent(self._coming[account])
                yield piece
        finally:
            self._coming[account] -= size

    async def _keep(self, account: str, described: Attachment, file: IO[bytes], found: str) -> KeptAttachment:
        async with self._database.transaction() as t:
            # Before its parts: whatever is killed in between is forgotten as what nobody sends.
            await store.add(t, described, attached_by=account)
            _check_unsent(await store.unsent_bytes(t, account))
        try:
            await asyncio.to_thread(self._seal, described, file)
            async with self._database.transaction() as t:
                await store.end_arriving(
                    t, described.id, AttachmentState.WHOLE, found_type=found, honest=True
                )
                return await store.find(t, described.id)
        except Exception:
            await asyncio.to_thread(self.files.drop, described.id)
            await self.drop(described.id)
            raise

    async def _whole(self, attachment_id: str) -> Attachment:
        kept = await self.find(attachment_id)
        if kept.described is None or kept.state is not AttachmentState.WHOLE:
            raise Conflict(
                f"the attachment is {kept.state}",
                field="attachment",
                remedy=kept.problem or "Ask its sender.",
            )
        return kept.described

    def _seal(self, attachment: Attachment, file: IO[bytes]) -> None:
        file.seek(0)
        for number in range(count_parts(attachment)):
            self.files.write(attachment.id, number, seal_part(attachment, number, file.read(PART)))

    def _look_through(self, attachment: Attachment) -> bytes:
        head = b""
        for piece in self.files.opened(attachment):
            head = head or piece[:HEAD_BYTES]
        return head

    def _redraw(self, attachment: Attachment) -> bytes:
        return png(colour(b"".join(self.files.opened(attachment)), field="attachment").pixels)


@contextmanager
def _disk() -> Iterator[None]:
    """A disk that is full or away may be mended: until then what needs it waits."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"the disk does not keep attachments ({error.strerror})") from error


def _check_unsent(size: int) -> None:
    if size > MOST_UNSENT:
        raise TooMuchUnsent(
            f"more than {MOST_UNSENT >> 20} MiB are attached and not sent",
            retry_after_s=3_600,
            field="attachment",
        )


async def _spool(pieces: AsyncIterable[bytes], file: IO[bytes]) -> tuple[int, bytes]:
    """Write the pieces to a file; return their length and digest. Raises `TooLarge`."""
    seen = hashlib.sha256()
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > MAX_ATTACHMENT:
            raise TooLarge(
                f"an attachment has up to {MAX_ATTACHMENT >> 20} MiB",
                field="attachment",
                remedy="Send it in several files.",
            )
        seen.update(piece)
        file.write(piece)
    return size, seen.digest()
