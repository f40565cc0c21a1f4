"""A real hub for the demo: its own PostgreSQL, its own process, bureaus with real keys, in a folder that is
removed at the end."""

import contextlib
import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

import httpx

from allpoints.audit import VerifierKey
from allpoints.bureau import BureauKey, Client, Signer
from allpoints.errors import AllpointsError, Unavailable
from allpoints.hub import identity
from allpoints.hub.environment import Environment
from allpoints.hub.serve import serve
from allpoints.records import (
    SECRETARIAT,
    AgencyKind,
    Asker,
    Bureau,
    Confidentiality,
    Contribution,
    Purpose,
    Role,
)
from allpoints.settings import HubSettings
from allpoints.store.members import install_secretariat
from allpoints.store.server import Server
from allpoints.wire.corridor import KeptLine

NAME = "hub.demo.example"
USUAL_PORT = 8440
START_S, STOP_S = 40.0, 20.0
_LOG_END = 2_000


class RunningHub:
    """A hub with nobody in it but the secretariat; use it in a `with`, which leaves nothing behind, and `start` it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="allpoints-demo-"))
        self.settings = HubSettings(
            data=self.folder / "hub",
            name=NAME,
            port=_free_port(),
            workers=1,
            log_level="warning",
            synthetic=True,
        )
        self.keys: dict[str, BureauKey] = {SECRETARIAT: BureauKey.generate(SECRETARIAT)}
        self.vkey: VerifierKey
        """The hub's public key, as its secretariat would publish it."""
        self._process: BaseProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._clean_up()

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.settings.url

    def client(
        self,
        bureau: str,
        role: Role,
        purpose: Purpose,
        agency: AgencyKind = AgencyKind.BUREAU,
        *,
        clearance: Confidentiality = Confidentiality.OFFICIAL,
        number: int = 7,
    ) -> Client:
        """A client for one of the people of an enrolled bureau; whatever can be verified is."""
        asker = Asker(
            bureau=bureau,
            user=f"{bureau.lower()}-{role}-{number}",
            agency=agency,
            role=role,
            purpose=purpose,
            clearance=clearance,
        )
        return Client(self.url, Signer(bureau, self.keys[bureau]), asker, hub_key=self.vkey)

    def enrol(self, bureau: Bureau) -> str:
        """Make a key for the bureau, ask to enrol it, let the secretariat approve; return the key's id."""
        key = self.keys[bureau.code] = BureauKey.generate(bureau.code)
        with (
            self.client(bureau.code, Role.ADMINISTRATOR, Purpose.ADMINISTRATION) as administrator,
            self.client(SECRETARIAT, Role.ADMINISTRATOR, Purpose.ADMINISTRATION) as secretariat,
        ):
            administrator.enrol(bureau, key.public_text)
            waiting = [enrolment.key_id for enrolment in secretariat.enrolments().items]
            if key.key_id not in waiting:
                raise Unavailable(f"the enrolment of {bureau.code} did not arrive")
            return secretariat.approve(key.key_id).key_id

    def contribute(self, bureau: str, contributions: list[Contribution]) -> dict[str, int]:
        """Contribute as the bureau's operator; return the records' ids by reference. Raises the first refusal.

        Those with pictures are sent one by one.
        """
        pictured = [contribution for contribution in contributions if contribution.biometrics]
        others = [contribution for contribution in contributions if not contribution.biometrics]
        with self.client(bureau, Role.OPERATOR, Purpose.CRIMINAL_INVESTIGATION) as operator:
            kept = list(operator.contribute_many(others))
            ids = {c.reference: _id(line) for c, line in zip(others, kept, strict=True)}
            return ids | {c.reference: operator.contribute(c).id for c in pictured}

    def wait(self) -> int:
        """Wait until the hub ends by itself; return its exit status."""
        if self._process is None:
            return 0
        self._process.join()
        return self._process.exitcode or 0

    def start(self) -> None:
        """Bring it up. Raises `Unavailable` where it does not become ready."""
        self.vkey = identity.create(self.settings.data, NAME).verifier_key
        secretariat = self.keys[SECRETARIAT]
        owner = Environment(self.settings).start()
        install_secretariat(owner, key_id=secretariat.key_id, public_key=secretariat.public_key)
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(
            target=_serve, args=(self.settings, self._log), name="allpoints-demo-hub"
        )
        self._process.start()
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_S
        while self._process is not None and self._process.is_alive() and time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/ready", timeout=2).is_success:
                    return
            time.sleep(0.05)
        said = self._log.read_text(errors="replace")[-_LOG_END:] if self._log.exists() else ""
        raise Unavailable(f"the hub did not become ready\n{said}".strip())

    def _clean_up(self) -> None:
        # A second Ctrl-C must not leave a server behind.
        with _ignoring_interrupts():
            if self._process is not None and self._process.is_alive():
                self._process.terminate()
                self._process.join(STOP_S)
                if self._process.is_alive():
                    self._process.kill()
                    self._process.join()
            with contextlib.suppress(AllpointsError):
                Server(self.settings.data / "postgresql").stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self.folder / "hub.log"


def _serve(settings: HubSettings, log: Path) -> None:
    """The hub's process: what it says goes into a file, and it does not outlive the demo."""
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    raise SystemExit(serve(settings))


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _id(line: KeptLine) -> int:
    if line.error is not None:
        raise line.error.as_error()
    if line.id is None:
        raise Unavailable("the hub kept a record without naming it")
    return line.id


def _free_port() -> int:
    """The usual port, or another one where somebody uses it."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise Unavailable("no port of this machine is free")
