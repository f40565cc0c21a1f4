"""Stories share a hub that no other test fills."""

from collections.abc import Iterator

import pytest
from tests.hubs import RunningHub


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """The hub of the stories, with the members ALB, FRA, ITA and UTO. Each tells of its own things and people."""
    running = RunningHub(tmp_path_factory.mktemp("hub"))
    try:
        running.start()
        running.enrol("ALB", "FRA", "ITA", "UTO")
        yield running
    finally:
        running.stop()
        running.server.stop()
