"""Receipts come from those to whom a message was sent, and are about this message."""

from datetime import timedelta

import msgspec
import pytest
from tests.sealing import NOW, THREAD, SealedBureau, bureau, carry

from allpoints.bureau.sealed import (
    Content,
    ReceiptOf,
    WrongReceipt,
    check_recall,
    check_receipt,
    recall_content,
    receipt_content,
    seal,
)
from allpoints.wire.messages import Envelope, Priority

ALB, ARM, BGR, MAR = (bureau(code) for code in ("ALB", "ARM", "BGR", "MAR"))
CONTENT = Content(kind="message", thread=THREAD, text="Do you know this boat?")


def sent(content: Content, sender: SealedBureau, *recipients: SealedBureau) -> Envelope:
    """A sealed message."""
    return seal(
        content,
        sender=sender.signing,
        recipients={to.code: to.certificate for to in recipients},
        priority=Priority.ROUTINE,
        now=NOW,
    )


MESSAGE = sent(CONTENT, ALB, ARM, BGR)
RECEIPT = receipt_content(carry(MESSAGE, "ARM"), CONTENT, ReceiptOf.READ, NOW + timedelta(hours=1))


def test_a_receipt_says_what_came_of_a_message() -> None:
    back = sent(RECEIPT, ARM, ALB)
    opened = ALB.opens(carry(back, "ALB"), ARM)
    receipt = check_receipt(opened, back.head, MESSAGE)
    assert (receipt.message, receipt.of, receipt.at) == (
        MESSAGE.head.id,
        ReceiptOf.READ,
        NOW + timedelta(hours=1),
    )
    assert (opened.thread, opened.in_reply_to) == (THREAD, MESSAGE.head.id)


def test_a_receipt_of_a_bureau_to_which_nothing_was_sent_is_refused() -> None:
    with pytest.raises(WrongReceipt, match="not sent to MAR"):
        check_receipt(RECEIPT, sent(RECEIPT, MAR, ALB).head, MESSAGE)


def test_a_receipt_is_about_one_message_and_all_of_it() -> None:
    head = sent(RECEIPT, ARM, ALB).head
    other = sent(CONTENT, ALB, ARM, BGR)
    same_id = msgspec.structs.replace(other, head=msgspec.structs.replace(other.head, id=MESSAGE.head.id))
    for message in (other, same_id):
        with pytest.raises(WrongReceipt, match="another message"):
            check_receipt(RECEIPT, head, message)


def test_what_is_no_receipt_is_refused() -> None:
    head = sent(CONTENT, ARM, ALB).head
    for content in (CONTENT, msgspec.structs.replace(RECEIPT, kind="message")):
        with pytest.raises(WrongReceipt, match="no receipt"):
            check_receipt(content, head, MESSAGE)


def test_a_sender_recalls_its_own_message_only() -> None:
    recall = recall_content(MESSAGE.head, thread=THREAD)
    check_recall(recall, sent(recall, ALB, ARM).head, MESSAGE.head)
    with pytest.raises(WrongReceipt, match="only ALB"):
        check_recall(recall, sent(recall, BGR, ARM).head, MESSAGE.head)
    with pytest.raises(WrongReceipt, match="another message"):
        check_recall(recall, MESSAGE.head, sent(CONTENT, ALB, ARM).head)
    with pytest.raises(WrongReceipt, match="another message"):
        check_recall(CONTENT, MESSAGE.head, MESSAGE.head)
