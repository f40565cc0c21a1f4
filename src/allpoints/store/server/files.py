"""Files of the data folder: private, durable, and owned by whom they serve also when root makes them."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from allpoints.store.server.account import Account


def give(path: int | Path, owner: Path | Account) -> None:
    """Root gives a file it made to the account, or to whoever owns the folder; others own theirs already."""
    if os.geteuid() != 0:
        return
    if isinstance(owner, Path):
        os.chown(path, owner.stat().st_uid, owner.stat().st_gid)
    else:
        os.chown(path, owner.uid, owner.gid)


def write_private(path: Path, content: bytes, owner: Path | Account) -> None:
    """Write or replace a whole file (mode 0600), durably and never through a link that someone laid there."""
    file, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(file, "wb") as writer:
            give(writer.fileno(), owner)
            writer.write(content)
            writer.flush()
            os.fsync(writer.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(directory: Path) -> None:
    """Make the names in a directory survive a power cut."""
    file = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextlib.contextmanager
def appending(path: Path) -> Iterator[int]:
    """A file of the folder's owner (mode 0600), open for writing at its end."""
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        give(file, path.parent)
        yield file
    finally:
        os.close(file)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process or thread at a time; the kernel lets go of the lock when its holder is killed."""
    with appending(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
