"""What is signed of an envelope: the lines, one by one, and what no envelope can have."""

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from tests.sealing import NOW, carry

from allpoints.bureau import BureauKey
from allpoints.errors import InvalidValue, TooLarge
from allpoints.wire.envelopes import (
    MAX_BODY,
    MAX_RECIPIENTS,
    MAX_SEALED_ATTACHMENT,
    SEALED_KEY,
    ForgedMessage,
    check_envelope,
    check_head,
    count_parts,
    key_digest,
    message_digest,
    sealing_statement,
    statement_of,
    verify,
)
from allpoints.wire.messages import (
    AttachmentHead,
    Envelope,
    EnvelopeHead,
    Priority,
    SealedKey,
    SealingKey,
)

HEAD = EnvelopeHead(
    id="m-00000000000000000001",
    sender="ALB",
    signing_key="ALB-0123456789",
    recipients=("ARM", "BGR"),
    sent_at=NOW,
    priority=Priority.URGENT,
    deadline=NOW + timedelta(hours=4),
    attachments=(AttachmentHead(id="a-00000000000000000001", size=1052),),
)
KEYS = tuple(
    SealedKey(recipient=code, sealing_key=f"{code}-key", sealed=bytes([number]) * SEALED_KEY)
    for number, code in enumerate(HEAD.recipients)
)
ENVELOPE = Envelope(head=HEAD, keys=KEYS, commitment=b"c" * 32, body=b"sealed", signature=b"s" * 64)


def changed(**fields: Any) -> EnvelopeHead:
    """The head with other fields."""
    return msgspec.structs.replace(HEAD, **fields)


def test_what_is_signed_is_lines_that_anybody_can_write_again() -> None:
    digests = [
        hashlib.sha256(f"{code}\n{code}-key\n".encode() + bytes([n]) * 1168).hexdigest()
        for n, code in enumerate(("ARM", "BGR"))
    ]
    assert statement_of(ENVELOPE).decode() == (
        "allpoints sealed message v1\n"
        "id: m-00000000000000000001\n"
        "sender: ALB\n"
        "signing-key: ALB-0123456789\n"
        "recipients: ARM BGR\n"
        "sent-at: 2026-11-29T05:42:00Z\n"
        "priority: urgent\n"
        "deadline: 2026-11-29T09:42:00Z\n"
        "attachment: a-00000000000000000001 1052\n"
        f"commitment: {'63' * 32}\n"
        f"key: {digests[0]}\n"
        f"key: {digests[1]}\n"
        f"body: {hashlib.sha256(b'sealed').hexdigest()}\n"
    )


def test_sender_hub_and_recipient_name_a_message_alike() -> None:
    assert {
        message_digest(ENVELOPE),
        *(message_digest(carry(ENVELOPE, code)) for code in HEAD.recipients),
    } == {hashlib.sha256(statement_of(ENVELOPE)).digest()}


def test_an_envelope_says_the_same_after_the_line() -> None:
    again = msgspec.json.decode(msgspec.json.encode(ENVELOPE), type=Envelope)
    assert statement_of(again) == statement_of(ENVELOPE)
    check_envelope(again)


def test_a_sealed_key_counts_for_its_recipient_and_its_key_only() -> None:
    digests = {
        key_digest(msgspec.structs.replace(KEYS[0], **other))
        for other in ({}, {"recipient": "BGR"}, {"sealing_key": "ARM-other"}, {"sealed": b"x" * SEALED_KEY})
    }
    assert len(digests) == 4


def test_a_signature_brings_nothing_along() -> None:
    key, statement, beside = BureauKey.generate("ALB"), statement_of(ENVELOPE), b"what nobody asked for"
    verify(statement, key.sign(statement), key.public_key, field="signature")
    signature = key.sign(statement)
    for forged in (key.sign(beside + statement) + beside, signature[:-1], signature + b"x", b""):
        with pytest.raises(ForgedMessage):
            verify(statement, forged, key.public_key, field="signature")


