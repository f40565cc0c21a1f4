"""Everything that administrators see as a code has a word."""

from datetime import UTC, datetime

import pytest

from allpoints.bureau.console.administration_words import ADMINISTRATION_WORDS, pieces
from allpoints.bureau.hub_keys import Standing
from allpoints.bureau.store.trail import Done, TrailEntry
from allpoints.bureau.vault import KeyKind, KeyState

CODES = {"done": Done, "key-kind": KeyKind, "key-state": KeyState, "hub-standing": Standing}


def test_every_code_has_a_word() -> None:
    for what, codes in CODES.items():
        assert set(ADMINISTRATION_WORDS[what]) == set(codes), what


def test_a_word_is_marked_under_what_it_is_a_word_for() -> None:
    for what, words in ADMINISTRATION_WORDS.items():
        assert {context for context, _ in words.values()} == {what}, what


@pytest.mark.parametrize(
    ("act", "detail", "said"),
    [
        (Done.SIGNED_IN, "password and recovery code", {"password and recovery code": "way-in"}),
        (Done.SIGN_IN_REFUSED, "openid: <b>", {"openid": "way-in", "<b>": ""}),
        (Done.PERSON_DEACTIVATED, "operator, examiner", {"operator": "role", "examiner": "role"}),
        (Done.ROLE_CHOSEN, "officer, border-control", {"officer": "role", "border-control": "purpose"}),
        (Done.APPROVED, "7: rotate-key", {"7": "", "rotate-key": "proposed-act"}),
        (Done.TOKEN_ENDED, "7: with the right", {"7": "", "with the right": "token"}),
        (Done.PASSKEY_ADDED, "operator", {"operator": ""}),
        ("done-in-2040", "a, b: c", {"a": "", "b": "", "c": ""}),
    ],
)
def test_the_detail_of_an_entry_is_shown_in_words_where_it_is_made_of_codes(
    act: str, detail: str, said: dict[str, str]
) -> None:
    now = datetime.now(UTC)
    shown = pieces(TrailEntry(1, now, act, None, None, "", "", detail))
    assert "".join(piece for _, piece in shown) == detail
    assert {piece: kind for kind, piece in shown if piece not in (": ", ", ")} == said
