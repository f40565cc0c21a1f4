"""Receipts and recalls: messages about messages, sealed and signed as all others.

A receipt names the message by its id and by the digest of all that was signed of it, and comes from one of those to
whom it was sent. A recall takes nothing out of anybody's memory: it says what its sender wants.
"""

from datetime import datetime

from allpoints.bureau.sealed.content import Content, Receipt, ReceiptOf
from allpoints.errors import InvalidValue
from allpoints.wire.envelopes import message_digest, whole_seconds
from allpoints.wire.messages import Carried, Envelope, EnvelopeHead

RECEIPT, RECALL = "receipt", "recall"


class WrongReceipt(InvalidValue):
    """Do not count it: it is not this bureau's to give, or not about this message."""


def receipt_content(carried: Carried, opened: Content, of: ReceiptOf, at: datetime) -> Content:
    """Confirm to the sender of a message that it was delivered or read."""
    receipt = Receipt(message=carried.head.id, digest=message_digest(carried), of=of, at=whole_seconds(at))
    return Content(kind=RECEIPT, thread=opened.thread, in_reply_to=carried.head.id, receipt=receipt)


def check_receipt(content: Content, head: EnvelopeHead, sent: Envelope) -> Receipt:
    """The receipt in an opened message with this head, where it is about what was sent. Raises `WrongReceipt`."""
    receipt = content.receipt
    if content.kind != RECEIPT or receipt is None:
        raise WrongReceipt("it is no receipt", field="kind")
    if head.sender not in sent.head.recipients:
        raise WrongReceipt(f"the message was not sent to {head.sender}", field="head.sender")
    if receipt.message != sent.head.id or receipt.digest != message_digest(sent):
        raise WrongReceipt("it is about another message", field="receipt.digest")
    return receipt


def recall_content(sent: EnvelopeHead, *, thread: str) -> Content:
    """Ask those who have a message already to treat it as taken back."""
    return Content(kind=RECALL, thread=thread, in_reply_to=sent.id, recalls=sent.id)


def check_recall(content: Content, head: EnvelopeHead, recalled: EnvelopeHead) -> None:
    """Raise `WrongReceipt` where the message with this head does not recall that other one, or is not its sender's."""
    if content.kind != RECALL or content.recalls != recalled.id:
        raise WrongReceipt("it recalls another message", field="recalls")
    if head.sender != recalled.sender:
        raise WrongReceipt(f"only {recalled.sender} can recall its message", field="head.sender")
