"""Bad input is refused with what was wrong, and never a defect of ours; a defect tells nobody what was sent."""

import socket
from queue import SimpleQueue
from urllib.parse import urlsplit

import httpx
import pytest
from structlog.testing import capture_logs
from tests.bureau.api.calling import account, problem, program, token
from tests.bureau.consoles import START_S, RunningConsole

from allpoints.bureau.api.bodies import JsonRequest
from allpoints.errors import MalformedInput
from allpoints.records import Role

BODIES = {
    "empty": (b"", 422),
    "no JSON": (b"{", 400),
    "no object": (b"[]", 422),
    "no UTF-8": (b'{"subject": "\xff"}', 400),
    "half a letter": (b'{"subject": "\\ud800"}', 400),
    "too deep": (b'{"fields": {"a": ' + b"[" * 200_000, 400),
    "a number without end": (b'{"fields": {"a": 1e999999}}', 422),
    "a zero byte": (b'{"recipients": ["SVN"], "subject": "a\\u0000b"}', 422),
    "too long": (b'{"text": "' + b"x" * (1 << 20) + b'"}', 413),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_is_none_is_refused(console: RunningConsole, what: str) -> None:
    body, status = BODIES[what]
    headers = {"idempotency-key": "b", "content-type": "application/json"}
    problem(program(console).post("/messages", content=body, headers=headers), status)


def test_who_hangs_up_in_the_middle_of_a_body_is_no_defect_of_ours(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: SimpleQueue[object] = SimpleQueue()
    body = JsonRequest.body

    async def watched(request: JsonRequest) -> bytes:
        try:
            return await body(request)
        except BaseException as error:
            ended.put(error)
            raise

    monkeypatch.setattr(JsonRequest, "body", watched)
    place, shown = urlsplit(console.url), token(console, account(console))
    with socket.create_connection((place.hostname, place.port)) as line:
        line.sendall(
            b"POST /api/v1/messages HTTP/1.1\r\nhost: localhost\r\nidempotency-key: cut\r\n"
            b"authorization: Bearer " + shown.encode() + b"\r\ncontent-length: 100\r\n\r\n{"
        )
    assert isinstance(ended.get(timeout=START_S), MalformedInput)


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/threads?limit=0", 422, "limit"),
        ("/threads?limit=101", 422, "limit"),
        ("/threads?unread=perhaps", 422, "unread"),
        ("/threads?bureau=zz", 422, "bureau"),
        ("/threads?after=x@y", 422, "after"),
        (f"/messages?text=x&after={2**63}", 422, "after"),
        ("/messages?text=", 422, "text"),
        (f"/messages?text={'x' * 201}", 422, "text"),
        ("/quarantine?after=-1", 422, "after"),
        ("/messages/x%00y", 422, None),
        ("/messages/" + "0" * 22, 404, "message"),
        ("/threads/" + "0" * 22 + "/messages", 404, "thread"),
        ("/messages/" + "0" * 22 + "/receipts", 404, "message"),
    ],
)
def test_a_wrong_value_is_named(console: RunningConsole, path: str, status: int, field: str | None) -> None:
    assert problem(_supervisor(console).get(path), status).get("field") == field


def test_a_defect_is_logged_by_its_place_and_told_to_nobody(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret")

    client = program(console)
    monkeypatch.setattr(console.node.mailbox, "threads", fail)
    with capture_logs() as logs:
        answer = client.get("/threads")
    assert "a secret" not in answer.text
    assert problem(answer, 500)["detail"] == "the node failed"
    assert [(each["event"], each["error"]) for each in logs if each["event"] == "request.failed"] == [
        ("request.failed", "RuntimeError")
    ]
    assert "a secret" not in str(logs)


def _supervisor(console: RunningConsole) -> httpx.Client:
    return program(console, Role.SUPERVISOR)
