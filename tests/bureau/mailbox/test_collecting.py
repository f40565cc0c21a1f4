"""What waits is kept once, wherever the node was killed; what should not be let in is kept apart and stops nothing."""

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from tests.bureau.mailbox.forging import carried, hand_over, sealed, sealed_for
from tests.bureau.mailbox.killing import Killed, ending
from tests.bureau.mailbox.letters import operator, write

from allpoints.bureau import BureauKey
from allpoints.bureau.call import random_name
from allpoints.bureau.mailbox import MessageState
from allpoints.bureau.node import Node
from allpoints.bureau.sealed import Content, SealingPrivateKey, receipt_content
from allpoints.bureau.sealed.content import ReceiptOf
from allpoints.bureau.store import correspondents
from allpoints.bureau.store import mailbox as store
from allpoints.errors import NotFound
from allpoints.wire.messages import Collected, Envelope


async def test_killed_anywhere_a_message_is_kept_once_and_confirmed_once(
    still_node: Node, other_still_node: Node
) -> None:
    for node in (still_node, other_still_node) * 2:
        await node.mailbox.collector.collect("hub")
        assert await node.mailbox.outbox.finish(30)
    at, survived = 0, False
    while not survived:
        ids = [await write(still_node, other_still_node, text=f"{at} {n}") for n in range(2)]
        assert await still_node.mailbox.outbox.finish(30)
        with ending(other_still_node, at) as clock, suppress(Killed):
            await other_still_node.mailbox.collector.collect("hub")
        survived = not clock.killed
        await other_still_node.mailbox.collector.collect("hub")
        assert (await other_still_node.hubs.as_node().waiting_messages()).messages == ()
        for message_id in ids:
            assert (await other_still_node.mailbox.message(message_id)).state is MessageState.UNREAD
        assert await other_still_node.mailbox.outbox.finish(30)
        receipts = await still_node.hubs.as_node().waiting_messages()
        assert len([each for each in receipts.messages if each.head.sender == "CYP"]) == 2
        await still_node.mailbox.collector.collect("hub")
        for message_id in ids:
            [copy] = (await still_node.mailbox.message(message_id)).copies
            assert copy.delivered_at is not None
        at += 1
    assert at > 5


async def test_forged_and_passed_on_messages_are_kept_apart_and_stop_nothing(
    still_node: Node, other_still_node: Node
) -> None:
    await still_node.mailbox.trusted.signing_keys("hub", {("CYP", other_still_node.vault.signing.key_id)})
    honest = other_still_node.vault.signing
    good = carried(sealed(honest, still_node), "MLT")
    changed = carried(sealed(honest, still_node), "MLT")
    changed = replace(changed, body=changed.body[:-1] + bytes([changed.body[-1] ^ 1]))
    thief = BureauKey.generate("CYP")
    claimed = sealed(thief, still_node)
    claimed = replace(claimed, head=replace(claimed.head, signing_key=honest.key_id))
    third = SealingPrivateKey.generate("ALB").certified(BureauKey.generate("ALB"), datetime.now(UTC))
    to_another = carried(sealed_for(honest, third), "ALB")
    unknown_key = carried(sealed(thief, still_node), "MLT")
    shut = carried(sealed(honest, still_node), "MLT")
    shut = replace(shut, key=replace(shut.key, sealed=os.urandom(len(shut.key.sealed))))
    apart = await hand_over(still_node, changed, carried(claimed, "MLT"), to_another, unknown_key, shut, good)
    assert {each.message: each.reason for each in apart} == {
        changed.head.id: "forged-message",
        claimed.head.id: "forged-message",
        to_another.head.id: "readdressed-message",
        unknown_key.head.id: "forged-message",
        shut.head.id: "readdressed-message",
    }
    assert (await still_node.mailbox.message(good.head.id)).content.text == "psst"
    for each in apart:
        with pytest.raises(NotFound):
            await still_node.mailbox.message(each.message)
    # The same again is not kept twice.
    again = await hand_over(still_node, changed, good)
    assert len(again) == 1


