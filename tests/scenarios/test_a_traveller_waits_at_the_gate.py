"""A traveller is held at a gate in FRA on a passport that UTO has as stolen: UTO confirms within the hour, or not."""

from datetime import timedelta

import pytest
from tests.hubs import RunningHub
from tests.scenarios.waiting import eventually, evidence

from allpoints.audit import VerifierKey
from allpoints.audit.verify import verify_receipt
from allpoints.bureau import Client
from allpoints.errors import NotFound
from allpoints.records import Conditions, Contribution, Particulars, RawIdentifier, RecordKind, Release
from allpoints.wire.confirmations import Confirmation, ConfirmationState, OwnersAnswer, Side, Urgency
from allpoints.wire.corridor import Notification


def held(hub: RunningHub, number: str, conditions: Conditions | None = None) -> int:
    """A passport that UTO has as stolen."""
    return (
        hub.operator("UTO")
        .contribute(
            Contribution(
                reference=f"gate-{number}",
                kind=RecordKind.TRAVEL_DOCUMENT,
                identifiers=(RawIdentifier("travel-document", f"UTO:P:{number}"),),
                particulars=Particulars(reason="stolen"),
                conditions=conditions or Conditions(),
            )
        )
        .id
    )


def asked(hub: RunningHub, officer: Client, number: str) -> Confirmation:
    """The officer's question about a passport, with the traveller before them."""
    record = held(hub, number)
    passport = evidence("travel-document", f"UTO:P:{number}")
    reply = eventually(lambda: reply if (reply := officer.check(passport)).hits else None)
    return officer.ask_confirmation(record, reply.entry, urgency=Urgency.GATE)


def pass_time(hub: RunningHub, kept: Confirmation, time: timedelta) -> None:
    """Let it be later for one clock."""
    with hub.superuser() as connection:
        connection.execute(
            "UPDATE confirmations SET asked_at = asked_at - %(t)s, due_at = due_at - %(t)s,"
            " next_step_at = next_step_at - %(t)s WHERE id = %(id)s",
            {"t": time, "id": kept.id},
        )


def told(client: Client, kept: Confirmation) -> list[Notification]:
    """What a bureau was told of a confirmation, in order."""
    everything = client.notifications(limit=500).items
    return [news for news in everything if news.body.get("confirmation") == kept.id]


def kinds(client: Client, kept: Confirmation) -> list[str]:
    return [news.body["kind"] for news in told(client, kept)]


def test_the_owner_is_reminded_and_confirms_within_the_hour(hub: RunningHub) -> None:
    officer = hub.client("FRA", user="gate-7")
    bureau, owner = hub.operator("FRA"), hub.operator("UTO")
    supervisor = hub.client("UTO", "supervisor", "border-control", "police", user="s-1")
    kept = asked(hub, officer, "GA1000001")
    assert kept.due_at - kept.asked_at == timedelta(hours=1)
    assert kept.id in {each.id for each in owner.confirmations(side=Side.OWED, limit=500).items}

    pass_time(hub, kept, timedelta(minutes=31))
    eventually(lambda: len(kinds(owner, kept)) == 3)
    assert kinds(owner, kept) == ["confirmation-asked", "confirmation-reminder", "confirmation-escalated"]
    waiting = officer.confirmation(kept.id)
    assert (waiting.state, waiting.reminders, waiting.late) == (ConfirmationState.ASKED, 1, False)
    assert waiting.escalated_at

    answered = supervisor.answer_confirmation(kept.id, OwnersAnswer.CONFIRMED)
    assert (answered.state, answered.answered_by, answered.late) == (
        ConfirmationState.CONFIRMED,
        "s-1",
        False,
    )
    assert officer.confirmation(kept.id).answered_by is None
    assert kinds(bureau, kept) == ["confirmation-answered"]

    counted = owner.statistics().owed.by_urgency[Urgency.GATE]
    assert (counted.asked, counted.answered, counted.overdue, counted.refuted_share) == (1, 1, 0, 0.0)
    assert counted.median_s is not None
    assert 31 * 60 <= counted.median_s < 60 * 60
    assert bureau.statistics().asked.by_urgency[Urgency.GATE] == counted
    stranger = hub.operator("ITA").statistics()
    assert (stranger.owed.total.asked, stranger.asked.total.asked) == (0, 0)
    assert {member.bureau for member in stranger.members} >= {"ALB", "FRA", "ITA", "UTO"}


def test_where_nobody_answers_both_are_told_and_a_late_answer_counts_as_overdue(hub: RunningHub) -> None:
    officer, bureau, owner = hub.client("FRA"), hub.operator("FRA"), hub.operator("UTO")
    key = VerifierKey.parse(officer.about().vkey)
    before = owner.statistics().owed.total
    kept = asked(hub, officer, "GA1000002")
    pass_time(hub, kept, timedelta(minutes=61))
    eventually(lambda: kinds(bureau, kept) == ["confirmation-lapsed"])
    assert kinds(owner, kept) == ["confirmation-asked", "confirmation-lapsed"]
    for client in (bureau, owner):
        for news in told(client, kept):
            assert news.entry
            verify_receipt(client.receipt(news.entry), key)
    assert owner.statistics().owed.total.lapsed == before.lapsed + 1

    answered = owner.answer_confirmation(kept.id, OwnersAnswer.REFUTED)
    assert (answered.state, answered.late) == (ConfirmationState.REFUTED, True)
    after = owner.statistics().owed.total
    assert (after.overdue, after.lapsed) == (before.overdue + 1, before.lapsed)
    assert kinds(bureau, kept) == ["confirmation-lapsed", "confirmation-answered"]


def test_a_withdrawal_ends_the_waiting(hub: RunningHub) -> None:
    officer, bureau = hub.client("FRA"), hub.operator("FRA")
    kept = asked(hub, officer, "GA1000003")
    hub.operator("UTO").withdraw(kept.record)
    eventually(lambda: kinds(bureau, kept) == ["confirmation-withdrawn"])
    assert officer.confirmation(kept.id).state is ConfirmationState.WITHDRAWN


def test_nobody_can_ask_about_a_silent_record(hub: RunningHub) -> None:
    record = held(hub, "GA1000004", Conditions(disclosure=Release.SILENT))
    officer, owner = hub.client("FRA"), hub.operator("UTO")
    passport = evidence("travel-document", "UTO:P:GA1000004")

    def found() -> bool:
        entries.append(officer.check(passport).entry)
        return any(news.body.get("record") == record for news in owner.notifications(limit=500).items)

    entries: list[str] = []
    eventually(found)
    for number in (record, record + 1_000_000):
        with pytest.raises(NotFound, match="shows you record"):
            officer.ask_confirmation(number, entries[-1])
    assert record not in {each.record for each in owner.confirmations(limit=500).items}
