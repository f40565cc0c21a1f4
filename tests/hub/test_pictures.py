"""Requests that bring pictures: room for them, for members, and no way around the rule of their own."""

import asyncio
import base64
import contextlib
import select
import socket

import httpx
import msgspec
import pytest
from tests.hub.signed import JSON, Request, post, problem, send, signature
from tests.hubs import RunningHub, asker

from allpoints.access.authenticate import HttpMessage
from allpoints.bureau import BureauKey
from allpoints.errors import MalformedInput, Unauthenticated, Unavailable
from allpoints.hub.environment import Environment
from allpoints.hub.group_commit import CONCURRENT, MAX_WAITING_WITH_PICTURES, Turns
from allpoints.hub.messages import MAX_READ_AT_ONCE, MAX_READ_OF_A_BUREAU, Room
from allpoints.hub.routes import records
from allpoints.hub.worker import Worker
from allpoints.records import Fingerprint
from allpoints.records.evidence import Check
from allpoints.steps.decode import MAX_BODY, MAX_PICTURES_BODY

OFFICER = asker("UTO", agency="police")
OPERATOR = asker("UTO", "operator", "criminal-investigation", "police")
ROUTE = "/v1/checks/biometric"
LARGE = Fingerprint(image=b"no picture " * (MAX_BODY // 11))


def announced(hub: RunningHub, request: Request, length: int) -> bytes:
    """What the hub answers to a head that announces so much, before any of it has come."""
    headers = {**signature(hub, request), "host": f"127.0.0.1:{hub.port}", "content-length": str(length)}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", hub.port), timeout=5) as line:
        line.sendall(f"{request.method} {request.target} HTTP/1.1\r\n{head}\r\n".encode())
        answer = b""
        while b"}" not in answer:
            answer += line.recv(65_536)
    return answer


@pytest.mark.parametrize(("method", "target"), [("POST", ROUTE), ("POST", "/v1/records")])
def test_a_strangers_pictures_are_refused_before_they_come(hub: RunningHub, method: str, target: str) -> None:
    stranger = BureauKey.generate("UTO")
    request = Request(method=method, target=target, asker=OFFICER, headers=JSON, key=stranger)
    assert announced(hub, request, MAX_BODY + 1).startswith(b"HTTP/1.1 401")


def test_a_member_has_room_for_pictures_and_no_more(hub: RunningHub) -> None:
    request = Request(method="POST", target=ROUTE, asker=OFFICER, headers=JSON)
    answer = announced(hub, request, MAX_PICTURES_BODY + 1)
    assert answer.startswith(b"HTTP/1.1 413")
    assert str(MAX_PICTURES_BODY).encode() in answer


def test_a_large_picture_is_read_and_refused_by_its_name(hub: RunningHub) -> None:
    answer = post(hub, OFFICER, ROUTE, Check((LARGE,)))
    assert (problem(answer, 400, 422, 503)["field"] or "").startswith("evidence[0]")
    contributed = {
        "reference": "R-large",
        "kind": "person",
        "identifiers": [],
        "particulars": {"reason": "wanted"},
        "biometrics": [LARGE],
    }
    answer = post(hub, OPERATOR, "/v1/records", contributed, idempotency_key="large-picture")
    assert (problem(answer, 400, 422, 503)["field"] or "").startswith("biometrics[0]")


def test_a_body_that_was_altered_on_the_way_is_refused(hub: RunningHub) -> None:
    body = msgspec.json.encode(Check((LARGE,)))
    request = Request(method="POST", target=ROUTE, asker=OFFICER, body=body, headers=JSON)
    altered = msgspec.structs.replace(request, body=body[:-20] + b" " * 20)
    assert problem(send(hub, altered, signature(hub, request)), 401)


def test_whose_task_it_is_not_is_told_so(hub: RunningHub) -> None:
    analyst = asker("UTO", "analyst", "criminal-investigation", "police")
    answer = post(hub, analyst, ROUTE, Check((Fingerprint(image=b"x"),)))
    assert "with another role it is" in problem(answer, 403)["detail"]


def test_a_picture_elsewhere_is_sent_to_its_route(hub: RunningHub) -> None:
    image = base64.b64encode(b"x" * 60).decode()
    answer: httpx.Response = post(
        hub, OFFICER, "/v1/checks", {"evidence": [{"kind": "fingerprint", "image": image}]}
    )
    found = problem(answer, 422)
    assert found["field"] == "evidence[0]"
    assert ROUTE in found["remedy"]


async def test_a_few_have_their_turn_and_only_so_many_wait() -> None:
    turns, running, most = Turns(), 0, 0
    go_on = asyncio.Event()

    async def work() -> None:
        nonlocal running, most
        async with turns.turn():
            running += 1
            most = max(most, running)
            await go_on.wait()
            running -= 1

    tasks = [asyncio.create_task(work()) for _ in range(CONCURRENT + MAX_WAITING_WITH_PICTURES)]
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable):
        await work()
    go_on.set()
    await asyncio.gather(*tasks)
    assert most == CONCURRENT


def test_bodies_being_read_have_so_much_room_and_one_bureau_a_part_of_it() -> None:
    room = Room()
    bureaus = [f"B{number}" for number in range(MAX_READ_AT_ONCE // MAX_READ_OF_A_BUREAU)]
    with contextlib.ExitStack() as reading:
        for bureau in bureaus:
            for _ in range(MAX_READ_OF_A_BUREAU):
                reading.enter_context(room.place(bureau))
            with pytest.raises(Unavailable), room.place(bureau):
                pass
        with pytest.raises(Unavailable), room.place("B-other"):
            pass
    with room.place("B-other"):
        pass


def test_one_signed_head_on_many_lines_holds_no_more_than_its_bureaus_part(hub: RunningHub) -> None:
    request = Request(method="POST", target=ROUTE, asker=OFFICER, headers=JSON)
    headers = {
        **signature(hub, request),
        "host": f"127.0.0.1:{hub.port}",
        "content-length": str(MAX_BODY + 1),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    # A hub under test has two workers.
    with contextlib.ExitStack() as lines:
        answered = []
        for _ in range(2 * MAX_READ_OF_A_BUREAU + 1):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", hub.port), timeout=5))
            line.sendall(f"POST {ROUTE} HTTP/1.1\r\n{head}\r\n".encode())
            answered.append(line)
        refused, _, _ = select.select(answered, [], [], 10)
        assert refused
        assert refused[0].recv(65_536).startswith(b"HTTP/1.1 503")


async def test_strangers_take_no_turn(environment: Environment) -> None:
    worker = Worker(environment)
    nobody = HttpMessage(method="POST", authority="h", path=ROUTE, query="", headers=[], body=b"{}")

    async def recognised(message: HttpMessage) -> str:
        return "UTO"

    go_on = asyncio.Event()

    async def work() -> None:
        async with worker.turn(nobody):
            await go_on.wait()

    with pytest.raises((Unauthenticated, MalformedInput)):
        await work()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(worker.pipeline, "recognise", recognised)
        tasks = [asyncio.create_task(work()) for _ in range(CONCURRENT + MAX_WAITING_WITH_PICTURES)]
        await asyncio.sleep(0.01)
        with pytest.raises(Unavailable):
            await work()
    # The room is full, and still nobody hears of it but members.
    with pytest.raises((Unauthenticated, MalformedInput)):
        await work()
    go_on.set()
    await asyncio.gather(*tasks)


@pytest.mark.parametrize("word", [b"biometrics", b"biometr\\u0069cs", b"\\u0062iometrics"])
def test_however_pictures_are_spelt_they_wait_for_their_turn(environment: Environment, word: bytes) -> None:
    body = b'{"' + word + b'": []}'
    assert "biometrics" in msgspec.json.decode(body)
    message = HttpMessage(method="POST", authority="h", path="/", query="", headers=[], body=body)
    worker = Worker(environment)
    plain = msgspec.structs.replace(message, body=b'{"reason": "a line\\nand another"}')
    assert isinstance(records._turn(worker, plain), contextlib.nullcontext)
    assert not isinstance(records._turn(worker, message), contextlib.nullcontext)
