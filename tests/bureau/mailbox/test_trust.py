"""Keys: the first is pinned, a later one by an introduction or a person, a revoked one counts no more."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from tests.bureau.mailbox.forging import Shown, carried, hand_over, sealed
from tests.bureau.mailbox.killing import Killed
from tests.bureau.mailbox.letters import operator

from allpoints.bureau import BureauKey
from allpoints.bureau.call import random_name
from allpoints.bureau.desk import Wanted
from allpoints.bureau.mailbox import Draft, MessageState, QuarantineState
from allpoints.bureau.mailbox.receiving import INTRODUCTION
from allpoints.bureau.mailbox.trust import NoSealingKey
from allpoints.bureau.node import Node
from allpoints.bureau.sealed import Content, SealingPrivateKey
from allpoints.bureau.store.correspondents import Ground, Trust
from allpoints.errors import Forbidden, NotFound
from allpoints.records import Role
from allpoints.wire.messages import SealingKey

ADMINISTRATION = Wanted(role=Role.ADMINISTRATOR, limit=500)


async def state_of(node: Node, key: BureauKey) -> tuple[Trust, Ground]:
    [known] = [each for each in await node.mailbox.correspondents() if each.key_id == key.key_id]
    return known.state, known.ground


@pytest.fixture
def shown(still_node: Node, monkeypatch: pytest.MonkeyPatch) -> Shown:
    return Shown(still_node, monkeypatch)


async def test_the_first_key_is_trusted_and_a_new_one_is_held_until_somebody_accepts_it(
    still_node: Node, shown: Shown
) -> None:
    first, second = BureauKey.generate("NOR"), BureauKey.generate("NOR")
    shown.show("NOR", first)
    before = carried(sealed(first, still_node), "MLT")
    assert await hand_over(still_node, before) == []
    assert await state_of(still_node, first) == (Trust.TRUSTED, Ground.FIRST_USE)

    shown.show("NOR", first, second)
    held = carried(sealed(second, still_node), "MLT")
    [apart] = await hand_over(still_node, held)
    assert (apart.state, apart.reason) == (QuarantineState.HELD, "key-not-accepted")
    assert await state_of(still_node, second) == (Trust.HELD, Ground.NONE)
    matters = {matter.key: matter for matter in await still_node.desk.matters(ADMINISTRATION)}
    assert matters[f"key-changed:{second.key_id}"].detail["bureau"] == "NOR"
    with pytest.raises(NotFound):
        await still_node.mailbox.message(held.head.id)

    with pytest.raises(Forbidden):
        await still_node.mailbox.accept_key(operator(still_node), second.key_id)
    await still_node.mailbox.accept_key(operator(still_node, "administrator"), second.key_id)
    assert (await still_node.mailbox.message(held.head.id)).state is MessageState.UNREAD
    assert await state_of(still_node, second) == (Trust.TRUSTED, Ground.PERSON)
    assert f"key-changed:{second.key_id}" not in {
        matter.key for matter in await still_node.desk.matters(ADMINISTRATION)
    }
    [released] = [each for each in await still_node.mailbox.quarantine() if each.message == held.head.id]
    assert released.state is QuarantineState.RELEASED


async def test_a_key_that_a_trusted_one_introduces_is_trusted(still_node: Node, shown: Shown) -> None:
    old, new = BureauKey.generate("SWE"), BureauKey.generate("SWE")
    shown.show("SWE", old)
    assert await hand_over(still_node, carried(sealed(old, still_node), "MLT")) == []
    shown.show("SWE", old, new)
    held = carried(sealed(new, still_node), "MLT")
    introduction = Content(kind=INTRODUCTION, thread=random_name(), fields={"public_key": new.public_key})
    told = carried(sealed(old, still_node, content=introduction), "MLT")
    [apart] = await hand_over(still_node, held, told)
    assert apart.state is QuarantineState.RELEASED
    assert (await still_node.mailbox.message(held.head.id)).state is MessageState.UNREAD
    assert await state_of(still_node, new) == (Trust.TRUSTED, Ground.INTRODUCTION)


async def test_nobody_introduces_a_key_of_another_bureau_and_a_refused_one_stays_refused(
    still_node: Node, shown: Shown
) -> None:
    old, bad = BureauKey.generate("DNK"), BureauKey.generate("DNK")
    shown.show("DNK", old)
    await hand_over(still_node, carried(sealed(old, still_node), "MLT"))
    shown.show("DNK", old, bad)
    message = carried(sealed(bad, still_node), "MLT")
    await hand_over(still_node, message)
    await still_node.mailbox.refuse_key(operator(still_node, "administrator"), bad.key_id)
    introduction = Content(kind=INTRODUCTION, thread=random_name(), fields={"public_key": bad.public_key})
    await hand_over(still_node, carried(sealed(old, still_node, content=introduction), "MLT"))
    assert (await state_of(still_node, bad))[0] is Trust.REFUSED
    [apart] = [each for each in await still_node.mailbox.quarantine() if each.message == message.head.id]
    assert (apart.state, apart.reason) == (QuarantineState.REFUSED, "key-refused")


async def test_what_arrives_after_its_key_was_revoked_is_refused_and_what_came_before_is_not(
    still_node: Node, shown: Shown
) -> None:
    key = BureauKey.generate("FIN")
    shown.show("FIN", key)
    revoked_at = datetime.now(UTC)
    before = carried(sealed(key, still_node), "MLT")
    early = replace(before, arrived_at=revoked_at - timedelta(seconds=5))
    late = replace(carried(sealed(key, still_node), "MLT"), arrived_at=revoked_at + timedelta(seconds=5))
    await hand_over(still_node, carried(sealed(key, still_node), "MLT"))
    shown.show("FIN", key, revoked=revoked_at)
    still_node.mailbox.trusted.forget_shown("FIN")
    [apart] = await hand_over(still_node, early, late)
    assert (apart.message, apart.reason) == (late.head.id, "revoked-key")
    assert (await still_node.mailbox.message(early.head.id)).sender == "FIN"


async def test_what_goes_to_a_bureau_with_a_new_key_is_held_as_well(still_node: Node, shown: Shown) -> None:
    old, new = BureauKey.generate("ISL"), BureauKey.generate("ISL")
    shown.show("ISL", old)
    await hand_over(still_node, carried(sealed(old, still_node), "MLT"))
    shown.show("ISL", old, new)
    certified = SealingPrivateKey.generate("ISL").certified(new, datetime.now(UTC))
    shown.keys["ISL"] = replace(shown.keys["ISL"], sealing=(certified,))
    still_node.mailbox.trusted.forget_shown("ISL")
    message_id = await still_node.mailbox.send(
        operator(still_node), Draft(recipients=("ISL",), text="Hold this.")
    )
    assert await still_node.mailbox.outbox.finish(30)
    held = await still_node.mailbox.message(message_id)
    assert held.state is MessageState.HELD
    assert held.problem is not None
    assert held.problem.code == "key-not-accepted"
    await still_node.mailbox.accept_key(operator(still_node, "administrator"), new.key_id)
    assert (await still_node.mailbox.message(message_id)).state is MessageState.WAITING
    await still_node.mailbox.recall(operator(still_node), message_id)


async def test_what_is_held_goes_on_after_an_introduction_though_the_node_was_killed_after_it(
    still_node: Node, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = BureauKey.generate("POL"), BureauKey.generate("POL")
    shown.show("POL", old)
    await hand_over(still_node, carried(sealed(old, still_node), "MLT"))
    shown.show("POL", old, new)
    certified = SealingPrivateKey.generate("POL").certified(new, datetime.now(UTC))
    shown.keys["POL"] = replace(shown.keys["POL"], sealing=(certified,))
    still_node.mailbox.trusted.forget_shown("POL")
    coming = carried(sealed(new, still_node), "MLT")
    await hand_over(still_node, coming)
    going = await still_node.mailbox.send(operator(still_node), Draft(recipients=("POL",), text="Hold this."))
    assert await still_node.mailbox.outbox.finish(30)
    assert (await still_node.mailbox.message(going)).state is MessageState.HELD
    introduction = Content(kind=INTRODUCTION, thread=random_name(), fields={"public_key": new.public_key})

    async def killed() -> None:
        raise Killed

    with monkeypatch.context() as kill, suppress(Killed):
        kill.setattr(still_node.mailbox.collector, "release", killed)
        await hand_over(still_node, carried(sealed(old, still_node, content=introduction), "MLT"))
    assert (await still_node.mailbox.message(going)).state is MessageState.HELD
    await still_node.mailbox.collector.release()
    assert (await still_node.mailbox.message(coming.head.id)).state is MessageState.UNREAD
    assert (await still_node.mailbox.message(going)).state is MessageState.WAITING
    await still_node.mailbox.recall(operator(still_node), going)


async def test_a_revoked_key_introduces_none_whenever_its_message_arrived(
    still_node: Node, shown: Shown
) -> None:
    old, new = BureauKey.generate("EST"), BureauKey.generate("EST")
    shown.show("EST", old)
    await hand_over(still_node, carried(sealed(old, still_node), "MLT"))
    shown.show("EST", old, new, revoked=datetime.now(UTC))
    still_node.mailbox.trusted.forget_shown("EST")
    introduction = Content(kind=INTRODUCTION, thread=random_name(), fields={"public_key": new.public_key})
    message = carried(sealed(old, still_node, content=introduction), "MLT")
    [apart] = await hand_over(still_node, replace(message, arrived_at=datetime.now(UTC) - timedelta(hours=1)))
    assert apart.reason == "revoked-key"
    assert await state_of(still_node, new) == (Trust.HELD, Ground.NONE)


async def test_the_newest_sealing_key_counts_and_no_older_one_after_it(
    still_node: Node, shown: Shown
) -> None:
    signing, now = BureauKey.generate("LTU"), datetime.now(UTC)
    older, newer = (
        SealingPrivateKey.generate("LTU").certified(signing, now - timedelta(hours=hours)) for hours in (1, 0)
    )
    shown.show("LTU", signing)

    async def sealed_to(*keys: SealingKey) -> str:
        shown.keys["LTU"] = replace(shown.keys["LTU"], sealing=keys)
        still_node.mailbox.trusted.forget_shown("LTU")
        return (await still_node.mailbox.trusted.sealing_keys("hub", ("LTU",)))["LTU"].key_id

    assert await sealed_to(older) == older.key_id
    assert await sealed_to(older, newer) == newer.key_id
    with pytest.raises(NoSealingKey):
        await sealed_to(older)
    assert await sealed_to(newer) == newer.key_id
