"""Recall, answers and receipts: each side says honestly what it knows."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.bureau.mailbox.letters import arrived, operator, sent, until, write

from allpoints.bureau.desk import Wanted
from allpoints.bureau.mailbox import Draft, MessageState
from allpoints.bureau.node import Node
from allpoints.errors import Forbidden
from allpoints.records import Role
from allpoints.wire.messages import CopyState


async def keys_of_matters(node: Node, role: Role = Role.OPERATOR) -> set[str]:
    return {matter.key for matter in await node.desk.matters(Wanted(role=role, limit=500))}


async def test_a_message_recalled_before_anybody_read_it_shows_nothing_of_what_it_said(
    node: Node, other_node: Node
) -> None:
    message_id = await write(node, other_node, subject="Oskar", text="Do not read this.", references=("c-1",))
    await arrived(other_node, message_id)
    await node.mailbox.recall(operator(node), message_id)
    hidden = await until(
        lambda: other_node.mailbox.message(message_id), lambda m: m.state is MessageState.RECALLED
    )
    assert (hidden.content.subject, hidden.content.text, hidden.content.references) == ("", "", ())
    assert hidden.recalled_at is not None
    assert [m.id for m in await other_node.mailbox.search("Oskar")] == []
    told = await until(lambda: node.mailbox.message(message_id), lambda m: m.copies[0].recall_answered_at)
    assert told.copies[0].read_at is None
    assert f"hub:message:{message_id}" not in await keys_of_matters(other_node)
    assert f"hub:message-recalled:{message_id}" in await keys_of_matters(other_node)
    # Opening it now confirms nothing.
    opened = await other_node.mailbox.mark_read(operator(other_node), message_id)
    assert (opened.state, opened.read_at) == (MessageState.RECALLED, None)


async def test_a_message_recalled_after_it_was_read_stays_and_both_know(node: Node, other_node: Node) -> None:
    message_id = await write(node, other_node, text="Too late.")
    await arrived(other_node, message_id)
    read = await other_node.mailbox.mark_read(operator(other_node), message_id)
    await node.mailbox.recall(operator(node), message_id)
    told = await until(lambda: node.mailbox.message(message_id), lambda m: m.copies[0].recall_answered_at)
    assert told.copies[0].read_at is not None
    assert read.read_at is not None
    assert abs(told.copies[0].read_at - read.read_at) < timedelta(seconds=1)
    kept = await other_node.mailbox.message(message_id)
    assert (kept.state, kept.content.text) == (MessageState.READ, "Too late.")
    assert kept.recalled_at is not None


async def test_who_may_read_and_not_send_confirms_all_the_same(
    still_node: Node, other_still_node: Node
) -> None:
    message_id = await write(still_node, other_still_node, text="For your analyst.")
    assert await still_node.mailbox.outbox.finish(30)
    await other_still_node.mailbox.collector.collect("hub")
    await other_still_node.mailbox.mark_read(operator(other_still_node, "analyst"), message_id)
    assert await other_still_node.mailbox.outbox.finish(30)
    await still_node.mailbox.collector.collect("hub")
    [copy] = (await still_node.mailbox.message(message_id)).copies
    assert copy.read_at is not None


async def test_what_nobody_has_fetched_is_taken_back_at_the_hub(
    still_node: Node, other_still_node: Node
) -> None:
    message_id = await write(still_node, other_still_node, text="Never seen.")
    assert await still_node.mailbox.outbox.finish(30)
    await still_node.mailbox.recall(operator(still_node), message_id)
    assert await still_node.mailbox.outbox.finish(30)
    [copy] = (await still_node.mailbox.message(message_id)).copies
    assert copy.copy is CopyState.RECALLED
    await other_still_node.mailbox.collector.collect("hub")
    assert [m.id for m in await other_still_node.mailbox.search(message_id)] == []


async def test_what_never_left_is_not_sent_any_more(still_node: Node, other_still_node: Node) -> None:
    message_id = await write(still_node, other_still_node, text="Never sent.")
    recalled = await still_node.mailbox.recall(operator(still_node), message_id)
    assert recalled.state is MessageState.RECALLED
    assert [copy.copy for copy in recalled.copies] == [CopyState.RECALLED]
    assert await still_node.mailbox.outbox.finish(30)
    waiting = await other_still_node.hubs.as_node().waiting_messages()
    assert message_id not in {each.head.id for each in waiting.messages}


async def test_only_its_sender_can_recall_a_message(node: Node, other_node: Node) -> None:
    message_id = await write(node, other_node)
    await arrived(other_node, message_id)
    with pytest.raises(Forbidden):
        await other_node.mailbox.recall(operator(other_node), message_id)


async def test_an_answer_stays_in_the_thread_and_ends_the_waiting(node: Node, other_node: Node) -> None:
    due = datetime.now(UTC) + timedelta(hours=2)
    question = await write(node, other_node, subject="Who is it?", deadline=due)
    asked = await arrived(other_node, question)
    assert asked.deadline == due.replace(microsecond=0)
    await other_node.mailbox.mark_read(operator(other_node), question)
    # With a deadline, reading is not enough.
    assert f"hub:message:{question}" in await keys_of_matters(other_node)
    answer = await other_node.mailbox.send(operator(other_node), Draft(in_reply_to=question, text="Nobody."))
    assert f"hub:message:{question}" not in await keys_of_matters(other_node)
    got = await arrived(node, answer)
    assert (got.thread, got.content.in_reply_to) == (asked.thread, question)
    assert got.content.subject == "Who is it?"
    mine = await node.mailbox.message(question)
    assert mine.answered_at is not None
    assert mine.copies[0].answered_at is not None
    thread = await node.mailbox.thread(asked.thread)
    assert [message.id for message in thread] == [question, answer]
    [head, *_] = await node.mailbox.threads(bureau="FRA")
    assert (head.id, head.messages, head.unread, head.bureaus) == (asked.thread, 2, 1, ("FRA",))
    await sent(other_node, answer)
