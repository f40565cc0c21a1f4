"""Size, depth and time: what is too much is refused by name, and what is no JSON is no question."""

import gzip
import socket
from collections.abc import Iterator

import httpx
import msgspec
import pytest
from tests.hub.signed import NDJSON, Request, get, http, post, problem, send, signature
from tests.hubs import RunningHub, asker

from allpoints.hub import messages
from allpoints.hub.messages import SlowRequest, read_message
from allpoints.steps.decode import MAX_BODY, MAX_LINES, MAX_SINGLE_BODY

OPERATOR = asker("UTO", "operator", "criminal-investigation", "police")
QUESTION = b'{"evidence":[{"kind":"identifier","scheme":"phone","value":"+355672345678"}]}'


def in_bulk(hub: RunningHub, target: str, body: bytes) -> httpx.Response:
    """Send NDJSON."""
    headers = {**NDJSON, "idempotency-key": f"limits-{hash(body)}"}
    return send(hub, Request(method="POST", target=target, asker=OPERATOR, body=body, headers=headers))


def test_a_body_that_announces_too_much_is_refused_before_it_comes(hub: RunningHub) -> None:
    request = Request(method="POST", target="/v1/checks/bulk", asker=OPERATOR, headers=NDJSON)
    headers = {
        **signature(hub, request),
        "host": f"127.0.0.1:{hub.port}",
        "content-length": str(MAX_BODY + 1),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", hub.port), timeout=5) as line:
        line.sendall(f"POST {request.target} HTTP/1.1\r\n{head}\r\n".encode())
        answer = b""
        while b"}" not in answer:
            answer += line.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"field":"body"' in answer


def test_a_body_that_grows_too_large_in_pieces_is_refused(hub: RunningHub) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(MAX_BODY // 65_536 + 1):
            yield b"x" * 65_536

    request = Request(method="POST", target="/v1/checks/bulk", asker=OPERATOR, headers=NDJSON)
    answer = http.post(hub.url + request.target, content=pieces(), headers=signature(hub, request))
    assert problem(answer, 413)["field"] == "body"


def test_a_single_question_has_a_smaller_limit(hub: RunningHub) -> None:
    answer = post(hub, OPERATOR, "/v1/checks", b" " * (MAX_SINGLE_BODY + 1))
    found = problem(answer, 413)
    assert found["field"] == "body"
    assert str(MAX_SINGLE_BODY) in found["detail"]


@pytest.mark.parametrize("target", ["/v1/checks/bulk", "/v1/records/bulk"])
def test_too_many_lines_are_refused(hub: RunningHub, target: str) -> None:
    found = problem(in_bulk(hub, target, b"{}\n" * (MAX_LINES + 1)), 413)
    assert found["field"] == "body"
    assert str(MAX_LINES) in found["detail"]
    assert in_bulk(hub, target, b"{}\n" * MAX_LINES).status_code == 200


def test_a_record_of_two_lines_is_refused_whole_where_one_is_taken(hub: RunningHub) -> None:
    lines = [person(f"limits-two-{n}") for n in (1, 2)]
    body = msgspec.json.Encoder().encode_lines(lines)
    assert (
        problem(post(hub, OPERATOR, "/v1/records", body, idempotency_key="limits-two"), 400)["field"]
        == "body"
    )
    kept = get(hub, OPERATOR, "/v1/records?reference=limits-two-1").json()["items"]
    assert kept == []


def test_a_record_may_be_written_on_several_lines(hub: RunningHub) -> None:
    body = msgspec.json.format(msgspec.json.encode(person("limits-pretty")), indent=2)
    assert post(hub, OPERATOR, "/v1/records", body, idempotency_key="limits-pretty").status_code == 201


def test_a_refused_record_does_not_use_up_its_idempotency_key(hub: RunningHub) -> None:
    wrong = {**person("limits-mended"), "valid_until": "2000-01-01"}
    refused = post(hub, OPERATOR, "/v1/records", wrong, idempotency_key="limits-mended")
    assert problem(refused, 422)["field"] == "valid_until"
    mended = post(hub, OPERATOR, "/v1/records", person("limits-mended"), idempotency_key="limits-mended")
    assert mended.status_code == 201


NO_QUESTION = {
    "nothing": b"",
    "no JSON": b"evidence",
    "half of it": QUESTION[:-3],
    "two": QUESTION + QUESTION,
    "NaN": b'{"evidence":NaN}',
    "infinity": b'{"evidence":[],"id":Infinity}',
    "nested too deep": b'{"evidence":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "nested too deep where nobody looks": b'{"evidence":[],"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "objects nested too deep": b'{"evidence":[],"x":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    "a number without end": b'{"evidence":[],"id":' + b"9" * 60_000 + b"}",
    "a lone surrogate": QUESTION.replace(b"+355", b"\\ud800"),
    "no UTF-8": QUESTION.replace(b"+355", b"\xff\xfe"),
    "an overlong NUL": QUESTION.replace(b"+355", b"\xc0\x80"),
    "a NUL": QUESTION.replace(b"+355", b"\\u0000"),
    "a NUL in a name": QUESTION.replace(b"phone", b"ph\\u0000one"),
    "a byte order mark": b"\xef\xbb\xbf" + QUESTION,
    "UTF-16": QUESTION.decode().encode("utf-16"),
    "an unknown field": QUESTION[:-1] + b',"audience":"everyone"}',
    "an unknown kind": QUESTION.replace(b"identifier", b"password"),
    "an unknown scheme": QUESTION.replace(b"phone", b"nothing"),
    "a list": b"[" + QUESTION + b"]",
    "no evidence": b'{"evidence":[]}',
    "evidence without end": b'{"evidence":[' + b",".join([QUESTION[13:-2]] * 25) + b"]}",
    "a long name": QUESTION[:-1] + b',"id":"' + b"x" * 65 + b'"}',
}


@pytest.mark.parametrize("what", NO_QUESTION)
def test_what_is_no_question_is_refused_and_named(hub: RunningHub, what: str) -> None:
    found = problem(post(hub, OPERATOR, "/v1/checks", NO_QUESTION[what]), 400, 422)
    assert found["field"]


@pytest.mark.parametrize("what", [name for name, body in NO_QUESTION.items() if body and b"\n" not in body])
def test_as_one_line_of_many_it_spares_the_others(hub: RunningHub, what: str) -> None:
    lines = [QUESTION, NO_QUESTION[what], QUESTION]
    answer = in_bulk(hub, "/v1/checks/bulk", b"\n".join(lines))
    assert answer.status_code == 200
    first, bad, last, summary = map(msgspec.json.decode, answer.content.splitlines())
    assert [line["line"] for line in (first, bad, last)] == [1, 2, 3]
    assert "error" not in first
    assert "error" not in last
    assert bad["error"]["field"]
    assert bad["error"]["remedy"]
    assert (summary["lines"], summary["errors"]) == (3, 1)


def test_of_a_key_that_stands_twice_the_last_one_counts(hub: RunningHub) -> None:
    twice = QUESTION[:-1] + b',"id":"first","id":"second"}'
    assert post(hub, OPERATOR, "/v1/checks", twice).json()["id"] == "second"


def test_a_packed_body_is_taken_for_what_it_is(hub: RunningHub) -> None:
    packed = post(hub, OPERATOR, "/v1/checks", gzip.compress(QUESTION), content_encoding="gzip")
    assert problem(packed, 400)["field"] == "body"
    lied = post(hub, OPERATOR, "/v1/checks", QUESTION, content_encoding="gzip")
    assert lied.status_code == 200


async def test_a_body_that_stalls_is_waited_for_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "READ_TIMEOUT_S", 0.05)

    async def never() -> None:
        import asyncio

        await asyncio.sleep(60)

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "raw_path": b"/v1/checks",
        "query_string": b"",
        "headers": [(b"host", b"hub.test")],
    }
    with pytest.raises(SlowRequest) as refused:
        await read_message(scope, never)  # type: ignore[arg-type]
    assert refused.value.field == "body"
    assert refused.value.status == 408


