"""One console of ITA, and one of the secretariat, serve all tests of pages that tell their things apart."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    with _running(tmp_path_factory.mktemp("ita"), hub, "ITA", new_database(environment, owner)) as running:
        yield running


@pytest.fixture(scope="session")
def secretariat_console(
    hub: RunningHub, environment: Environment, owner: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningConsole]:
    """The console of the node of the hub's secretariat."""
    hub.secretariat()
    with _running(tmp_path_factory.mktemp("hub"), hub, "HUB", new_database(environment, owner)) as running:
        yield running


@contextmanager
def _running(folder: Path, hub: RunningHub, bureau: str, database: str) -> Iterator[RunningConsole]:
    running = RunningConsole(folder, hub, bureau, database)
    running.start()
    try:
        yield running
    finally:
        running.stop()
