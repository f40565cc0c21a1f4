"""What is to be reviewed waits in the inbox."""

import secrets
from datetime import UTC, datetime

from tests.hubs import RunningHub

from allpoints.bureau.desk import MatterState, Wanted
from allpoints.bureau.desk.reviews import Reviews, review_key
from allpoints.bureau.node import Node
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind, Role


async def test_a_record_whose_review_is_due_waits_once_until_it_is_settled(
    node: Node, hub: RunningHub
) -> None:
    reference = f"DUE-{secrets.token_hex(4)}"
    client = hub.operator("ALB")
    for name, day in ((reference, datetime.now(UTC).date()), (f"LATER-{reference}", None)):
        identifier = RawIdentifier("plate", f"ALB:{secrets.token_hex(4)}")
        client.contribute(
            Contribution(
                reference=name,
                kind=RecordKind.VEHICLE,
                identifiers=(identifier,),
                particulars=Particulars(reason="stolen"),
                review_by=day,
            )
        )
    reviews = Reviews(node.desk, node.hubs)
    for _ in range(2):
        await reviews.look("hub")
    wanted = Wanted(role=Role.OPERATOR, text=reference, kind="review", state=MatterState.OPEN, limit=9)
    [matter] = await node.desk.matters(wanted)
    [held] = client.records(reference=reference).items
    assert (matter.what, matter.path) == (reference, f"/records/{held.id}")
    assert matter.deadline
    assert matter.deadline.date() == held.retention.review_by
    await node.desk.settle(review_key("hub", held))
    assert await node.desk.matters(wanted) == []
