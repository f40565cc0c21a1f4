"""People at the node of ALB, for tests of the desk."""

import pytest_asyncio
from tests.bureau.desk.people import session_of

from allpoints.bureau.node import Node
from allpoints.bureau.people import Session
from allpoints.records import Role


@pytest_asyncio.fixture(scope="session")
async def operator(node: Node) -> Session:
    """Somebody who does casework."""
    return await session_of(node, Role.OPERATOR)


@pytest_asyncio.fixture(scope="session")
async def supervisor(node: Node) -> Session:
    """Somebody to whom matters are escalated."""
    return await session_of(node, Role.SUPERVISOR)
