"""What is typed and not yet sent is kept, form by form, until it is sent or its person signs out."""

from typing import Any

import msgspec
from litestar import Response, delete, get, put

from allpoints.bureau.console.visit import Visit
from allpoints.errors import InvalidValue

LARGEST = 256 << 10
JSON = "application/json"
_fields = msgspec.json.Decoder(dict[str, list[str]])


@get("/drafts/{form:str}")
async def kept(visit: Visit, form: str) -> Response[bytes]:
    """What was typed into a form: each field's values."""
    found = await visit.node.desk.draft(visit.session, _name(form))
    return Response(msgspec.json.encode(found), media_type=JSON)


@put("/drafts/{form:str}", status_code=204, request_max_body_size=LARGEST)
async def keep(visit: Visit, form: str) -> None:
    """Keep what is typed so far."""
    try:
        fields: dict[str, Any] = dict(_fields.decode(await visit.request.body()))
    except msgspec.MsgspecError:
        raise InvalidValue("a draft is an object of lists of texts", field="draft") from None
    await visit.node.desk.save_draft(visit.session, _name(form), fields)


@delete("/drafts/{form:str}", status_code=204)
async def drop(visit: Visit, form: str) -> None:
    """The form was sent, or its person does not want it."""
    await visit.node.desk.drop_draft(visit.session, _name(form))


def _name(form: str) -> str:
    if not form or len(form) > 100:
        raise InvalidValue("a form's name has up to 100 characters", field="form")
    return form


ROUTES = (kept, keep, drop)
