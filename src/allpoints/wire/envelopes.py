"""What is signed of a sealed message and of a sealing key, and what an envelope may hold.

Both sides of the line need it: the sender signs, the hub and the recipient verify. A statement is lines of text in one
fixed form, so that what was signed can be written again from the fields; its first line says what it is, so that no
signature made for one thing counts for another.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from nacl.bindings import crypto_sign_open
from nacl.exceptions import CryptoError

from allpoints.errors import InvalidValue, TooLarge
from allpoints.wire.messages import AttachmentHead, Carried, Envelope, EnvelopeHead, SealedKey, SealingKey

MAX_RECIPIENTS = 200
TAG = 16
"""Bytes that AES-256-GCM adds."""
MAX_CONTENT = 256 << 10
"""Bytes of a padded content."""
MAX_BODY = MAX_CONTENT + TAG

MAX_ATTACHMENTS = 10
MAX_ATTACHMENT = 100 << 20
"""Bytes of one attachment."""
MAX_ATTACHED = 250 << 20
"""Bytes of all sealed attachments of a message together."""
PART = 2 << 20
"""Bytes of an attachment in one part: what a line of 0.6 Mbit/s carries in the time that a hub waits for a request."""
PART_OVERHEAD = 12 + TAG
"""What sealing adds to a part: its nonce and the tag."""
MAX_PARTS = MAX_ATTACHMENT // PART
MAX_SEALED_ATTACHMENT = MAX_PARTS * (PART + PART_OVERHEAD)

SEALED_KEY = 1120 + 32 + TAG
"""Bytes of a sealed key: the encapsulation of MLKEM768-X25519, the secret, the tag."""
PUBLIC_KEY = 1184 + 32
DIGEST = 32
SIGNATURE = 64

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_BUREAU = re.compile(r"[A-Z]{3}")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ForgedMessage(InvalidValue):
    """Do not act on it: it is not what its sender signed. Keep it, and ask the sender's bureau on another way."""


def random_id(text: str, *, field: str = "id") -> str:
    """Return the id of a message or an attachment. Raises `InvalidValue` for what nobody drew at random."""
    if _ID.fullmatch(text):
        return text
    raise InvalidValue(
        "an id has 16 to 64 letters without accents, digits, - and _",
        field=field,
        remedy="Draw it at random.",
    )


def check_head(head: EnvelopeHead) -> None:
    """Raise `InvalidValue` or `TooLarge`, naming the field, for a head that no envelope can have."""
    random_id(head.id, field="head.id")
    if not _KEY.fullmatch(head.signing_key):
        raise InvalidValue("not the name of a key", field="head.signing_key")
    if not 0 < len(head.recipients) <= MAX_RECIPIENTS:
        raise InvalidValue(f"a message has 1 to {MAX_RECIPIENTS} recipients", field="head.recipients")
    if not all(_BUREAU.fullmatch(code) for code in (head.sender, *head.recipients)):
        raise InvalidValue("not the code of a bureau", field="head.recipients")
    if list(head.recipients) != sorted(set(head.recipients)):
        raise InvalidValue("recipients stand in alphabetical order, each once", field="head.recipients")
    if head.sender in head.recipients:
        raise InvalidValue("nobody sends a message to themselves", field="head.recipients")
    _check_time(head.sent_at, "head.sent_at")
    if head.deadline is not None:
        _check_time(head.deadline, "head.deadline")
        if head.deadline <= head.sent_at:
            raise InvalidValue("is over before the message is sent", field="head.deadline")
    _check_attachments(head.attachments)


def check_envelope(envelope: Envelope) -> None:
    """As `check_head`, for all of an envelope; whether it is signed, `verify_envelope` says."""
    head = envelope.head
    check_head(head)
    if tuple(key.recipient for key in envelope.keys) != head.recipients:
        raise InvalidValue(
            "there is one for each recipient, in the order of the head", field="keys", remedy="Seal it anew."
        )
    for key in envelope.keys:
        if not _KEY.fullmatch(key.sealing_key) or len(key.sealed) != SEALED_KEY:
            raise InvalidValue(f"a sealed key has {SEALED_KEY} bytes and names its sealing key", field="keys")
    if len(envelope.commitment) != DIGEST:
        raise InvalidValue(f"has {DIGEST} bytes", field="commitment")
    if len(envelope.body) > MAX_BODY:
        raise TooLarge(
            f"a sealed content has at most {MAX_BODY} bytes",
            field="body",
            remedy="Send what is long as an attachment.",
        )


def verify_envelope(envelope: Envelope | Carried, public_key: bytes, *, field: str = "signature") -> None:
    """Raise `ForgedMessage` where the signature is not that of the key over this very envelope."""
    verify(statement_of(envelope), envelope.signature, public_key, field=field)


