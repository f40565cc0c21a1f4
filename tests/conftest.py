"""One running hub serves all tests that do not need to break it."""

from collections.abc import Iterator

import pytest

from tests.hubs import RunningHub


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub with the members ALB, FRA, ITA and UTO. Tests tell their records apart by their own references."""
    running = RunningHub(tmp_path_factory.mktemp("hub"))
    try:
        running.start()
        running.enrol("ALB", "FRA", "ITA", "UTO")
        yield running
    finally:
        running.stop()
        running.server.stop()
