"""The owner's side: request a notice, send a diffusion, correct either.

A correction takes effect at once, for wrong data must not stand until somebody has looked at it. Of a notice that is
published the secretariat is told, and it may suspend it; what everybody may read of it waits for the review.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import msgspec

from allpoints.errors import AllpointsError, InvalidValue, TooLarge
from allpoints.modalities.identifiers import Keyring
from allpoints.notices.acting import for_change, news, no_such, once, stepped
from allpoints.notices.pictures import shown
from allpoints.records import (
    EVERYONE,
    SECRETARIAT,
    Asker,
    Contribution,
    HeldRecord,
    RecordState,
    Selection,
    bureau_code,
)
from allpoints.records.colours import NoticeKind
from allpoints.records.notice_requirements import REQUIREMENTS, check_announcement
from allpoints.records.notices import Announcement, DiffusionRequest, NoticeRequest, PublicField
from allpoints.steps.authorise import Admitted, Authoriser
from allpoints.steps.commit import News, Work
from allpoints.steps.contribute import own_record, replace_record, store_for_notice
from allpoints.steps.decode import MAX_PICTURES_BODY, decoded
from allpoints.steps.prepare import COST_OF_A_PICTURE
from allpoints.steps.repeating import answered_before
from allpoints.steps.uploads import Encoded, encoded
from allpoints.store import notices as store
from allpoints.store.acts import Act
from allpoints.store.database import Database
from allpoints.store.notices import ShownPicture, StoredNotice
from allpoints.wire.notices import NoticeState, Step

REQUEST = "request a notice"
SEND = "send a diffusion"

_request = msgspec.json.Decoder(NoticeRequest)
_diffusion = msgspec.json.Decoder(DiffusionRequest)


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What a request says, its pictures read and encoded."""

    said: NoticeRequest | DiffusionRequest
    given: Encoded
    pictures: tuple[ShownPicture, ...]


async def read_announcement(
    admitted: Admitted, database: Database, authoriser: Authoriser, *, kind: NoticeKind, what: str
) -> Brought | AllpointsError | None:
    """Decode what an admitted request says and look at its pictures, in a thread and before anything is locked.

    What refuses it is returned, to be raised where it is logged. Those pictures are counted for the quota as any, and
    those of a retry of `what` are not looked at again.
    """
    if admitted.refusal is not None:
        return None
    try:
        said = await asyncio.to_thread(_decoded, admitted.body, kind)
        with _of_the_contribution():
            [given] = await encoded(admitted, [said.contribution], database, authoriser, what=what)
            if isinstance(given, AllpointsError):
                raise given
        pictures: tuple[ShownPicture, ...] = ()
        if said.pictures and not await answered_before(database, admitted, what):
            authoriser.charge(admitted.asker, len(said.pictures) * COST_OF_A_PICTURE)
            pictures = await asyncio.to_thread(shown, said.pictures)
        return Brought(said=said, given=given, pictures=pictures)
    except AllpointsError as error:
        return error


async def announce(
    act: Act,
    admitted: Admitted,
    keyring: Keyring,
    upload: Brought | AllpointsError | None,
    *,
    kind: NoticeKind,
    what: str,
) -> Work:
    """Store what a notice or diffusion says as a record of the asker's bureau, and the notice beside it.

    A notice's record is held back and the secretariat is told; a diffusion's is in force at once and its bureaus are
    told. Raises `InvalidValue` naming what the colour requires and what the record lacks, and `Conflict` for a
    reference that is taken.
    """
    brought = _there(upload)
    return await once(act, admitted, what, partial(_announced, act, admitted, keyring, brought, kind))


async def correct(
    act: Act,
    admitted: Admitted,
    keyring: Keyring,
    upload: Brought | AllpointsError | None,
    *,
    number: int,
    kind: NoticeKind,
) -> Work:
    """Replace what an own notice or diffusion says. It takes effect at once.

    One that was returned is requested again, one that is published is due for a review, and the secretariat is told;
    so are the bureaus that a diffusion is sent to. Raises `NotFound`, `Conflict` for one that has ended and where
    `If-Match` names another version, and as `announce`.
    """
    brought = _there(upload)
    what = correction(kind, number)
    do = partial(_corrected, act, admitted, keyring, brought, number=number, kind=kind)
    return await once(act, admitted, what, do)


def correction(kind: NoticeKind, number: int) -> str:
    """What is done with the body of a correction."""
    return f"correct {kind} {number}"


async def _announced(
    act: Act, admitted: Admitted, keyring: Keyring, brought: Brought, kind: NoticeKind
) -> Work:
    now, asker, said = datetime.now(UTC), admitted.asker, brought.said
    check_announcement(said, today=now.date())
    await _check_members(act, said)
    is_notice = kind is NoticeKind.NOTICE
    with _of_the_contribution():
        record = await store_for_notice(
            act,
            admitted,
            keyring,
            brought.given,
            state=RecordState.HELD if is_notice else RecordState.ACTIVE,
            unsearched=REQUIREMENTS[said.colour].unsearched,
        )
    notice = StoredNotice(
        id=0,
        kind=kind,
        colour=said.colour,
        state=NoticeState.REQUESTED if is_notice else NoticeState.SENT,
        owner=asker.bureau,
        record=record,
        number="",
        grounds=said.grounds,
        public=_public(said),
        review_due=False,
        requested_at=now,
        published_at=None if is_notice else now,
    )
    notice = msgspec.structs.replace(notice, id=await store.add(act, notice))
    await store.replace_pictures(act, notice.id, brought.pictures)
    await store.settle(act, notice.id)
    if isinstance(said, DiffusionRequest):
        told, step = news(notice, "received", asker, now, said.to), Step.SENT
    else:
        told, step = news(notice, "requested", asker, now, [SECRETARIAT]), Step.REQUESTED
    return await stepped(act, admitted, notice, 1, step, now=now, told=told)


