"""One console of ITA serves all tests of pages that tell their things apart."""

from collections.abc import Iterator

import pytest
from tests.bureau.consoles import RunningConsole
from tests.corridors import new_database
from tests.hubs import RunningHub

from allpoints.hub.environment import Environment


@pytest.fixture(scope="session")
def console(
    hub: RunningHub, environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningConsole]:
    """The console of ITA's node, a member of the `hub`."""
    running = RunningConsole(tmp_path_factory.mktemp("ita"), hub, "ITA", new_database(environment, owner))
    running.start()
    try:
        yield running
    finally:
        running.stop()
