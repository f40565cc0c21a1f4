"""Attachments: taken as they come over the line, and given out as their sender attached them."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from litestar import get, post
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import Parameter
from litestar.response import Stream

from allpoints.bureau.api.admission import Caller
from allpoints.bureau.api.answers import File, file
from allpoints.bureau.api.bodies import JsonRequest
from allpoints.bureau.api.messages import READ, WRITE
from allpoints.bureau.api.problems import REFUSALS
from allpoints.wire.envelopes import MAX_ATTACHMENT

BYTES = "application/octet-stream"
MAX_FILE = MAX_ATTACHMENT + (1 << 20)
"""Beyond this a body is not even begun; up to it the mailbox says how large a file may be."""


@dataclass
class TakesFile(Operation):
    """For the API's document: the body is a file."""

    def __post_init__(self) -> None:
        binary = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        self.request_body = RequestBody(content={"*/*": OpenAPIMediaType(schema=binary)}, required=True)


@post(
    "/attachments", request_max_body_size=MAX_FILE, operation_class=TakesFile, opt=WRITE, responses=REFUSALS
)
async def attach(
    caller: Caller,
    request: JsonRequest,
    name: Annotated[str, Parameter(min_length=1, max_length=200, description="The file's name.")],
) -> File:
    """Take a file that is to go with a message, up to 100 MiB. Content-Type says what it is; its bytes must agree.

    Its id goes into the message's `attachments`. One that is not sent within a day is forgotten.
    """
    media_type, _ = request.content_type
    said = "" if media_type == BYTES else media_type
    return file(await caller.mailbox.attach(caller.asker, request.stream(), name=name, media_type=said))


@get("/messages/{message:str}/attachments/{attachment:str}", media_type=BYTES, opt=READ, responses=REFUSALS)
async def download(caller: Caller, message: str, attachment: str) -> Stream:
    """A file of a message that somebody has opened: to be saved, never to be shown. It may not be what it says."""
    kept, pieces = await caller.mailbox.open_file(message, attachment)
    described = file(kept)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(described.name, safe='')}",
        "content-length": str(described.size),
    }
    return Stream(pieces, headers=headers)


ROUTES = (attach, download)
