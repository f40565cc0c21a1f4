"""Everything that a notice may say in a code has a word."""

from allpoints.bureau.console.notice_words import NOTICE_WORDS
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notice_requirements import REQUIREMENTS
from allpoints.records.notices import Grounds, PublicField, Standing
from allpoints.records.review import Item, ReviewDecision
from allpoints.wire.notices import NoticeState, Step

CODES = {
    "notice-kind": NoticeKind,
    "colour-alone": Colour,
    "diffusion": Colour,
    "notice-state": NoticeState,
    "step": Step,
    "item": Item,
    "review-decision": ReviewDecision,
    "ground": Grounds.__struct_fields__,
    "standing-in-case": Standing,
    "public-field": PublicField,
    "colour-purpose": [rule.purpose for rule in REQUIREMENTS.values()],
    "need": {need.says for rule in REQUIREMENTS.values() for need in rule.needs},
}


def test_every_code_has_a_word() -> None:
    for what, codes in CODES.items():
        assert set(NOTICE_WORDS[what]) == set(codes), what


def test_the_checklist_is_asked_in_the_words_of_the_hub() -> None:
    assert {item: item.asks for item in Item} == {item: NOTICE_WORDS["item"][item][1] for item in Item}


def test_a_word_is_marked_under_what_it_is_a_word_for() -> None:
    for what, words in NOTICE_WORDS.items():
        assert {context for context, _ in words.values()} == {what}, what
