import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.cli.conftest import Run
from tests.corridors import contribution, evidence, plate
from tests.hubs import RunningHub

from allpoints.bureau import Client
from allpoints.wire.corridor import Notification, Page

Member = Callable[..., list[str]]


@pytest.fixture
def found(hub: RunningHub) -> tuple[str, str]:
    """A plate of FRA that ALB just found."""
    identifier = plate(int(time.time_ns() % 10**6))
    with hub.operator("FRA") as owner, hub.client("ALB", user="u-asker") as asker:
        owner.contribute(contribution(identifier))
        deadline = time.monotonic() + 30
        while not asker.check([evidence(identifier)]).hits:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    return identifier


def test_an_owner_reads_who_found_its_record_and_acknowledges_it(
    run: Run, member: Member, found: tuple[str, str]
) -> None:
    who = member("FRA")
    told = run("notifications", "list", "--unacknowledged", "--limit", 0, "--json", *who).lines
    last = told[-1]
    assert (last["body"]["bureau"], last["body"]["user"]) == ("ALB", "u-asker")
    listed = run("notifications", "list", "--after", last["id"] - 1, *who).out
    assert "u-asker" in listed
    assert last["entry"] in listed
    assert run("notifications", "acknowledge", last["id"], *who).out == "1 of 1 are now acknowledged.\n"
    rest = run("notifications", "list", "--unacknowledged", "--limit", 0, "--json", *who).lines
    assert last["id"] not in [n["id"] for n in rest]
    assert run("notifications", "acknowledge", last["id"], "--json", *who).lines == [{"ids": []}]


def test_following_writes_each_notification_as_it_comes(
    member: Member, found: tuple[str, str], hub: RunningHub
) -> None:
    who = member("FRA")
    command = [sys.executable, "-c", "from allpoints.cli import main; main()"]
    following = subprocess.Popen(
        [*command, "notifications", "follow", "--json", *who], stdout=subprocess.PIPE, env=os.environ
    )
    try:
        assert following.stdout is not None
        assert {"id", "body", "entry"} <= set(json.loads(following.stdout.readline()))
        following.send_signal(2)
        assert following.wait(20) == 130
    finally:
        following.kill()


def test_an_officer_does_not_read_the_bureaus_inbox(run: Run, member: Member) -> None:
    assert run("notifications", "list", *member("FRA", "officer")).status == 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {
                "kind": "confirmation-asked",
                "confirmation": 3,
                "record": 7,
                "bureau": "FRA",
                "urgency": "gate",
                "state": "asked",
                "due_at": "2026-11-29T07:00:00Z",
            },
            "FRA asks you to confirm a hit on record 7: asked, gate, due 2026-11-29T07:00:00Z (confirmation 3)",
        ),
        (
            {
                "kind": "message",
                "id": "m-1",
                "sender": "FRA",
                "priority": "urgent",
                "deadline": None,
                "size": 9,
            },
            "FRA sent a message: urgent (message m-1)",
        ),
        (
            {"kind": "message", "id": "m-1", "sender": "FRA", "priority": "urgent", "deadline": "2026-11-29"},
            "FRA sent a message: urgent, due 2026-11-29 (message m-1)",
        ),
        (
            {"kind": "message-recalled", "id": "m-1", "sender": "FRA"},
            "FRA took a message back before you had it (message m-1)",
        ),
        (
            {"kind": "message-expired", "id": "m-1", "recipients": ["FRA", "ITA"]},
            "nobody fetched your message in time at FRA, ITA (message m-1)",
        ),
        ({"kind": "link", "link": 3, "record": 7, "scheme": "names"}, "another bureau holds the same person"),
        ({"kind": "link", "link": 3, "record": 7, "scheme": "phone"}, "another bureau holds the same phone"),
        (
            {"kind": "link-decision", "link": 3, "record": 7, "bureau": "FRA", "decision": "different"},
            "FRA says of link 3, which your record 7 has with one of theirs: different",
        ),
        (
            {
                "kind": "examined",
                "record": 7,
                "reference": "R-7",
                "outcome": "confirmed",
                "modality": "fingerprints",
                "bureau": "FRA",
                "purpose": "criminal-investigation",
            },
            "examiners of FRA compared your record 7 (R-7) by fingerprints for criminal-investigation: confirmed",
        ),
        ({"kind": "new", "record": 7}, "kind new, record 7"),
    ],
)
def test_what_is_told_is_a_sentence(
    run: Run, member: Member, monkeypatch: pytest.MonkeyPatch, body: dict[str, object], said: str
) -> None:
    told = Page(items=(Notification(id=1, body=body, created_at=datetime.now(UTC)),))
    monkeypatch.setattr(Client, "notifications", lambda *_, **__: told)
    monkeypatch.setenv("COLUMNS", "300")
    assert said in run("notifications", "list", *member("FRA")).out
