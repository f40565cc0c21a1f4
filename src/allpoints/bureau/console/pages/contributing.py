"""Contribute a record or correct one: a form for each kind, that keeps what was typed."""

from datetime import UTC, datetime
from typing import get_args

from litestar import Response, get, post

from allpoints.bureau.call import random_name
from allpoints.bureau.console.record_forms import (
    SCHEMES_FIRST,
    Rows,
    Typed,
    contribution,
    field_named,
    fields_of,
    pictures_of,
    rows_of,
    typed_from,
    typed_of,
    version_of,
)
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.desk.owed import review_key
from allpoints.errors import AllpointsError
from allpoints.records import (
    CASEWORK,
    OPERATIONAL_PURPOSES,
    SCHEMES,
    AgencyKind,
    HeldRecord,
    NameKind,
    Reason,
    RecordKind,
)
from allpoints.records.record import DEFAULT_REVIEW, DEFAULT_VALIDITY, LONGEST_VALIDITY, OF_A_BODY

MAX_FILES = 18 << 20
"""As `check.MAX_FILES`."""
ROLES = {"roles": CASEWORK}


@get("/records/new", opt=ROLES)
async def new(visit: Visit, kind: RecordKind = RecordKind.TRAVEL_DOCUMENT) -> Response[bytes]:
    """The form of a kind, with the draft that was kept of it."""
    typed = await _draft(visit, _name(kind, None)) or {}
    return await _form(visit, kind, None, typed, rows_of(typed))


@post("/records/new", status_code=200, request_max_body_size=MAX_FILES, opt=ROLES)
async def contribute(visit: Visit, kind: RecordKind = RecordKind.TRAVEL_DOCUMENT) -> Response[bytes]:
    """Contribute it, or show the form with another row."""
    return await _take(visit, kind, None)


@get("/records/{number:int}/correction", opt=ROLES)
async def correction(visit: Visit, number: int) -> Response[bytes]:
    """The form with what the record says, or with the draft that was kept."""
    held = await visit.client().record(number)
    typed = await _draft(visit, _name(held.kind, held)) or typed_from(held)
    return await _form(visit, held.kind, held, typed, rows_of(typed))


@post("/records/{number:int}/correction", status_code=200, request_max_body_size=MAX_FILES, opt=ROLES)
async def correct(visit: Visit, number: int) -> Response[bytes]:
    """Replace what the record says, if it is still what the form began with."""
    held = await visit.client().record(number)
    return await _take(visit, held.kind, held)


async def _take(visit: Visit, kind: RecordKind, held: HeldRecord | None) -> Response[bytes]:
    form = await visit.request.form()
    typed = typed_of(form)
    more = next(iter(typed.get("more", ())), "")
    if more in ("identifiers", "names"):
        return await _form(visit, kind, held, typed, rows_of(typed).one_more(more), part=more)
    try:
        made = contribution(kind, typed, await pictures_of(form.getall("file", [])))
        client = visit.client()
        if held is None:
            key = next(iter(typed.get("upload", ())), "") or None
            kept = await client.contribute(made, idempotency_key=key)
        else:
            kept = await client.correct(held.id, made, version=version_of(typed))
            await visit.node.desk.settle(review_key(visit.hub, held))
    except AllpointsError as problem:
        problem.field = field_named(problem.field, typed)
        if visit.is_part:
            raise
        return await _form(visit, kind, held, typed, rows_of(typed), refused=problem)
    await visit.node.desk.drop_draft(visit.session, _name(kind, held))
    return visit.go_to(visit.at(f"/records/{kept.id}"))


async def _form(
    visit: Visit,
    kind: RecordKind,
    held: HeldRecord | None,
    typed: Typed,
    rows: Rows,
    *,
    part: str | None = None,
    refused: AllpointsError | None = None,
) -> Response[bytes]:
    today = datetime.now(UTC).date()
    return await visit.page(
        "record-form.html",
        part=part,
        status=refused.status if refused else 200,
        kind=kind,
        kinds=tuple(RecordKind),
        record=held,
        typed=typed,
        value=lambda field, otherwise="": next(iter(typed.get(field, ())), otherwise),
        rows=rows,
        fields=fields_of(kind, typed),
        pictured=kind in OF_A_BODY,
        first_scheme=SCHEMES_FIRST[kind],
        schemes=SCHEMES,
        name_kinds=tuple(NameKind),
        agencies=tuple(AgencyKind),
        reasons=get_args(Reason),
        chosen_agencies={
            each for text in typed.get("conditions.agencies.members", ()) for each in _codes(text)
        },
        upload=random_name(),
        part_only=part is not None,
        purposes=typed.get("conditions.purposes", () if typed else OPERATIONAL_PURPOSES),
        refused=refused,
        form_name=_name(kind, held),
        today=today,
        usual_end=today + DEFAULT_VALIDITY,
        usual_review=today + DEFAULT_REVIEW,
        latest_end=today + LONGEST_VALIDITY,
    )


def _codes(text: str) -> list[str]:
    return [each.strip() for each in text.split(",")]


async def _draft(visit: Visit, name: str) -> Typed | None:
    return await visit.node.desk.draft(visit.session, name)


def _name(kind: RecordKind, held: HeldRecord | None) -> str:
    """Of the draft."""
    return f"record-{held.id}-{held.version}" if held else f"record-new-{kind}"


ROUTES = (new, contribute, correction, correct)
