"""A bureau's node as its operator runs it, to be killed and looked into."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import msgspec
import psutil
import psycopg
from tests.hubs import RunningHub, free_port

from allpoints.bureau.node import Node
from allpoints.bureau.sealed import Content
from allpoints.bureau.settings import PREFIX, BureauSettings, HubLine
from allpoints.bureau.store import migrate
from allpoints.bureau.vault import Cost, Vault
from allpoints.errors import AllpointsError
from allpoints.wire.messages import SealingKey

PASSPHRASE = "a passphrase for measuring"  # noqa: S105 - of nobody
_SERVE = "from allpoints.cli import main; main()"


class KillableNode:
    """`allpoints bureau serve` in a process group of its own, with an embedded PostgreSQL that outlives it."""

    def __init__(self, folder: Path, hub: RunningHub, bureau: str) -> None:
        self.bureau = bureau
        self.folder = folder / f"node-{bureau}"
        self.folder.mkdir(parents=True)
        secret = self.folder / "passphrase"
        secret.write_text(PASSPHRASE)
        self._server = migrate.embedded(self.folder)
        self._owner = migrate.start(self._server)
        port = free_port()
        self._settings = BureauSettings(
            data=self.folder,
            code=bureau,
            hubs=(HubLine(name="hub", url=hub.url),),
            port=port,
            public_url=f"http://localhost:{port}",
            passphrase_file=secret,
        )
        cheap = Cost(passes=1, memory_kib=8, lanes=1)
        self.vault = Vault.create(
            self._settings.vault, bureau, passphrase=PASSPHRASE, signing=hub.keys[bureau], cost=cheap
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it answers as soon as it can."""
        said = {
            "DATA": str(self.folder),
            "CODE": self.bureau,
            "HUBS": msgspec.json.encode([{"name": "hub", "url": self._settings.hubs[0].url}]).decode(),
            "PORT": str(self._settings.port),
            "PUBLIC_URL": self._settings.public_url,
            "PASSPHRASE_FILE": str(self._settings.passphrase_file),
            "LOG_LEVEL": "warning",
        }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _SERVE, "bureau", "serve"],
                env=os.environ | {PREFIX + name: value for name, value in said.items()},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def url(self) -> str:
        """Where its console answers."""
        return self._settings.url

    async def answers(self) -> None:
        """Wait until its console answers."""
        async with httpx.AsyncClient() as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"{self.url}/sign-in")).is_success:
                        return
                await asyncio.sleep(0.1)

    def memory_mb(self) -> float:
        """What its program holds of its own, without PostgreSQL, in megabytes."""
        assert self._process is not None
        return float(psutil.Process(self._process.pid).memory_full_info().uss) / 1e6

    def kill(self) -> None:
        """`kill -9` of all its processes; PostgreSQL lives on."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)

    def stop_database(self) -> None:
        """Stop its PostgreSQL."""
        self._server.stop()

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator[Node]:
        """The same node beside it, as a command opens it."""
        node = await asyncio.to_thread(Node, self._settings, self.vault)
        async with node.opened():
            yield node

    def sealing_key(self, hub: RunningHub) -> SealingKey | None:
        """What others seal to, once the hub knows it."""
        with contextlib.suppress(AllpointsError), hub.operator(self.bureau) as client:
            return next(iter(client.public_keys(self.bureau).sealing), None)
        return None

    def nothing_waits(self, hub: RunningHub) -> bool:
        """Whether it has fetched all that was there for it."""
        with contextlib.suppress(AllpointsError), hub.operator(self.bureau) as client:
            return not client.waiting_messages(limit=1).messages
        return False

    def received(self) -> int:
        """How many messages of others are kept."""
        with self._asked() as connection:
            [(count,)] = connection.execute("SELECT count(*) FROM messages WHERE NOT outgoing").fetchall()
        return int(count)

    def numbers(self, beginning: str) -> list[int]:
        """The numbers of the messages whose text begins so."""
        with self._asked() as connection:
            texts = [
                msgspec.msgpack.decode(content, type=Content).text
                for (content,) in connection.execute(
                    "SELECT content FROM messages WHERE NOT outgoing AND position(%s::bytea IN content) > 0",
                    [beginning.encode()],
                )
            ]
        return [int(text.removeprefix(beginning).split()[0]) for text in texts if text.startswith(beginning)]

    def whole(self, attachment: str) -> bool:
        """Whether an attachment has arrived."""
        with self._asked() as connection:
            row = connection.execute("SELECT state FROM attachments WHERE id = %s", [attachment]).fetchone()
        return row == ("whole",)

    def left(self) -> int:
        """How many messages and receipts are still to be sent."""
        with self._asked() as connection:
            [(left,)] = connection.execute("SELECT count(*) FROM errands").fetchall()
        return int(left)

    @contextlib.contextmanager
    def _asked(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self._owner, autocommit=True) as connection:
            connection.execute("SET search_path = bureau")
            yield connection
