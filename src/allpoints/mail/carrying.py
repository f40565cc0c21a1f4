"""Carrying messages: from the sender's hands into each recipient's, once, and out of the hub's."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from allpoints.access.authenticate import SKEW_S
from allpoints.errors import Conflict, Forbidden, InvalidValue, NotFound
from allpoints.mail.attachments import check_attached
from allpoints.mail.room import check_room
from allpoints.records import Asker
from allpoints.steps.commit import News, Work
from allpoints.steps.repeating import REPEATED
from allpoints.store import attachments, messages
from allpoints.store.acts import Act
from allpoints.wire.envelopes import check_envelope, message_digest, random_id, verify_envelope
from allpoints.wire.messages import Delivery, Envelope, EnvelopeHead, Priority

OLDEST = timedelta(days=30)
"""How long an envelope may have waited in its sender's outbox; as long as it then waits here to be fetched."""
PAGE_BYTES = 4 << 20
MAX_COLLECTED = 500


class MessageTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipient's people read when a message waits for them: what the hub sees of it."""

    kind: str = "message"
    id: str
    sender: str
    priority: Priority
    deadline: datetime | None
    size: int
    """Bytes of the sealed content and attachments."""


class RecalledTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipient's people read when a message was taken back before they had it."""

    kind: str = "message-recalled"
    id: str
    sender: str


class Collection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The messages that a bureau has now."""

    ids: tuple[str, ...]


async def send(act: Act, asker: Asker, envelope: Envelope, *, now: datetime) -> Work:
    """Take a message; the result is its id and when it came, the first time where it is sent again.

    Raises `InvalidValue` naming what has to be sealed anew: a head or a time that is none, a key that does not sign for
    the sender any more, a recipient who is no active member or whose sealing key is not in use, an attachment that is
    not there. Raises `ForgedMessage` for another's signature, `Forbidden` for another bureau's message, `Conflict`
    for another message's id and `QuotaExceeded` where there is no room for it.
    """
    check_envelope(envelope)
    head = envelope.head
    if head.sender != asker.bureau:
        raise Forbidden(f"{asker.bureau} sends no message of {head.sender}", field="head.sender")
    digest = message_digest(envelope)
    if known := await messages.sent_message(act, head.id):
        return _repeated(head, digest, known)
    _check_time(head, now)
    await _check_signature(act, envelope)
    await _check_recipients(act, envelope)
    await check_room(act, sum(len(envelope.body) + len(key.sealed) for key in envelope.keys))
    arrived_at = await messages.add_message(act, envelope, digest)
    if arrived_at is None:
        # Sent twice at the same moment, or somebody else's.
        return _repeated(head, digest, await messages.sent_message(act, head.id))
    found = await attachments.attach(act, head.id, [each.id for each in head.attachments])
    check_attached(head.attachments, found)
    subject = f"{head.id} {' '.join(head.recipients)}"
    return Work(result=(head.id, arrived_at), subject=subject, told=_told(envelope))


async def collect(act: Act, asked: Collection) -> Work:
    """End the bureau's own copies; the result says of which messages there was one."""
    if not 0 < len(asked.ids) <= MAX_COLLECTED:
        raise InvalidValue(f"takes 1 to {MAX_COLLECTED} messages", field="ids")
    ids = [random_id(each, field="ids") for each in asked.ids]
    collected = await messages.collect(act, ids)
    return Work(result=collected, subject=" ".join(collected.ids))


async def delivery(act: Act, message: str) -> Work:
    """What became of a message of the asker's bureau. Raises `NotFound`."""
    return Work(result=await _delivery(act, message), subject=message)


async def recall(act: Act, asker: Asker, message: str) -> Work:
    """Take back what was not collected yet, and tell those who may have heard of it. Raises `NotFound`."""
    await _delivery(act, message)
    recalled = await messages.recall(act, message)
    body = msgspec.json.encode(RecalledTold(id=message, sender=asker.bureau))
    return Work(
        result=await _delivery(act, message),
        subject=message,
        told=tuple(News(bureau=bureau, body=body, subject=message) for bureau in recalled),
    )


async def _delivery(act: Act, message: str) -> Delivery:
    found = await messages.sent_message(act, message)
    if found is None:
        raise NotFound(f"your bureau sent no message {message}", field="message_id")
    return Delivery(id=message, arrived_at=found[1], copies=await messages.copies(act, message))


def _repeated(head: EnvelopeHead, digest: bytes, known: tuple[bytes, datetime] | None) -> Work:
    if known is None or known[0] != digest:
        raise Conflict(
            "another message has this id",
            field="head.id",
            remedy="See what became of it; a new message has a new id.",
        )
    return Work(result=(head.id, known[1]), subject=f"{head.id} {REPEATED}")


def _check_time(head: EnvelopeHead, now: datetime) -> None:
    if not now - OLDEST <= head.sent_at <= now + timedelta(seconds=SKEW_S):
        raise InvalidValue(
            f"sealed at {head.sent_at:%Y-%m-%dT%H:%M:%SZ}, which is too long ago or not yet",
            field="head.sent_at",
            remedy="Set the clock, and seal it anew.",
        )


async def _check_signature(act: Act, envelope: Envelope) -> None:
    head = envelope.head
    key = await act.key(head.signing_key)
    if key is None or key.bureau != head.sender or key.status != "active":
        raise InvalidValue(
            f"{head.signing_key} is no active key of {head.sender}",
            field="head.signing_key",
            remedy="Seal it anew, signed with a current key.",
        )
    verify_envelope(envelope, key.public_key)


async def _check_recipients(act: Act, envelope: Envelope) -> None:
    found = await messages.recipients(act, envelope.keys)
    if strangers := [each.bureau for each in found if not each.member]:
        raise InvalidValue(
            f"no active member: {_listed(strangers)}", field="head.recipients", remedy="Leave them out."
        )
    if closed := [each.bureau for each in found if not each.sealable]:
        raise InvalidValue(
            f"the sealing key is not in use any more: {_listed(closed)}",
            field="keys",
            remedy="Read their public keys again, and seal it anew.",
        )


def _told(envelope: Envelope) -> tuple[News, ...]:
    head = envelope.head
    size = len(envelope.body) + sum(each.size for each in head.attachments)
    told = MessageTold(
        id=head.id, sender=head.sender, priority=head.priority, deadline=head.deadline, size=size
    )
    body = msgspec.json.encode(told)
    return tuple(News(bureau=bureau, body=body, subject=head.id) for bureau in head.recipients)


def _listed(bureaus: Sequence[str]) -> str:
    return ", ".join(bureaus)
