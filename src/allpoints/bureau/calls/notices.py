"""The calls about notices and diffusions. Every act may be repeated when its answer is lost."""

import msgspec

from allpoints.bureau.call import (
    JSON,
    Answer,
    Call,
    answered,
    encode,
    get,
    idempotent,
    post,
    segment,
    slow,
)
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import Announcement, DiffusionRequest, NoticeRequest, PublicExtract
from allpoints.records.review import Review
from allpoints.wire.corridor import Page
from allpoints.wire.notices import ListedNotice, Notice, NoticeKept, NoticeState


def request_notice(request: NoticeRequest, *, idempotency_key: str | None = None) -> Call[NoticeKept]:
    """Request a notice. Its record is stored at once and held back until the secretariat publishes it."""
    return slow(post("/v1/notices", request, NoticeKept, headers=idempotent(idempotency_key)))


def send_diffusion(request: DiffusionRequest, *, idempotency_key: str | None = None) -> Call[NoticeKept]:
    """Send a diffusion to the bureaus that it names. It is in force at once."""
    return slow(post("/v1/diffusions", request, NoticeKept, headers=idempotent(idempotency_key)))


def correct_notice(notice_id: int, request: NoticeRequest, *, version: int) -> Call[NoticeKept]:
    """Replace what an own notice says, at once. Raises `Conflict` where `version` is no longer its version."""
    return _correct(f"/v1/notices/{notice_id}", request, version)


def correct_diffusion(notice_id: int, request: DiffusionRequest, *, version: int) -> Call[NoticeKept]:
    """Replace what an own diffusion says, and to whom, at once. Raises as `correct_notice`."""
    return _correct(f"/v1/diffusions/{notice_id}", request, version)


def cancel_notice(notice_id: int, reason: str, *, idempotency_key: str | None = None) -> Call[NoticeKept]:
    """Cancel an own notice or diffusion; the secretariat may cancel any notice. No check finds it from now on."""
    return _act(notice_id, "cancellation", {"reason": reason}, idempotency_key)


def notices(
    *,
    after: int = 0,
    limit: int = 100,
    kind: NoticeKind | None = None,
    colour: Colour | None = None,
    state: NoticeState | None = None,
    mine: bool = False,
    due: bool = False,
) -> Call[Page[ListedNotice]]:
    """List what the asker may see of notices and diffusions, oldest first: own ones in every state, those of others
    while they are in force. `due` wait for the secretariat's review, `mine` are those of one's own bureau."""
    return get(
        "/v1/notices",
        Page[ListedNotice],
        after=after,
        limit=limit,
        kind=kind,
        colour=colour,
        state=state,
        mine="true" if mine else None,
        due="true" if due else None,
    )


def notice(notice_id: int) -> Call[Notice]:
    """Read one notice or diffusion."""
    return get(f"/v1/notices/{notice_id}", Notice)


def notice_picture(notice_id: int, number: int) -> Call[bytes]:
    """Read one of its pictures, a JPEG without metadata."""
    return Call(method="GET", path=f"/v1/notices/{notice_id}/pictures/{number}", read=bytes)


def review_notice(notice_id: int, review: Review, *, idempotency_key: str | None = None) -> Call[NoticeKept]:
    """Decide on a notice by the checklist; for the secretariat. Raises `Conflict` where it was corrected since."""
    return _act(notice_id, "review", review, idempotency_key)


def suspend_notice(notice_id: int, reason: str) -> Call[NoticeKept]:
    """Hold a published notice back, so that no check finds it from now on; for the secretariat."""
    return _act(notice_id, "suspension", {"reason": reason})


def lift_suspension(notice_id: int, reason: str) -> Call[NoticeKept]:
    """Let a suspended notice be found again; for the secretariat."""
    return _act(notice_id, "lifting", {"reason": reason})


def public_notices(*, after: int = 0, limit: int = 100) -> Call[Page[PublicExtract]]:
    """List what everybody may read of the published notices; nobody signs this."""
    return _unsigned(get("/v1/public/notices", Page[PublicExtract], after=after, limit=limit))


def public_notice(number: str) -> Call[PublicExtract]:
    """Read what everybody may read of the notice with a number such as `2026/17-R`; nobody signs this."""
    return _unsigned(get(_public(number), PublicExtract))


def public_picture(number: str, picture: int) -> Call[bytes]:
    """Read a picture that everybody may see; nobody signs this."""
    return Call(method="GET", path=f"{_public(number)}/pictures/{picture}", read=bytes, signed=False)


def _correct(path: str, request: Announcement, version: int) -> Call[NoticeKept]:
    headers = {**JSON, **idempotent(None), "if-match": f'"{version}"'}
    return slow(
        Call(method="PUT", path=path, headers=headers, body=encode(request), read=answered(NoticeKept))
    )


def _act(notice_id: int, what: str, said: object, key: str | None = None) -> Call[NoticeKept]:
    return post(f"/v1/notices/{notice_id}/{what}", said, NoticeKept, headers=idempotent(key))


def _public(number: str) -> str:
    year, _, serial = number.partition("/")
    return f"/v1/public/notices/{segment(year)}/{segment(serial)}"


def _unsigned(call: Call[Answer]) -> Call[Answer]:
    return msgspec.structs.replace(call, signed=False)
