"""The operations of notices and diffusions. What everybody may read of them nobody signs, so it is no operation."""

import msgspec

from allpoints.hub.operations.operation import PAGE, Gives, Header, Operation, Takes
from allpoints.hub.routes.notices import JPEG
from allpoints.notices.reviewing import Why
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import DiffusionRequest, NoticeRequest
from allpoints.records.review import Review
from allpoints.wire.corridor import Page
from allpoints.wire.notices import ListedNotice, Notice, NoticeKept, NoticeState

_KEY = Header("Idempotency-Key", "^[!-~]{1,200}$")
_SEEN = Header("If-Match", r'^"[1-9][0-9]{0,9}"$')

NOTICES: tuple[Operation, ...] = (
    Operation(
        method="post",
        path="/v1/notices",
        summary="Request a notice",
        takes=Takes(NoticeRequest),
        gives=Gives(NoticeKept, status=201),
        headers=(_KEY,),
    ),
    Operation(
        method="post",
        path="/v1/diffusions",
        summary="Send a diffusion to bureaus of one's choice",
        takes=Takes(DiffusionRequest),
        gives=Gives(NoticeKept, status=201),
        headers=(_KEY,),
    ),
    Operation(
        method="put",
        path="/v1/notices/{notice_id}",
        summary="Correct an own notice",
        takes=Takes(NoticeRequest),
        gives=Gives(NoticeKept),
        headers=(_SEEN, _KEY),
    ),
    Operation(
        method="put",
        path="/v1/diffusions/{notice_id}",
        summary="Correct an own diffusion",
        takes=Takes(DiffusionRequest),
        gives=Gives(NoticeKept),
        headers=(_SEEN, _KEY),
    ),
    Operation(
        method="post",
        path="/v1/notices/{notice_id}/review",
        summary="Publish a notice, return it with questions or refuse it",
        takes=Takes(Review),
        gives=Gives(NoticeKept),
        headers=(_KEY,),
    ),
    Operation(
        method="post",
        path="/v1/notices/{notice_id}/suspension",
        summary="Hold a published notice back",
        takes=Takes(Why),
        gives=Gives(NoticeKept),
        headers=(_KEY,),
    ),
    Operation(
        method="post",
        path="/v1/notices/{notice_id}/lifting",
        summary="Lift the suspension of a notice",
        takes=Takes(Why),
        gives=Gives(NoticeKept),
        headers=(_KEY,),
    ),
    Operation(
        method="post",
        path="/v1/notices/{notice_id}/cancellation",
        summary="End a notice or a diffusion",
        takes=Takes(Why),
        gives=Gives(NoticeKept),
        headers=(_KEY,),
    ),
    Operation(
        method="get",
        path="/v1/notices",
        summary="Notices and diffusions that one may see",
        gives=Gives(Page[ListedNotice]),
        query={
            **PAGE,
            "kind": {"type": "string", "enum": [kind.value for kind in NoticeKind]},
            "colour": {"type": "string", "enum": [colour.value for colour in Colour]},
            "state": {"type": "string", "enum": [state.value for state in NoticeState]},
            "mine": {"type": "boolean"},
            "due": {"type": "boolean"},
        },
    ),
    Operation(
        method="get",
        path="/v1/notices/{notice_id}",
        summary="Read a notice or diffusion",
        gives=Gives(Notice),
    ),
    Operation(
        method="get",
        path="/v1/notices/{notice_id}/pictures/{picture}",
        summary="A picture of a notice, to look at",
        gives=Gives(msgspec.Raw, JPEG),
    ),
)