async def test_a_replayed_message_is_kept_once_and_another_under_its_id_is_not_let_in(
    still_node: Node, other_still_node: Node
) -> None:
    sender = other_still_node.vault.signing
    first = carried(sealed(sender, still_node), "MLT")
    assert await hand_over(still_node, first) == []
    assert await hand_over(still_node, replace(first, number=99)) == []
    other = carried(
        sealed(
            sender,
            still_node,
            content=Content(kind="message", thread=random_name(), text="instead"),
            message_id=first.head.id,
        ),
        "MLT",
    )
    [apart] = await hand_over(still_node, other)
    assert apart.reason == "another-message"
    assert (await still_node.mailbox.message(first.head.id)).content.text == "psst"


async def test_a_receipt_of_a_bureau_that_was_no_recipient_is_refused(
    still_node: Node, other_still_node: Node, node: Node
) -> None:
    message_id = await write(still_node, node, text="for ALB alone")
    assert await still_node.mailbox.outbox.finish(30)
    async with still_node.database.transaction() as t:
        sent = await store.signed(t, message_id)
    assert isinstance(sent, Envelope)
    claim = receipt_content(
        carried(sent, "ALB"),
        (await still_node.mailbox.message(message_id)).content,
        ReceiptOf.READ,
        datetime.now(UTC),
    )
    false = carried(sealed(other_still_node.vault.signing, still_node, content=claim), "MLT")
    assert claim.receipt is not None
    nothing = replace(claim, receipt=replace(claim.receipt, message=random_name()))
    unknown = carried(sealed(other_still_node.vault.signing, still_node, content=nothing), "MLT")
    empty = carried(
        sealed(other_still_node.vault.signing, still_node, content=replace(claim, receipt=None)), "MLT"
    )
    apart = await hand_over(still_node, false, unknown, empty)
    assert [each.reason for each in apart] == ["wrong-receipt"] * 3
    [copy] = (await still_node.mailbox.message(message_id)).copies
    assert (copy.bureau, copy.read_at) == ("ALB", None)


async def test_what_no_database_takes_is_kept_all_the_same(still_node: Node, other_still_node: Node) -> None:
    content = Content(
        kind="form-of-tomorrow",
        thread=random_name(),
        subject="a\0b",
        text="\0" * 10,
        author="\0",
        references=("\0",),
        fields={"deep": {"bytes": b"\0", "big": 2**63}, "\0": ["\0"]},
    )
    strange = carried(sealed(other_still_node.vault.signing, still_node, content=content), "MLT")
    assert await hand_over(still_node, strange) == []
    assert (await still_node.mailbox.message(strange.head.id)).content == content


async def test_the_hubs_word_is_not_needed_for_what_was_kept(
    still_node: Node, other_still_node: Node
) -> None:
    """What was kept proves itself: the envelope stays with it."""
    message = carried(sealed(other_still_node.vault.signing, still_node), "MLT")
    await hand_over(still_node, message)
    async with still_node.database.transaction() as t:
        kept = await store.signed(t, message.head.id)
    assert msgspec.to_builtins(kept) == msgspec.to_builtins(message)


@pytest.mark.parametrize("killed", [False, True])
async def test_what_is_recalled_on_its_way_here_is_recalled_here(
    still_node: Node, other_still_node: Node, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    """It was kept, and taken back at the hub before the hub knew that; killed then, the node asks again."""
    message_id = await write(still_node, other_still_node, text="Give it back.")
    assert await still_node.mailbox.outbox.finish(30)
    client = other_still_node.hubs.as_node("hub")

    class Line:
        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        async def collect_messages(self, ids: Sequence[str]) -> Collected:
            await still_node.mailbox.recall(operator(still_node), message_id)
            assert await still_node.mailbox.outbox.finish(30)
            if killed:
                raise Killed
            return await client.collect_messages(ids)

    with monkeypatch.context() as line, suppress(Killed):
        line.setattr(other_still_node.hubs, "as_node", lambda _hub: Line())
        await other_still_node.mailbox.collector.collect("hub")
    if killed:
        assert (await other_still_node.mailbox.message(message_id)).state is MessageState.UNREAD
        await other_still_node.mailbox.collector.collect("hub")
    recalled = await other_still_node.mailbox.message(message_id)
    assert (recalled.state, recalled.content.text) == (MessageState.RECALLED, "")
    async with other_still_node.database.transaction() as t:
        assert await correspondents.unacknowledged(t, "hub", 10) == []
