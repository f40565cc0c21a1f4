"""Confirmations on the command line: what the two bureaus read, and what is sent of a question and an answer."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.cli.conftest import Run
from tests.corridors import contribution, evidence
from tests.hubs import RunningHub

from allpoints.bureau import Client
from allpoints.cli import confirmations, hits
from allpoints.hits.clock import PACES
from allpoints.wire.confirmations import Confirmation, ConfirmationState, Urgency
from allpoints.wire.corridor import Page

Member = Callable[..., list[str]]

NOW = datetime.now(UTC)
ASKED = Confirmation(
    id=3,
    record=9,
    level="full",
    entry="17.0",
    bureau="ALB",
    agency="police",
    user="u-7",
    purpose="border-control",
    owner="ITA",
    urgency=Urgency.GATE,
    state=ConfirmationState.ASKED,
    asked_at=NOW - timedelta(minutes=20),
    due_at=NOW + timedelta(minutes=40, seconds=30),
    reminders=0,
    escalated_at=None,
    answered_at=None,
    late=False,
)


def found(hub: RunningHub, owner: str, bureau: str) -> tuple[int, str]:
    """A record of the owner's, and the entry of the check by which the bureau found it."""
    phone = ("phone", f"+355673{time.time_ns() % 10**6:06}")
    with hub.operator(owner) as client:
        record = client.contribute(contribution(phone)).id
    with hub.operator(bureau) as client:
        for _ in range(100):
            reply = client.check([evidence(phone)])
            if reply.hits:
                return record, reply.entry
            time.sleep(0.1)
    raise TimeoutError


def test_one_asks_the_other_answers_and_both_read_it(run: Run, member: Member, hub: RunningHub) -> None:
    record, entry = found(hub, "ITA", "ALB")
    albanian, italian = member("ALB"), member("ITA")
    ended = run("confirmations", "ask", record, entry, "--urgency", "gate", *albanian)
    assert ended.status == 0
    assert "ITA is asked to answer by" in ended.out
    assert hits.CAUTION in ended.out

    owed = run("confirmations", "list", "--side", "owed", "--limit", 0, "--json", *italian).lines
    [mine] = [each for each in owed if each["record"] == record]
    number = mine["id"]
    assert (mine["bureau"], mine["state"], mine["urgency"]) == ("ALB", "asked", "gate")
    assert hits.CAUTION in run("confirmations", "show", number, *albanian).out
    assert run("confirmations", "answer", number, "confirmed", *albanian).status == 3

    said = run("confirmations", "answer", number, "confirmed", *italian)
    assert said.out == f"Confirmation {number} is confirmed; ALB is told.\n"
    shown = run("confirmations", "show", number, *albanian).out
    assert "confirmed" in shown
    assert hits.CAUTION not in shown
    told = run("notifications", "list", "--limit", 0, *albanian).out
    assert "has answered about" in " ".join(told.split())
    assert run("confirmations", "list", "--state", "confirmed", *albanian).status == 0


def test_a_check_names_the_command_that_asks_the_owner(run: Run, member: Member, hub: RunningHub) -> None:
    phone = ("phone", f"+355674{time.time_ns() % 10**6:06}")
    with hub.operator("ITA") as client:
        record = client.contribute(contribution(phone)).id
    who = member("ALB")
    for _ in range(100):
        checked = run("check", "--phone", phone[1], *who)
        if checked.status == 1:
            break
        time.sleep(0.1)
    [line] = [line for line in checked.out.splitlines() if "confirmations ask" in line]
    assert f"allpoints confirmations ask {record} " in line
    assert run(*line.partition("allpoints ")[2].split(), *who).status == 0


def test_what_is_nobodys_to_ask_about_is_refused(run: Run, member: Member) -> None:
    assert run("confirmations", "ask", 999_999_999, "1.0", *member("ALB")).status == 2
    assert run("confirmations", "show", 999_999_999, *member("ALB")).status == 2
    assert run("confirmations", "ask", 1, "1.0", *member("ALB", "analyst")).status == 3


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "0 h 40 min left"),
        ({"late": True}, "late"),
        ({"state": ConfirmationState.LAPSED, "late": True}, "late"),
        ({"state": ConfirmationState.CONFIRMED}, ""),
    ],
)
def test_a_list_says_how_much_time_is_left(changed: dict[str, Any], said: str) -> None:
    assert confirmations._time(replace(ASKED, **changed), NOW) == said


def test_a_list_and_one_of_it_say_who_owes_what_to_whom(
    run: Run, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = replace(ASKED, reference="I-44", entry=None, reminders=1, answered_by=None)
    monkeypatch.setattr(Client, "confirmations", lambda *_, **__: Page(items=(owed,)))
    monkeypatch.setattr(Client, "confirmation", lambda *_: owed)
    monkeypatch.setenv("COLUMNS", "200")
    listed = run("confirmations", "list", *member("ITA")).out
    for part in ("ALB", "ITA", "9 (I-44)", "gate", "asked", "min left"):
        assert part in listed
    shown = run("confirmations", "show", 3, *member("ITA")).out
    for part in ("ALB (police, u-7) for border-control", "9 (I-44)", "reminders", "due"):
        assert part in shown


def test_help_says_how_long_each_urgency_is(run: Run) -> None:
    said = " ".join(run("confirmations", "ask", "--help").out.replace("│", " ").split())
    for urgency, pace in PACES.items():
        hours = int(pace.time.total_seconds() // 3600)
        assert f"{urgency} {hours} hour" in said
