"""Who is let in: a program whose token is in force, in its role, and not too often."""

import hashlib
from types import SimpleNamespace

import httpx
import psycopg
import pytest
from msgspec.structs import replace
from tests.bureau.api.calling import PURPOSE, account, calling, problem, token, trail_of
from tests.bureau.consoles import RunningConsole

from allpoints.bureau.people.throttle import PerMinute
from allpoints.records import Role

PATH = "/threads?limit=1"


def stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted by the minute stays in one."""
    monkeypatch.setattr("allpoints.bureau.people.throttle.time", SimpleNamespace(monotonic=lambda: 0.0))


def test_a_token_acts_in_the_name_of_its_account(console: RunningConsole) -> None:
    person = account(console)
    said = {"recipients": ["SVN"], "text": "Who writes?"}
    client = calling(console, token(console, person))
    sent = client.post("/messages", json=said, headers={"idempotency-key": "a"})
    assert sent.json()["said"]["author"] == person.pseudonym


@pytest.mark.parametrize("shown", ["x", "é", "x" * 43, "x" * 10_000, "a b"])
def test_a_wrong_token_is_refused_and_stands_in_the_trail(console: RunningConsole, shown: str) -> None:
    headers = {b"authorization": f"Bearer {shown}".encode()}
    answer = httpx.get(f"{console.url}/api/v1{PATH}", headers=headers)
    assert problem(answer, 401)["detail"] == "the token is not known here"
    entry = trail_of(console, "token-refused")[0]
    assert (entry.subject, entry.address, entry.detail) == ("", "127.0.0.1", "the token is not known here")


@pytest.mark.parametrize("how", ["ended", "expired", "deactivated", "another role", "reset"])
def test_a_token_that_is_not_in_force_is_refused_and_stands_in_the_trail(
    console: RunningConsole, how: str
) -> None:
    person = account(console)
    shown = token(console, person)
    client = calling(console, shown)
    assert client.get(PATH).status_code == 200
    node = console.node
    match how:
        case "ended":
            [made] = [each for each in console.run(node.programs.all()) if each.person.id == person.id]
            console.run(node.programs.end(made.number))
        case "expired":
            with psycopg.connect(node.settings.database_url, autocommit=True) as owner:
                owner.execute(
                    "UPDATE bureau.program_tokens SET expires_at = now() WHERE token_hash = %s",
                    [hashlib.sha256(shown.encode()).digest()],
                )
        case "deactivated":
            console.run(node.people.deactivate(person.id))
        case "another role":
            console.run(node.people.change(replace(person, roles=(Role.ANALYST,))))
        case "reset":
            console.run(node.people.reset(person.id))
    expected = "the token's time is up" if how == "expired" else "the token has ended"
    assert problem(client.get(PATH), 401)["detail"] == expected
    entry = trail_of(console, "token-refused")[0]
    assert (entry.subject, entry.detail) == (person.name, expected)
    if how == "deactivated":
        console.run(node.people.change(replace(person, active=True)))
        problem(client.get(PATH), 401)


def test_too_many_requests_wait_and_others_failures_keep_nobody_out(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = account(console)
    client = calling(console, token(console, person))
    stop_the_clock(monkeypatch)
    monkeypatch.setattr(console.node.programs, "_requests", PerMinute(2))
    monkeypatch.setattr(console.node.programs, "_failures", PerMinute(1))
    answers = [client.get(PATH) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert problem(answers[-1], 429)["code"] == "too-many-requests"
    assert int(answers[-1].headers["retry-after"]) > 0
    last = max((each.id for each in trail_of(console, "token-refused")), default=0)
    strangers = [calling(console, "x" * 43).get(PATH).status_code for _ in range(3)]
    assert strangers == [401, 429, 429]
    added = [each for each in trail_of(console, "token-refused") if each.id > last]
    assert len(added) == 1, "a flood does not fill the trail"
    monkeypatch.setattr(console.node.programs, "_requests", PerMinute(2))
    assert client.get(PATH).status_code == 200, "others' failures keep nobody out"


def test_what_is_not_for_a_role_stands_in_the_trail_and_fills_it_no_more_than_a_flood_of_tokens(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = account(console, Role.ANALYST)
    client = calling(console, token(console, person))
    stop_the_clock(monkeypatch)
    monkeypatch.setattr(console.node.trail, "_refusals", PerMinute(2))
    problem(client.options("/quarantine"), 403)
    for _ in range(4):
        problem(client.get("/quarantine"), 403)
    noted = [each.detail for each in trail_of(console, "refused") if each.person == person.id]
    assert noted == ["GET /api/v1/quarantine"] * 2


def test_the_purpose_is_that_of_the_token(console: RunningConsole) -> None:
    person = account(console)
    text, made = console.run(console.node.programs.make(person, Role.OPERATOR, PURPOSE))
    assert made.asker("HRV").purpose is PURPOSE
    assert console.run(console.node.programs.admit(text, address="127.0.0.1")) == made
