"""What is owed at a hub waits here as long as it is owed there."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.hubs import RunningHub

from allpoints.bureau.desk import MatterState, Waiting, Wanted, owed
from allpoints.bureau.desk.owed import Owed, review_key
from allpoints.bureau.node import Node
from allpoints.bureau.people import Session
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind, Role
from allpoints.wire.confirmations import Confirmation, ConfirmationState, Side, Urgency
from allpoints.wire.corridor import Examination, ExaminationState, Page

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def confirmation(number: int, **other: Any) -> Confirmation:
    said = {
        "id": number,
        "record": 5,
        "reference": f"OWED-{number}",
        "level": "full",
        "bureau": "FRA",
        "agency": "border-police",
        "user": "u-1",
        "purpose": "border-control",
        "owner": "ALB",
        "urgency": Urgency.GATE,
        "state": ConfirmationState.ASKED,
        "asked_at": NOW,
        "due_at": NOW + timedelta(hours=1),
        "reminders": 0,
        "escalated_at": None,
        "answered_at": None,
        "late": False,
    }
    return Confirmation(**said | other)


class Hub:
    """Stands for a hub's client."""

    def __init__(self, *pages: Any) -> None:
        self.pages = list(pages)
        self.asked: list[dict[str, Any]] = []

    async def confirmations(self, **asked: Any) -> Page[Confirmation]:
        self.asked.append(asked)
        return Page(items=self.pages.pop(0))

    async def examinations(self, **asked: Any) -> Page[Examination]:
        self.asked.append(asked)
        found = self.pages.pop(0)
        return Page(items=found[: asked["limit"]], next=1 if len(found) > asked["limit"] else None)


async def test_an_answer_that_we_owe_waits_with_its_deadline() -> None:
    hub = Hub(
        (
            confirmation(1),
            confirmation(2, urgency=Urgency.ROUTINE),
            confirmation(3, urgency=Urgency.ROUTINE, reminders=1),
        )
    )
    first, second, third = (await owed.confirmations_owed(hub, "lyon")).waiting  # type: ignore[arg-type]
    assert hub.asked[0]["side"] is Side.OWED
    assert (first.key, first.what, first.deadline) == (
        "lyon:confirmation-asked:1",
        "OWED-1 · FRA",
        NOW + timedelta(hours=1),
    )
    assert [each.priority for each in (first, second, third)] == ["urgent", "routine", "urgent"]
    assert first.path == "/confirmations/1"


async def test_an_answer_that_we_wait_for_names_its_owner() -> None:
    hub = Hub((confirmation(1, reference=None, owner="UTO", bureau="ALB"),))
    [waiting] = (await owed.confirmations_awaited(hub, "lyon")).waiting  # type: ignore[arg-type]
    assert (waiting.kind, waiting.what) == ("confirmation-awaited", "UTO")
    assert Role.OFFICER in waiting.roles


async def test_lists_wait_for_examiners_until_they_are_decided() -> None:
    a_list = Examination(
        id=7,
        state=ExaminationState.DISPUTED,
        purpose="criminal-investigation",
        asked_by="u-1",
        agency="police",
        verify=True,
        round=1,
        examiner=None,
        verifier=None,
        created_at=NOW,
        concluded_at=None,
    )
    many = Hub((a_list,) * 126, (), (), ())
    assert not (await owed.examinations(many, "lyon")).whole  # type: ignore[arg-type]
    hub = Hub((), (), (), (a_list,))
    [waiting] = (await owed.examinations(hub, "lyon")).waiting  # type: ignore[arg-type]
    assert (waiting.path, waiting.roles) == ("/examinations/7", (Role.EXAMINER, Role.SUPERVISOR))
    assert {asked["state"] for asked in hub.asked} == set(owed.UNDECIDED)


async def test_what_is_owed_no_longer_waits_no_longer(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    there: list[Waiting] = []

    async def look(*_: object) -> Owed:
        return Owed(list(there), whole=True)

    monkeypatch.setitem(owed.LOOKS, "confirmation-awaited", look)
    hub = node.hubs.names[0]
    one, other = (
        Waiting(
            key=f"looked-{number}",
            kind="confirmation-awaited",
            what=f"LOOKED-{number}",
            hub=hub,
            path="/",
            roles=(Role.OPERATOR,),
        )
        for number in (1, 2)
    )
    there[:] = [one, other]
    await node.desk.look_up(hub, "confirmation-awaited")
    there[:] = [other]
    await node.desk.look_up(hub, "confirmation-awaited")
    wanted = Wanted(role=Role.OPERATOR, text="looked-")
    assert [matter.what for matter in await node.desk.matters(wanted)] == ["LOOKED-2"]
    done = Wanted(role=Role.OPERATOR, text="looked-", state=MatterState.DONE)
    assert [matter.what for matter in await node.desk.matters(done)] == ["LOOKED-1"]


async def test_what_a_full_list_may_lack_is_left_waiting(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = node.hubs.names[0]
    await node.desk.add(
        Waiting(key="full-1", kind="examination", what="FULL-1", hub=hub, path="/", roles=(Role.EXAMINER,))
    )

    async def look(*_: object) -> Owed:
        return Owed([], whole=False)

    monkeypatch.setitem(owed.LOOKS, "examination", look)
    await node.desk.look_up(hub, "examination")
    assert await node.desk.matters(Wanted(role=Role.EXAMINER, text="full-1"))


async def test_a_record_whose_review_is_due_waits_as_long_as_it_is_due(node: Node, hub: RunningHub) -> None:
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
    for _ in range(2):
        await node.desk.look_up("hub", "review")
    wanted = Wanted(role=Role.OPERATOR, text=reference, kind="review")
    [matter] = await node.desk.matters(wanted)
    [held] = client.records(reference=reference).items
    assert (matter.what, matter.path) == (reference, f"/records/{held.id}")
    assert matter.deadline
    assert matter.deadline.date() == held.retention.review_by

    # A correction that leaves the day as it was settles nothing for ever.
    await node.desk.settle(review_key("hub", held))
    assert await node.desk.matters(wanted) == []
    await node.desk.look_up("hub", "review")
    assert await node.desk.matters(wanted)

    # Done elsewhere, as by the command line.
    client.withdraw(held.id)
    await node.desk.look_up("hub", "review")
    assert await node.desk.matters(wanted) == []


async def test_what_somebody_has_handled_does_not_come_back(node: Node, operator: Session) -> None:
    waiting = Waiting(key="handled-1", kind="hit", what="HANDLED-1", path="/", roles=(Role.OPERATOR,))
    number = await node.desk.add(waiting)
    await node.desk.handle(number, operator)
    await node.desk.add(waiting)
    assert await node.desk.matters(Wanted(role=Role.OPERATOR, text="handled-1")) == []


async def test_a_matter_of_another_hub_leads_there(node: Node) -> None:
    waiting = Waiting(
        key="far-1", kind="hit", what="FAR-1", hub="a far one", path="/records/1", roles=(Role.OPERATOR,)
    )
    await node.desk.add(waiting)
    [matter] = await node.desk.matters(Wanted(role=Role.OPERATOR, text="far-1"))
    assert matter.path == "/records/1?hub=a%20far%20one"
