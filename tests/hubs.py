"""Real hubs for tests: a process of its own, a PostgreSQL of its own, bureaus with real keys."""

import contextlib
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
from tests.sealing import SealedBureau

from allpoints.bureau import BureauKey, Client, Signer
from allpoints.bureau.sealed import SealingPrivateKey
from allpoints.hub import identity
from allpoints.records import AgencyKind, Asker, Bureau, Confidentiality, Purpose, Role
from allpoints.settings import PREFIX
from allpoints.store.server import SUPERUSER, Server

START_S = 120.0


def asker(
    bureau: str,
    role: str = "officer",
    purpose: str = "border-control",
    agency: str = "border-police",
    *,
    user: str = "u-1",
    clearance: str = "official",
) -> Asker:
    """Somebody who asks."""
    return Asker(
        bureau=bureau,
        user=user,
        agency=AgencyKind(agency),
        role=Role(role),
        purpose=Purpose(purpose),
        clearance=Confidentiality(clearance),
    )


class RunningHub:
    """A hub as an operator runs it: `allpoints hub serve` in a process group of its own."""

    def __init__(self, folder: Path, *, tls: ssl.SSLContext | None = None, **settings: object) -> None:
        """`tls` is what a client trusts, where the settings make the hub answer over https."""
        self.folder = folder
        self.port = free_port()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.tls = tls
        self.keys: dict[str, BureauKey] = {}
        self._sealed: dict[str, SealedBureau] = {}
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        if not (folder / "identity.json").exists():
            identity.create(folder, "hub.test")

    @property
    def pid(self) -> int:
        """The parent process."""
        assert self._process is not None
        return self._process.pid

    def start(self, *, ready: bool = True) -> None:
        """Start it and wait until it is ready, unless it cannot be."""
        settings = {
            "data": self.folder,
            "name": "hub.test",
            "port": self.port,
            "workers": 2,
            **self._settings,
        }
        environment = os.environ | {PREFIX + name.upper(): str(value) for name, value in settings.items()}
        with (self.folder / "hub.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE],
                env=environment,
                stderr=log,
                stdout=log,
                start_new_session=True,
            )
        if ready:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until checks can be answered by every worker."""
        deadline = time.monotonic() + START_S
        ready = 0
        while ready < 6:
            with contextlib.suppress(httpx.TransportError):
                answer = httpx.get(f"{self.url}/health/ready", timeout=5, verify=self.tls or True)
                ready = ready + 1 if answer.status_code == 200 else 0
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError(f"the hub is not ready: {self.log()[-2000:]}")
            time.sleep(0.05)

    def log(self) -> str:
        """What the hub wrote to its process log."""
        return (self.folder / "hub.log").read_text()

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(30)

    def kill(self) -> None:
        """`kill -9` of the parent and everything it started but PostgreSQL."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)

    @property
    def server(self) -> Server:
        """Its PostgreSQL."""
        return Server(self.folder / "postgresql")

    @contextlib.contextmanager
    def superuser(self) -> Iterator[psycopg.Connection]:
        """A connection that no rule binds, to look behind the scenes."""
        with psycopg.connect(self.server.start().url(SUPERUSER, "allpoints"), autocommit=True) as connection:
            connection.execute("SET search_path = allpoints")
            yield connection

    def enrol(self, *bureaus: str) -> None:
        """Make these bureaus members, each with a new key."""
        admin = self.secretariat()
        for code in bureaus:
            key = self.keys[code] = BureauKey.generate(code)
            me = self.client(code, "administrator", "administration", "bureau")
            me.enrol(
                Bureau(code=code, name=f"Bureau {code}", contact=f"desk@{code.lower()}.example"),
                key.public_text,
            )
            admin.approve(key.key_id)

    def sealed(self, code: str) -> SealedBureau:
        """A member whose sealing key is published."""
        if code not in self._sealed:
            made = SealedBureau(code, self.keys[code], SealingPrivateKey.generate(code))
            administrator = self.client(code, "administrator", "administration", "bureau")
            administrator.publish_sealing_key(made.certificate)
            self._sealed[code] = made
        return self._sealed[code]

    def secretariat(self, role: str = "administrator", purpose: str = "administration") -> Client:
        """The hub's secretariat, by default its administrator."""
        if "HUB" not in self.keys:
            key = self.keys["HUB"] = BureauKey.generate("HUB")
            with self.superuser() as connection:
                connection.execute(
                    "INSERT INTO bureaus (code, name) VALUES ('HUB', 'Secretariat') ON CONFLICT DO NOTHING"
                )
                connection.execute(
                    "INSERT INTO keys (key_id, bureau, public_key, status, active_at)"
                    " VALUES (%s, 'HUB', %s, 'active', now())",
                    [key.key_id, key.public_key],
                )
        return self.client("HUB", role, purpose, "bureau")

    def client(
        self,
        bureau: str,
        role: str = "officer",
        purpose: str = "border-control",
        agency: str = "border-police",
        **who: str,
    ) -> Client:
        """A client for somebody of a bureau."""
        who_asks = asker(bureau, role, purpose, agency, **who)
        return Client(self.url, Signer(bureau, self.keys[bureau]), who_asks, tls=self.tls)

    def operator(self, bureau: str, purpose: str = "criminal-investigation") -> Client:
        """A client for a bureau's operator."""
        return self.client(bureau, "operator", purpose, "police")


@contextlib.contextmanager
def running_hub(folder: Path, *members: str) -> Iterator[RunningHub]:
    """A hub with these members, until the end of the block."""
    running = RunningHub(folder)
    try:
        running.start()
        running.enrol(*members)
        yield running
    finally:
        running.stop()
        running.server.stop()


def free_port() -> int:
    """A port of the loopback that nobody uses now, and that the kernel gives to nobody before it is used."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            port = random.randrange(10_000, 30_000)
            probe.bind(("127.0.0.1", port))
            return port


_SERVE = """
from allpoints.hub.serve import serve
from allpoints.settings import hub_settings
if __name__ == "__main__":
    raise SystemExit(serve(hub_settings()))
"""
