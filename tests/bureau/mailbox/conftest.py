"""A third node, of ITA, for messages to several."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.bureau.nodes import running_node
from tests.corridors import new_database
from tests.hubs import RunningHub

from allpoints.bureau.node import Node
from allpoints.hub.environment import Environment


@pytest_asyncio.fixture(scope="session")
async def third_node(
    hub: RunningHub, environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Node]:
    """The node of ITA."""
    database = new_database(environment, owner)
    async with running_node(tmp_path_factory.mktemp("ita"), hub, "ITA", database) as running:
        yield running
