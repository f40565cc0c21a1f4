"""Many records at once: a file is contributed in the background, with progress, and a report of every line."""

import asyncio
from typing import Annotated

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from msgspec import Meta, Struct

from allpoints.bureau.console.visit import Visit
from allpoints.bureau.uploads import Upload
from allpoints.errors import InvalidValue
from allpoints.formats.csv_records import FIELDS, REQUIRED
from allpoints.formats.person_columns import NAME_COLUMNS
from allpoints.records import CASEWORK, SCHEMES

MAX_FILE = 64 << 20
ROLES = {"roles": CASEWORK}


class Columns(Struct, frozen=True):
    """How a table is read where its columns have other names."""

    columns: Annotated[str, Meta(max_length=10_000)] = ""
    constants: Annotated[str, Meta(max_length=10_000)] = ""


@get("/uploads", opt=ROLES)
async def listed(visit: Visit) -> Response[bytes]:
    """The form, and one's uploads."""
    return await visit.page(
        "uploads.html",
        uploads=visit.node.uploads.of(visit.session.person.pseudonym),
        required=REQUIRED,
        fields=[*FIELDS, *NAME_COLUMNS, *(scheme.name for scheme in SCHEMES)],
    )


@post("/uploads", request_max_body_size=MAX_FILE, opt=ROLES)
async def start(visit: Visit) -> Response[bytes]:
    """Begin."""
    form = await visit.form(Columns)
    file = (await visit.request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidValue("is missing", field="file", remedy="Choose a file of CSV or NDJSON.")
    upload = visit.node.uploads.start(
        visit.session.asker(visit.node.vault.bureau),
        visit.hub,
        file.filename,
        await file.read(),
        columns=_pairs(form.columns, "columns"),
        constants=_pairs(form.constants, "constants"),
    )
    return visit.go_to(f"/uploads/{upload.id}")


@get("/uploads/{upload:str}", opt=ROLES)
async def one(visit: Visit, upload: str) -> Response[bytes]:
    """How far one is."""
    return await _page(visit, _found(visit, upload))


@post("/uploads/{upload:str}/stop", status_code=200, opt=ROLES)
async def stop(visit: Visit, upload: str) -> Response[bytes]:
    """Send nothing more of it."""
    found = _found(visit, upload)
    found.stopping = True
    return await _page(visit, found) if visit.is_part else visit.go_to(f"/uploads/{upload}")


@get("/uploads/{upload:str}/report.csv", opt=ROLES)
async def report(visit: Visit, upload: str) -> Response[bytes]:
    """What became of every line."""
    headers = {"content-disposition": 'attachment; filename="report.csv"'}
    written = await asyncio.to_thread(_found(visit, upload).report)
    return Response(written, media_type="text/csv; charset=utf-8", headers=headers)


def _found(visit: Visit, upload: str) -> Upload:
    return visit.node.uploads.find(upload, visit.session.person.pseudonym)


async def _page(visit: Visit, upload: Upload) -> Response[bytes]:
    ended = visit.is_part and not upload.runs
    return await visit.page("upload.html", part="progress", upload=upload, ended=ended)


def _pairs(text: str, field: str) -> dict[str, str]:
    """`COLUMN=FIELD`, one a line. Raises `InvalidValue`."""
    pairs = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        left, equals, right = line.partition("=")
        if not equals or not left.strip():
            raise InvalidValue(f"{line!r:.60} has no =", field=field, remedy="Write one NAME=VALUE a line.")
        pairs[left.strip()] = right.strip()
    return pairs


ROUTES = (listed, start, one, stop, report)
