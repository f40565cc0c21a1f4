"""What of the mailbox waits for somebody: matters for the desk, each under a key of its own."""

from allpoints.bureau.store.correspondents import KnownKey
from allpoints.bureau.store.desk import Waiting
from allpoints.bureau.store.mailbox import DueAnswer, NewMessage
from allpoints.errors import AllpointsError
from allpoints.records import CASEWORK, Role

READERS = (*CASEWORK, Role.ANALYST)
KEEPERS = (Role.ADMINISTRATOR,)

REMINDERS = 3
"""At half of an answer's time, at seven eighths, and when it is over."""


def message_came(message: NewMessage) -> Waiting:
    """A message that nobody has read."""
    return Waiting(
        key=came(message.hub, message.id),
        kind="message",
        what=message.sender,
        hub=message.hub,
        detail={
            "id": message.id,
            "thread": message.content.thread,
            "form": message.content.kind,
            "sender": message.sender,
        },
        path=_page(message.id),
        priority=message.priority,
        deadline=message.deadline,
        roles=READERS,
    )


def answer_due(due: DueAnswer, stage: int) -> Waiting:
    """An answer that we owe, or that others owe us."""
    overdue = "overdue" if stage == REMINDERS else "due"
    return Waiting(
        key=reminder(due.hub, due.id, stage),
        kind=f"reply-{overdue}" if due.outgoing else f"answer-{overdue}",
        what=", ".join(due.recipients) if due.outgoing else due.sender,
        hub=due.hub,
        detail={"id": due.id, "form": due.kind},
        path=_page(due.id),
        priority="urgent" if stage == REMINDERS else due.priority,
        deadline=due.deadline,
        # What is over is for whoever can send somebody to do it.
        roles=(Role.SUPERVISOR,) if stage == REMINDERS and not due.outgoing else CASEWORK,
    )


def message_stuck(hub: str, message_id: str, error: AllpointsError, recipients: tuple[str, ...]) -> Waiting:
    """A message of ours that the hub does not take, or that is held."""
    return Waiting(
        key=stuck(message_id),
        kind="message-stuck",
        what=", ".join(recipients),
        hub=hub,
        detail={"id": message_id, "code": error.code},
        path=_page(message_id),
        priority="priority",
        roles=CASEWORK,
    )


def message_recalled(hub: str, message_id: str, sender: str, *, read: bool) -> Waiting:
    """Its sender wants a message back."""
    return Waiting(
        key=f"{hub}:message-recalled:{message_id}",
        kind="message-recalled",
        what=sender,
        hub=hub,
        detail={"id": message_id, "read": read},
        path=_page(message_id),
        roles=READERS,
    )


def key_changed(hub: str, key: KnownKey) -> Waiting:
    """A new key that nobody has accepted."""
    return Waiting(
        key=key_decided(key.key_id),
        kind="key-changed",
        what=f"{key.bureau} · {key.key_id}",
        hub=hub,
        detail={"bureau": key.bureau, "key": key.key_id},
        path="/messages/keys",
        priority="priority",
        roles=KEEPERS,
    )


def not_let_in(hub: str, number: int, sender: str, error: AllpointsError) -> Waiting:
    """Something came that is forged, passed on, or not to be understood."""
    return Waiting(
        key=f"quarantine:{number}",
        kind="quarantined",
        what=sender,
        hub=hub,
        detail={"number": number, "code": error.code},
        path="/messages/quarantine",
        priority="priority",
        roles=(*KEEPERS, Role.SUPERVISOR),
    )


def came(hub: str, message_id: str) -> str:
    """The key of an unread message."""
    return f"{hub}:message:{message_id}"


def reminder(hub: str, message_id: str, stage: int) -> str:
    """The key of one reminder."""
    return f"{hub}:reply:{message_id}:{stage}"


def stuck(message_id: str) -> str:
    """The key of a message that is stuck."""
    return f"message-stuck:{message_id}"


def key_decided(key_id: str) -> str:
    """The key of a new signing key."""
    return f"key-changed:{key_id}"


def _page(message_id: str) -> str:
    return f"/messages/{message_id}"
