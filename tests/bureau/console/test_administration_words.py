"""Everything that administrators see as a code has a word."""

from allpoints.bureau.console.administration_words import ADMINISTRATION_WORDS
from allpoints.bureau.hub_keys import Standing
from allpoints.bureau.store.trail import Done
from allpoints.bureau.vault import KeyKind, KeyState

CODES = {"done": Done, "key-kind": KeyKind, "key-state": KeyState, "hub-standing": Standing}


def test_every_code_has_a_word() -> None:
    for what, codes in CODES.items():
        assert set(ADMINISTRATION_WORDS[what]) == set(codes), what


def test_a_word_is_marked_under_what_it_is_a_word_for() -> None:
    for what, words in ADMINISTRATION_WORDS.items():
        assert {context for context, _ in words.values()} == {what}, what
