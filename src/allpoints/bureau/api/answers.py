"""What the API says of messages. Everything that another bureau wrote is its word, and text."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from allpoints.bureau.mailbox import AttachmentState, CopyOf, KeptAttachment, Message, MessageState
from allpoints.errors import Problem
from allpoints.wire.messages import Priority


class File(Struct, frozen=True, kw_only=True):
    """An attachment, without the key that opens it."""

    id: str
    name: str
    """As its sender calls it, like its media type; empty once it was recalled."""
    media_type: str
    size: int
    sha256: str
    state: AttachmentState
    found_type: str
    """The media type by its first bytes; empty until it is here."""
    honest: bool
    """Whether that is what its name and its sender say."""
    problem: str
    """What is wrong with a broken one."""


class MessageHead(Struct, frozen=True, kw_only=True):
    """A message in a list."""

    id: str
    number: int
    thread: str
    hub: str
    sender: str
    recipients: tuple[str, ...]
    outgoing: bool
    kind: str
    """`message`, or the name of its form."""
    subject: str
    in_reply_to: str | None
    priority: Priority
    deadline: datetime | None
    written_at: datetime
    arrived_at: datetime | None
    state: MessageState
    problem: Problem | None
    read_at: datetime | None
    answered_at: datetime | None
    recalled_at: datetime | None
    copies: tuple[CopyOf, ...]
    """Of ours: what became of each recipient's."""


class Said(Struct, frozen=True, kw_only=True):
    """What a message says."""

    author: str
    text: str
    fields: dict[str, Any]
    """Of its form, by their names, as codes and texts; `forms` has their words."""
    references: tuple[str, ...]
    attachments: tuple[File, ...]


class FullMessage(MessageHead, frozen=True, kw_only=True):
    """One message."""

    said: Said | None
    """None of one that nobody has opened."""


_OF_CONTENT = ("kind", "subject", "in_reply_to")


def head(message: Message) -> MessageHead:
    """A message as it stands in a list."""
    return MessageHead(**_facts(message))


def full(message: Message, kept: list[KeptAttachment]) -> FullMessage:
    """A message, with its attachments and what it says, once somebody has opened it."""
    content = message.content
    said = Said(
        author=content.author,
        text=content.text,
        fields=content.fields,
        references=content.references,
        attachments=tuple(map(file, kept)),
    )
    return FullMessage(**_facts(message), said=None if message.state is MessageState.UNREAD else said)


def file(kept: KeptAttachment) -> File:
    """An attachment."""
    described = kept.described
    return File(
        id=kept.id,
        name=described.name if described else "",
        media_type=described.media_type if described else "",
        size=described.size if described else 0,
        sha256=described.digest.hex() if described else "",
        state=kept.state,
        found_type=kept.found_type,
        honest=kept.honest,
        problem=kept.problem,
    )


def _facts(message: Message) -> dict[str, Any]:
    return {
        name: getattr(message.content if name in _OF_CONTENT else message, name)
        for name in MessageHead.__struct_fields__
    }
