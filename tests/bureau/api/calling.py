"""Programs for tests: accounts with a token, and what they ask the API."""

import itertools
import time
from collections.abc import Callable
from typing import Any

import httpx
from tests.bureau.consoles import START_S, RunningConsole

from allpoints.bureau.people import Person
from allpoints.bureau.people.sessions import purposes_of
from allpoints.bureau.store.trail import TrailEntry
from allpoints.records import OPERATIONAL_PURPOSES, Purpose, Role

PATIENCE_S = 120.0
PURPOSE = Purpose.CRIMINAL_INVESTIGATION
_numbers = itertools.count(1)


def account(console: RunningConsole, *roles: Role) -> Person:
    """An account of its own for a program."""
    name = f"program-{next(_numbers)}"
    person, _ = console.run(
        console.node.people.add(
            name=name, display_name=name, roles=roles or (Role.OPERATOR,), purposes=OPERATIONAL_PURPOSES
        )
    )
    return person


def token(console: RunningConsole, person: Person, *, days: int = 90) -> str:
    """A token for an account, in its first role."""
    role = person.roles[0]
    purpose = PURPOSE if PURPOSE in purposes_of(person, role) else purposes_of(person, role)[0]
    text, _ = console.run(console.node.programs.make(person, role, purpose, days=days))
    return text


def calling(console: RunningConsole, shown: str) -> httpx.Client:
    """A client that shows this token."""
    return httpx.Client(
        base_url=f"{console.url}/api/v1", headers={"authorization": f"Bearer {shown}"}, timeout=START_S
    )


def program(console: RunningConsole, role: Role = Role.OPERATOR) -> httpx.Client:
    """A client of a program in this role."""
    return calling(console, token(console, account(console, role)))


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document of a refusal; it says what was wrong and what to do."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["detail"]
    assert document["remedy"]
    return document


def until(client: httpx.Client, path: str, good: Callable[[dict[str, Any]], object] = bool) -> dict[str, Any]:
    """Ask until it is there and as it should be."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = client.get(path)
        if answer.status_code == 200 and good(found := answer.json()):
            return dict(found)
        time.sleep(0.05)
    raise AssertionError(f"it does not happen: {answer.text}")


def trail_of(console: RunningConsole, act: str) -> list[TrailEntry]:
    """What the trail tells of an act, the latest first."""
    session = console.sign_in("administrator").session
    return [each for each in console.run(console.node.trail.entries(session)) if each.act == act]
