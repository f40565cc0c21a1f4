"""The operating system's account that PostgreSQL runs as, and how it reaches what it may reach.

PostgreSQL refuses to run as root. Started by root, the server is handed to an unprivileged account that
exists already, and its data folder is handed over as an open file: `/proc/self/fd/N` leads into it although
the folders above it (`/root` is 0700) are closed to that account.
"""

import os
import pwd
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from msgspec import Struct

from allpoints.errors import Unavailable

OPEN_FILES = Path("/proc/self/fd")
UNPRIVILEGED = ("postgres", "nobody")
REMEDY = "run the hub as a normal user, or give it ALLPOINTS_DATABASE_URL"


class Account(Struct, frozen=True):
    """A user and group id; `dropped` says that this process is root and the server must not be."""

    uid: int
    gid: int
    dropped: bool

    def spawn(
        self, command: Iterable[str | Path], *, output: int | IO[bytes], files: tuple[int, ...] = ()
    ) -> subprocess.Popen[bytes]:
        """Start a program as this account, deaf to the terminal, with a bare environment.

        Nothing of ours is inherited: `PG*` variables would change what PostgreSQL does, others hold secrets.
        """
        who: dict[str, Any] = (
            {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}
        )
        return subprocess.Popen(  # noqa: S603 - our own constant command lines
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            umask=0o077,
            start_new_session=True,
            pass_fds=files,
            **who,
        )

    def run(self, command: Iterable[str | Path], *, files: tuple[int, ...] = ()) -> tuple[bool, str]:
        """Run a program to its end as this account: whether it succeeded, and what it said."""
        try:
            process = self.spawn(command, output=subprocess.PIPE, files=files)
        except OSError as error:
            return False, str(error)
        with process:
            try:
                said, _ = process.communicate()
            except BaseException:
                process.kill()
                raise
        return process.returncode == 0, said.decode(errors="replace")

    @contextmanager
    def reach(self, directory: Path) -> Iterator[tuple[Path, tuple[int, ...]]]:
        """A directory's name as this account can use it, and the open files that a program needs for it."""
        if not self.dropped:
            yield directory, ()
            return
        file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            yield OPEN_FILES / str(file), (file,)
        finally:
            os.close(file)


def account_for(cluster: Path, folder: Path) -> Account:
    """The account to run the server of a cluster in a folder: ours; for root the cluster's owner, else the
    folder's owner, else an unprivileged one.

    Raises Unavailable when root has no account to hand the server to.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), dropped=False)
    if not OPEN_FILES.is_dir():
        raise Unavailable(
            "PostgreSQL refuses root, and without /proc root cannot hand its files to another account",
            remedy=REMEDY,
        )
    account = _unprivileged(cluster, folder)
    able, said = account.run(["/bin/sh", "-c", ":"])
    if not able:
        raise Unavailable(
            f"PostgreSQL refuses root, and root may not become uid {account.uid} ({said})", remedy=REMEDY
        )
    return account


def _unprivileged(cluster: Path, folder: Path) -> Account:
    if cluster.exists() and cluster.stat().st_uid != 0:
        return Account(cluster.stat().st_uid, cluster.stat().st_gid, dropped=True)
    known = {entry.pw_uid: entry for entry in pwd.getpwall()}
    names = {entry.pw_name: entry for entry in known.values()}
    # initdb looks its account up by number, so an owner without an entry cannot serve
    owner = known.get(folder.stat().st_uid)
    for entry in (owner, *(names.get(name) for name in UNPRIVILEGED)):
        if entry is not None and entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, dropped=True)
    raise Unavailable(
        f"PostgreSQL refuses root, and this machine has none of the accounts {' or '.join(UNPRIVILEGED)}",
        remedy=REMEDY,
    )
