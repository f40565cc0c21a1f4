"""Check: one question to every hub that the bureau is a member of, and what they answer."""

from litestar import Response, get, post
from litestar.datastructures import UploadFile

from allpoints.bureau.call import random_name
from allpoints.bureau.console.asking import Answer, ask
from allpoints.bureau.console.gathering import dossier_of
from allpoints.bureau.console.questions import ZONE, Question, Typed, question
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import P_
from allpoints.errors import AllpointsError
from allpoints.records import CASEWORK, FINGERS, SCHEMES, Purpose, Role
from allpoints.wire.confirmations import Urgency

ASKERS = (Role.OFFICER, Role.OPERATOR, Role.EXAMINER, Role.ANALYST, Role.SUPERVISOR)
SECTION = Section("/check", P_("section", "Check"), roles=ASKERS)
MAX_FILES = 18 << 20
"""Bytes of a form with pictures: in the text of a request they are a third larger, and a hub takes 24 MiB."""


@get("/check")
async def form(visit: Visit, text: str = "", scheme: str = ZONE, names: str = "") -> Response[bytes]:
    """The form, with what the address says filled in."""
    return await _page(visit, Typed(text=text[:4_000], scheme=scheme, names=names[:4_000]), None)


@post("/check", status_code=200, request_max_body_size=MAX_FILES)
async def check(visit: Visit) -> Response[bytes]:
    """Ask, and show the answers."""
    typed = await visit.form(Typed)
    given = (await visit.request.form()).getall("file", [])
    files = [file for file in given if isinstance(file, UploadFile) and file.filename]
    try:
        asked = await question(typed, files)
        answers = await ask(visit, asked, verify=typed.verify)
    except AllpointsError as problem:
        if visit.is_part:
            raise
        return await _page(visit, typed, problem)
    return await _page(visit, typed, None, answers=answers, asked=asked)


async def _page(
    visit: Visit,
    typed: Typed,
    problem: AllpointsError | None,
    *,
    answers: list[Answer] | None = None,
    asked: Question | None = None,
) -> Response[bytes]:
    at_border = visit.session.purpose is Purpose.BORDER_CONTROL
    return await visit.page(
        "check.html",
        part="result",
        status=problem.status if problem else 200,
        typed=typed,
        refused=problem,
        schemes=SCHEMES,
        fingers=FINGERS,
        answers=answers,
        is_part=visit.is_part,
        found=sum(len(answer.reply.hits) for answer in answers or () if answer.reply),
        asked_for_person=asked is not None and "names" in asked.fields,
        urgency=Urgency.GATE if at_border else Urgency.ROUTINE,
        asks=visit.session.role is not Role.ANALYST,
        verifies=visit.session.role in CASEWORK,
        writes=visit.session.role in CASEWORK,
        several_hubs=len(visit.node.hubs.names) > 1,
        new_name=random_name,
        dossier_of=dossier_of,
    )


ROUTES = (form, check)
