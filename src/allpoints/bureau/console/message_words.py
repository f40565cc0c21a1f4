"""The words for where a message stands, and for how far another bureau's key is trusted."""

from collections.abc import Mapping

from allpoints.bureau.console.words import P_
from allpoints.bureau.mailbox import AttachmentState, MessageState, QuarantineState
from allpoints.bureau.store.correspondents import Ground, Trust

MESSAGE_WORDS: dict[str, Mapping[str, tuple[str, str]]] = {
    "message-state": {
        MessageState.WAITING: P_("message-state", "waits to be sent"),
        MessageState.HELD: P_("message-state", "held back"),
        MessageState.SENT: P_("message-state", "sent"),
        MessageState.REFUSED: P_("message-state", "refused by the hub"),
        MessageState.RECALLED: P_("message-state", "recalled"),
        MessageState.UNREAD: P_("message-state", "unread"),
        MessageState.READ: P_("message-state", "read"),
    },
    "attachment-state": {
        AttachmentState.ARRIVING: P_("attachment-state", "still arriving"),
        AttachmentState.WHOLE: P_("attachment-state", "whole"),
        AttachmentState.BROKEN: P_("attachment-state", "broken: it is not the file that its sender attached"),
        AttachmentState.RECALLED: P_("attachment-state", "deleted with the recalled message"),
    },
    "trust": {
        Trust.TRUSTED: P_("trust", "trusted"),
        Trust.HELD: P_("trust", "waits for a decision"),
        Trust.REFUSED: P_("trust", "refused"),
    },
    "trust-ground": {
        Ground.FIRST_USE: P_("trust-ground", "the first key seen of this bureau"),
        Ground.INTRODUCTION: P_("trust-ground", "introduced by a key that was trusted"),
        Ground.PERSON: P_("trust-ground", "compared by an administrator"),
        Ground.NONE: P_("trust-ground", "nobody has vouched for it"),
    },
    "quarantine-state": {
        QuarantineState.HELD: P_("quarantine-state", "waits for its key to be accepted"),
        QuarantineState.REFUSED: P_("quarantine-state", "refused"),
        QuarantineState.RELEASED: P_("quarantine-state", "let in after all"),
    },
    "quarantine-reason": {
        "key-not-accepted": P_("quarantine-reason", "signed with a new key that nobody has accepted yet"),
        "key-refused": P_("quarantine-reason", "signed with a key that an administrator has refused"),
        "revoked-key": P_("quarantine-reason", "signed with a key that was revoked"),
        "forged-message": P_("quarantine-reason", "forged: the signature is not its sender's"),
        "readdressed-message": P_("quarantine-reason", "meant for somebody else, and passed on"),
        "another-message": P_("quarantine-reason", "another message under an id that is known"),
        "malformed-input": P_("quarantine-reason", "nobody here can open or understand it"),
        "invalid-value": P_("quarantine-reason", "it says what no message may say"),
        "not-found": P_("quarantine-reason", "sealed for a key that is not ours"),
        "wrong-receipt": P_("quarantine-reason", "a receipt from who was no recipient"),
    },
}
"""As `words.WORDS`."""
