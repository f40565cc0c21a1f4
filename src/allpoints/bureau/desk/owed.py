"""What is owed at a hub, whether or not anybody was told: confirmations both ways, and candidate lists to examine.

The hubs are asked every few minutes, so that a deadline stands in the inbox also after a stream was down, and what was
done elsewhere, as by the command line, waits no longer.
"""

from collections.abc import Awaitable, Callable

from allpoints.bureau.client import AsyncClient
from allpoints.bureau.desk.kinds import KINDS
from allpoints.bureau.store.desk import Waiting
from allpoints.wire.confirmations import Confirmation, ConfirmationState, Side, Urgency
from allpoints.wire.corridor import Examination, ExaminationState

AT_ONCE = 500
PRIORITIES = {Urgency.GATE: "urgent", Urgency.URGENT: "priority", Urgency.ROUTINE: "routine"}
UNDECIDED = (
    ExaminationState.OPEN,
    ExaminationState.ASSIGNED,
    ExaminationState.AWAITING_VERIFICATION,
    ExaminationState.DISPUTED,
)

Look = Callable[[AsyncClient, str], Awaitable[list[Waiting]]]
"""What of one kind waits at a hub of this name, at most `AT_ONCE`: a list that is full may lack some."""


async def confirmations_owed(client: AsyncClient, hub: str) -> list[Waiting]:
    """Hits on our records that others want confirmed."""
    page = await client.confirmations(state=ConfirmationState.ASKED, side=Side.OWED, limit=AT_ONCE)
    return [_confirmation(hub, "confirmation-asked", each) for each in page.items]


async def confirmations_awaited(client: AsyncClient, hub: str) -> list[Waiting]:
    """Hits of ours that others are to confirm."""
    page = await client.confirmations(state=ConfirmationState.ASKED, side=Side.ASKED, limit=AT_ONCE)
    return [_confirmation(hub, "confirmation-awaited", each) for each in page.items]


async def examinations(client: AsyncClient, hub: str) -> list[Waiting]:
    """Candidate lists that examiners have not decided on yet."""
    found = []
    for state in UNDECIDED:
        page = await client.examinations(state=state, limit=AT_ONCE // len(UNDECIDED))
        found += [_examination(hub, each) for each in page.items]
    return found


LOOKS: dict[str, Look] = {
    "confirmation-asked": confirmations_owed,
    "confirmation-awaited": confirmations_awaited,
    "examination": examinations,
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
