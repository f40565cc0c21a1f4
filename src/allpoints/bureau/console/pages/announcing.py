"""Request a notice, send a diffusion, correct either: a form that asks for what the colour requires."""

from datetime import UTC, datetime
from typing import Any, get_args

from litestar import Response, get, post

from allpoints.bureau.call import random_name
from allpoints.bureau.console.notice_forms import (
    LONG,
    announcement,
    field_named,
    grounds_of,
    pictures_of,
    required_of,
    typed_of_notice,
)
from allpoints.bureau.console.pages.notices import writes
from allpoints.bureau.console.record_forms import (
    SCHEMES_FIRST,
    Rows,
    Typed,
    fields_of,
    rows_of,
    typed_of,
    version_of,
)
from allpoints.bureau.console.record_forms import pictures_of as biometrics_of
from allpoints.bureau.console.visit import Visit
from allpoints.errors import AllpointsError, Forbidden
from allpoints.records import CASEWORK, OPERATIONAL_PURPOSES, SCHEMES, NameKind, Reason, RecordKind
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notice_requirements import REQUIREMENTS
from allpoints.records.notices import (
    MAX_NOTICE_PICTURES,
    DiffusionRequest,
    NoticeRequest,
    PublicField,
    Standing,
)
from allpoints.records.record import DEFAULT_VALIDITY, LONGEST_VALIDITY, OF_A_BODY
from allpoints.wire.notices import Notice, NoticeKept

MAX_FILES = 36 << 20
"""Six pictures and some biometrics."""
ROLES = {"roles": CASEWORK}


@get("/notices/new", opt=ROLES)
async def choose(visit: Visit) -> Response[bytes]:
    """Which colour says what, and what it requires."""
    _check_writer(visit)
    return await visit.page("notice-colours.html", requirements=REQUIREMENTS)


@get("/notices/new/{colour:str}", opt=ROLES)
async def new(visit: Visit, colour: Colour, record: RecordKind | None = None) -> Response[bytes]:
    """The form of a notice."""
    return await _new(visit, NoticeKind.NOTICE, colour, record)


@post("/notices/new/{colour:str}", status_code=200, request_max_body_size=MAX_FILES, opt=ROLES)
async def request(visit: Visit, colour: Colour, record: RecordKind | None = None) -> Response[bytes]:
    """Request it."""
    return await _take(visit, NoticeKind.NOTICE, colour, record, None)


@get("/diffusions/new/{colour:str}", opt=ROLES)
async def new_diffusion(visit: Visit, colour: Colour, record: RecordKind | None = None) -> Response[bytes]:
    """The form of a diffusion."""
    return await _new(visit, NoticeKind.DIFFUSION, colour, record)


@post("/diffusions/new/{colour:str}", status_code=200, request_max_body_size=MAX_FILES, opt=ROLES)
async def send(visit: Visit, colour: Colour, record: RecordKind | None = None) -> Response[bytes]:
    """Send it to the chosen bureaus."""
    return await _take(visit, NoticeKind.DIFFUSION, colour, record, None)


@get("/notices/{number:int}/correction", opt=ROLES)
async def correction(visit: Visit, number: int) -> Response[bytes]:
    """The form with what it says, or with the draft that was kept."""
    notice = await visit.client().notice(number)
    typed = await _draft(visit, _name(notice.kind, notice.colour, notice.hit.kind, notice))
    if typed is None:
        typed = typed_of_notice(notice, await visit.client().record(notice.hit.record))
    return await _form(visit, notice.kind, notice.colour, notice.hit.kind, typed, notice=notice)


@post("/notices/{number:int}/correction", status_code=200, request_max_body_size=MAX_FILES, opt=ROLES)
async def correct(visit: Visit, number: int) -> Response[bytes]:
    """Replace what it says, if it is still what the form began with."""
    notice = await visit.client().notice(number)
    return await _take(visit, notice.kind, notice.colour, notice.hit.kind, notice)


async def _new(visit: Visit, kind: NoticeKind, colour: Colour, record: RecordKind | None) -> Response[bytes]:
    _check_writer(visit)
    about = _about(colour, record)
    typed = await _draft(visit, _name(kind, colour, about, None)) or {}
    return await _form(visit, kind, colour, about, typed)


