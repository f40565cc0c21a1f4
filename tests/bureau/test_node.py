"""A node comes up on a database of its own, as a role that owns nothing, and speaks to its hub."""

from tests.hubs import RunningHub

from allpoints.bureau.node import Node


async def test_the_node_asks_its_hub(node: Node, hub: RunningHub) -> None:
    about = await node.hubs.as_node().about()
    assert about.name == "hub.test"


async def test_the_state_of_a_line_is_known(node: Node) -> None:
    await node.hubs.as_node().about()
    [state] = node.hubs.states
    assert state.up
