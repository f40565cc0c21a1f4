"""A third node, of PRT, for messages to several; and nodes of MLT and CYP that do nothing by themselves."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from tests.bureau.nodes import made_vault, running_node
from tests.corridors import new_database
from tests.hubs import RunningHub

from allpoints.bureau.node import Node
from allpoints.bureau.settings import BureauSettings, HubLine
from allpoints.hub.environment import Environment


@pytest_asyncio.fixture(scope="session")
async def third_node(
    hub: RunningHub, environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Node]:
    """The node of PRT: the console of ITA, which runs beside it, would fetch what is sent to a second one of ITA."""
    hub.enrol("PRT")
    database = new_database(environment, owner)
    async with running_node(tmp_path_factory.mktemp("prt"), hub, "PRT", database) as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def still_node(
    hub: RunningHub, environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Node]:
    """The node of MLT. Nothing runs in its background: a test does each step itself."""
    node = await _still(tmp_path_factory.mktemp("mlt"), hub, "MLT", new_database(environment, owner))
    async with node.opened():
        await _publish(node)
        yield node


@pytest_asyncio.fixture(scope="session")
async def other_still_node(
    hub: RunningHub, environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Node]:
    """The node of CYP, as `still_node`."""
    node = await _still(tmp_path_factory.mktemp("cyp"), hub, "CYP", new_database(environment, owner))
    async with node.opened():
        await _publish(node)
        yield node


async def _still(folder: Path, hub: RunningHub, bureau: str, database_url: str) -> Node:
    hub.enrol(bureau)
    settings = BureauSettings(
        data=folder,
        code=bureau,
        hubs=(HubLine(name="hub", url=hub.url),),
        public_url="http://localhost:1",
        database_url=database_url,
    )
    return Node(settings, made_vault(folder, bureau, hub))


async def _publish(node: Node) -> None:
    sealing = next(iter(node.vault.sealing.values()))
    client = node.hubs.client(node.hubs.administrator)
    await client.publish_sealing_key(sealing.certified(node.vault.signing, datetime.now(UTC)))
