"""The checklist: each item answered, each no with its reason, and a decision that follows from them."""

import pytest
from msgspec.structs import replace
from tests.announcing import review

from allpoints.errors import InvalidValue
from allpoints.records.review import MAX_REASON, Answered, Item, Review, ReviewDecision, check_review, failed

RETURN, REFUSE = ReviewDecision.RETURN, ReviewDecision.REFUSE


def refused(said: Review) -> str | None:
    with pytest.raises(InvalidValue) as caught:
        check_review(said)
    assert caught.value.remedy
    return caught.value.field


def test_neutrality_quality_and_purpose_are_asked_for_and_each_has_its_question() -> None:
    assert {*Item} == {"political", "military", "religious", "racial", "quality", "purpose"}
    assert all(item.asks.endswith("?") for item in Item)


def test_what_fails_no_item_is_published() -> None:
    check_review(review())


@pytest.mark.parametrize("decision", [RETURN, REFUSE])
def test_what_fails_an_item_is_returned_or_refused_with_the_reason(decision: ReviewDecision) -> None:
    said = review(decision=decision, political="He is sought for a speech.")
    check_review(said)
    assert failed(said.checklist) == [Item.POLITICAL]


def test_what_fails_an_item_is_not_published() -> None:
    assert refused(review(quality="The birth is missing.")) == "decision"


@pytest.mark.parametrize("decision", [RETURN, REFUSE])
def test_nothing_is_returned_or_refused_without_saying_why(decision: ReviewDecision) -> None:
    assert refused(review(decision=decision)) == "decision"


@pytest.mark.parametrize("reason", ["", "  ", "x" * (MAX_REASON + 1), "a\x00"])
def test_a_no_has_a_reason_that_can_be_read(reason: str) -> None:
    assert refused(review(decision=RETURN, quality=reason)) == "checklist[4].reason"


def test_every_item_is_answered_once() -> None:
    whole = review()
    assert refused(replace(whole, checklist=whole.checklist[1:])) == "checklist"
    assert refused(replace(whole, checklist=(*whole.checklist, whole.checklist[0]))) == "checklist"
    twice = (*whole.checklist[:-1], Answered(item=Item.POLITICAL, met=True))
    assert refused(replace(whole, checklist=twice)) == "checklist"
