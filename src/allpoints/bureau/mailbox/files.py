"""The sealed parts of attachments in the node's data folder: each a file of its own, whole or not there."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from allpoints.bureau.sealed import Attachment, open_parts
from allpoints.wire.envelopes import random_id


class PartFiles:
    """A folder for each attachment, a file for each part. Without the key in the database nobody can open them.

    All methods block; an event loop calls them in a thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, attachment_id: str, number: int, part: bytes) -> None:
        """Keep a part; durable on return, and never half of it."""
        folder = self._place(attachment_id)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(prefix=".", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(part)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(folder / str(number))
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        _sync(folder)

    def read(self, attachment_id: str, number: int) -> bytes:
        """One part. Raises `FileNotFoundError`."""
        return (self._place(attachment_id) / str(number)).read_bytes()

    def there(self, attachment_id: str) -> set[int]:
        """The parts that are kept."""
        folder = self._place(attachment_id)
        return (
            {int(file.name) for file in folder.iterdir() if file.name.isdigit()} if folder.exists() else set()
        )

    def opened(self, attachment: Attachment) -> Iterator[bytes]:
        """The file piece by piece. Raises `CutAttachment`, at the latest at its end: use nothing of it before."""
        numbers = sorted(self.there(attachment.id))
        return open_parts(attachment, (self.read(attachment.id, number) for number in numbers))

    def drop(self, attachment_id: str) -> None:
        """Delete all parts of an attachment."""
        shutil.rmtree(self._place(attachment_id), ignore_errors=True)

    def _place(self, attachment_id: str) -> Path:
        # Another bureau has drawn it: it must not name any other folder.
        return self._folder / random_id(attachment_id, field="attachment")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
