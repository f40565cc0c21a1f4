"""What is sealed: the content of a message, and its padded bytes.

The size of a message is all that the hub could learn of its content, so contents are padded to few sizes: at least
4 KiB, so that a yes, a no and a receipt are alike, and beyond that by PADMÉ (Nikitin and others, "Reducing Metadata
Leakage from Encrypted Files and Communication with PURBs", PoPETs 2019), which adds at most 12 %.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.wire.envelopes import DIGEST, MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_CONTENT

KEY_BYTES = 32
LEAST_PADDED = 4 << 10
_LENGTH = 4
"""Bytes before the content that say how long it is without its padding."""

MAX_MEDIA_TYPE = 100

Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Line = Annotated[str, msgspec.Meta(max_length=300)]
Digest = Annotated[bytes, msgspec.Meta(min_length=DIGEST, max_length=DIGEST)]


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """What a recipient needs to fetch and open an attachment. Name and media type are the sender's word."""

    id: Id
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    media_type: Annotated[str, msgspec.Meta(max_length=MAX_MEDIA_TYPE)]
    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_ATTACHMENT)]
    """Bytes of the file itself."""
    digest: Digest
    """SHA-256 of the file: the signature covers it with the content."""
    key: Annotated[bytes, msgspec.Meta(min_length=KEY_BYTES, max_length=KEY_BYTES)]

    def __repr__(self) -> str:
        return f"<Attachment {self.id}>"


class ReceiptOf(StrEnum):
    """What a receipt confirms."""

    DELIVERED = "delivered"
    """The recipient's program has opened the message and kept it."""
    READ = "read"
    """A person has looked at it."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient's word on one message."""

    message: Id
    digest: Digest
    """Names all that the recipient got: `wire.envelopes.message_digest`."""
    of: ReceiptOf
    at: datetime


class Content(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a message says. Everything in it is the sender's word, to be shown as text and never as markup."""

    kind: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{0,39}$")]
    """`message`, `receipt`, `recall`, or the name of a structured form."""
    thread: Id
    """The messages of one matter have the same; the first one draws it."""
    in_reply_to: Id | None = None
    """The id of the message that this one answers."""
    author: Line = ""
    """Who wrote it, as the sender's bureau wants others to know them."""
    subject: Line = ""
    text: str = ""
    fields: dict[str, Any] = {}
    """What a structured form says, by the names of its fields."""
    references: Annotated[tuple[Line, ...], msgspec.Meta(max_length=50)] = ()
    """Case numbers and the like, the sender's and the recipient's."""
    attachments: Annotated[tuple[Attachment, ...], msgspec.Meta(max_length=MAX_ATTACHMENTS)] = ()
    receipt: Receipt | None = None
    recalls: Id | None = None
    """The id of an earlier message that the sender takes back."""


_content = msgspec.msgpack.Decoder(Content)


def write_content(content: Content) -> bytes:
    """Return the padded bytes of a content. Raises `TooLarge`, and `InvalidValue` for what no recipient would read."""
    written = msgspec.msgpack.encode(content)
    try:
        _content.decode(written)
    except msgspec.ValidationError as error:
        raise InvalidValue(f"the content is not in its form: {error}", field="content") from None
    if len(written) + _LENGTH > MAX_CONTENT:
        raise TooLarge(
            f"a content has at most {MAX_CONTENT - _LENGTH} bytes",
            field="text",
            remedy="Send what is long as an attachment.",
        )
    return (len(written).to_bytes(_LENGTH, "big") + written).ljust(
        padded(len(written) + _LENGTH, least=LEAST_PADDED), b"\0"
    )


def read_content(body: bytes) -> Content:
    """Read the padded bytes of a content. Raises `MalformedInput` for what is none, or has more in its padding."""
    length = int.from_bytes(body[:_LENGTH], "big")
    written, rest = body[_LENGTH : _LENGTH + length], body[_LENGTH + length :]
    if len(body) < _LENGTH + length or rest.strip(b"\0"):
        raise MalformedInput("the content's length is not what it says", field="body")
    try:
        return _content.decode(written)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedInput(f"the content is not understood: {error}", field="body") from None


def padded(size: int, *, least: int) -> int:
    """The length to which `size` bytes are padded: PADMÉ, whose lengths have few significant bits."""
    size = max(size, least)
    exponent = size.bit_length() - 1
    free = exponent - exponent.bit_length()
    return -(-size >> free) << free
