"""Sealing a content into an envelope, and opening it.

A random secret is sealed for each recipient by HPKE. From it and the head come the key of the body and a commitment:
the key, so that a body opens only under its own head; the commitment, so that no two recipients can be made to read
different contents out of one body. The sender's signature covers head, commitment, all sealed keys and the body, so
that whoever could open the message cannot seal it on to others in the sender's name.
"""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from hmac import compare_digest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from allpoints.bureau.call import random_name
from allpoints.bureau.keys import BureauKey
from allpoints.bureau.sealed.attachments import sealed_size
from allpoints.bureau.sealed.content import KEY_BYTES, Attachment, Content, read_content, write_content
from allpoints.bureau.sealed.keys import SealingPrivateKey, UnknownSealingKey, seal_for
from allpoints.errors import InvalidValue
from allpoints.wire.envelopes import (
    DIGEST,
    ForgedMessage,
    check_envelope,
    check_head,
    envelope_statement,
    head_statement,
    key_digest,
    verify_envelope,
    whole_seconds,
)
from allpoints.wire.messages import (
    AttachmentHead,
    Carried,
    Envelope,
    EnvelopeHead,
    Priority,
    SealedKey,
    SealingKey,
    SigningKey,
)

_NONCE = bytes(12)
"""Each key seals one body, so its nonce need not differ."""


class ReaddressedMessage(ForgedMessage):
    """Do not act on it: its sender did not write to this bureau. Somebody who could read it has passed it on."""


class RevokedKey(ForgedMessage):
    """Do not act on it: it arrived after its sender had revoked the key that signed it."""


def seal(
    content: Content,
    *,
    sender: BureauKey,
    recipients: Mapping[str, SealingKey],
    priority: Priority,
    now: datetime,
    deadline: datetime | None = None,
    message_id: str | None = None,
) -> Envelope:
    """Seal a content for recipients, by the codes of their bureaus, whose sealing keys were checked before.

    Its attachments are sealed apart, part by part. `message_id` is random unless given: what has to be sealed anew,
    since a key was retired meanwhile, is still delivered once when it keeps its id. Raises `InvalidValue` or `TooLarge`
    for what no envelope can hold.
    """
    for bureau, key in recipients.items():
        if key.bureau != bureau:
            raise InvalidValue(f"{key.key_id} is not a key of {bureau}", field="recipients")
    head = EnvelopeHead(
        id=message_id or random_name(),
        sender=sender.bureau,
        signing_key=sender.key_id,
        recipients=tuple(sorted(recipients)),
        sent_at=whole_seconds(now),
        priority=priority,
        deadline=whole_seconds(deadline) if deadline else None,
        attachments=_heads(content.attachments),
    )
    check_head(head)
    secret = os.urandom(KEY_BYTES)
    body_key, commitment = _derived(secret, head)
    keys = tuple(
        SealedKey(
            recipient=bureau,
            sealing_key=recipients[bureau].key_id,
            sealed=seal_for(recipients[bureau], secret, _context(head, bureau, recipients[bureau].key_id)),
        )
        for bureau in head.recipients
    )
    body = AESGCM(body_key).encrypt(_NONCE, write_content(content), None)
    statement = envelope_statement(head, commitment, [key_digest(key) for key in keys], body)
    envelope = Envelope(
        head=head, keys=keys, commitment=commitment, body=body, signature=sender.sign(statement)
    )
    check_envelope(envelope)
    return envelope


def open_envelope(
    carried: Carried,
    *,
    bureau: str,
    sealing_keys: Mapping[str, SealingPrivateKey],
    signing_key_of: Callable[[str, str], SigningKey],
) -> Content:
    """Check who sent a message, that it is for `bureau` and whole, and open it.

    `sealing_keys` are the bureau's own by their names. `signing_key_of` gives a bureau's signing key by its name, and
    raises where it is not one that is trusted. Whether the message was opened before is for whoever keeps them to see,
    by sender and id. Raises `ForgedMessage`, `ReaddressedMessage`, `RevokedKey`, `UnknownSealingKey`, and
    `InvalidValue` or `MalformedInput` for what its sender made wrongly.
    """
    head = carried.head
    check_head(head)
    _check_address(carried, bureau)
    signing_key = signing_key_of(head.sender, head.signing_key)
    verify_envelope(carried, signing_key.public_key)
    if signing_key.revoked_at is not None and carried.arrived_at >= signing_key.revoked_at:
        raise RevokedKey(
            f"{head.sender} revoked {head.signing_key} before it arrived", field="head.signing_key"
        )
    own = sealing_keys.get(carried.key.sealing_key)
    if own is None:
        raise UnknownSealingKey(f"{bureau} has no key {carried.key.sealing_key} any more", field="key")
    secret = own.open(carried.key.sealed, _context(head, bureau, own.key_id))
    body_key, commitment = _derived(secret, head)
    if not compare_digest(commitment, carried.commitment):
        raise ForgedMessage("its secret is not the one that its sender committed to", field="commitment")
    try:
        content = read_content(AESGCM(body_key).decrypt(_NONCE, carried.body, None))
    except InvalidTag:
        raise ForgedMessage("its body was changed", field="body") from None
    if _heads(content.attachments) != head.attachments:
        raise InvalidValue("its attachments are not those that it speaks of", field="head.attachments")
    return content


def _check_address(carried: Carried, bureau: str) -> None:
    """Raise `ReaddressedMessage` where the sealed key is not the one that the sender made for this bureau."""
    recipients, key = carried.head.recipients, carried.key
    if bureau not in recipients or key.recipient != bureau:
        raise ReaddressedMessage(f"{carried.head.sender} did not write to {bureau}", field="head.recipients")
    if len(carried.key_digests) != len(recipients):
        raise ForgedMessage("there is not one sealed key for each recipient", field="key_digests")
    if carried.key_digests[recipients.index(bureau)] != key_digest(key):
        raise ReaddressedMessage(f"{carried.head.sender} did not seal this key", field="key")


def _derived(secret: bytes, head: EnvelopeHead) -> tuple[bytes, bytes]:
    """The key of the body, and the commitment to it."""
    derived = HKDF(SHA256(), KEY_BYTES + DIGEST, salt=None, info=head_statement(head)).derive(secret)
    return derived[:KEY_BYTES], derived[KEY_BYTES:]


def _context(head: EnvelopeHead, recipient: str, sealing_key: str) -> bytes:
    """HPKE's `info`: what is sealed for one recipient of one message opens as nothing else."""
    return head_statement(head) + f"sealed-for: {recipient} {sealing_key}\n".encode()


def _heads(attachments: tuple[Attachment, ...]) -> tuple[AttachmentHead, ...]:
    return tuple(AttachmentHead(id=each.id, size=sealed_size(each.size)) for each in attachments)
