"""Examinations: candidate lists of fingerprints and faces, assigned to examiners, and the pictures side by side.

The machine proposes; nothing is an identification before an examiner decides. What nobody may know yet of a blind
verification the hub does not tell, so it is not here.
"""

from typing import Annotated

from litestar import Response, get, post
from msgspec import Meta, Struct

from allpoints.bureau.console.drawings.correspondences import correspondences
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import N_, P_
from allpoints.bureau.desk import BegunAct
from allpoints.bureau.node import Node
from allpoints.bureau.people import Person
from allpoints.errors import Conflict, Forbidden, InvalidValue, NotFound
from allpoints.records import Role
from allpoints.wire.corridor import (
    CandidateComparison,
    ExaminationList,
    ExaminationState,
    ExaminedCandidate,
    ExaminerDecision,
)

SECTION = Section(
    "/examinations",
    P_("section", "Examinations"),
    roles=(Role.EXAMINER, Role.OPERATOR, Role.SUPERVISOR),
)
ROWS = 50
PNG = "image/png"
MAX_REASON = 2_000
_LABELS = {
    ExaminerDecision.IDENTIFICATION: N_("Identifying record %(record)s"),
    ExaminerDecision.EXCLUSION: N_("Excluding record %(record)s"),
    ExaminerDecision.INCONCLUSIVE: N_("Finding record %(record)s inconclusive"),
}
_TITLE = N_("%(number)s: certainty %(certainty)s")


class Assigned(Struct, frozen=True):
    """To whom a list is given."""

    examiner: Annotated[str, Meta(max_length=64)]


class Decided(Struct, frozen=True):
    """An examiner's form."""

    decision: ExaminerDecision
    reason: Annotated[str, Meta(max_length=MAX_REASON)]


@get("/examinations")
async def listed(
    visit: Visit, show: ExaminationState | None = None, mine: bool = False, after: int = 0
) -> Response[bytes]:
    """The bureau's lists, oldest first."""
    page = await visit.client().examinations(after=after, limit=ROWS, state=show, mine=mine)
    return await visit.page(
        "examinations.html",
        part="rows",
        examinations=page.items,
        next=page.next,
        show=show or "",
        mine=mine,
        names=await _names(visit),
    )


@get("/examinations/{number:int}")
async def one(visit: Visit, number: int) -> Response[bytes]:
    """One list with its candidates."""
    return await _page(visit, await visit.client().examination(number))


@post("/examinations/{number:int}/assignment", status_code=200)
async def assign(visit: Visit, number: int) -> Response[bytes]:
    """Give a list to an examiner, or to the second one where the first has decided."""
    form = await visit.form(Assigned)
    await visit.client().assign(number, form.examiner)
    if not visit.is_part:
        return visit.go_to(visit.at(f"/examinations/{number}"))
    return await _page(visit, await visit.client().examination(number))


@get("/examinations/{number:int}/candidates/{record:int}")
async def candidate(visit: Visit, number: int, record: int, probe: int | None = None) -> Response[bytes]:
    """Probe and candidate, side by side."""
    client = visit.client()
    found = await client.examination(number)
    proposed = next((each for each in found.candidates if each.hit.record == record), None)
    if proposed is None:
        raise NotFound(
            f"record {record} is no candidate of list {number}, or no longer disclosed", field="record"
        )
    comparison, hidden = None, None
    try:
        comparison = await client.comparison(number, record, probe=probe)
    except (Conflict, Forbidden, NotFound) as reason:
        hidden = reason
    return await visit.page(
        "candidate.html",
        list=found,
        candidate=proposed,
        comparison=comparison,
        hidden=hidden,
        drawing=_drawing(visit, comparison) if comparison else "",
        names=await _names(visit),
        decides=_decides(visit, found, proposed),
        decisions=_allowed(proposed),
        longest=MAX_REASON,
    )


@get("/examinations/{number:int}/candidates/{record:int}/comparison.png")
async def picture(visit: Visit, number: int, record: int, probe: int | None = None) -> Response[bytes]:
    """The hub's picture, for this page and nowhere kept."""
    drawn = await visit.client().comparison_picture(number, record, probe=probe)
    return Response(drawn, media_type=PNG, headers={"cache-control": "no-store"})


@post("/examinations/{number:int}/candidates/{record:int}/decision", status_code=200)
async def decide(visit: Visit, number: int, record: int) -> Response[bytes]:
    """Decide on a candidate; it is for good, and can be taken back for a few seconds."""
    form = await visit.form(Decided)
    if not form.reason.strip():
        raise InvalidValue(
            "is missing", field="reason", remedy="Say what was compared, and why it leads there."
        )
    label = visit.say(_LABELS[form.decision]) % {"record": record}
    content = {
        "hub": visit.hub,
        "examination": number,
        "record": record,
        "decision": form.decision.value,
        "reason": form.reason,
    }
    await visit.hold("decide-candidate", content, label)
    return visit.go_to(visit.at(f"/examinations/{number}"))


async def do_decide(node: Node, act: BegunAct) -> None:
    """Tell the hub."""
    said = act.content
    await node.hubs.client(act.asker, said["hub"]).decide(
        said["examination"],
        said["record"],
        ExaminerDecision(said["decision"]),
        said["reason"],
        name=act.name,
    )


async def _page(visit: Visit, found: ExaminationList) -> Response[bytes]:
    return await visit.page(
        "examination.html",
        part="list",
        list=found,
        names=await _names(visit),
        examiners=[each for each in await _examiners(visit) if each.pseudonym != found.asked_by],
        me=visit.session.person.pseudonym,
        assigns=found.state not in (ExaminationState.CONCLUDED, ExaminationState.LAPSED),
    )


def _drawing(visit: Visit, comparison: CandidateComparison) -> str:
    path = f"/examinations/{comparison.examination}/candidates/{comparison.record}/comparison.png"
    title = visit.say(_TITLE)
    titles = {
        each.number: title % {"number": each.number, "certainty": f"{each.certainty:.2f}"}
        for each in comparison.correspondences
    }
    label = visit.say(N_("The probe on the left, the record's picture on the right"))
    return correspondences(
        comparison, visit.at(f"{path}?probe={comparison.shown.probe}"), label=label, titles=titles
    )


def _decides(visit: Visit, found: ExaminationList, proposed: ExaminedCandidate) -> bool:
    """Whether the one who looks is to decide on the candidate; the hub has the last word."""
    me = visit.session.person.pseudonym
    waiting = {
        ExaminationState.ASSIGNED: found.examiner,
        ExaminationState.AWAITING_VERIFICATION: found.verifier,
    }.get(found.state)
    decided = any(made.examiner == me and made.round == found.round for made in proposed.decisions)
    return visit.session.role is Role.EXAMINER and waiting == me and not decided


def _allowed(proposed: ExaminedCandidate) -> tuple[ExaminerDecision, ...]:
    """Of a record of which only the contact is disclosed nobody can say more."""
    if proposed.hit.level == "full":
        return tuple(ExaminerDecision)
    return (ExaminerDecision.INCONCLUSIVE,)


async def _examiners(visit: Visit) -> list[Person]:
    return [each for each in await visit.node.people.all() if each.active and Role.EXAMINER in each.roles]


async def _names(visit: Visit) -> dict[str, str]:
    """Which pseudonym is whose, as this bureau alone can tell."""
    return {each.pseudonym: each.display_name for each in await visit.node.people.all()}


ROUTES = (listed, one, assign, candidate, picture, decide)
ACTS = {"decide-candidate": do_decide}
