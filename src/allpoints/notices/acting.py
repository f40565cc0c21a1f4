"""What every act on a notice does alike: done once however often it is sent, kept, entered in its life, and told."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

import msgspec

from allpoints.errors import Conflict, NotFound
from allpoints.notices.extracts import extract_of
from allpoints.records import SECRETARIAT, Asker, HeldRecord
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.review import Answered
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import News, Work
from allpoints.steps.repeating import REPEATED, first_reply, keep_reply
from allpoints.store import notices as store
from allpoints.store.acts import Act
from allpoints.store.notices import StoredNotice
from allpoints.wire.notices import NoticeState, NoticeStep, Step

ENDED = frozenset({NoticeState.REFUSED, NoticeState.CANCELLED, NoticeState.EXPIRED})


class Acted(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an act on a notice."""

    id: int
    record: int
    version: int
    state: NoticeState
    number: str


class NoticeTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a bureau reads of an act on a notice; what the notice says, `GET /v1/notices` shows whom it may."""

    kind: str
    """Such as `notice-published` or `diffusion-received`."""
    notice: int
    colour: Colour
    number: str
    record: int
    bureau: str
    """Who did it."""
    at: datetime


_acted = msgspec.json.Decoder(Acted)


async def once(act: Act, admitted: Admitted, what: str, do: Callable[[], Awaitable[Work]]) -> Work:
    """Do an act, or give a retry of `what` the first reply. Raises as `first_reply`, and what refuses the act."""
    if (kept := await first_reply(act, admitted, what)) is not None:
        reply = _acted.decode(kept)
        return Work(result=reply, records=(reply.record,), subject=f"{reply.id} {REPEATED}")
    work = await do()
    await keep_reply(act, admitted, msgspec.json.encode(work.result))
    return work


async def for_change(act: Act, number: int) -> StoredNotice:
    """A notice that the asker may see, locked. Raises `NotFound`, and `Conflict` for one that has ended."""
    found = await store.notice(act, number, for_change=True) if 0 < number < 2**63 else None
    if found is None:
        raise no_such(number)
    if found.state in ENDED:
        raise Conflict(f"the {found.kind} is {found.state}", field="id", remedy="Request a new one.")
    return found


def no_such(number: int) -> NotFound:
    """The same words for what does not exist and for what is not the asker's to see."""
    return NotFound(f"there is no notice {number}, or it is not yours to see", field="id")


async def keep(act: Act, changed: StoredNotice, held: HeldRecord) -> None:
    """Keep what came of a notice, with what everybody may read of it while it is published, and settle its record.

    What was corrected and not reviewed since nobody reads but those to whom the record is shown.
    """
    extract = None
    if changed.state is NoticeState.PUBLISHED and not changed.review_due:
        extract = extract_of(changed, held, await store.pictures(act, changed.id))
    await store.change(act, changed, extract)


async def stepped(
    act: Act,
    admitted: Admitted,
    notice: StoredNotice,
    version: int,
    step: Step,
    *,
    now: datetime,
    told: Iterable[News],
    reason: str = "",
    checklist: tuple[Answered, ...] = (),
) -> Work:
    """Enter a step into the life of a notice; return what the act comes to."""
    asker = admitted.asker
    made = NoticeStep(
        step=step,
        at=now,
        bureau=asker.bureau,
        user=asker.user,
        version=version,
        reason=reason,
        checklist=checklist,
    )
    await store.add_step(act, notice.id, made)
    acted = Acted(
        id=notice.id, record=notice.record, version=version, state=notice.state, number=notice.number
    )
    subject = " ".join(filter(None, (str(notice.id), step, notice.colour, notice.number)))
    return Work(result=acted, records=(notice.record,), subject=subject, told=tuple(told))


def news(notice: StoredNotice, what: str, asker: Asker, now: datetime, bureaus: Iterable[str]) -> list[News]:
    """Tell bureaus of an act on a notice; `what` is its past participle, such as `published`."""
    told = NoticeTold(
        kind=f"{notice.kind}-{what}",
        notice=notice.id,
        colour=notice.colour,
        number=notice.number,
        record=notice.record,
        bureau=asker.bureau,
        at=now,
    )
    body = msgspec.json.encode(told)
    subject = " ".join(filter(None, (str(notice.id), what, notice.colour, notice.number)))
    return [
        News(bureau=bureau, record=notice.record, body=body, subject=subject)
        for bureau in sorted(bureaus)
        if bureau != asker.bureau
    ]


def concerned(notice: StoredNotice, held: HeldRecord) -> set[str]:
    """Whom an act on a notice concerns: its owner, and the secretariat or the bureaus that a diffusion went to."""
    others = {SECRETARIAT} if notice.kind is NoticeKind.NOTICE else set(held.conditions.bureaus.members)
    return {notice.owner, *others}
