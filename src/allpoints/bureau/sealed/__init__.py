"""Sealed messages: what one bureau writes and only the recipients can read, whoever carries it.

Pure: nothing here reads a file or a clock, or sends. `seal` and `open_envelope` are the doors, `attachments.py` seals
what is too long for a content, `receipts.py` says what became of it, `keys.py` keeps what opens it. `docs/messages.md`
has the format.
"""

from allpoints.bureau.sealed.attachments import (
    CutAttachment,
    new_attachment,
    open_part,
    open_parts,
    seal_part,
    sealed_size,
)
from allpoints.bureau.sealed.content import Attachment, Content, Receipt, ReceiptOf
from allpoints.bureau.sealed.envelopes import ReaddressedMessage, RevokedKey, open_envelope, seal
from allpoints.bureau.sealed.keys import SealingPrivateKey, UnknownSealingKey, check_certificate
from allpoints.bureau.sealed.receipts import (
    WrongReceipt,
    check_recall,
    check_receipt,
    recall_content,
    receipt_content,
)

__all__ = [
    "Attachment",
    "Content",
    "CutAttachment",
    "ReaddressedMessage",
    "Receipt",
    "ReceiptOf",
    "RevokedKey",
    "SealingPrivateKey",
    "UnknownSealingKey",
    "WrongReceipt",
    "check_certificate",
    "check_recall",
    "check_receipt",
    "new_attachment",
    "open_envelope",
    "open_part",
    "open_parts",
    "recall_content",
    "receipt_content",
    "seal",
    "seal_part",
    "sealed_size",
]
