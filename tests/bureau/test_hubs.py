"""Lines to several hubs: shared connections, whoever asks, and whether each is up."""

from pathlib import Path

import pytest
from tests.bureau.nodes import made_vault
from tests.hubs import RunningHub, asker, free_port

from allpoints.bureau.hubs import Hubs
from allpoints.bureau.settings import HubLine
from allpoints.errors import InvalidValue, NotFound, Unavailable


async def test_people_and_the_node_ask_over_the_same_connections(hub: RunningHub, tmp_path: Path) -> None:
    vault = made_vault(tmp_path, "ITA", hub)
    hubs = Hubs("ITA", (HubLine(name="one", url=hub.url),), lambda: vault.signing)
    officer = hubs.client(asker("ITA"))
    async with hubs.as_node() as node:
        await node.bureaus()
    await officer.bureaus()  # what one has closed, another goes on with
    assert officer._http is hubs.as_node()._http
    await hubs.close()


async def test_a_line_that_breaks_is_known_to_be_down_and_up_again(
    hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = made_vault(tmp_path, "ITA", hub)
    away = HubLine(name="away", url=f"http://127.0.0.1:{free_port()}")
    hubs = Hubs("ITA", (HubLine(name="one", url=hub.url), away), lambda: vault.signing)
    monkeypatch.setattr("allpoints.bureau.client.ATTEMPTS", 1)
    assert [line.up for line in hubs.states] == [None, None]
    await hubs.as_node().about()
    with pytest.raises(Unavailable):
        await hubs.as_node("away").about()
    assert [(line.hub, line.up) for line in hubs.states] == [("one", True), ("away", False)]
    since = hubs.states[1].since
    with pytest.raises(Unavailable):
        await hubs.as_node("away").about()
    assert hubs.states[1].since == since, "it is down since it broke, not since it was last tried"
    await hubs.close()


async def test_a_hub_that_the_node_does_not_know_is_refused_by_name(hub: RunningHub, tmp_path: Path) -> None:
    vault = made_vault(tmp_path, "ITA", hub)
    hubs = Hubs("ITA", (HubLine(name="one", url=hub.url),), lambda: vault.signing)
    with pytest.raises(NotFound, match="two"):
        hubs.client(asker("ITA"), "two")
    await hubs.close()
    with pytest.raises(InvalidValue):
        Hubs("ITA", (), lambda: vault.signing)
