"""Answers are asked for in time, and a new key of ours is introduced by the one before."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.bureau.mailbox.letters import arrived, operator, until, write

from allpoints.bureau.desk import Wanted
from allpoints.bureau.mailbox import Draft, MessageState
from allpoints.bureau.mailbox.keeping_up import stage_of
from allpoints.bureau.node import Node
from allpoints.bureau.store.correspondents import Ground
from allpoints.bureau.store.mailbox import DueAnswer
from allpoints.records import Role
from allpoints.wire.messages import Priority

START = datetime(2026, 11, 29, 6, tzinfo=UTC)


@pytest.mark.parametrize(("minutes", "stage"), [(30, 1), (52, 1), (53, 2), (59, 2), (60, 3), (6_000, 3)])
def test_a_reminder_at_half_at_seven_eighths_and_at_the_end(minutes: int, stage: int) -> None:
    due = DueAnswer(
        id="x",
        hub="hub",
        sender="FRA",
        recipients=("ALB",),
        outgoing=False,
        kind="message",
        priority=Priority.ROUTINE,
        written_at=START,
        deadline=START + timedelta(hours=1),
        reminders=0,
    )
    assert stage_of(due, START + timedelta(minutes=minutes)) == stage


async def reminders(node: Node, message_id: str, role: Role) -> dict[str, str]:
    matters = await node.desk.matters(Wanted(role=role, limit=500))
    return {m.kind: m.priority for m in matters if m.detail.get("id") == message_id}


async def test_both_sides_are_reminded_until_there_is_an_answer(node: Node, other_node: Node) -> None:
    due = datetime.now(UTC) + timedelta(seconds=3)
    message_id = await write(node, other_node, text="Now!", deadline=due)
    await arrived(other_node, message_id)
    await until(lambda: node.mailbox.message(message_id), lambda m: m.state is MessageState.SENT)

    async def overdue() -> bool:
        for each in (node, other_node):
            await each.mailbox.keeper.remind()
        asked = await reminders(other_node, message_id, Role.SUPERVISOR)
        return "answer-overdue" in asked and "reply-overdue" in await reminders(
            node, message_id, Role.OPERATOR
        )

    await until(overdue)
    assert "answer-due" not in await reminders(other_node, message_id, Role.OPERATOR)
    answer = await other_node.mailbox.send(operator(other_node), Draft(in_reply_to=message_id, text="Yes."))
    assert await reminders(other_node, message_id, Role.SUPERVISOR) == {}
    await arrived(node, answer)
    assert await reminders(node, message_id, Role.OPERATOR) == {}
    await node.mailbox.keeper.remind()
    assert await reminders(node, message_id, Role.OPERATOR) == {}


async def test_a_new_key_is_introduced_by_the_one_before_and_nothing_is_held_for_long(
    still_node: Node, node: Node
) -> None:
    await still_node.mailbox.keeper.introduce()
    first = await write(still_node, node, text="by the old key")
    assert await still_node.mailbox.outbox.finish(30)
    await arrived(node, first)
    await node.mailbox.send(operator(node), Draft(recipients=("MLT",), text="so that they know each other"))
    await until(lambda: still_node.hubs.as_node().waiting_messages(), lambda page: len(page.messages) > 1)
    await still_node.mailbox.collector.collect("hub")
    new = await still_node.keys.rotate_signing(still_node.hubs.administrator)
    second = await write(still_node, node, text="by the new key")
    await still_node.mailbox.keeper.introduce()
    assert await still_node.mailbox.outbox.finish(30)
    assert (await arrived(node, second)).content.text == "by the new key"
    [key] = [each for each in await node.mailbox.correspondents() if each.key_id == new.key_id]
    assert key.ground is Ground.INTRODUCTION
