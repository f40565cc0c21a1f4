"""Requests that bring pictures: room for them, for members, and no way around the rule of their own."""

import asyncio
import base64
import socket

import httpx
import msgspec
import pytest
from tests.hub.signed import JSON, Request, post, problem, send, signature
from tests.hubs import RunningHub, asker

from allpoints.bureau import BureauKey
from allpoints.errors import Unavailable
from allpoints.hub.group_commit import CONCURRENT, MAX_WAITING_WITH_PICTURES, Turns
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
