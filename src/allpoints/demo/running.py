"""A real hub for the demo: its own PostgreSQL, its own process, bureaus with real keys, in a folder that is
removed at the end."""

import contextlib
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import httpx

from allpoints.audit import VerifierKey
from allpoints.bureau import BureauKey, Client, Signer
from allpoints.demo.background import Background, Port
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
START_S = 120.0


class RunningHub:
    """A hub with nobody in it but the secretariat; use it in a `with`, which leaves nothing behind, and `start` it."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="allpoints-demo-"))
        self._port = Port(USUAL_PORT)
        self.settings = HubSettings(
            data=self.folder / "hub",
            name=NAME,
            port=self._port.number,
            workers=1,
            log_level="warning",
            synthetic=True,
        )
        self.keys: dict[str, BureauKey] = {SECRETARIAT: BureauKey.generate(SECRETARIAT)}
        self.vkey: VerifierKey
        """The hub's public key, as its secretariat would publish it."""
        self._process = Background("hub", self.folder / "hub.log", serve, self.settings)

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

    def ended(self) -> bool:
        """Whether it has ended by itself."""
        return not self._process.alive

    def wait(self) -> int:
        """Wait until the hub ends by itself; return its exit status."""
        return self._process.wait()

    def start(self) -> None:
        """Bring it up. Raises `Unavailable` where it does not become ready."""
        self.vkey = identity.create(self.settings.data, NAME).verifier_key
        secretariat = self.keys[SECRETARIAT]
        owner = Environment(self.settings).start()
        install_secretariat(owner, key_id=secretariat.key_id, public_key=secretariat.public_key)
        self._process.start()
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_S
        while self._process.alive and time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/ready", timeout=2).is_success:
                    return
            time.sleep(0.05)
        raise Unavailable(f"the hub did not become ready\n{self._process.said()}".strip())

    def _clean_up(self) -> None:
        # A second Ctrl-C must not leave a server behind.
        with _ignoring_interrupts():
            self._process.stop()
            self._port.release()
            with contextlib.suppress(AllpointsError):
                Server(self.settings.data / "postgresql").stop()
            shutil.rmtree(self.folder, ignore_errors=True)


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
