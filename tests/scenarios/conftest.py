"""Stories share a hub that no other test fills."""

from collections.abc import Iterator

import pytest
from tests.hubs import RunningHub, running_hub


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """The hub of the stories, with the members ALB, FRA, ITA and UTO. Each tells of its own things and people."""
    with running_hub(tmp_path_factory.mktemp("hub"), "ALB", "FRA", "ITA", "UTO") as running:
        yield running