async def _corrected(
    act: Act, admitted: Admitted, keyring: Keyring, brought: Brought, *, number: int, kind: NoticeKind
) -> Work:
    now, asker, said = datetime.now(UTC), admitted.asker, brought.said
    notice = await for_change(act, number)
    if notice.owner != asker.bureau or notice.kind is not kind:
        raise no_such(number)
    if said.colour is not notice.colour:
        raise InvalidValue(
            f"it is {notice.colour}",
            field="colour",
            remedy="Cancel it, and announce what is meant under its own colour.",
        )
    held = await own_record(act, notice.record, admitted)
    check_announcement(
        said,
        today=now.date(),
        pictured=await act.has_pictures(held.id),
        shown=bool(await store.pictures(act, number)),
    )
    await _check_members(act, said)
    with _of_the_contribution():
        unsearched = REQUIREMENTS[said.colour].unsearched
        version = await replace_record(act, admitted, held, keyring, brought.given, unsearched=unsearched)
    again = notice.state is NoticeState.RETURNED
    changed = msgspec.structs.replace(
        notice,
        state=NoticeState.REQUESTED if again else notice.state,
        grounds=said.grounds,
        public=_public(said),
        review_due=notice.state in (NoticeState.PUBLISHED, NoticeState.SUSPENDED),
    )
    # From here on nobody else reads anything of it until it is reviewed, its new pictures neither.
    await store.change(act, changed, extract=None)
    if brought.pictures:
        await store.replace_pictures(act, number, brought.pictures)
    told = (
        _told_anew(changed, held, said, asker, now)
        if isinstance(said, DiffusionRequest)
        else news(changed, "requested" if again else "corrected", asker, now, [SECRETARIAT])
    )
    return await stepped(act, admitted, changed, version, Step.CORRECTED, now=now, told=told)


def _told_anew(
    notice: StoredNotice, before: HeldRecord, said: DiffusionRequest, asker: Asker, now: datetime
) -> list[News]:
    """Who has a diffusion still, for the first time, or no longer."""
    had, has = set(before.conditions.bureaus.members), set(said.to)
    return [
        *news(notice, "corrected", asker, now, had & has),
        *news(notice, "received", asker, now, has - had),
        *news(notice, "cancelled", asker, now, had - has),
    ]


def _decoded(body: bytes, kind: NoticeKind) -> NoticeRequest | DiffusionRequest:
    if len(body) > MAX_PICTURES_BODY:
        raise TooLarge(f"a {kind} has at most {MAX_PICTURES_BODY} bytes", field="body")
    if kind is NoticeKind.NOTICE:
        return decoded(_request, body)
    return _addressed(decoded(_diffusion, body))


def _addressed(said: DiffusionRequest) -> DiffusionRequest:
    """The diffusion with conditions that admit the bureaus that it is sent to, and nobody else."""
    conditions = said.contribution.conditions
    if conditions.bureaus != EVERYONE:
        raise InvalidValue(
            "a diffusion is seen by the bureaus in `to`",
            field="contribution.conditions.bureaus",
            remedy="Leave it out.",
        )
    if not said.to:
        raise InvalidValue("names at least one bureau", field="to")
    to = tuple(sorted({bureau_code(code, field=f"to[{n}]") for n, code in enumerate(said.to)}))
    admitting = msgspec.structs.replace(conditions, bureaus=Selection("only", to))
    contribution = msgspec.structs.replace(said.contribution, conditions=admitting)
    return msgspec.structs.replace(said, to=to, contribution=contribution)


async def _check_members(act: Act, said: Announcement) -> None:
    if isinstance(said, DiffusionRequest):
        members = {bureau.code for bureau, _ in await act.bureaus()}
        if strangers := set(said.to) - members:
            raise InvalidValue(
                f"{min(strangers)} is no member of this hub", field="to", remedy="Send it to members."
            )


def _public(said: Announcement) -> tuple[PublicField, ...]:
    return said.public if isinstance(said, NoticeRequest) else ()


def _there(upload: Brought | AllpointsError | None) -> Brought:
    if isinstance(upload, AllpointsError):
        raise upload
    if upload is None:
        raise TypeError("what was refused is not stored")
    return upload


@contextmanager
def _of_the_contribution() -> Iterator[None]:
    """Errors that name a field of the contribution name it as a part of the whole."""
    try:
        yield
    except AllpointsError as error:
        if error.field and error.field.split(".")[0].split("[")[0] in Contribution.__struct_fields__:
            error.field = f"contribution.{error.field}"
        raise
