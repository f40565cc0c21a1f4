"""Records: what the bureau shares, with its conditions and retention, who found it, and what is to be reviewed."""

from datetime import UTC, date, datetime

from litestar import Response, get, post

from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import N_, P_
from allpoints.bureau.desk import BegunAct
from allpoints.bureau.desk.owed import review_key
from allpoints.bureau.node import Node
from allpoints.records import CASEWORK, HeldRecord, RecordState, Role

SECTION = Section("/records", P_("section", "Records"), roles=(*CASEWORK, Role.EXAMINER, Role.ANALYST))
READ_READS = (*CASEWORK, Role.DATA_PROTECTION_OFFICER)
ROWS = 50
READS = 100


@get("/records")
async def listed(visit: Visit, reference: str = "", due: bool = False, after: int = 0) -> Response[bytes]:
    """The bureau's own records, that of one reference, or those whose review is due."""
    page = await visit.client().records(
        after=after,
        limit=ROWS,
        reference=reference.strip() or None,
        review_by=_today() if due else None,
    )
    return await visit.page(
        "records.html",
        part="rows",
        records=[(held, _state(held)) for held in page.items],
        next=page.next,
        reference=reference,
        due=due,
        keeps=_keeps(visit),
    )


@get("/records/{number:int}")
async def one(visit: Visit, number: int) -> Response[bytes]:
    """One record, with what it said before."""
    client = visit.client()
    held = await client.record(number)
    return await visit.page(
        "record.html",
        part="record",
        record=held,
        state=_state(held),
        overdue=held.retention.review_by < _today(),
        versions=(await client.versions(number)).items,
        keeps=_keeps(visit) and held.state is not RecordState.WITHDRAWN,
        withdrawing=False,
    )


@post("/records/{number:int}/withdrawal", status_code=200, opt={"roles": CASEWORK})
async def withdraw(visit: Visit, number: int) -> Response[bytes]:
    """Take a record back, unless that is taken back in time."""
    held = await visit.client().record(number)
    label = visit.say(N_("Withdrawing record %(reference)s")) % {"reference": held.reference}
    content = {"hub": visit.hub, "record": number, "review": review_key(visit.hub, held)}
    await visit.hold("withdraw-record", content, label)
    if not visit.is_part:
        return visit.go_to(visit.at(f"/records/{number}"))
    return await visit.page("record.html", part="acts", record=held, withdrawing=label, keeps=True)


async def do_withdraw(node: Node, act: BegunAct) -> None:
    """Tell the hub."""
    await node.hubs.client(act.asker, act.content["hub"]).withdraw(
        act.content["record"], idempotency_key=act.name
    )
    await node.desk.settle(act.content["review"])


@get("/records/{number:int}/reads", opt={"roles": READ_READS})
async def reads(visit: Visit, number: int, after: str | None = None) -> Response[bytes]:
    """Who found a record, when and why; each read with its receipt."""
    page = await visit.client().reads(number, after=after, limit=READS)
    return await visit.page("record-reads.html", part="rows", number=number, reads=page.items, next=page.next)


def _state(held: HeldRecord) -> str:
    """Validity is a matter of the clock and not stored."""
    if held.state is RecordState.ACTIVE and held.retention.valid_until < _today():
        return "expired"
    return held.state.value


def _keeps(visit: Visit) -> bool:
    return visit.session.role in CASEWORK


def _today() -> date:
    return datetime.now(UTC).date()


ROUTES = (listed, one, withdraw, reads)
ACTS = {"withdraw-record": do_withdraw}
