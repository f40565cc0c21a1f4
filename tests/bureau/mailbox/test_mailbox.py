"""Bureaus write to each other: sealed on the way, in threads, confirmed by receipts."""

from tests.bureau.mailbox.letters import arrived, operator, sent, until, write

from allpoints.bureau.mailbox import MessageState
from allpoints.bureau.node import Node
from allpoints.wire.messages import Priority


async def test_a_message_arrives_as_it_was_written(node: Node, other_node: Node) -> None:
    message_id = await write(
        node,
        other_node,
        subject="Mission à Tirana",
        text="Хто це? من هذا؟",
        references=("record:17", "ALB-2026-4711"),
        priority=Priority.PRIORITY,
    )
    message = await arrived(other_node, message_id)
    assert (message.sender, message.recipients, message.outgoing) == ("ALB", ("FRA",), False)
    assert (message.content.subject, message.content.text) == ("Mission à Tirana", "Хто це? من هذا؟")
    assert message.content.author == operator(node).user
    assert message.priority is Priority.PRIORITY
    assert message.state is MessageState.UNREAD
    mine = await sent(node, message_id)
    assert mine.thread == message.thread
    assert mine.content == message.content


async def test_delivered_and_read_show_beside_each_of_three(
    node: Node, other_node: Node, third_node: Node
) -> None:
    message_id = await write(node, other_node, third_node)
    await arrived(other_node, message_id)
    await arrived(third_node, message_id)
    delivered = await until(
        lambda: node.mailbox.message(message_id), lambda m: all(copy.delivered_at for copy in m.copies)
    )
    assert [copy.bureau for copy in delivered.copies] == ["FRA", "PRT"]
    assert not any(copy.read_at for copy in delivered.copies)
    read = await third_node.mailbox.mark_read(operator(third_node, user="u-9"), message_id)
    assert (read.state, read.read_by) == (MessageState.READ, "u-9")
    told = await until(lambda: node.mailbox.message(message_id), lambda m: m.copies[1].read_at)
    assert told.copies[1].read_at == read.read_at.replace(microsecond=0)
    assert told.copies[0].read_at is None
