"""Notices and diffusions: what is in force, each with its life, its pictures and a page to print in four languages."""

import secrets
from typing import Annotated

from litestar import Response, get, post
from msgspec import Meta, Struct

from allpoints.bureau.console.languages import BY_CODE
from allpoints.bureau.console.record_forms import Typed
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.view import answer
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import N_, P_
from allpoints.bureau.desk import BegunAct
from allpoints.bureau.node import CANCEL_NOTICE, Node
from allpoints.errors import AllpointsError, NotFound
from allpoints.records import CASEWORK, SECRETARIAT, Role
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notice_requirements import REQUIREMENTS
from allpoints.records.review import MAX_REASON, Item, ReviewDecision
from allpoints.wire.notices import Notice, NoticeHead, NoticeState

SECTION = Section(
    "/notices",
    P_("section", "Notices"),
    roles=(*CASEWORK, Role.OFFICER, Role.EXAMINER, Role.ANALYST),
)
ROWS = 50
ENDED = (NoticeState.REFUSED, NoticeState.CANCELLED, NoticeState.EXPIRED)


class Why(Struct, frozen=True):
    """The reason for an act on a notice."""

    reason: Annotated[str, Meta(max_length=MAX_REASON)]


@get("/notices")
async def listed(
    visit: Visit,
    *,
    kind: NoticeKind | None = None,
    colour: Colour | None = None,
    show: NoticeState | None = None,
    mine: bool = False,
    after: int = 0,
) -> Response[bytes]:
    """What one may see: own ones in every state, those of others while they are in force."""
    page = await visit.client().notices(
        after=after, limit=ROWS, kind=kind, colour=colour, state=show, mine=mine
    )
    return await visit.page(
        "notices.html",
        part="rows",
        notices=page.items,
        next=page.next,
        kind=kind or "",
        colour=colour or "",
        show=show or "",
        mine=mine,
        kinds=tuple(NoticeKind),
        colours=tuple(Colour),
        states=tuple(NoticeState),
        ended=ENDED,
        writes=writes(visit),
        reviews=reviews(visit),
    )


@get("/notices/{number:int}")
async def one(visit: Visit, number: int) -> Response[bytes]:
    """One notice or diffusion with all that one may see of it."""
    return await show(visit, await visit.client().notice(number))


@get("/notices/{number:int}/pictures/{place:int}")
async def picture(visit: Visit, number: int, place: int) -> Response[bytes]:
    """A picture, a JPEG that the hub has written anew."""
    return Response(await visit.client().notice_picture(number, place), media_type="image/jpeg")


@get("/notices/{number:int}/print")
async def printed(visit: Visit, number: int, language: str = "") -> Response[bytes]:
    """The page to print, in any of the languages. Raises `NotFound` for another one."""
    chosen = BY_CODE.get(language or visit.language.code)
    if chosen is None:
        raise NotFound("there is no such language", field="language", remedy=f"Use {', '.join(BY_CODE)}.")
    context = {"notice": await visit.client().notice(number), "at": visit.at, "hub": visit.hub}
    return answer(visit.request, visit.console.view.render(chosen, "notice-print.html", context))


@post("/notices/{number:int}/cancellation", status_code=200, opt={"roles": CASEWORK})
async def cancel(visit: Visit, number: int) -> Response[bytes]:
    """End it for good: at once it can be taken back, or a second person has to agree, as the node is set."""
    why = await visit.form(Why)
    found = await visit.client().notice(number)
    key = secrets.token_urlsafe(16)
    content = {"hub": visit.hub, "notice": number, "reason": why.reason, "key": key}
    if visit.node.four_eyes.governs(CANCEL_NOTICE):
        await visit.node.four_eyes.do(visit.session, CANCEL_NOTICE, called(found), content)
        return await show(visit, found, note=visit.say(N_("It waits for a second person to agree.")))
    label = visit.say(N_("Cancelling %(notice)s")) % {"notice": called(found)}
    await visit.hold(CANCEL_NOTICE, content, label)
    return await show(visit, found, note=label)


async def do_cancel(node: Node, act: BegunAct) -> None:
    """Tell the hub."""
    await node.cancel_notice(act.content, act.asker)


async def show(
    visit: Visit,
    notice: Notice,
    *,
    note: str = "",
    typed: Typed | None = None,
    refused: AllpointsError | None = None,
) -> Response[bytes]:
    """The page of a notice; `note` is what was just done with it, `typed` what was refused of its review."""
    own = notice.owner == visit.node.vault.bureau
    if not visit.is_part or not note:
        said = typed or {}
        return await visit.page(
            "notice.html",
            status=refused.status if refused else 200,
            refused=refused,
            notice=notice,
            note=note,
            own=own,
            ended=notice.state in ENDED,
            writes=own and writes(visit),
            reviews=reviews(visit),
            items=tuple(Item),
            decisions=tuple(ReviewDecision),
            purpose=REQUIREMENTS[notice.colour].purpose,
            value=lambda field: next(iter(said.get(field, ())), ""),
        )
    return await visit.page("notice-note.html", note=note)


def writes(visit: Visit) -> bool:
    """Whether somebody may request notices and send diffusions: who reviews them never does."""
    return visit.session.role in CASEWORK and visit.node.vault.bureau != SECRETARIAT


def reviews(visit: Visit) -> bool:
    """Whether somebody reviews the notices of all bureaus."""
    return visit.session.role in CASEWORK and visit.node.vault.bureau == SECRETARIAT


def called(notice: NoticeHead) -> str:
    """What people call a notice: its number, else the hub's."""
    return notice.number or str(notice.id)


ROUTES = (listed, one, picture, printed, cancel)
ACTS = {CANCEL_NOTICE: do_cancel}