async def _take(
    visit: Visit, kind: NoticeKind, colour: Colour, record: RecordKind | None, notice: Notice | None
) -> Response[bytes]:
    _check_writer(visit)
    about = _about(colour, record)
    form = await visit.request.form()
    typed = typed_of(form)
    more = next(iter(typed.get("more", ())), "")
    if more in ("identifiers", "names"):
        return await _form(
            visit, kind, colour, about, typed, notice=notice, rows=rows_of(typed).one_more(more)
        )
    try:
        pictures = await pictures_of(form, typed)
        biometrics = await biometrics_of(form.getall("file", []))
        said = announcement(kind, colour, about, typed, pictures=pictures, biometrics=biometrics)
        kept = await _tell(visit, said, notice, typed)
    except AllpointsError as problem:
        problem.field = field_named(problem.field)
        if visit.is_part:
            raise
        return await _form(visit, kind, colour, about, typed, notice=notice, refused=problem)
    await visit.node.desk.drop_draft(visit.session, _name(kind, colour, about, notice))
    return visit.go_to(visit.at(f"/notices/{kept.id}"))


async def _tell(
    visit: Visit, said: NoticeRequest | DiffusionRequest, notice: Notice | None, typed: Typed
) -> NoticeKept:
    client = visit.client()
    key = next(iter(typed.get("upload", ())), "") or None
    if isinstance(said, NoticeRequest):
        if notice:
            return await client.correct_notice(notice.id, said, version=version_of(typed))
        return await client.request_notice(said, idempotency_key=key)
    if notice:
        return await client.correct_diffusion(notice.id, said, version=version_of(typed))
    return await client.send_diffusion(said, idempotency_key=key)


async def _form(
    visit: Visit,
    kind: NoticeKind,
    colour: Colour,
    record: RecordKind,
    typed: Typed,
    *,
    notice: Notice | None = None,
    rows: Rows | None = None,
    refused: AllpointsError | None = None,
) -> Response[bytes]:
    rule = REQUIREMENTS[colour]
    today = datetime.now(UTC).date()
    new_path = f"/{kind}s/new/{colour}?record={record}"
    return await visit.page(
        "notice-form.html",
        part="rows" if rows else None,
        status=refused.status if refused else 200,
        kind=kind,
        colour=colour,
        rule=rule,
        record=record,
        notice=notice,
        path=f"/notices/{notice.id}/correction" if notice else new_path,
        typed=typed,
        value=lambda field, otherwise="": next(iter(typed.get(field, ())), otherwise),
        rows=rows or rows_of(typed),
        fields=fields_of(record, typed),
        grounds=grounds_of(colour),
        required=required_of(colour),
        long=LONG,
        reasons=rule.reasons or get_args(Reason),
        schemes=SCHEMES,
        first_scheme=SCHEMES_FIRST[record],
        name_kinds=tuple(NameKind),
        standings=tuple(Standing),
        pictured=record in OF_A_BODY,
        places=range(MAX_NOTICE_PICTURES),
        public_fields=tuple(PublicField),
        purposes=typed.get("conditions.purposes", OPERATIONAL_PURPOSES),
        upload=random_name(),
        form_name=_name(kind, colour, record, notice),
        refused=refused,
        today=today,
        usual_end=today + DEFAULT_VALIDITY,
        latest_end=today + LONGEST_VALIDITY,
    )


def _about(colour: Colour, record: RecordKind | None) -> RecordKind:
    """What it is about; the hub refuses what the colour does not allow. By default the first that it does."""
    return record or REQUIREMENTS[colour].kinds[0]


def _check_writer(visit: Visit) -> None:
    """Raises `Forbidden` for the secretariat."""
    if not writes(visit):
        raise Forbidden("the secretariat reviews notices, and requests none")


async def _draft(visit: Visit, name: str) -> dict[str, Any] | None:
    return await visit.node.desk.draft(visit.session, name)


def _name(kind: NoticeKind, colour: Colour, record: RecordKind, notice: Notice | None) -> str:
    """Of the draft."""
    return f"notice-{notice.id}-{notice.version}" if notice else f"{kind}-{colour}-{record}"


ROUTES = (choose, new, request, new_diffusion, send, correction, correct)
