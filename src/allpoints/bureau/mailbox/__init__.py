"""A bureau's messages: written, sealed and sent, collected, opened and confirmed, searched, recalled.

`mailbox.py` is the door. `outbox.py` does what is to be done at the hubs, `collecting.py` fetches what waits there and
`receiving.py` keeps it; `trust.py` decides whose keys count, `forms/` are structured requests and replies, and
`attachments.py` the files.
"""

from allpoints.bureau.mailbox.attachments import LyingFile
from allpoints.bureau.mailbox.composing import Draft
from allpoints.bureau.mailbox.mailbox import KEY_READERS, READERS, Mailbox
from allpoints.bureau.mailbox.trust import KeyNotAccepted
from allpoints.bureau.store.attachments import AttachmentState, KeptAttachment
from allpoints.bureau.store.correspondents import KnownKey, Quarantined, QuarantineState
from allpoints.bureau.store.mailbox import CopyOf, Message, MessageState
from allpoints.bureau.store.threads import Place, ThreadHead

__all__ = [
    "KEY_READERS",
    "READERS",
    "AttachmentState",
    "CopyOf",
    "Draft",
    "KeptAttachment",
    "KeyNotAccepted",
    "KnownKey",
    "LyingFile",
    "Mailbox",
    "Message",
    "MessageState",
    "Place",
    "QuarantineState",
    "Quarantined",
    "ThreadHead",
]