def verify(statement: bytes, signature: bytes, public_key: bytes, *, field: str) -> None:
    """Raise `ForgedMessage` where the key did not sign the statement, and nothing beside it."""
    forged = ForgedMessage("the signature does not belong to what it stands with", field=field)
    # What is opened is one string: a longer signature would carry whatever its sender signed before the statement.
    if len(signature) != SIGNATURE:
        raise forged
    try:
        crypto_sign_open(signature + statement, public_key)
    except CryptoError:
        raise forged from None


def message_digest(envelope: Envelope | Carried) -> bytes:
    """What names a message and all that it holds: SHA-256 of what its sender signed."""
    return hashlib.sha256(statement_of(envelope)).digest()


def statement_of(envelope: Envelope | Carried) -> bytes:
    """What the sender of an envelope signs; sender, hub and each recipient can write it."""
    digests = (
        envelope.key_digests
        if isinstance(envelope, Carried)
        else tuple(key_digest(key) for key in envelope.keys)
    )
    return envelope_statement(envelope.head, envelope.commitment, digests, envelope.body)


def envelope_statement(
    head: EnvelopeHead, commitment: bytes, key_digests: Sequence[bytes], body: bytes
) -> bytes:
    """The lines that are signed of a message."""
    return head_statement(head) + _lines(
        f"commitment: {commitment.hex()}",
        *(f"key: {digest.hex()}" for digest in key_digests),
        f"body: {hashlib.sha256(body).hexdigest()}",
    )


def head_statement(head: EnvelopeHead) -> bytes:
    """The lines that are signed of a head; what is sealed is bound to them as well."""
    return _lines(
        "allpoints sealed message v1",
        f"id: {head.id}",
        f"sender: {head.sender}",
        f"signing-key: {head.signing_key}",
        f"recipients: {' '.join(head.recipients)}",
        f"sent-at: {_time(head.sent_at)}",
        f"priority: {head.priority}",
        f"deadline: {_time(head.deadline) if head.deadline else '-'}",
        *(f"attachment: {each.id} {each.size}" for each in head.attachments),
    )


def key_digest(key: SealedKey) -> bytes:
    """What the signature covers of a sealed key."""
    return hashlib.sha256(_lines(key.recipient, key.sealing_key) + key.sealed).digest()


def sealing_statement(key: SealingKey) -> bytes:
    """What a bureau signs of a sealing key that is its own."""
    return _lines(
        "allpoints sealing key v1",
        f"bureau: {key.bureau}",
        f"key: {key.key_id}",
        f"public-key: {hashlib.sha256(key.public_key).hexdigest()}",
        f"created-at: {_time(key.created_at)}",
        f"signing-key: {key.signing_key}",
    )


def check_sealing_key(key: SealingKey) -> None:
    """Raise `InvalidValue` for a sealing key that nobody could seal to."""
    if not _BUREAU.fullmatch(key.bureau) or not _KEY.fullmatch(key.signing_key):
        raise InvalidValue("not the code of a bureau and the name of its key", field="signing_key")
    if len(key.public_key) != PUBLIC_KEY:
        raise InvalidValue(f"a key of MLKEM768-X25519 has {PUBLIC_KEY} bytes", field="public_key")
    _check_time(key.created_at, "created_at")


def count_parts(size: int) -> int:
    """How many parts an attachment of sealed parts of this size together has."""
    return -(-size // (PART + PART_OVERHEAD))


def _check_attachments(attachments: Sequence[AttachmentHead]) -> None:
    if len(attachments) > MAX_ATTACHMENTS or len({each.id for each in attachments}) < len(attachments):
        raise InvalidValue(f"up to {MAX_ATTACHMENTS}, each once", field="head.attachments")
    for each in attachments:
        random_id(each.id, field="head.attachments")
        if not PART_OVERHEAD < each.size <= MAX_SEALED_ATTACHMENT:
            raise TooLarge(
                f"an attachment has up to {MAX_ATTACHMENT >> 20} MiB",
                field="head.attachments",
                remedy="Send it in several messages.",
            )
    if sum(each.size for each in attachments) > MAX_ATTACHED:
        raise TooLarge(
            f"the attachments of a message have up to {MAX_ATTACHED >> 20} MiB together",
            field="head.attachments",
            remedy="Send them in several messages.",
        )


def _check_time(at: datetime, field: str) -> None:
    if at.utcoffset() != timedelta(0) or at.microsecond:
        raise InvalidValue("a time is UTC, in whole seconds, such as 2026-11-29T05:42:00Z", field=field)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _lines(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def whole_seconds(at: datetime) -> datetime:
    """The time as an envelope writes it."""
    return at.astimezone(UTC).replace(microsecond=0)
