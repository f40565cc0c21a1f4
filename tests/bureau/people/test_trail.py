"""The trail is for those who answer for the node."""

from collections import Counter
from types import SimpleNamespace

import pytest
from tests.bureau.people.hired import session_of

from allpoints.bureau.node import Node
from allpoints.bureau.people.throttle import PerMinute
from allpoints.errors import Forbidden
from allpoints.records import Role


async def test_what_somebody_was_refused_is_read_by_the_data_protection_officer(node: Node) -> None:
    curious, officer = await session_of(node), await session_of(node, Role.DATA_PROTECTION_OFFICER)
    await node.trail.refused(curious, method="GET", path="/administration", address="192.0.2.50")
    entries = await node.trail.entries(officer)
    [entry] = [each for each in entries if each.person == curious.person.id]
    assert (entry.act, entry.detail, entry.address) == (
        "refused",
        "GET /administration",
        "192.0.2.50",
    )
    [older] = await node.trail.entries(officer, before=entry.id, limit=1)
    assert older.id < entry.id
    with pytest.raises(Forbidden):
        await node.trail.entries(curious)


async def test_who_is_refused_again_and_again_does_not_fill_the_trail(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allpoints.bureau.people.throttle.time", SimpleNamespace(monotonic=lambda: 0.0))
    monkeypatch.setattr(node.trail, "_refusals", PerMinute(2))
    stubborn, other = await session_of(node), await session_of(node)
    for who in (stubborn, stubborn, stubborn, other):
        await node.trail.refused(who, method="GET", path="/x" * 200, address="")
    entries = await node.trail.entries(await session_of(node, Role.SUPERVISOR), limit=10)
    counted = Counter(each.person for each in entries)
    assert (counted[stubborn.person.id], counted[other.person.id]) == (2, 1)
    assert len(entries[0].detail) < 210
