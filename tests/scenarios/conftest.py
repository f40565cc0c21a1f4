"""Stories start in a hub that no other test has filled."""

from collections.abc import Iterator

import pytest
from tests.hubs import RunningHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub of its own for each story, with the members ALB, FRA, ITA and UTO."""
    running = RunningHub(tmp_path_factory.mktemp("hub"))
    try:
        running.start()
        running.enrol("ALB", "FRA", "ITA", "UTO")
        yield running
    finally:
        running.stop()
        running.server.stop()
