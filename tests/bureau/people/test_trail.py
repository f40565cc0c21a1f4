"""The trail is for those who answer for the node."""

import pytest
from tests.bureau.people.hired import session_of

from allpoints.bureau.node import Node
from allpoints.errors import Forbidden
from allpoints.records import Role


async def test_what_somebody_was_refused_is_read_by_the_data_protection_officer(node: Node) -> None:
    curious, officer = await session_of(node), await session_of(node, Role.DATA_PROTECTION_OFFICER)
    await node.trail.refused(curious, "/administration", address="192.0.2.50")
    entries = await node.trail.entries(officer)
    [entry] = [each for each in entries if each.person == curious.person.id]
    assert (entry.act, entry.detail, entry.address) == ("refused", "/administration", "192.0.2.50")
    [older] = await node.trail.entries(officer, before=entry.id, limit=1)
    assert older.id < entry.id
    with pytest.raises(Forbidden):
        await node.trail.entries(curious)
