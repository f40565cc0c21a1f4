"""What was written is sent: once, whenever the line is up, and wherever the node was killed meanwhile."""

from contextlib import suppress
from typing import Any

import pytest
from tests.bureau.mailbox.killing import Killed, ending
from tests.bureau.mailbox.letters import operator, write

from allpoints.bureau.mailbox import Draft, MessageState
from allpoints.bureau.node import Node
from allpoints.bureau.store import errands
from allpoints.bureau.store.errands import Errand
from allpoints.errors import Unavailable


async def under_way(node: Node, message_id: str) -> Errand | None:
    async with node.database.transaction() as t:
        return await errands.find(t, message_id)


async def send_all(node: Node) -> None:
    """Do all that is to be done, again and again until nothing is left."""
    assert await node.mailbox.outbox.finish(30)


async def copies(node: Node) -> list[str]:
    """The ids of what waits for the node at its hub; to be left there."""
    page = await node.hubs.as_node().waiting_messages()
    return [carried.head.id for carried in page.messages]


async def test_killed_anywhere_a_message_is_sent_once_and_none_is_lost(
    still_node: Node, other_still_node: Node
) -> None:
    """The place moves on until the whole of it was done without an end."""
    ids: list[str] = []
    at, survived = 0, False
    while not survived:
        message_id = await write(still_node, other_still_node, text=f"killed at {at}")
        errand = await under_way(still_node, message_id)
        assert errand is not None
        with ending(still_node, at) as clock, suppress(Killed):
            await still_node.mailbox.outbox._attempt(errand)
        survived = not clock.killed
        await send_all(still_node)
        assert (await still_node.mailbox.message(message_id)).state is MessageState.SENT
        ids.append(message_id)
        at += 1
    assert at > 8, "there are more places than that"
    assert [each for each in await copies(other_still_node) if each in ids] == ids
    await other_still_node.mailbox.collector.collect("hub")
    for at, message_id in enumerate(ids):
        assert (await other_still_node.mailbox.message(message_id)).content.text == f"killed at {at}"


async def test_a_message_waits_while_the_line_is_down(
    still_node: Node, other_still_node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_line(*_: Any, **__: Any) -> Any:
        raise Unavailable("the cable is cut")

    with monkeypatch.context() as cut:
        cut.setattr(still_node.hubs, "client", no_line)
        message_id = await write(still_node, other_still_node, text="later")
        await still_node.mailbox.outbox._attempt(await _there(still_node, message_id))
        waiting = await still_node.mailbox.message(message_id)
        assert waiting.state is MessageState.WAITING
        assert waiting.problem is not None
        assert waiting.problem.detail == "the cable is cut"
    await send_all(still_node)
    sent = await still_node.mailbox.message(message_id)
    assert (sent.state, sent.problem) == (MessageState.SENT, None)
    assert message_id in await copies(other_still_node)
    await other_still_node.mailbox.collector.collect("hub")


async def test_the_same_bytes_are_sent_again(still_node: Node, other_still_node: Node) -> None:
    message_id = await write(still_node, other_still_node)
    errand = await _there(still_node, message_id)
    with ending(still_node, 10**6):
        await still_node.mailbox.trusted.sealing_keys("hub", ("CYP",))
    first = await still_node.mailbox.outbox._seal(errand, errand.what)  # type: ignore[arg-type]
    second = await still_node.mailbox.outbox._seal(errand, errand.what)  # type: ignore[arg-type]
    assert first == second
    await send_all(still_node)
    await other_still_node.mailbox.collector.collect("hub")


async def test_what_nobody_can_take_is_refused_and_does_not_stop_the_next(
    still_node: Node, other_still_node: Node
) -> None:
    stranger = await still_node.mailbox.send(operator(still_node), Draft(recipients=("AND",), text="?"))
    friend = await write(still_node, other_still_node)
    await send_all(still_node)
    refused = await still_node.mailbox.message(stranger)
    assert refused.state is MessageState.REFUSED
    assert refused.problem is not None
    assert refused.problem.code == "not-found"
    assert (await still_node.mailbox.message(friend)).state is MessageState.SENT
    assert (await still_node.mailbox.count())[1] >= 1
    await other_still_node.mailbox.collector.collect("hub")


async def test_a_recipient_who_has_changed_the_sealing_key_gets_it_all_the_same(
    still_node: Node, other_still_node: Node
) -> None:
    message_id = await write(still_node, other_still_node)
    errand = await _there(still_node, message_id)
    await still_node.mailbox.outbox._seal(errand, errand.what)  # type: ignore[arg-type]
    await other_still_node.keys.rotate_sealing(other_still_node.hubs.administrator)
    await send_all(still_node)
    await other_still_node.mailbox.collector.collect("hub")
    assert (await other_still_node.mailbox.message(message_id)).state is MessageState.UNREAD


async def _there(node: Node, message_id: str) -> Errand:
    errand = await under_way(node, message_id)
    assert errand is not None
    return errand
