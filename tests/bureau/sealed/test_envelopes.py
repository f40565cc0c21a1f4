"""Sealing and opening: the recipients read what the sender wrote, and nobody else anything."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sealing import NOW, THREAD, SealedBureau, bureau, carry

from allpoints.bureau import BureauKey
from allpoints.bureau.sealed import (
    Content,
    ReaddressedMessage,
    RevokedKey,
    SealingPrivateKey,
    UnknownSealingKey,
    envelopes,
    new_attachment,
    open_envelope,
    seal,
)
from allpoints.bureau.sealed.content import write_content
from allpoints.bureau.sealed.keys import seal_for
from allpoints.errors import AllpointsError, InvalidValue, MalformedInput
from allpoints.wire.envelopes import ForgedMessage, envelope_statement, key_digest, statement_of
from allpoints.wire.messages import AttachmentHead, Carried, Envelope, Priority, SealedKey

ALB, ARM, BGR, MAR = (bureau(code) for code in ("ALB", "ARM", "BGR", "MAR"))
SENTENCE = "The red boat leaves at nine."
CONTENT = Content(kind="message", thread=THREAD, subject="A boat", text=SENTENCE, references=("ALB 12/26",))


def sealed(
    content: Content = CONTENT,
    *recipients: SealedBureau,
    sender: SealedBureau = ALB,
    priority: Priority = Priority.ROUTINE,
) -> Envelope:
    """A message to ARM and BGR, or to others."""
    return seal(
        content,
        sender=sender.signing,
        recipients={to.code: to.certificate for to in recipients or (ARM, BGR)},
        priority=priority,
        now=NOW,
        deadline=NOW + timedelta(hours=4),
    )


ENVELOPE = sealed()
CARRIED = carry(ENVELOPE, "ARM")


def signed_again(envelope: Envelope, key: BureauKey) -> Envelope:
    """The envelope, signed by somebody who may do so, whatever it holds."""
    return msgspec.structs.replace(envelope, signature=key.sign(statement_of(envelope)))


def test_each_recipient_reads_what_the_sender_wrote() -> None:
    for recipient in (ARM, BGR):
        assert recipient.opens(carry(ENVELOPE, recipient.code), ALB) == CONTENT


@settings(max_examples=30, deadline=None)
@given(
    text=st.text(max_size=500),
    subject=st.text(max_size=300),
    fields=st.dictionaries(
        st.text(max_size=20), st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=20)
    ),
    priority=st.sampled_from(Priority),
)
def test_any_content_comes_back(text: str, subject: str, fields: dict[str, Any], priority: Priority) -> None:
    content = Content(kind="identity-request", thread=THREAD, text=text, subject=subject, fields=fields)
    envelope = sealed(content, BGR, priority=priority)
    over_the_line = msgspec.json.decode(msgspec.json.encode(carry(envelope, "BGR")), type=Carried)
    assert BGR.opens(over_the_line, ALB) == content


def test_nothing_of_the_content_shows() -> None:
    shown = msgspec.json.encode(ENVELOPE) + ENVELOPE.body
    assert not any(word.encode() in shown for word in (SENTENCE, "A boat", "12/26", THREAD))


def test_short_contents_have_one_size() -> None:
    sizes = {len(sealed(msgspec.structs.replace(CONTENT, text="x" * n)).body) for n in (0, 1, 500, 3000)}
    assert sizes == {4096 + 16}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_changed_on_the_way_is_noticed(data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(("body", "commitment", "signature", "sealed", "digest")))
    place, bit = data.draw(st.integers(0, 10**6)), data.draw(st.integers(0, 7))

    def flipped(value: bytes) -> bytes:
        at = place % len(value)
        return value[:at] + bytes([value[at] ^ 1 << bit]) + value[at + 1 :]

    if field == "sealed":
        key = msgspec.structs.replace(CARRIED.key, sealed=flipped(CARRIED.key.sealed))
        forged = msgspec.structs.replace(CARRIED, key=key)
    elif field == "digest":
        # That of the other recipient's key: it has to be among what was signed as well.
        forged = msgspec.structs.replace(
            CARRIED, key_digests=(CARRIED.key_digests[0], flipped(CARRIED.key_digests[1]))
        )
    else:
        forged = msgspec.structs.replace(CARRIED, **{field: flipped(getattr(CARRIED, field))})
    with pytest.raises(ForgedMessage):
        ARM.opens(forged, ALB)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "another-id-000000000001"},
        {"priority": Priority.URGENT},
        {"deadline": None},
        {"sent_at": NOW + timedelta(seconds=1)},
        {"recipients": ("ARM", "BGR", "MAR")},
        {"recipients": ("ARM",)},
        {"attachments": (AttachmentHead(id="a-00000000000000000001", size=1052),)},
    ],
)
def test_a_changed_head_is_noticed(fields: dict[str, Any]) -> None:
    head = msgspec.structs.replace(CARRIED.head, **fields)
    with pytest.raises(ForgedMessage):
        ARM.opens(msgspec.structs.replace(CARRIED, head=head), ALB)


@pytest.mark.parametrize("length", [0, 1, 100, len(CARRIED.body) - 1])
def test_a_cut_body_is_noticed(length: int) -> None:
    with pytest.raises(ForgedMessage):
        ARM.opens(msgspec.structs.replace(CARRIED, body=CARRIED.body[:length]), ALB)


def test_a_message_for_others_does_not_open() -> None:
    with pytest.raises(ReaddressedMessage, match="did not write to MAR"):
        MAR.opens(CARRIED, ALB)


def test_a_recipient_cannot_seal_a_message_on_in_the_senders_name() -> None:
    # ARM read it, knows its secret, and seals that for MAR in BGR's place and under an added name.
    secret = ARM.sealing.open(CARRIED.key.sealed, envelopes._context(CARRIED.head, "ARM", ARM.sealing.key_id))
    for recipients in (("ARM", "MAR"), ("ARM", "BGR", "MAR")):
        head = msgspec.structs.replace(CARRIED.head, recipients=recipients)
        context = envelopes._context(head, "MAR", MAR.sealing.key_id)
        key = SealedKey(
            recipient="MAR", sealing_key=MAR.sealing.key_id, sealed=seal_for(MAR.certificate, secret, context)
        )
        digests = (*CARRIED.key_digests[: len(recipients) - 1], key_digest(key))
        passed_on = msgspec.structs.replace(CARRIED, head=head, key=key, key_digests=digests)
        with pytest.raises(ForgedMessage):
            MAR.opens(passed_on, ALB)


def test_a_sealed_key_of_the_same_recipient_from_another_message_is_noticed() -> None:
    other = carry(sealed(), "ARM")
    with pytest.raises(ReaddressedMessage, match="did not seal this key"):
        ARM.opens(msgspec.structs.replace(CARRIED, key=other.key), ALB)


def test_nobody_claims_a_message_that_he_cannot_read() -> None:
    # MAR takes ALB's envelope from the line and signs it as its own.
    head = msgspec.structs.replace(ENVELOPE.head, sender="MAR", signing_key=MAR.signing.key_id)
    claimed = signed_again(msgspec.structs.replace(ENVELOPE, head=head), MAR.signing)
    with pytest.raises(ForgedMessage, match="does not open"):
        ARM.opens(carry(claimed, "ARM"), MAR)


def test_a_sender_cannot_make_two_recipients_read_different_things() -> None:
    # The sender seals another secret for BGR, under which the same body would have to open to something else.
    key = SealedKey(
        recipient="BGR",
        sealing_key=BGR.sealing.key_id,
        sealed=seal_for(
            BGR.certificate, b"x" * 32, envelopes._context(ENVELOPE.head, "BGR", BGR.sealing.key_id)
        ),
    )
    two_faced = signed_again(msgspec.structs.replace(ENVELOPE, keys=(ENVELOPE.keys[0], key)), ALB.signing)
    assert ARM.opens(carry(two_faced, "ARM"), ALB) == CONTENT
    with pytest.raises(ForgedMessage, match="committed"):
        BGR.opens(carry(two_faced, "BGR"), ALB)


def test_another_bureaus_signature_does_not_count() -> None:
    with pytest.raises(ForgedMessage):
        ARM.opens(carry(signed_again(ENVELOPE, MAR.signing), "ARM"), ALB)


@pytest.mark.parametrize(("seconds", "opens"), [(1, True), (0, False), (-1, False)])
def test_what_arrived_before_its_key_was_revoked_stays_its_senders(seconds: int, opens: bool) -> None:
    revoked = msgspec.structs.replace(ALB.signer, revoked_at=NOW + timedelta(seconds=seconds))

    def attempt() -> Content:
        return open_envelope(
            CARRIED,
            bureau="ARM",
            sealing_keys={ARM.sealing.key_id: ARM.sealing},
            signing_key_of=lambda _, __: revoked,
        )

    if opens:
        assert attempt() == CONTENT
    else:
        with pytest.raises(RevokedKey):
            attempt()


def test_a_sealing_key_that_is_gone_is_named() -> None:
    with pytest.raises(UnknownSealingKey, match=ARM.sealing.key_id):
        open_envelope(CARRIED, bureau="ARM", sealing_keys={}, signing_key_of=lambda _, __: ALB.signer)


def test_an_older_sealing_key_still_opens_what_was_sealed_to_it() -> None:
    keys = {key.key_id: key for key in (SealingPrivateKey.generate("ARM"), ARM.sealing)}
    assert (
        open_envelope(CARRIED, bureau="ARM", sealing_keys=keys, signing_key_of=lambda _, __: ALB.signer)
        == CONTENT
    )


def test_attachments_are_those_that_the_content_speaks_of() -> None:
    attachment = new_attachment(name="a.pdf", media_type="application/pdf", size=10, digest=b"d" * 32)
    envelope = sealed(msgspec.structs.replace(CONTENT, attachments=(attachment,)))
    assert envelope.head.attachments == (AttachmentHead(id=attachment.id, size=1024 + 28),)
    assert ARM.opens(carry(envelope, "ARM"), ALB).attachments == (attachment,)


def test_attachments_that_the_content_does_not_know_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    attachment = new_attachment(name="a.pdf", media_type="application/pdf", size=10, digest=b"d" * 32)
    monkeypatch.setattr(envelopes, "write_content", lambda _: write_content(CONTENT))
    envelope = sealed(msgspec.structs.replace(CONTENT, attachments=(attachment,)))
    with pytest.raises(InvalidValue, match="attachments"):
        ARM.opens(carry(envelope, "ARM"), ALB)


def test_a_content_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelopes, "write_content", lambda _: b"\xff" * 4096)
    with pytest.raises(MalformedInput):
        ARM.opens(carry(sealed(), "ARM"), ALB)


def test_a_key_of_another_bureau_is_not_sealed_to() -> None:
    with pytest.raises(InvalidValue, match="not a key of ARM"):
        seal(
            CONTENT,
            sender=ALB.signing,
            recipients={"ARM": MAR.certificate},
            priority=Priority.ROUTINE,
            now=NOW,
        )


def test_nobody_seals_to_nobody_or_to_themselves() -> None:
    for recipients in ({}, {"ALB": ALB.certificate}):
        with pytest.raises(InvalidValue):
            seal(CONTENT, sender=ALB.signing, recipients=recipients, priority=Priority.ROUTINE, now=NOW)


def test_what_is_sealed_anew_keeps_its_id() -> None:
    again = seal(
        CONTENT,
        sender=ALB.signing,
        recipients={"ARM": ARM.certificate},
        priority=Priority.ROUTINE,
        now=NOW,
        message_id=ENVELOPE.head.id,
    )
    assert again.head.id == ENVELOPE.head.id
    assert ARM.opens(carry(again, "ARM"), ALB) == CONTENT


@settings(max_examples=50, deadline=None)
@given(body=st.binary(max_size=200), commitment=st.binary(max_size=40), sealed_key=st.binary(max_size=1300))
def test_whatever_a_hub_hands_over_is_refused_in_words(
    body: bytes, commitment: bytes, sealed_key: bytes
) -> None:
    key = msgspec.structs.replace(CARRIED.key, sealed=sealed_key)
    nonsense = msgspec.structs.replace(
        CARRIED,
        body=body,
        commitment=commitment,
        key=key,
        key_digests=(key_digest(key), CARRIED.key_digests[1]),
    )
    # Even where its sender signed it.
    statement = envelope_statement(nonsense.head, commitment, nonsense.key_digests, body)
    signed = msgspec.structs.replace(nonsense, signature=ALB.signing.sign(statement))
    for carried in (nonsense, signed):
        with pytest.raises(AllpointsError):
            ARM.opens(carried, ALB)
