"""Dossiers: everything known about one person, vehicle or document on one page, with its provenance, to be printed."""

from typing import Any

from litestar import Response, get, post

from allpoints.bureau.console.asking import ask
from allpoints.bureau.console.gathering import KIND_OF, SCHEMES_OF, Subject, gather
from allpoints.bureau.console.pages.check import ASKERS
from allpoints.bureau.console.questions import Typed, question
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import P_
from allpoints.errors import AllpointsError

SECTION = Section("/people", P_("section", "Everything known"), roles=ASKERS)


@get("/people")
async def people(
    visit: Visit, names: str = "", birth: str = "", text: str = "", scheme: str = ""
) -> Response[bytes]:
    """Ask about a person."""
    typed = Typed(names=names[:4_000], birth=birth[:200], text=text[:4_000], scheme=scheme)
    return await _page(visit, Subject.PEOPLE, typed)


@post("/people", status_code=200)
async def person(visit: Visit) -> Response[bytes]:
    """Everything about a person."""
    return await _gathered(visit, Subject.PEOPLE)


@get("/vehicles")
async def vehicles(visit: Visit, text: str = "", scheme: str = "plate") -> Response[bytes]:
    """Ask about a vehicle."""
    return await _page(visit, Subject.VEHICLES, Typed(text=text[:4_000], scheme=scheme))


@post("/vehicles", status_code=200)
async def vehicle(visit: Visit) -> Response[bytes]:
    """Everything about a vehicle."""
    return await _gathered(visit, Subject.VEHICLES)


@get("/documents")
async def documents(visit: Visit, text: str = "", scheme: str = "travel-document") -> Response[bytes]:
    """Ask about a document."""
    return await _page(visit, Subject.DOCUMENTS, Typed(text=text[:4_000], scheme=scheme))


@post("/documents", status_code=200)
async def document(visit: Visit) -> Response[bytes]:
    """Everything about a document."""
    return await _gathered(visit, Subject.DOCUMENTS)


async def _gathered(visit: Visit, subject: Subject) -> Response[bytes]:
    """One check of every hub, in the log as any, and what refers to what it finds."""
    typed = await visit.form(Typed)
    try:
        answers = await ask(visit, await question(typed, ()), verify=False)
    except AllpointsError as problem:
        if visit.is_part:
            raise
        return await _page(visit, subject, typed, refused=problem)
    words = [each for each in (typed.text.strip(), typed.names.strip()) if each]
    found = await gather(visit, answers, words)
    return await _page(visit, subject, typed, answers=answers, found=found)


async def _page(
    visit: Visit, subject: Subject, typed: Typed, refused: AllpointsError | None = None, **found: Any
) -> Response[bytes]:
    return await visit.page(
        "dossier.html",
        part="dossier",
        status=refused.status if refused else 200,
        subject=subject,
        subjects=[(each, KIND_OF[each]) for each in Subject],
        schemes=SCHEMES_OF[subject],
        typed=typed,
        refused=refused,
        **{"answers": None, "found": None, **found},
    )


ROUTES = (people, person, vehicles, vehicle, documents, document)
