"""One node of ALB and one of FRA serve all tests that tell their things apart. Both are members of the `hub`."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from tests.bureau.nodes import running_node
from tests.corridors import new_database
from tests.hubs import RunningHub

from allpoints.bureau.node import Node
from allpoints.hub.environment import Environment


@pytest_asyncio.fixture(scope="session")
async def node(
    hub: RunningHub, environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Node]:
    """The node of ALB."""
    database = new_database(environment, owner)
    async with running_node(tmp_path_factory.mktemp("alb"), hub, "ALB", database) as running:
        yield running


@pytest_asyncio.fixture(scope="session")
async def other_node(
    hub: RunningHub, environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Node]:
    """The node of FRA."""
    database = new_database(environment, owner)
    async with running_node(tmp_path_factory.mktemp("fra"), hub, "FRA", database) as running:
        yield running
