"""The secretariat's side: review by the checklist, suspension; and the end, which an owner may also bring about."""

from datetime import datetime
from functools import partial

import msgspec

from allpoints.errors import Conflict
from allpoints.notices.acting import concerned, for_change, keep, news, no_such, once, stepped
from allpoints.records import SECRETARIAT, HeldRecord
from allpoints.records.notice_requirements import REQUIREMENTS
from allpoints.records.review import Review, ReviewDecision, check_reason, check_review
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Work
from allpoints.steps.decode import decoded
from allpoints.store import notices as store
from allpoints.store.acts import Act
from allpoints.store.notices import StoredNotice
from allpoints.wire.notices import NoticeState, Step

_DECIDED = {
    ReviewDecision.PUBLISH: (NoticeState.PUBLISHED, Step.PUBLISHED),
    ReviewDecision.RETURN: (NoticeState.RETURNED, Step.RETURNED),
    ReviewDecision.REFUSE: (NoticeState.REFUSED, Step.REFUSED),
}


class Why(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a notice is suspended, let go again or cancelled."""

    reason: str


_review = msgspec.json.Decoder(Review)
_why = msgspec.json.Decoder(Why)


async def review(act: Act, admitted: Admitted, number: int, now: datetime) -> Work:
    """Decide on a notice that waits for it: publish it, return it with questions or refuse it.

    Its first publication gives it its number; a published one that was corrected keeps it. The owner is told, and reads
    the answers to the checklist. Raises `NotFound`, `InvalidValue` as `check_review`, and `Conflict` where the notice
    does not wait for a review or was corrected since the reviewer looked at it.
    """
    return await once(act, admitted, f"review {number}", partial(_reviewed, act, admitted, number, now))


async def suspend(act: Act, admitted: Admitted, number: int, now: datetime) -> Work:
    """Hold a published notice back until the suspension is lifted: from now on no check finds it.

    Raises `NotFound`, `Conflict` where it is not published, `InvalidValue` without a reason.
    """
    return await once(
        act,
        admitted,
        f"suspend {number}",
        partial(
            _moved, act, admitted, number, now, before=NoticeState.PUBLISHED, after=NoticeState.SUSPENDED
        ),
    )


async def lift(act: Act, admitted: Admitted, number: int, now: datetime) -> Work:
    """Lift a suspension: from now on checks find it again. Raises as `suspend`, for one that is not suspended."""
    return await once(
        act,
        admitted,
        f"lift {number}",
        partial(
            _moved, act, admitted, number, now, before=NoticeState.SUSPENDED, after=NoticeState.PUBLISHED
        ),
    )


async def cancel(act: Act, admitted: Admitted, number: int, now: datetime) -> Work:
    """End a notice or diffusion for good: its owner its own, the secretariat any notice. Its record is withdrawn.

    Raises `NotFound`, `Conflict` for one that has ended, `InvalidValue` without a reason.
    """
    return await once(act, admitted, f"cancel {number}", partial(_cancelled, act, admitted, number, now))


async def _reviewed(act: Act, admitted: Admitted, number: int, now: datetime) -> Work:
    said = decoded(_review, admitted.body)
    check_review(said)
    notice, held = await _of_anybody(act, number)
    if notice.state is not NoticeState.REQUESTED and not notice.review_due:
        raise Conflict("it does not wait for a review", field="id", remedy="Suspend it, or cancel it.")
    if said.version != held.version:
        raise Conflict(
            f"it was corrected since: it is at version {held.version} now",
            field="version",
            remedy="Read it again, and review what it says now.",
        )
    state, step = _DECIDED[said.decision]
    changed = msgspec.structs.replace(notice, state=state, review_due=False)
    if state is NoticeState.PUBLISHED and not changed.number:
        letter = REQUIREMENTS[notice.colour].letter
        serial = await store.next_number(act, now.year)
        changed = msgspec.structs.replace(changed, number=f"{now.year}/{serial}-{letter}", published_at=now)
    await keep(act, changed, held)
    told = news(changed, step, admitted.asker, now, [notice.owner])
    return await stepped(
        act, admitted, changed, held.version, step, now=now, told=told, checklist=said.checklist
    )


async def _moved(
    act: Act,
    admitted: Admitted,
    number: int,
    now: datetime,
    *,
    before: NoticeState,
    after: NoticeState,
) -> Work:
    reason = _reason(admitted)
    notice, held = await _of_anybody(act, number)
    if notice.state is not before:
        raise Conflict(f"it is {notice.state}, not {before}", field="id")
    changed = msgspec.structs.replace(notice, state=after)
    await keep(act, changed, held)
    step = Step.SUSPENDED if after is NoticeState.SUSPENDED else Step.LIFTED
    told = news(changed, step, admitted.asker, now, [notice.owner])
    return await stepped(act, admitted, changed, held.version, step, now=now, told=told, reason=reason)


async def _cancelled(act: Act, admitted: Admitted, number: int, now: datetime) -> Work:
    reason, asker = _reason(admitted), admitted.asker
    notice = await for_change(act, number)
    reviewer = asker.bureau == SECRETARIAT
    held = (await store.records(act, [notice.record], reviewer=reviewer))[notice.record]
    changed = msgspec.structs.replace(notice, state=NoticeState.CANCELLED, review_due=False)
    await keep(act, changed, held)
    told = news(changed, Step.CANCELLED, asker, now, concerned(notice, held))
    return await stepped(
        act, admitted, changed, held.version, Step.CANCELLED, now=now, told=told, reason=reason
    )


async def _of_anybody(act: Act, number: int) -> tuple[StoredNotice, HeldRecord]:
    """A notice, locked, and its record, for the secretariat."""
    notice = await for_change(act, number)
    found = (await store.records(act, [notice.record], reviewer=True)).get(notice.record)
    if found is None:
        raise no_such(number)
    return notice, found


def _reason(admitted: Admitted) -> str:
    reason = decoded(_why, admitted.body).reason
    check_reason(reason, field="reason")
    return reason
