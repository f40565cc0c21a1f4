"""What hubs tell becomes something that waits: once, with its deadline, for whom it is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from allpoints.bureau.desk.kinds import KINDS, OTHER
from allpoints.bureau.desk.news import matter_of
from allpoints.records import Role
from allpoints.wire.corridor import Notification


def told(number: int = 7, **body: Any) -> Notification:
    return Notification(id=number, body=body, entry="12.0", created_at=datetime(2026, 5, 1, tzinfo=UTC))


def test_a_hit_names_the_record_and_who_asked() -> None:
    waiting = matter_of("lyon", told(kind="hit", record=5, reference="PP-1", bureau="FRA"))
    assert (waiting.kind, waiting.what, waiting.path) == ("hit", "PP-1 · FRA", "/records/5")
    assert waiting.detail["entry"] == "12.0"
    assert Role.OPERATOR in waiting.roles


def test_two_hits_on_one_record_are_two_matters() -> None:
    keys = {matter_of("lyon", told(number, kind="hit", record=5)).key for number in (1, 2)}
    assert len(keys) == 2


def test_two_hubs_number_their_notifications_each_for_itself() -> None:
    keys = {matter_of(hub, told(kind="link", link=3)).key for hub in ("lyon", "nairobi")}
    assert len(keys) == 2


def test_a_reminder_makes_what_waits_more_urgent_and_no_second_matter() -> None:
    due = "2026-05-01T12:00:00Z"
    asked, again = (
        matter_of(
            "lyon",
            told(number, kind=kind, confirmation=9, record=5, bureau="FRA", urgency="routine", due_at=due),
        )
        for number, kind in ((1, "confirmation-asked"), (2, "confirmation-reminder"))
    )
    assert asked.key == again.key
    assert asked.kind == again.kind == "confirmation-asked"
    assert asked.deadline == datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_what_can_happen_twice_waits_twice() -> None:
    told_of = [matter_of("lyon", told(number, kind="diffusion-corrected", notice=3)) for number in (1, 2)]
    assert len({waiting.key for waiting in told_of}) == 2
    assert {waiting.path for waiting in told_of} == {"/notices/3"}


def test_an_escalation_waits_for_supervisors_alone() -> None:
    assert matter_of("lyon", told(kind="confirmation-escalated", confirmation=9)).roles == (Role.SUPERVISOR,)


@pytest.mark.parametrize(
    ("urgency", "priority"), [("gate", "urgent"), ("urgent", "priority"), ("routine", "routine")]
)
def test_how_urgent_it_is_the_sender_says(urgency: str, priority: str) -> None:
    assert (
        matter_of("lyon", told(kind="confirmation-asked", confirmation=1, urgency=urgency)).priority
        == priority
    )


def test_a_message_carries_its_priority_and_deadline() -> None:
    waiting = matter_of(
        "lyon",
        told(kind="message", id="m-1", sender="FRA", priority="urgent", deadline="2026-05-02T00:00:00Z"),
    )
    assert (waiting.priority, waiting.what, waiting.path) == ("urgent", "FRA", "/messages/m-1")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "from-the-future", "x": [1, {"y": None}]},
        {"kind": "hit"},
        {"kind": "confirmation-asked", "due_at": "not a time", "urgency": ["?"]},
        {"kind": "message", "id": {"a": 1}},
        {"kind": ["hit"]},
    ],
)
def test_what_is_not_understood_waits_all_the_same(body: dict[str, Any]) -> None:
    waiting = matter_of("lyon", told(**body))
    assert waiting.deadline is None
    assert waiting.priority in ("routine", "priority")
    assert waiting.roles


def test_every_kind_waits_for_somebody() -> None:
    assert all(kind.roles for kind in (*KINDS.values(), OTHER))
