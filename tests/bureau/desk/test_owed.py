"""What is owed at a hub waits here as long as it is owed there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from allpoints.bureau.desk import MatterState, Waiting, Wanted, owed
from allpoints.bureau.node import Node
from allpoints.records import Role
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
        return Page(items=self.pages.pop(0))


async def test_an_answer_that_we_owe_waits_with_its_deadline() -> None:
    hub = Hub(
        (
            confirmation(1),
            confirmation(2, urgency=Urgency.ROUTINE),
            confirmation(3, urgency=Urgency.ROUTINE, reminders=1),
        )
    )
    first, second, third = await owed.confirmations_owed(hub, "lyon")  # type: ignore[arg-type]
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
    [waiting] = await owed.confirmations_awaited(hub, "lyon")  # type: ignore[arg-type]
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
    hub = Hub((), (), (), (a_list,))
    [waiting] = await owed.examinations(hub, "lyon")  # type: ignore[arg-type]
    assert (waiting.path, waiting.roles) == ("/examinations/7", (Role.EXAMINER, Role.SUPERVISOR))
    assert {asked["state"] for asked in hub.asked} == set(owed.UNDECIDED)


async def test_what_is_owed_no_longer_waits_no_longer(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    there: list[Waiting] = []

    async def look(*_: object) -> list[Waiting]:
        return list(there)

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
    monkeypatch.setattr("allpoints.bureau.desk.desk.AT_ONCE", 0)
    hub = node.hubs.names[0]
    await node.desk.add(
        Waiting(key="full-1", kind="examination", what="FULL-1", hub=hub, path="/", roles=(Role.EXAMINER,))
    )

    async def look(*_: object) -> list[Waiting]:
        return []

    monkeypatch.setitem(owed.LOOKS, "examination", look)
    await node.desk.look_up(hub, "examination")
    assert await node.desk.matters(Wanted(role=Role.EXAMINER, text="full-1"))
