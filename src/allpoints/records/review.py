"""The review of a notice: what the secretariat looks at, and what it may decide then."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from allpoints.errors import InvalidValue

MAX_REASON = 2_000


class Item(StrEnum):
    """One item of the checklist. The first four are the neutrality that every member relies on."""

    POLITICAL = "political"
    MILITARY = "military"
    RELIGIOUS = "religious"
    RACIAL = "racial"
    QUALITY = "quality"
    PURPOSE = "purpose"

    @property
    def asks(self) -> str:
        """The question, to be answered with yes or no."""
        return _QUESTIONS[self]


_QUESTIONS = {
    Item.POLITICAL: "Is it free of political character: no act of opinion, of opposition or of office?",
    Item.MILITARY: "Is it free of military character: no desertion, no refusal to serve, no act of war?",
    Item.RELIGIOUS: "Is it free of religious character: no faith, no apostasy, no blasphemy?",
    Item.RACIAL: "Is it free of racial character: nobody is described or sought for descent or origin?",
    Item.QUALITY: "Are the data accurate, relevant, up to date and not more than is needed?",
    Item.PURPOSE: "Does it serve the purpose of its colour, and does it rest on what that colour requires?",
}


class ReviewDecision(StrEnum):
    """What the secretariat decides."""

    PUBLISH = "publish"
    RETURN = "return"
    """With questions: the owner corrects it and it is reviewed anew."""
    REFUSE = "refuse"


class Answered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The answer to one item; where it is no, the reason, which is also the question to the owner."""

    item: Item
    met: bool
    reason: str = ""


class Review(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reviewer's whole checklist of one version of a notice, and the decision."""

    version: int
    """What was looked at. Where the owner has corrected it since, it is not decided on."""
    checklist: tuple[Answered, ...]
    decision: ReviewDecision


def check_review(review: Review) -> None:
    """Raise `InvalidValue` where an item has no answer or a no has no reason, or where the decision does not follow:
    what fails an item is not published, and what fails none is neither returned nor refused."""
    answers = {answer.item: answer for answer in review.checklist}
    if len(answers) != len(review.checklist) or answers.keys() != set(Item):
        raise InvalidValue("answers each item once", field="checklist", remedy=f"Answer: {', '.join(Item)}.")
    for number, answer in enumerate(review.checklist):
        check_reason(answer.reason, field=f"checklist[{number}].reason", needed=not answer.met)
    if failing := failed(review.checklist):
        if review.decision is ReviewDecision.PUBLISH:
            raise InvalidValue(
                f"{', '.join(failing)}: what fails an item is not published",
                field="decision",
                remedy="Return it with your questions, or refuse it.",
            )
    elif review.decision is not ReviewDecision.PUBLISH:
        raise InvalidValue(
            "no item fails, so the owner would not know why",
            field="decision",
            remedy="Answer no to the item that fails, and say why.",
        )


def failed(checklist: Iterable[Answered]) -> list[Item]:
    """The items that were answered with no."""
    return [answer.item for answer in checklist if not answer.met]


def check_reason(reason: str, *, field: str, needed: bool = True) -> None:
    """Raise `InvalidValue` for a reason that is missing, too long or cannot be stored."""
    if (needed and not reason.strip()) or len(reason) > MAX_REASON or "\x00" in reason:
        raise InvalidValue(
            f"a reason has {'1' if needed else '0'} to {MAX_REASON} characters",
            field=field,
            remedy="Say why: the other side has to be able to mend it.",
        )