def test_a_sealing_key_is_signed_by_its_digest() -> None:
    key = SealingKey(
        key_id="ALB-k",
        bureau="ALB",
        public_key=b"p" * 1216,
        created_at=NOW,
        signing_key="ALB-s",
        signature=b"",
    )
    assert sealing_statement(key).decode() == (
        "allpoints sealing key v1\nbureau: ALB\nkey: ALB-k\n"
        f"public-key: {hashlib.sha256(b'p' * 1216).hexdigest()}\n"
        "created-at: 2026-11-29T05:42:00Z\nsigning-key: ALB-s\n"
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": "short"}, "head.id"),
        ({"id": "m-0000000000000000\nsender: X"}, "head.id"),
        ({"signing_key": "a b"}, "head.signing_key"),
        ({"sender": "alb"}, "head.recipients"),
        ({"recipients": ()}, "head.recipients"),
        ({"recipients": ("BGR", "ARM")}, "head.recipients"),
        ({"recipients": ("ARM", "ARM")}, "head.recipients"),
        ({"recipients": ("ALB", "ARM")}, "head.recipients"),
        ({"recipients": ("ARM BGR",)}, "head.recipients"),
        ({"recipients": ("ARM",) * (MAX_RECIPIENTS + 1)}, "head.recipients"),
        ({"sent_at": NOW.replace(microsecond=1)}, "head.sent_at"),
        ({"sent_at": NOW.astimezone(timezone(timedelta(hours=2)))}, "head.sent_at"),
        ({"sent_at": datetime(2026, 11, 29)}, "head.sent_at"),  # noqa: DTZ001
        ({"deadline": NOW}, "head.deadline"),
        ({"deadline": NOW + timedelta(microseconds=1)}, "head.deadline"),
        ({"attachments": HEAD.attachments * 2}, "head.attachments"),
        ({"attachments": (AttachmentHead(id="short", size=1052),)}, "head.attachments"),
    ],
)
def test_a_head_that_no_envelope_can_have_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_head(changed(**fields))
    assert refused.value.field == field


@pytest.mark.parametrize("size", [0, 28, MAX_SEALED_ATTACHMENT + 1])
def test_an_attachment_has_a_size_that_is_possible(size: int) -> None:
    with pytest.raises(TooLarge):
        check_head(changed(attachments=(AttachmentHead(id="a-00000000000000000001", size=size),)))


def test_attachments_together_have_a_limit() -> None:
    many = tuple(AttachmentHead(id=f"a-{n:020}", size=MAX_SEALED_ATTACHMENT) for n in range(3))
    check_head(changed(attachments=many[:2]))
    with pytest.raises(TooLarge, match="together"):
        check_head(changed(attachments=many))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"keys": KEYS[::-1]}, "keys"),
        ({"keys": KEYS[:1]}, "keys"),
        ({"keys": (KEYS[0], msgspec.structs.replace(KEYS[1], sealed=b"short"))}, "keys"),
        ({"keys": (KEYS[0], msgspec.structs.replace(KEYS[1], sealing_key="a b"))}, "keys"),
        ({"commitment": b"short"}, "commitment"),
    ],
)
def test_an_envelope_without_its_parts_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        check_envelope(msgspec.structs.replace(ENVELOPE, **fields))
    assert refused.value.field == field


def test_a_body_has_a_limit() -> None:
    check_envelope(msgspec.structs.replace(ENVELOPE, body=bytes(MAX_BODY)))
    with pytest.raises(TooLarge):
        check_envelope(msgspec.structs.replace(ENVELOPE, body=bytes(MAX_BODY + 1)))


@pytest.mark.parametrize(("size", "parts"), [(1052, 1), (2_097_180, 1), (2_097_181, 2), (104_859_000, 50)])
def test_the_number_of_parts_follows_from_the_size(size: int, parts: int) -> None:
    assert count_parts(size) == parts
