"""Every operation of the API's document: for programs with a token in force, and for nobody else."""

import re
from typing import Any

import httpx
import pytest
from msgspec.structs import replace
from tests.bureau.api.calling import account, calling, problem, program, token, trail_of
from tests.bureau.console.correspondent import Correspondent
from tests.bureau.consoles import RunningConsole
from tests.bureau.mailbox.forging import carried, hand_over, sealed

from allpoints.bureau.call import random_name
from allpoints.bureau.console.security import TOKEN_HEADER
from allpoints.bureau.sealed import Content
from allpoints.records import Role

READING = {Role.OPERATOR, Role.SUPERVISOR, Role.ANALYST}
WRITING = {Role.OPERATOR, Role.SUPERVISOR}
WHO_MAY = {
    "POST /api/v1/messages": WRITING,
    "GET /api/v1/messages": READING,
    "GET /api/v1/threads": READING,
    "GET /api/v1/threads/{thread}/messages": READING,
    "GET /api/v1/messages/{message}": READING,
    "POST /api/v1/messages/{message}/reading": READING,
    "GET /api/v1/messages/{message}/receipts": READING,
    "POST /api/v1/messages/{message}/recall": WRITING,
    "POST /api/v1/attachments": WRITING,
    "GET /api/v1/messages/{message}/attachments/{attachment}": READING,
    "GET /api/v1/quarantine": {Role.SUPERVISOR, Role.ADMINISTRATOR},
    "GET /api/v1/forms": READING,
}
"""Which roles may do what, stated a second time."""


@pytest.fixture(scope="module")
def document(console: RunningConsole) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{console.url}/api/v1/openapi").json()
    return found


def ask(client: httpx.Client, console: RunningConsole, operation: str) -> httpx.Response:
    """An operation on things that there are not."""
    method, _, path = operation.partition(" ")
    address = console.url + re.sub(r"\{\w+\}", "0" * 22, path)
    return client.request(method, address, headers={"idempotency-key": "k"}, json={})


def test_the_document_names_every_operation_and_what_it_may_answer(document: dict[str, Any]) -> None:
    operations = {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(operations) == set(WHO_MAY)
    for operation in operations.values():
        refusals = {status: each for status, each in operation["responses"].items() if int(status) >= 400}
        assert set(refusals) == {"400", "401", "403", "404", "409", "413", "422", "429", "503"}
        assert {kind for each in refusals.values() for kind in each["content"]} == {
            "application/problem+json"
        }


def test_no_operation_is_for_who_shows_no_token(console: RunningConsole) -> None:
    signed_in = console.sign_in("supervisor")
    cookie = {console.cookie_name: signed_in.cookie}
    with (
        httpx.Client() as nobody,
        httpx.Client(
            cookies=cookie, headers={TOKEN_HEADER: signed_in.token, "origin": console.url}
        ) as person,
        httpx.Client(auth=("operator", "password")) as other_scheme,
    ):
        for operation in WHO_MAY:
            for client in (nobody, person, other_scheme):
                answer = ask(client, console, operation)
                assert problem(answer, 401)["code"] == "token-refused", operation
                assert answer.headers["www-authenticate"] == "Bearer"
                assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("role", Role)
def test_each_operation_is_for_the_roles_that_may(console: RunningConsole, role: Role) -> None:
    person = account(console, role)
    client = calling(console, token(console, person))
    for operation, roles in WHO_MAY.items():
        answer = ask(client, console, operation)
        assert answer.status_code != 401, operation
        assert (answer.status_code == 403) == (role not in roles), (operation, answer.text)
    tried = [
        each.detail.partition(" ")[0] for each in trail_of(console, "refused") if each.person == person.id
    ]
    refused = [operation.partition(" ")[0] for operation, roles in WHO_MAY.items() if role not in roles]
    assert tried[::-1] == refused, "what is not for a role stands in the trail"


def test_what_was_not_let_in_is_listed_with_the_reason(
    console: RunningConsole, slovenia: Correspondent
) -> None:
    said = Content(kind="message", thread=random_name(), text="Never told.")
    sent = carried(sealed(slovenia.signing, console.node, content=said), "HRV")
    console.run(hand_over(console.node, replace(sent, signature=bytes(64))))
    answer = program(console, Role.SUPERVISOR).get("/quarantine?limit=1")
    [kept] = answer.json()["items"]
    assert (kept["message"], kept["sender"], kept["state"]) == (sent.head.id, "SVN", "refused")
    assert kept["reason"]
    assert answer.json()["next"] == kept["number"]
    assert "Never told." not in answer.text


def test_a_token_opens_no_page_and_nothing_else_is_there(console: RunningConsole) -> None:
    client = program(console)
    page = httpx.get(f"{console.url}/messages", headers={**client.headers, "accept": "text/html"})
    assert page.headers["location"].startswith("/sign-in")
    assert problem(client.get("/nothing"), 404)["remedy"] == "See /api/v1/openapi for what there is."
    assert problem(client.put("/messages"), 405)
