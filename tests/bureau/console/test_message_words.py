"""Every state of a message and of a key has a word."""

from allpoints.bureau.console.message_words import MESSAGE_WORDS
from allpoints.bureau.mailbox import AttachmentState, MessageState, QuarantineState
from allpoints.bureau.store.correspondents import Ground, Trust

CODES = {
    "message-state": MessageState,
    "attachment-state": AttachmentState,
    "quarantine-state": QuarantineState,
    "trust": Trust,
    "trust-ground": Ground,
}


def test_every_code_has_a_word() -> None:
    for what, codes in CODES.items():
        assert set(MESSAGE_WORDS[what]) == set(codes), what


def test_a_word_is_marked_under_what_it_is_a_word_for() -> None:
    for what, words in MESSAGE_WORDS.items():
        assert {context for context, _ in words.values()} == {what}, what
