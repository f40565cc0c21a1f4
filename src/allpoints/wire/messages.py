"""Sealed messages over the line: what a hub carries from bureau to bureau, and all that it sees of it.

Bytes are base64 in JSON. What is signed of an envelope, `wire/envelopes.py` writes.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from allpoints.audit import Promise


class Priority(StrEnum):
    """How soon a message wants somebody."""

    URGENT = "urgent"
    PRIORITY = "priority"
    ROUTINE = "routine"


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key with which a bureau signs, as the hub knows it."""

    key_id: str
    public_key: bytes
    """Ed25519, 32 bytes."""
    active_at: datetime
    revoked_at: datetime | None = None
    """From then on nothing that it signed is taken for the bureau's."""
    introduced_by: str | None = None
    """The bureau's earlier key that signed the request to add this one. It is the hub's word, and no proof."""


class SealingKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key to which others seal what only its bureau may open, and the bureau's signature that it is its own."""

    key_id: str
    """As that of a signing key: the bureau's code and the first 16 bytes of the public key's SHA-256 in base64url."""
    bureau: str
    public_key: bytes
    """MLKEM768-X25519: 1,184 bytes of ML-KEM-768, then 32 of X25519."""
    created_at: datetime
    signing_key: str
    signature: bytes


class PublicKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The public keys of a bureau."""

    bureau: str
    signing: tuple[SigningKey, ...]
    """The revoked ones too: a message that arrived before the revocation stays its sender's."""
    sealing: tuple[SealingKey, ...]
    """Those that may be sealed to, the newest first; none certified by a key that is revoked."""


class AttachmentHead(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub sees of an attachment."""

    id: str
    size: int
    """Bytes of all sealed parts together."""


class EnvelopeHead(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub sees of a message beside its size. Times are UTC, in whole seconds."""

    id: str
    """Random, drawn by the sender: sent twice under the same id, a message is delivered once."""
    sender: str
    signing_key: str
    recipients: tuple[str, ...]
    """In alphabetical order, each once."""
    sent_at: datetime
    """When the sender sealed it."""
    priority: Priority
    deadline: datetime | None = None
    attachments: tuple[AttachmentHead, ...] = ()


class SealedKey(msgspec.Struct, frozen=True, kw_only=True):
    """The message's secret, sealed for one recipient."""

    recipient: str
    sealing_key: str
    sealed: bytes
    """HPKE: 1,120 bytes of encapsulation, then the ciphertext."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed message as its sender hands it to the hub."""

    head: EnvelopeHead
    keys: tuple[SealedKey, ...]
    """One for each recipient, in the order of the head."""
    commitment: bytes
    """Fixes the secret: no two recipients can be made to open the body to different contents."""
    body: bytes
    """The sealed content."""
    signature: bytes
    """The sender's, over all of the above."""


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed message as its recipient fetches it: with its own sealed key, and the digests of all."""

    number: int
    """The place of this copy among those that wait at the hub."""
    head: EnvelopeHead
    key: SealedKey
    key_digests: tuple[bytes, ...]
    """SHA-256 of each recipient's sealed key in the order of the head: what the signature covers of the others."""
    commitment: bytes
    body: bytes
    signature: bytes
    arrived_at: datetime
    """When the hub took it from its sender."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Some of what waits for a bureau, oldest first. `next` is the `after` of the next page, None on the last."""

    messages: tuple[Carried, ...]
    next: int | None = None


class Collected(msgspec.Struct, frozen=True):
    """The messages of which the hub has just dropped the bureau's copy; those collected before are left out."""

    ids: tuple[str, ...]
    recalled: tuple[str, ...] = ()
    """Those that their sender had taken back meanwhile."""


class Handover(msgspec.Struct, frozen=True, kw_only=True):
    """The hub has the message. `entry` names the log entry, and `promise` binds the hub to it."""

    id: str
    arrived_at: datetime
    """When it came first, where it was sent again."""
    entry: str
    promise: Promise | None


class CopyState(StrEnum):
    """What became of one recipient's copy."""

    WAITING = "waiting"
    COLLECTED = "collected"
    RECALLED = "recalled"
    """The sender took it back before the recipient had it."""
    EXPIRED = "expired"
    """Nobody fetched it in time."""


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient's copy, and since when it is so."""

    recipient: str
    state: CopyState
    since: datetime


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message, for its sender. Whether anybody read it, only the recipient's receipt says."""

    id: str
    arrived_at: datetime
    copies: tuple[Copy, ...]


class AttachmentParts(msgspec.Struct, frozen=True, kw_only=True):
    """Which parts of an attachment the hub has, counted from 0: after an interruption the others are sent."""

    id: str
    parts: tuple[int, ...]
    size: int
    """Bytes of these parts together."""
