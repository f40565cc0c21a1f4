"""The secretariat's side of notices: what waits for a review, the checklist, suspension. Only on the hub's own node."""

import msgspec
from litestar import Response, get, post
from msgspec import Struct

from allpoints.bureau.console.pages.notices import Why, called, reviews, show
from allpoints.bureau.console.record_forms import typed_of
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import N_
from allpoints.bureau.desk import BegunAct
from allpoints.bureau.node import Node
from allpoints.errors import AllpointsError, Forbidden
from allpoints.records import CASEWORK
from allpoints.records.review import Answered, Item, Review, ReviewDecision, check_review

ROLES = {"roles": CASEWORK}
ROWS = 50
_LABELS = {
    ReviewDecision.PUBLISH: N_("Publishing %(notice)s"),
    ReviewDecision.RETURN: N_("Returning %(notice)s with questions"),
    ReviewDecision.REFUSE: N_("Refusing %(notice)s"),
}


class Reviewed(Struct, frozen=True):
    """What the form says beside the checklist."""

    version: int
    decision: ReviewDecision


@get("/notices/reviews", opt=ROLES)
async def due(visit: Visit, after: int = 0) -> Response[bytes]:
    """What waits for a review, the oldest first."""
    _check_reviewer(visit)
    page = await visit.client().notices(after=after, limit=ROWS, due=True)
    return await visit.page("reviews.html", part="rows", notices=page.items, next=page.next)


@post("/notices/{number:int}/review", status_code=200, opt=ROLES)
async def review(visit: Visit, number: int) -> Response[bytes]:
    """Publish, return or refuse what was looked at; until it is done it can be taken back."""
    _check_reviewer(visit)
    form = await visit.form(Reviewed)
    typed = typed_of(await visit.request.form())
    said = Review(
        version=form.version,
        checklist=tuple(
            Answered(
                item=item,
                met=typed.get(f"met.{item}", [""])[0] == "yes",
                reason=typed.get(f"reason.{item}", [""])[0],
            )
            for item in Item
        ),
        decision=form.decision,
    )
    found = await visit.client().notice(number)
    try:
        check_review(said)
    except AllpointsError as problem:
        problem.field = _field(problem.field)
        if visit.is_part:
            raise
        return await show(visit, found, typed=typed, refused=problem)
    label = visit.say(_LABELS[form.decision]) % {"notice": called(found)}
    content = {"hub": visit.hub, "notice": number, "review": msgspec.to_builtins(said)}
    await visit.hold("review-notice", content, label)
    return await show(visit, found, note=label)


async def do_review(node: Node, act: BegunAct) -> None:
    """Tell the hub, which refuses it where the notice was corrected meanwhile."""
    said = msgspec.convert(act.content["review"], Review)
    client = node.hubs.client(act.asker, act.content["hub"])
    await client.review_notice(act.content["notice"], said, idempotency_key=act.name)


@post("/notices/{number:int}/suspension", status_code=200, opt=ROLES)
async def suspend(visit: Visit, number: int) -> Response[bytes]:
    """Hold it back at once: no check finds it from now on. Lifting it is the way back."""
    _check_reviewer(visit)
    why = await visit.form(Why)
    await visit.client().suspend_notice(number, why.reason)
    return visit.go_to(visit.at(f"/notices/{number}"))


@post("/notices/{number:int}/lifting", status_code=200, opt=ROLES)
async def lift(visit: Visit, number: int) -> Response[bytes]:
    """Let it be found again."""
    _check_reviewer(visit)
    why = await visit.form(Why)
    await visit.client().lift_suspension(number, why.reason)
    return visit.go_to(visit.at(f"/notices/{number}"))


def _check_reviewer(visit: Visit) -> None:
    """Raises `Forbidden` for who is not of the secretariat."""
    if not reviews(visit):
        raise Forbidden("the hub's secretariat reviews notices", field="role")


def _field(named: str | None) -> str | None:
    """The form's field for an item of the checklist."""
    for place, item in enumerate(Item):
        if named == f"checklist[{place}].reason":
            return f"reason.{item}"
    return named


ROUTES = (due, review, suspend, lift)
ACTS = {"review-notice": do_review}
