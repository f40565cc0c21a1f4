"""What was written is sent: once, whenever the line is up, and wherever the node was killed meanwhile."""

from contextlib import suppress
from typing import Any

import pytest
from tests.bureau.mailbox.killing import Killed, ending
from tests.bureau.mailbox.letters import operator, pieces, write

from allpoints.bureau.mailbox import Draft, MessageState
from allpoints.bureau.node import Node
from allpoints.bureau.store import errands
from allpoints.bureau.store.errands import Errand, Post
from allpoints.errors import (
    AllpointsError,
    Forbidden,
    MalformedInput,
    Problem,
    QuotaExceeded,
    Unavailable,
)
from allpoints.wire.messages import CopyState


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


class Line:
    """A line to the hub on which some calls go wrong: before they reach it, or after, so that the answer is lost."""

    def __init__(self, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
        self.before: dict[str, AllpointsError] = {}
        self.after: dict[str, AllpointsError] = {}
        self.calls: list[str] = []
        real = node.hubs.client
        monkeypatch.setattr(node.hubs, "client", lambda *args: self._disturbed(real(*args)))

    def _disturbed(self, client: Any) -> Any:
        line = self

        class Disturbed:
            def __getattr__(self, name: str) -> Any:
                async def ask(*args: Any, **named: Any) -> Any:
                    line.calls.append(name)
                    if name in line.before:
                        raise line.before[name]
                    answer = await getattr(client, name)(*args, **named)
                    if name in line.after:
                        raise line.after[name]
                    return answer

                return ask

        return Disturbed()


@pytest.fixture
def line(still_node: Node, monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(still_node, monkeypatch)


@pytest.mark.parametrize(
    "trouble", [MalformedInput("a page of the hotel"), Problem(code="slow-request", status=408).as_error()]
)
async def test_what_passes_is_no_refusal(
    still_node: Node, other_still_node: Node, line: Line, trouble: AllpointsError
) -> None:
    message_id = await write(still_node, other_still_node)
    line.before["send_message"] = trouble
    for _ in range(4):
        await still_node.mailbox.outbox._attempt(await _there(still_node, message_id))
    assert (await still_node.mailbox.message(message_id)).state is MessageState.WAITING
    line.before.clear()
    # After many failures of the line it is still sealed anew.
    await other_still_node.keys.rotate_sealing(other_still_node.hubs.administrator)
    for _ in range(2):
        await still_node.mailbox.outbox._attempt(await _there(still_node, message_id))
    assert (await still_node.mailbox.message(message_id)).state is MessageState.SENT
    await other_still_node.mailbox.collector.collect("hub")
    assert (await other_still_node.mailbox.message(message_id)).state is MessageState.UNREAD


async def test_no_room_for_files_keeps_nothing_else_waiting(
    still_node: Node, other_still_node: Node, line: Line
) -> None:
    file = await still_node.mailbox.attach(operator(still_node), pieces(b"x" * 1000), name="x.bin")
    message_id = await write(still_node, other_still_node, attachments=(file.id,))
    line.before["put_attachment_part"] = QuotaExceeded("no room", retry_after_s=600)
    await still_node.mailbox.outbox._attempt(await _there(still_node, message_id))
    waiting = await still_node.mailbox.message(message_id)
    assert waiting.state is MessageState.WAITING
    assert waiting.problem is not None
    assert waiting.problem.code == "no-room"
    assert not still_node.mailbox.outbox._lines["hub"].is_down
    await still_node.mailbox.recall(operator(still_node), message_id)


async def test_after_a_lost_answer_the_same_is_sent_and_no_file_is_handed_over_again(
    still_node: Node, other_still_node: Node, line: Line
) -> None:
    file = await still_node.mailbox.attach(operator(still_node), pieces(b"x" * 1000), name="x.bin")
    message_id = await write(still_node, other_still_node, attachments=(file.id,))
    line.after["send_message"] = Forbidden("and refused the second time")
    await still_node.mailbox.outbox._attempt(await _there(still_node, message_id))
    refused = await _there(still_node, message_id)
    line.after.clear()
    assert (await still_node.mailbox.message(message_id)).state is MessageState.REFUSED
    await still_node.mailbox.retry(message_id)
    assert (await _there(still_node, message_id)).envelope == refused.envelope
    await still_node.mailbox.outbox._attempt(await _there(still_node, message_id))
    assert (await still_node.mailbox.message(message_id)).state is MessageState.SENT
    assert line.calls.count("put_attachment_part") == 1
    await other_still_node.mailbox.collector.collect("hub")


@pytest.mark.parametrize("hub_has_it", [True, False])
@pytest.mark.parametrize("recalled_first", [True, False])
async def test_of_what_was_refused_the_hub_is_asked_whether_it_has_it(
    still_node: Node, other_still_node: Node, line: Line, hub_has_it: bool, recalled_first: bool
) -> None:
    message_id = await write(still_node, other_still_node)
    await still_node.mailbox.outbox._seal(
        await _there(still_node, message_id), await _post(still_node, message_id)
    )
    if recalled_first:
        await still_node.mailbox.recall(operator(still_node), message_id)
    (line.after if hub_has_it else line.before)["send_message"] = Forbidden("not you")
    await still_node.mailbox.outbox._attempt(await _there(still_node, message_id))
    if not recalled_first:
        await still_node.mailbox.recall(operator(still_node), message_id)
    assert await under_way(still_node, message_id) is None
    await send_all(still_node)
    recalled = await still_node.mailbox.message(message_id)
    assert recalled.state is (MessageState.SENT if hub_has_it else MessageState.RECALLED)
    assert [copy.copy for copy in recalled.copies] == [CopyState.RECALLED]
    assert message_id not in await copies(other_still_node)


async def _post(node: Node, message_id: str) -> Post:
    what = (await _there(node, message_id)).what
    assert isinstance(what, Post)
    return what
