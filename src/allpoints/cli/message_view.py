"""How a message is shown: what came from another bureau is text, and what opens its files is left out."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from allpoints.cli import screen

if TYPE_CHECKING:
    from allpoints.bureau.mailbox import CopyOf, Message


def without_keys(message: "Message") -> dict[str, Any]:
    """A message without what opens its attachments: they are fetched by their ids."""
    written: dict[str, Any] = msgspec.to_builtins(message)
    for attachment in written["content"].get("attachments", ()):
        del attachment["key"]
    return written


def show(message: "Message", language: str) -> None:
    """Write a message, its form in the reader's language."""
    from allpoints.bureau.mailbox import forms

    content = message.content
    screen.say(content.subject or forms.title(content.kind, language), style="bold")
    screen.out.print(screen.facts(_facts(message)))
    for line in forms.show(content.kind, content.fields, language):
        screen.say(f"{line.label}: {'; '.join(line.values)}{'' if line.known else ' (not understood here)'}")
    if content.text:
        screen.say("")
        screen.say(content.text)
    show_copies(message)


def _facts(message: "Message") -> Iterator[tuple[str, object]]:
    content = message.content
    yield "from", f"{message.sender} ({content.author})" if content.author else message.sender
    yield "to", message.recipients
    yield "at", message.written_at
    yield "state", message.state
    yield "why", message.problem.detail if message.problem else None
    yield "recalled", message.recalled_at
    yield "answer due", message.deadline
    yield "references", content.references
    for each in content.attachments:
        yield "attachment", f"{each.id}  {each.name}  {each.size:,} bytes"


def show_copies(message: "Message") -> None:
    """Write what became of each recipient's copy of a message of ours."""
    if message.copies:
        screen.table(
            ("recipient", "copy", "delivered", "read", "answered", "recalled"),
            (
                (c.bureau, c.copy or "not sent", c.delivered_at, c.read_at, c.answered_at, _recalled(c))
                for c in message.copies
            ),
            empty="",
        )


def _recalled(copy: "CopyOf") -> str:
    if copy.recall_answered_at is None:
        return ""
    return "too late: it was read" if copy.read_at else "unread"
