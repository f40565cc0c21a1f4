"""What is owed at a hub, whether or not anybody was told: confirmations both ways, candidate lists, reviews of records.

The hubs are asked every few minutes, so that a deadline stands in the inbox also after a stream was down, and what was
done elsewhere, as by the command line, waits no longer.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time

from msgspec import Struct

from allpoints.bureau.client import AsyncClient
from allpoints.bureau.desk.kinds import KINDS
from allpoints.bureau.store.desk import Waiting
from allpoints.records import HeldRecord
from allpoints.wire.confirmations import Confirmation, ConfirmationState, Side, Urgency
from allpoints.wire.corridor import Examination, ExaminationState

AT_ONCE = 500
RECORDS_AT_ONCE = 100
PRIORITIES = {Urgency.GATE: "urgent", Urgency.URGENT: "priority", Urgency.ROUTINE: "routine"}
UNDECIDED = (
    ExaminationState.OPEN,
    ExaminationState.ASSIGNED,
    ExaminationState.AWAITING_VERIFICATION,
    ExaminationState.DISPUTED,
)


class Owed(Struct, frozen=True):
    """What of one kind waits at a hub."""

    waiting: list[Waiting]
    whole: bool
    """Whether that is all of it."""


Look = Callable[[AsyncClient, str], Awaitable[Owed]]
"""Looks up what of one kind waits at a hub of this name."""


async def confirmations_owed(client: AsyncClient, hub: str) -> Owed:
    """Hits on our records that others want confirmed."""
    page = await client.confirmations(state=ConfirmationState.ASKED, side=Side.OWED, limit=AT_ONCE)
    return Owed([_confirmation(hub, "confirmation-asked", each) for each in page.items], page.next is None)


async def confirmations_awaited(client: AsyncClient, hub: str) -> Owed:
    """Hits of ours that others are to confirm."""
    page = await client.confirmations(state=ConfirmationState.ASKED, side=Side.ASKED, limit=AT_ONCE)
    return Owed([_confirmation(hub, "confirmation-awaited", each) for each in page.items], page.next is None)


async def examinations(client: AsyncClient, hub: str) -> Owed:
    """Candidate lists that examiners have not decided on yet."""
    found: list[Waiting] = []
    whole = True
    for state in UNDECIDED:
        page = await client.examinations(state=state, limit=AT_ONCE // len(UNDECIDED))
        found += [_examination(hub, each) for each in page.items]
        whole &= page.next is None
    return Owed(found, whole)


async def reviews(client: AsyncClient, hub: str) -> Owed:
    """Records whose review is due; the page of the records lists them all."""
    page = await client.records(limit=RECORDS_AT_ONCE, review_by=datetime.now(UTC).date())
    return Owed([_review(hub, each) for each in page.items], page.next is None)


def review_key(hub: str, held: HeldRecord) -> str:
    """Under which the review of a record waits. Another day for it is another review."""
    return f"{hub}:review:{held.id}:{held.retention.review_by.isoformat()}"


LOOKS: dict[str, Look] = {
    "confirmation-asked": confirmations_owed,
    "confirmation-awaited": confirmations_awaited,
    "examination": examinations,
    "review": reviews,
}


def _confirmation(hub: str, kind: str, owed: Confirmation) -> Waiting:
    other = owed.owner if kind == "confirmation-awaited" else owed.bureau
    detail = {
        "confirmation": owed.id,
        "record": owed.record,
        "reference": owed.reference,
        "bureau": other,
        "agency": owed.agency,
        "purpose": owed.purpose,
        "urgency": owed.urgency,
        "due_at": owed.due_at.isoformat(),
        "at": owed.asked_at.isoformat(),
        "entry": owed.entry,
    }
    return Waiting(
        key=f"{hub}:{kind}:{owed.id}",
        kind=kind,
        what=" · ".join(filter(None, (owed.reference, other))),
        hub=hub,
        detail=detail,
        path=KINDS[kind].path_of(detail),
        priority="urgent" if owed.reminders else PRIORITIES[owed.urgency],
        deadline=owed.due_at,
        roles=KINDS[kind].roles,
    )


def _examination(hub: str, owed: Examination) -> Waiting:
    detail = {"examination": owed.id, "purpose": owed.purpose, "at": owed.created_at.isoformat()}
    kind = KINDS["examination"]
    return Waiting(
        key=f"{hub}:examination:{owed.id}",
        kind="examination",
        what=f"{owed.id} · {owed.state}",
        hub=hub,
        detail=detail,
        path=kind.path_of(detail),
        roles=kind.roles,
    )


def _review(hub: str, held: HeldRecord) -> Waiting:
    detail = {"record": held.id}
    kind = KINDS["review"]
    return Waiting(
        key=review_key(hub, held),
        kind="review",
        what=held.reference,
        hub=hub,
        detail=detail,
        path=kind.path_of(detail),
        deadline=datetime.combine(held.retention.review_by, time.max, UTC),
        roles=kind.roles,
    )
