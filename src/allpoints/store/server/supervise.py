"""Keep one private PostgreSQL running in a data folder, through kills of the server and of its supervisor.

The folder (0700) holds `cluster` (PostgreSQL's data directory, owned by the server's account), `secret` (what
the passwords are derived from), `postgresql.log` and `lock`.
"""

import contextlib
import logging
import os
import secrets
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
from psycopg import pq

from allpoints.errors import Unavailable
from allpoints.store.server.account import Account, account_for
from allpoints.store.server.address import SUPERUSER, Address
from allpoints.store.server.configuration import MEBIBYTE, close, configure, default_shared_buffers
from allpoints.store.server.files import appending, give, locked, sync, write_private
from allpoints.store.server.locate import Programs, find_programs, programs_for
from allpoints.store.server.processes import Mode, alive, end, mark, postmaster

LONGEST_SOCKET = 103
"""Bytes of a socket's path that every system takes (macOS 103, Linux 107)."""

RECOVERY_PATIENCE_S = 600.0
SILENCE_PATIENCE_S = 30.0
"""A server that recovers says so at once; one that says nothing is stuck, or its socket was removed."""

LARGEST_LOG = 16 * MEBIBYTE

INITDB = (
    *(f"--username={SUPERUSER}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
    *("--data-checksums", "--no-instructions"),
)

logger = logging.getLogger(__name__)


class Server:
    """A private PostgreSQL under a folder of its own.

    It outlives the process that started it, on purpose: whoever calls `start` next, in any process, adopts
    it. All methods may be called from several threads and processes at once. They block; an event loop calls
    them in a thread.
    """

    def __init__(
        self, folder: Path, *, programs: Programs | None = None, shared_buffers: int | None = None
    ) -> None:
        """`programs` are used instead of those found on the machine; `shared_buffers` is in MiB."""
        self.folder = folder.absolute()
        self.cluster = self.folder / "cluster"
        self._log = self.folder / "postgresql.log"
        self._programs = programs
        self._shared_buffers = shared_buffers or default_shared_buffers()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> Address:
        """Have the server running: make the cluster on first use, adopt a living server, else start one and
        wait until it has recovered.

        Raises Unavailable, with the end of the server's log, when it cannot be had.
        """
        self._have_running()
        return self._address()

    def ensure(self) -> bool:
        """Start the server again if it is gone; whether it had to be. Cheap enough to call each second."""
        if self.running:
            if self._log.exists() and self._log.stat().st_size > LARGEST_LOG:
                os.truncate(self._log, 0)
            return False
        return self._have_running()

    def stop(self, mode: Mode = "fast") -> None:
        """End the server and all its processes: `smart` waits for clients, `fast` ends their transactions,
        `immediate` leaves the rest to recovery. Does nothing if it does not run."""
        if not self.cluster.exists():
            return
        with locked(self._lock):
            address = self._address()
            self._end(mode, address)
            if address.folder != self.cluster:
                with contextlib.suppress(OSError):
                    address.folder.rmdir()

    @property
    def running(self) -> bool:
        """Whether the server lives and takes connections."""
        living = self.cluster.exists() and postmaster(self.cluster) is not None
        return living and self._address().ping() == pq.Ping.OK

    def _have_running(self) -> bool:
        """Whether the server had to be started to have it running."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            with locked(self._lock):
                started = self._adopt_or_launch()
                self._log_in()
        except OSError as error:
            remedy = "give the folder to the account that runs the hub"
            raise self._refusal(f"the folder cannot be used ({error})", remedy=remedy) from error
        return started

    def _adopt_or_launch(self) -> bool:
        account = account_for(self.cluster, self.folder)
        living = postmaster(self.cluster) if self.cluster.exists() else None
        if living is not None and self._answers(living):
            return False
        data = int((self.cluster / "PG_VERSION").read_text()) if self.cluster.exists() else None
        candidates = find_programs() if self._programs is None else [self._programs]
        programs = programs_for(account, data, candidates)
        if not self.cluster.exists():
            self._initialise(programs, account)
        address = self._address()
        self._end("immediate", address)
        self._launch(programs, account, address)
        return True

    def _initialise(self, programs: Programs, account: Account) -> None:
        """Make the cluster aside and move it into place whole, so that a half-made one is never started."""
        self._clear_away()
        if not self._secret.exists():
            write_private(self._secret, secrets.token_bytes(32), self.folder)
        password = Address(self.cluster, self._secret.read_bytes()).password(SUPERUSER)
        work = Path(tempfile.mkdtemp(prefix="initdb-", dir=self.folder))
        try:
            give(work, account)
            write_private(work / "password", password.encode(), account)
            with account.reach(work) as (name, files):
                made, said = account.run(
                    [programs.initdb, f"--pgdata={name}/cluster", f"--pwfile={name}/password", *INITDB],
                    files=files,
                )
            if not made:
                raise self._refusal(f"initdb of {programs} failed", said)
            close(work / "cluster", account)
            (work / "cluster").rename(self.cluster)
            sync(self.folder)
        finally:
            # Once more: an initdb whose supervisor was killed may have gone on writing while the first try removed.
            self._clear_away()

    def _clear_away(self) -> None:
        for abandoned in self.folder.glob("initdb-*"):
            shutil.rmtree(abandoned, ignore_errors=True)

    def _launch(self, programs: Programs, account: Account, address: Address) -> None:
        configure(self.cluster, account, shared_buffers=self._shared_buffers)
        aside = address.folder != self.cluster
        if aside:
            self._prepare_socket_folder(address.folder, account)
        if self._log.exists():
            self._log.replace(self._log.with_name(f"{self._log.name}.1"))
        with appending(self._log) as output, account.reach(self.cluster) as (data, files):
            self._child = account.spawn(
                [
                    *(programs.postgres, "-D", data, "-k", address.folder if aside else data),
                    *("-c", f"cluster_name={mark(self.cluster)}"),
                ],
                output=output,
                files=files,
            )
        logger.info("starting %s", programs)
        if not self._answers(psutil.Process(self._child.pid)):
            self._end("immediate", address)
            raise self._refusal(f"{programs} did not come up", self._log_end())

    def _answers(self, server: psutil.Process) -> bool:
        """Wait until the server takes connections; False when it ended or fell silent instead."""
        address = self._address()
        begun = heard = told = time.monotonic()
        while alive(server):
            answer = address.ping()
            if answer == pq.Ping.OK:
                return True
            now = time.monotonic()
            if answer == pq.Ping.REJECT:
                heard = now
            if now - begun > RECOVERY_PATIENCE_S:
                raise self._refusal(
                    f"it has not recovered after {RECOVERY_PATIENCE_S:.0f} s", self._log_end()
                )
            if now - heard > SILENCE_PATIENCE_S:
                return False
            if now - told > 10:
                told = now
                logger.warning("PostgreSQL recovers or stops; waiting for it since %.0f s", now - begun)
            time.sleep(0.03)
        return False

    def _log_in(self) -> None:
        """An answering server may still hold other passwords, from a folder whose secret was exchanged."""
        try:
            psycopg.connect(self._address().url(SUPERUSER, "postgres"), connect_timeout=30).close()
        except psycopg.OperationalError as error:
            raise self._refusal("it runs but does not let us in", str(error)) from error

    def _end(self, mode: Mode, address: Address) -> None:
        """End the server and remove what it leaves behind if it is killed.

        PostgreSQL itself would believe a recycled process number in these files, and refuse to start.
        """
        if not end(self.cluster, mode):
            raise self._refusal("an old process of the server cannot be ended")
        if self._child is not None and self._child.poll() is not None:
            self._child = None
        lock = address.socket.with_name(f"{address.socket.name}.lock")
        for remains in (self.cluster / "postmaster.pid", address.socket, lock):
            remains.unlink(missing_ok=True)

    @property
    def _lock(self) -> Path:
        return self.folder / "lock"

    @property
    def _secret(self) -> Path:
        return self.folder / "secret"

    def _address(self) -> Address:
        try:
            secret = self._secret.read_bytes()
        except OSError as error:
            raise self._refusal(
                f"its secret cannot be read ({error})",
                remedy="put the file back from your backup of the folder",
            ) from error
        address = Address(self.cluster, secret)
        if len(os.fsencode(address.socket)) <= LONGEST_SOCKET:
            return address
        # a name that nobody else can foresee, yet the same for each process that comes
        name = f"allpoints-{address.password(mark(self.cluster))[:16]}"
        return Address(Path("/tmp", name), secret)  # noqa: S108

    def _prepare_socket_folder(self, place: Path, account: Account) -> None:
        place.mkdir(mode=0o700, exist_ok=True)
        found = place.lstat()
        ours = found.st_uid in (os.geteuid(), account.uid) and found.st_mode == stat.S_IFDIR | 0o700
        if not ours:
            raise self._refusal(f"its socket folder {place} belongs to somebody else", remedy="remove it")
        give(place, account)

    def _log_end(self) -> str:
        with contextlib.suppress(OSError), self._log.open("rb") as file:
            file.seek(-min(4096, self._log.stat().st_size), os.SEEK_END)
            return file.read().decode(errors="replace")
        return ""

    def _refusal(self, what: str, said: str = "", *, remedy: str | None = None) -> Unavailable:
        lines = [f"PostgreSQL in {self.folder}: {what}", *said.strip().splitlines()[-12:]]
        if self.folder.exists() and shutil.disk_usage(self.folder).free < 32 * MEBIBYTE:
            remedy = "the disk is full: make room and start again"
        return Unavailable("\n".join(lines), remedy=remedy)
