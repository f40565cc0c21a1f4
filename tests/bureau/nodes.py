"""Real nodes for tests: within this process, on a database of their own, members of a real hub."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.hubs import RunningHub, free_port

from allpoints.bureau.node import Node
from allpoints.bureau.settings import BureauSettings, HubLine
from allpoints.bureau.vault import Cost, Vault

CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
"""What a passphrase costs in tests."""


def made_vault(folder: Path, bureau: str, hub: RunningHub | None = None) -> Vault:
    """A vault that signs with the key that the hub knows of the bureau; without a hub, with a new one."""
    known = hub.keys[bureau] if hub else None
    return Vault.create(
        folder / "keys", bureau, passphrase="four words of passphrase", signing=known, cost=CHEAP
    )


@asynccontextmanager
async def running_node(
    folder: Path, hub: RunningHub, bureau: str, database_url: str, **settings: Any
) -> AsyncIterator[Node]:
    """A node of a bureau that is a member of the hub already, while it runs."""
    port = free_port()
    node = Node(
        BureauSettings(
            data=folder,
            code=bureau,
            name=f"Bureau {bureau}",
            hubs=(HubLine(name="hub", url=hub.url),),
            port=port,
            public_url=f"http://localhost:{port}",
            database_url=database_url,
            **settings,
        ),
        made_vault(folder, bureau, hub),
    )
    async with node.running():
        yield node