NO_PARAMETER = {
    "/v1/records?limit=0": "limit",
    "/v1/records?limit=501": "limit",
    "/v1/records?after=x": "after",
    "/v1/records?reference=%00": "query",
    "/v1/records?limit=99999999999999999999999": "limit",
    "/v1/notifications?unacknowledged=perhaps": "unacknowledged",
    "/v1/log/consistency": "old",
    "/v1/log/consistency?old=1": "new",
    "/v1/log/consistency?old=2&new=1": "new",
    "/v1/log/consistency?old=0&new=99999999999999999999": "new",
    "/v1/log/receipts/first": "entry",
    "/v1/log/receipts/1.1.1": "entry",
    "/v1/log/receipts/%00": "entry",
    "/v1/records/1/reads?after=1": "after",
    "/v1/bureaus/%00/keys": "path",
}


@pytest.mark.parametrize("target", NO_PARAMETER)
def test_a_wrong_parameter_is_named(hub: RunningHub, target: str) -> None:
    assert problem(get(hub, OPERATOR, target), 400, 422)["field"] == NO_PARAMETER[target]


@pytest.mark.parametrize(
    "target",
    [
        "/v1/records/99999999999999999999",
        f"/v1/records/{'9' * 5_000}",
        "/v1/records/0",
        "/v1/records/4294967296",
        "/v1/log/receipts/99999999999999.1",
        "/v1/log/receipts/1.99999999999999",
        "/v1/nowhere",
        "/",
    ],
)
def test_what_there_is_not_is_not_found(hub: RunningHub, target: str) -> None:
    assert problem(get(hub, OPERATOR, target), 404)


@pytest.mark.parametrize("target", ["/v1/records", "/v1/notifications", "/v1/links"])
@pytest.mark.parametrize("after", [-1, 2**63, 2**64, 10**30])
def test_after_the_last_there_is_nothing(hub: RunningHub, target: str, after: int) -> None:
    assert get(hub, OPERATOR, f"{target}?after={after}").status_code == 200


def person(reference: str) -> dict[str, object]:
    """A contribution as JSON has it."""
    return {
        "reference": reference,
        "kind": "person",
        "identifiers": [],
        "particulars": {"reason": "missing", "names": ["Anna Example"]},
    }
