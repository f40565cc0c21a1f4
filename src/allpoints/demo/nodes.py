"""The bureaus' own programs in the demo: a node for each, with its keys, its PostgreSQL, its people, its console."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

import httpx

from allpoints.bureau.node import Node
from allpoints.bureau.serve import serve
from allpoints.bureau.settings import BureauSettings, HubLine
from allpoints.bureau.store.migrate import embedded
from allpoints.bureau.vault import Vault, draw_key, load_key
from allpoints.demo.accounts import ACCOUNTS, OneTimeCodes
from allpoints.demo.background import Background, Port
from allpoints.demo.running import RunningHub
from allpoints.errors import AllpointsError, Unavailable
from allpoints.records import Bureau

USUAL_PORT = 8450
START_S = 120.0


class Nodes:
    """The nodes of some bureaus that are members of the hub; use it in a `with`, which stops what was started."""

    def __init__(self, hub: RunningHub, bureaus: Sequence[Bureau]) -> None:
        self._hub = hub
        self._ports: list[Port] = []
        self._settings = {
            bureau.code: self._settings_of(bureau, USUAL_PORT + number)
            for number, bureau in enumerate(bureaus)
        }
        self._running: dict[str, Background] = {}
        self.devices = OneTimeCodes()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            process.stop()
        for settings in self._settings.values():
            with contextlib.suppress(AllpointsError):
                embedded(settings.data).stop()
        for port in self._ports:
            port.release()

    def make(self) -> None:
        """Make every node: keys, PostgreSQL, people."""
        with ThreadPoolExecutor(len(self._settings)) as several:
            list(several.map(self._make, self._settings))

    def node(self, bureau: str) -> Node:
        """The node of a bureau, to be run in this process."""
        return _node(self._settings[bureau])

    def url(self, bureau: str) -> str:
        """Where a bureau's console is."""
        return self._settings[bureau].url

    def serve(self) -> None:
        """Run every node in a process of its own, and wait until all answer. Raises `Unavailable`."""
        for code, settings in self._settings.items():
            process = Background(code.lower(), self._hub.folder / f"{code}.log", _serve, settings)
            self._running[code] = process
            process.start()
        deadline = time.monotonic() + START_S
        for code, process in self._running.items():
            while not _answers(self.url(code)):
                if not process.alive or time.monotonic() > deadline:
                    raise Unavailable(f"the node of {code} did not become ready\n{process.said()}".strip())
                time.sleep(0.05)

    def _settings_of(self, bureau: Bureau, usual: int) -> BureauSettings:
        folder = self._hub.folder / bureau.code
        claimed = Port(usual)
        self._ports.append(claimed)
        port = claimed.number
        return BureauSettings(
            data=folder,
            code=bureau.code,
            name=bureau.name,
            contact=bureau.contact,
            hubs=(HubLine(name="hub", url=self._hub.url, vkey=str(self._hub.vkey)),),
            port=port,
            # Passkeys need a name, and an address in digits is none.
            public_url=f"http://localhost:{port}",
            key_file=folder.with_suffix(".key"),
            log_level="warning",
            synthetic=True,
        )

    def _make(self, code: str) -> None:
        settings = self._settings[code]
        Vault.create(settings.vault, code, key=draw_key(_key_file(settings)), signing=self._hub.keys[code])
        asyncio.run(self._hire(_node(settings), code))

    async def _hire(self, node: Node, code: str) -> None:
        async with node.opened():
            for account in ACCOUNTS:
                if account.bureau == code:
                    await self.devices.hire(node, account)


def _serve(settings: BureauSettings) -> int:
    return serve(settings, _vault(settings))


def _node(settings: BureauSettings) -> Node:
    return Node(settings, _vault(settings))


def _vault(settings: BureauSettings) -> Vault:
    return Vault.unlock(settings.vault, key=load_key(_key_file(settings)))


def _key_file(settings: BureauSettings) -> Path:
    assert settings.key_file is not None  # noqa: S101 - `Nodes` sets it
    return settings.key_file


def _answers(url: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{url}/sign-in", timeout=5).is_success
    return False
