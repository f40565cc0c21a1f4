"""Carrying messages: to whom they are sent, once, with no more in the log than the head says."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from tests.corridors import Corridor
from tests.posting import CONTENT, Post
from tests.sealing import SealedBureau

from allpoints.access import Action
from allpoints.bureau import BureauKey
from allpoints.bureau.sealed import SealingPrivateKey
from allpoints.errors import AllpointsError, Conflict, Forbidden, InvalidValue, NotFound, TooLarge
from allpoints.mail import carrying, public_keys
from allpoints.mail.carrying import MAX_COLLECTED, Collection
from allpoints.pipeline import Task
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.store import messages
from allpoints.store.acts import Act
from allpoints.wire.envelopes import ForgedMessage, statement_of
from allpoints.wire.messages import AttachmentHead, Collected, Envelope, Priority


async def refused(post: Post, envelope: Envelope, kind: type[AllpointsError], **by: str) -> AllpointsError:
    """The refusal of an envelope. Nothing of it is kept, and nobody is told."""
    before = [len(post.corridor.told(code)) for code in ("FRA", "ITA")]
    with pytest.raises(kind) as caught:
        await post.hand_over(envelope, **by)
    assert [len(post.corridor.told(code)) for code in ("FRA", "ITA")] == before
    with post.corridor.connection() as connection:
        query = "SELECT count(*) FROM message_copies WHERE message_id = %s AND sealed = ANY (%s)"
        [(kept,)] = connection.execute(query, [envelope.head.id, [key.sealed for key in envelope.keys]])
    assert kept == 0
    return caught.value


async def test_a_message_goes_into_the_hands_of_each_recipient(post: Post) -> None:
    alb = await post.bureau("ALB")
    envelope = await post.send("ALB", "FRA", "ITA", priority=Priority.URGENT)
    for code in ("FRA", "ITA"):
        copy = await post.copy(code, envelope)
        assert copy is not None
        assert (await post.bureau(code)).opens(copy, alb) == CONTENT
    assert await post.states(envelope) == {"FRA": "waiting", "ITA": "waiting"}
    assert await post.copy("UTO", envelope) is None
    assert await post.copy("ALB", envelope) is None


async def test_a_copy_goes_when_it_is_collected_and_the_ciphertext_with_the_last(post: Post) -> None:
    envelope = await post.send("ALB", "FRA", "ITA")

    def left() -> tuple[int, int]:
        with post.corridor.connection() as connection:
            [(bodies,)] = connection.execute(
                "SELECT count(*) FROM envelopes WHERE message_id = %s", [envelope.head.id]
            )
            [(keys,)] = connection.execute(
                "SELECT count(sealed) FROM message_copies WHERE message_id = %s", [envelope.head.id]
            )
        return bodies, keys

    assert left() == (1, 2)
    assert (await post.collect("FRA", envelope)).result == Collected((envelope.head.id,))
    assert left() == (1, 1)
    assert await post.copy("FRA", envelope) is None
    assert await post.copy("ITA", envelope) is not None
    again = (await post.collect("FRA", envelope)).result
    assert again == Collected(()), "the second time there is nothing to collect"
    await post.collect("ITA", envelope)
    assert left() == (0, 0)
    assert await post.states(envelope) == {"FRA": "collected", "ITA": "collected"}


async def test_who_collects_what_was_recalled_meanwhile_is_told_so(post: Post) -> None:
    recalled, other = await post.send("ALB", "FRA", "ITA"), await post.send("ALB", "FRA")

    async def recall(act: Act, admitted: Admitted) -> Work:
        return await carrying.recall(act, admitted.asker, recalled.head.id)

    await post.act("ALB", Action.RECALL_MESSAGE, recall)
    ids = (recalled.head.id, other.head.id)

    async def collect(act: Act, _: Admitted) -> Work:
        return await carrying.collect(act, Collection(ids))

    for collected in ((other.head.id,), ()):
        done = await post.act("FRA", Action.COLLECT_MESSAGES, collect)
        assert done.result == Collected(collected, recalled=(recalled.head.id,))
    assert (await post.act("UTO", Action.COLLECT_MESSAGES, collect)).result == Collected(())


async def test_a_message_that_is_sent_again_is_delivered_once(post: Post) -> None:
    envelope = await post.envelope("ALB", "FRA")
    first = await post.hand_over(envelope)
    again = await post.hand_over(envelope)
    assert again.result == first.result
    await post.collect("FRA", envelope)
    assert (await post.hand_over(envelope)).result == first.result
    assert await post.copy("FRA", envelope) is None
    told = [body for body in post.corridor.told("FRA") if body.get("id") == envelope.head.id]
    assert len(told) == 1


async def test_another_message_under_a_known_id_is_refused(post: Post) -> None:
    envelope = await post.send("ALB", "FRA")
    anew = await post.envelope("ALB", "FRA", message_id=envelope.head.id)
    assert (await refused(post, anew, Conflict)).field == "head.id"
    # Another bureau learns no more than that the id is taken.
    others = await post.envelope("ITA", "FRA", message_id=envelope.head.id)
    assert (await refused(post, others, Conflict)).field == "head.id"


async def test_the_log_says_what_the_head_says_and_the_recipient_is_told_of_it(post: Post) -> None:
    deadline = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=4)
    envelope = await post.envelope("ALB", "FRA", "ITA", priority=Priority.PRIORITY, deadline=deadline)
    done = await post.hand_over(envelope)
    id_ = envelope.head.id
    entries = {entry.reader: entry for entry in post.corridor.entries(done)}
    assert {(e.act, e.bureau, e.subject) for e in entries.values()} == {
        ("send-message", "ALB", f"{id_} FRA ITA"),
        ("send-message", "ALB", id_),
    }
    assert entries["ALB"].subject == f"{id_} FRA ITA"
    assert set(entries) == {"ALB", "FRA", "ITA"}
    assert not any(entry.records for entry in entries.values())
    assert post.corridor.told("FRA")[-1] == {
        "kind": "message",
        "id": id_,
        "sender": "ALB",
        "priority": "priority",
        "deadline": deadline.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "size": len(envelope.body),
    }


async def test_nobody_sends_for_another_bureau(post: Post) -> None:
    envelope = await post.envelope("ALB", "FRA")
    assert (await refused(post, envelope, Forbidden, by="ITA")).field == "head.sender"


async def test_what_was_changed_on_the_way_is_refused(post: Post) -> None:
    envelope = await post.envelope("ALB", "FRA", "ITA")
    replace = msgspec.structs.replace
    other = await post.envelope("ALB", "FRA", "ITA")
    forged: list[Envelope] = [
        replace(envelope, body=envelope.body + b"x"),
        replace(envelope, body=other.body),
        replace(envelope, commitment=other.commitment),
        replace(envelope, keys=other.keys),
        replace(envelope, signature=other.signature),
        replace(envelope, signature=bytes(64)),
        replace(envelope, signature=b""),
        replace(envelope, head=replace(envelope.head, priority=Priority.URGENT)),
        # Passed on to somebody else under the sender's signature.
        replace(
            envelope,
            head=replace(envelope.head, recipients=("FRA", "UTO")),
            keys=(envelope.keys[0], replace(envelope.keys[1], recipient="UTO")),
        ),
    ]
    await post.bureau("UTO")
    for each in forged[:-1]:
        assert (await refused(post, each, ForgedMessage)).field == "signature"
    assert (await refused(post, forged[-1], InvalidValue)).field in ("keys", "signature")


async def test_a_key_that_was_revoked_before_the_message_arrived_signs_nothing(
    post: Post, corridor: Corridor
) -> None:
    key = BureauKey.generate("ALB")
    with corridor.connection() as connection:
        connection.execute(
            "INSERT INTO keys (key_id, bureau, public_key, status) VALUES (%s, 'ALB', %s, 'active')",
            [key.key_id, key.public_key],
        )

    async def signed() -> Envelope:
        envelope = await post.envelope("ALB", "FRA")
        renamed = msgspec.structs.replace(
            envelope, head=msgspec.structs.replace(envelope.head, signing_key=key.key_id)
        )
        return msgspec.structs.replace(renamed, signature=key.sign(statement_of(renamed)))

    assert (await post.hand_over(await signed())).result
    late = await signed()
    with corridor.connection() as connection:
        connection.execute(
            "UPDATE keys SET status = 'revoked', revoked_at = now() WHERE key_id = %s", [key.key_id]
        )
    assert (await refused(post, late, InvalidValue)).field == "head.signing_key"


async def test_a_key_of_somebody_else_or_of_nobody_does_not_sign(post: Post, corridor: Corridor) -> None:
    for key in (corridor.keys["ITA"], BureauKey.generate("ALB")):
        envelope = await post.envelope("ALB", "FRA")
        renamed = msgspec.structs.replace(
            envelope, head=msgspec.structs.replace(envelope.head, signing_key=key.key_id)
        )
        signed = msgspec.structs.replace(renamed, signature=key.sign(statement_of(renamed)))
        assert (await refused(post, signed, InvalidValue)).field == "head.signing_key"


async def test_recipients_are_active_members(post: Post, corridor: Corridor) -> None:
    envelope = await post.envelope("ALB", "FRA", "ITA")
    with corridor.connection() as connection:
        connection.execute("UPDATE bureaus SET status = 'suspended' WHERE code = 'ITA'")
        try:
            error = await refused(post, envelope, InvalidValue)
        finally:
            connection.execute("UPDATE bureaus SET status = 'active' WHERE code = 'ITA'")
    assert (error.field, error.detail) == ("head.recipients", "no active member: ITA")


async def test_a_stranger_is_no_recipient(post: Post) -> None:
    stranger = SealedBureau("NOR", BureauKey.generate("NOR"), SealingPrivateKey.generate("NOR"))
    envelope = await post.where(stranger).envelope("ALB", "FRA", "NOR")
    error = await refused(post, envelope, InvalidValue)
    assert (error.field, error.detail) == ("head.recipients", "no active member: NOR")


async def test_what_is_sealed_to_a_key_that_is_not_in_use_is_refused(post: Post) -> None:
    fra = await post.bureau("FRA")
    unpublished = fra._replace(sealing=SealingPrivateKey.generate("FRA"))
    post = post.where(unpublished)
    envelope = await post.envelope("ALB", "FRA")
    error = await refused(post, envelope, InvalidValue)
    assert (error.field, error.remedy) == ("keys", "Read their public keys again, and seal it anew.")
    await post.publish(unpublished)
    assert (await post.hand_over(envelope)).result

    retired = await post.envelope("ALB", "FRA")

    async def retire(act: Act, _: Admitted) -> Work:
        return await public_keys.retire(act, "FRA", unpublished.sealing.key_id)

    await post.act("FRA", Action.READ_MESSAGES, retire)
    assert (await refused(post, retired, InvalidValue)).field == "keys"
    # What waits already can still be fetched and opened.
    copy = await post.copy("FRA", envelope)
    assert copy is not None
    assert unpublished.opens(copy, await post.bureau("ALB")) == CONTENT


@pytest.mark.parametrize("age", [timedelta(days=30, minutes=1), timedelta(minutes=-1)])
async def test_an_envelope_is_of_these_days(post: Post, age: timedelta) -> None:
    envelope = await post.envelope("ALB", "FRA", now=datetime.now(UTC) - age)
    assert (await refused(post, envelope, InvalidValue)).field == "head.sent_at"


async def test_an_envelope_may_have_waited_in_its_outbox(post: Post) -> None:
    envelope = await post.envelope("ALB", "FRA", now=datetime.now(UTC) - timedelta(days=29))
    assert (await post.hand_over(envelope)).result


async def test_what_is_recalled_is_gone_where_nobody_had_it(post: Post) -> None:
    envelope = await post.send("ALB", "FRA", "ITA")
    await post.collect("FRA", envelope)
    done = await post.recall("ALB", envelope)
    assert {copy.recipient: copy.state for copy in done.result.copies} == {
        "FRA": "collected",
        "ITA": "recalled",
    }
    assert await post.copy("ITA", envelope) is None
    assert post.corridor.told("ITA")[-1] == {
        "kind": "message-recalled",
        "id": envelope.head.id,
        "sender": "ALB",
    }
    assert post.corridor.told("FRA")[-1]["kind"] == "message"
    again = await post.recall("ALB", envelope)
    assert again.result == done.result
    with post.corridor.connection() as connection:
        left = connection.execute("SELECT 1 FROM envelopes WHERE message_id = %s", [envelope.head.id])
        assert left.fetchall() == []


async def test_a_message_is_its_senders_to_recall_and_ask_about(post: Post) -> None:
    envelope = await post.send("ALB", "FRA")
    for code in ("FRA", "ITA"):
        with pytest.raises(NotFound):
            await post.recall(code, envelope)

        async def ask(act: Act, _: Admitted) -> Work:
            return await carrying.delivery(act, envelope.head.id)

        with pytest.raises(NotFound):
            await post.act(code, Action.READ_DELIVERY, ask)
    assert await post.copy("FRA", envelope) is not None


async def test_a_page_holds_what_goes_into_one_answer(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    await post.bureau("UTO")
    sent = [(await post.send("ALB", "UTO")).head.id for _ in range(5)]

    async def pages(limit: int) -> list[list[str]]:
        seen: list[list[str]] = []
        after = 0
        while True:
            found = await post.act("UTO", Action.READ_MESSAGES, listing(after, limit))
            seen.append([each.head.id for each in found.result.messages])
            if found.result.next is None:
                return seen
            after = found.result.next

    def listing(after: int, limit: int) -> Task:
        async def task(act: Act, _: Admitted) -> Work:
            found = await messages.waiting(
                act, "UTO", after=after, limit=limit, most_bytes=carrying.PAGE_BYTES
            )
            return Work(result=found)

        return task

    assert await pages(500) == [sent]
    assert await pages(5) == [sent]
    assert await pages(2) == [sent[:2], sent[2:4], sent[4:]]
    monkeypatch.setattr(carrying, "PAGE_BYTES", 5_000)
    assert await pages(500) == [sent[:2], sent[2:4], sent[4:]]
    monkeypatch.setattr(carrying, "PAGE_BYTES", 1)
    assert await pages(500) == [[each] for each in sent]


async def test_as_many_are_collected_at_once_as_are_listed(post: Post) -> None:
    async def attempt(*ids: str) -> None:
        async def task(act: Act, _: Admitted) -> Work:
            return await carrying.collect(act, Collection(ids))

        await post.act("FRA", Action.COLLECT_MESSAGES, task)

    await attempt(*(f"unknown-message-{n:06}" for n in range(MAX_COLLECTED)))
    for wrong in ((), ("short",), tuple(f"unknown-message-{n:06}" for n in range(MAX_COLLECTED + 1))):
        with pytest.raises(InvalidValue):
            await attempt(*wrong)


async def test_what_no_envelope_can_hold_is_refused_before_anything_is_looked_up(post: Post) -> None:
    envelope = await post.envelope("ALB", "FRA")
    head = msgspec.structs.replace(
        envelope.head, attachments=(AttachmentHead(id="a-00000000000000000001", size=2**40),)
    )
    assert (await refused(post, msgspec.structs.replace(envelope, head=head), TooLarge)).field == (
        "head.attachments"
    )
