"""`kill -9` of each part of a hub under load: what was acknowledged is there, once, and proved."""

import os
import random
import signal
from collections.abc import Iterator

import pytest
from bench.faults import CHECKER, NAIVE, OWNERS, VICTIMS, Load, judge, kill, wait_until_whole
from tests.hubs import RunningHub, running_hub

from allpoints.audit.verify import verify_receipt
from allpoints.hub import identity


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub of our own to kill."""
    with running_hub(tmp_path_factory.mktemp("killed"), *OWNERS, CHECKER, NAIVE) as running:
        yield running


def test_nothing_acknowledged_is_lost_or_doubled_whatever_is_killed(hub: RunningHub) -> None:
    load = Load(hub)
    draw = random.Random(9)
    with load.running():
        for victim in VICTIMS:
            load.wait_for_acknowledgements(20)
            kill(hub, victim, draw)
            wait_until_whole(hub)
            load.wait_for_acknowledgements(20)
    verdict = judge(hub, load)
    assert verdict.surprises == ()
    assert (verdict.lost, verdict.not_found, verdict.doubled) == (0, 0, 0)
    assert verdict.log_verifies
    key = identity.load(hub.folder).verifier_key
    for act in random.Random(1).sample(load.acknowledged, 25):
        receipt = hub.operator(act.bureau).receipt(act.entry, promise=act.promise)
        verify_receipt(receipt, key)


def test_a_hub_whose_parent_alone_was_killed_starts_again_at_once(hub: RunningHub) -> None:
    os.kill(hub.pid, signal.SIGKILL)
    hub.start()
    wait_until_whole(hub)
    assert hub.client(CHECKER).bureaus().items


def test_a_supervisor_may_tell_all_processes_of_a_hub_to_end(hub: RunningHub) -> None:
    written = len(hub.log())
    os.killpg(hub.pid, signal.SIGTERM)
    hub.stop()
    said = hub.log()[written:]
    assert "hub.stopped" in said
    assert "process.died" not in said
    assert "error" not in said
    hub.start()
    wait_until_whole(hub)
