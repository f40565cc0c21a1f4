"""The calls that carry sealed messages.

Every one may be repeated when an answer is lost: messages and attachments are known by the ids that their sender drew.
"""

from collections.abc import Iterable

from allpoints.bureau.call import JSON, Call, answered, encode, get, post, segment
from allpoints.wire.messages import (
    AttachmentParts,
    Collected,
    Delivery,
    Envelope,
    Handover,
    PublicKeys,
    SealingKey,
    Waiting,
)

_BYTES = {"content-type": "application/octet-stream"}


def public_keys(bureau: str) -> Call[PublicKeys]:
    """Read a bureau's public keys. They are what the hub says they are: see `bureau/sealed` about trusting them."""
    return get(f"/v1/bureaus/{segment(bureau)}/public-keys", PublicKeys)


def publish_sealing_key(key: SealingKey) -> Call[PublicKeys]:
    """Make a sealing key of one's own bureau known; from now on others seal to it."""
    return Call(
        method="PUT", path=_sealing_key(key.bureau, key.key_id), headers=JSON, body=encode(key), read=_keys
    )


def retire_sealing_key(bureau: str, key_id: str) -> Call[PublicKeys]:
    """Let nobody seal to a key of one's own bureau any more; what waits for it can still be opened with it."""
    return Call(method="DELETE", path=_sealing_key(bureau, key_id), read=_keys)


def send_message(envelope: Envelope) -> Call[Handover]:
    """Hand a sealed message to the hub, its attachments first. Sent again, it is delivered once.

    Raises `Conflict` where another message has its id, and `InvalidValue` naming what has to be sealed anew, such as
    a recipient whose sealing key is retired.
    """
    return post("/v1/messages", envelope, Handover)


def waiting_messages(*, after: int = 0, limit: int = 100) -> Call[Waiting]:
    """List what waits for the bureau, oldest first: up to `limit` messages and about 4 MiB.

    Begin with 0 each time: what was collected waits no more.
    """
    return get("/v1/messages", Waiting, after=after, limit=limit)


def collect_messages(ids: Iterable[str]) -> Call[Collected]:
    """Say that the bureau has these messages and their attachments: the hub deletes its copies, for good."""
    return post("/v1/messages/collections", {"ids": list(ids)}, Collected)


def delivery(message_id: str) -> Call[Delivery]:
    """Read which recipients have fetched a message of one's own."""
    return get(f"/v1/messages/{segment(message_id)}/delivery", Delivery)


def recall_message(message_id: str) -> Call[Delivery]:
    """Take back the copies of an own message that were not collected yet; the answer says which were."""
    return Call(method="DELETE", path=f"/v1/messages/{segment(message_id)}", read=answered(Delivery))


def put_attachment_part(attachment_id: str, number: int, part: bytes) -> Call[AttachmentParts]:
    """Hand over one sealed part; `number` counts from 0. All parts but the last have the full size."""
    return Call(
        method="PUT",
        path=f"{_attachment(attachment_id)}/parts/{number}",
        headers=_BYTES,
        body=part,
        read=answered(AttachmentParts),
    )


def attachment(attachment_id: str) -> Call[AttachmentParts]:
    """Read which parts of an own attachment the hub has. Raises `NotFound` where it has none."""
    return get(_attachment(attachment_id), AttachmentParts)


def attachment_part(attachment_id: str, number: int) -> Call[bytes]:
    """Fetch one sealed part of an attachment to a message that waits for the bureau."""
    return Call(method="GET", path=f"{_attachment(attachment_id)}/parts/{number}", read=bytes)


def drop_attachment(attachment_id: str) -> Call[AttachmentParts]:
    """Take back an own attachment that belongs to no message yet; the answer has no parts."""
    return Call(method="DELETE", path=_attachment(attachment_id), read=answered(AttachmentParts))


_keys = answered(PublicKeys)


def _sealing_key(bureau: str, key_id: str) -> str:
    return f"/v1/bureaus/{segment(bureau)}/sealing-keys/{segment(key_id)}"


def _attachment(attachment_id: str) -> str:
    return f"/v1/attachments/{segment(attachment_id)}"
