"""One node of HRV with its API serves all tests that tell their things apart, and SVN writes to it."""

from collections.abc import Iterator

import pytest
from tests.bureau.console.correspondent import Correspondent
from tests.bureau.consoles import RunningConsole
from tests.corridors import new_database
from tests.hubs import RunningHub

from allpoints.hub.environment import Environment


@pytest.fixture(scope="session")
def console(
    hub: RunningHub, environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningConsole]:
    """The node of HRV, served as a whole: its API and its pages."""
    hub.enrol("HRV", "SVN")
    running = RunningConsole(tmp_path_factory.mktemp("hrv"), hub, "HRV", new_database(environment, owner))
    running.start()
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def slovenia(hub: RunningHub, console: RunningConsole) -> Correspondent:
    """SVN, with which HRV corresponds."""
    return Correspondent(hub, "SVN")
