"""Below HTTP: whatever bytes come, a worker answers with a refusal or closes, and lives on."""

import asyncio
import contextlib
import http.client
import io
import socket
from collections.abc import Iterator

import msgspec
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hub.signed import JSON, Request, signature
from tests.hubs import RunningHub, asker

from allpoints.hub.connections import MAX_HEAD, close_stalled

CHECK = Request(
    method="POST",
    target="/v1/checks",
    asker=asker("UTO"),
    body=b'{"evidence":[{"kind":"identifier","scheme":"phone","value":"+355672345678"}],"id":"raw"}',
    headers=JSON,
)


class Answer(msgspec.Struct, frozen=True):
    """One response as it came over the line."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Line:
    """Lets the standard library read responses from bytes."""

    def __init__(self, raw: bytes) -> None:
        self._file = io.BytesIO(raw)

    def makefile(self, *_: object, **__: object) -> io.BytesIO:
        return self._file


def exchange(hub: RunningHub, sent: bytes, *, wait_s: float = 2) -> list[Answer]:
    """Send bytes and read all answers that come while the line is not silent for too long."""
    received = b""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=wait_s) as line:
        with contextlib.suppress(OSError):
            line.sendall(sent)
        with contextlib.suppress(OSError):
            while piece := line.recv(65_536):
                received += piece
    return list(answers(received))


def answers(raw: bytes) -> Iterator[Answer]:
    """The responses that stand one after the other in these bytes."""
    while raw:
        response = http.client.HTTPResponse(_Line(raw))  # type: ignore[arg-type]
        response.begin()
        head = {name.lower(): value for name, value in response.getheaders()}
        body = response.read()
        yield Answer(response.status, head, body)
        end = raw.index(b"\r\n\r\n") + 4 + int(head.get("content-length", "0"))
        raw = raw[end:]


def written(hub: RunningHub, request: Request = CHECK, version: str = "1.1") -> bytes:
    """A signed request as bytes."""
    headers = {
        "host": f"127.0.0.1:{hub.port}",
        **signature(hub, request),
        "content-length": str(len(request.body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{request.method} {request.target} HTTP/{version}\r\n{head}\r\n".encode() + request.body


def is_refused(answer: Answer) -> None:
    """A problem document with a status of the client's."""
    assert 400 <= answer.status < 500, answer
    assert answer.headers["content-type"] == "application/problem+json"
    document = msgspec.json.decode(answer.body)
    assert document["detail"]
    assert document["remedy"]


@pytest.fixture
def workers(hub: RunningHub) -> Iterator[set[int]]:
    """The same processes are there at the end."""
    before = {child.pid for child in psutil.Process(hub.pid).children() if _is_hub(child)}
    yield before
    after = {
        child.pid for child in psutil.Process(hub.pid).children() if child.is_running() and _is_hub(child)
    }
    assert {pid for pid in before if psutil.pid_exists(pid)} == before
    assert before - after == set()


def test_requests_in_a_row_are_answered_in_a_row(hub: RunningHub) -> None:
    several = exchange(hub, b"".join(written(hub) for _ in range(5)), wait_s=1)
    assert [answer.status for answer in several] == [200] * 5
    assert len({msgspec.json.decode(answer.body)["entry"] for answer in several}) == 5


def test_http_1_0_is_answered_and_closed(hub: RunningHub) -> None:
    [answer] = exchange(hub, written(hub, version="1.0"))
    assert answer.status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "TRACE", "PURGE", "OPTIONS"])
def test_another_method_is_refused_and_told_which_there_are(hub: RunningHub, method: str) -> None:
    raw = written(hub).replace(b"POST", method.encode(), 1)
    answer = next(iter(exchange(hub, raw, wait_s=0.3)))
    assert answer.status == 405
    assert "POST" in answer.headers["allow"]


NOT_HTTP = {
    "nothing of it": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS greeting",
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no version": b"GET /v1/checks\r\n\r\n",
    "a version there is not": b"GET /v1/checks HTTP/9.9\r\n\r\n",
    "a method there is not": b"STEAL /v1/checks HTTP/1.1\r\nhost: x\r\n\r\n",
    "a path that is not ASCII": b"GET /v1/\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
    "a space in the path": b"GET /v1/che cks HTTP/1.1\r\nhost: x\r\n\r\n",
    "no path": b"GET http://x HTTP/1.1\r\nhost: x\r\n\r\n",
    "a tunnel": b"CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n",
    "a NUL in a header": b"GET /v1/bureaus HTTP/1.1\r\nhost: x\r\nsignature: a\x00b\r\n\r\n",
    "a header without a name": b"GET /v1/bureaus HTTP/1.1\r\n: x\r\n\r\n",
    "a space before the colon": b"GET /v1/bureaus HTTP/1.1\r\nsignature : x\r\n\r\n",
    "a length that is none": b"POST /v1/checks HTTP/1.1\r\nhost: x\r\ncontent-length: ten\r\n\r\n",
    "a negative length": b"POST /v1/checks HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    "two lengths": b"POST /v1/checks HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
    "a length and chunks": b"POST /v1/checks HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n"
    b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk without a size": b"POST /v1/checks HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
}


@pytest.mark.parametrize("what", NOT_HTTP)
@pytest.mark.usefixtures("workers")
def test_what_is_no_http_is_refused(hub: RunningHub, what: str) -> None:
    found = exchange(hub, NOT_HTTP[what], wait_s=0.3)
    assert found, "it is answered"
    for answer in found:
        is_refused(answer)


@pytest.mark.usefixtures("workers")
def test_a_head_without_end_is_cut_off(hub: RunningHub) -> None:
    start = b"GET /v1/bureaus HTTP/1.1\r\nhost: x\r\nx: "
    with socket.create_connection(("127.0.0.1", hub.port), timeout=5) as line:
        line.sendall(start)
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 64 * MAX_HEAD:
                sent += line.send(b"y" * 16_384)
    assert sent < 64 * MAX_HEAD


@pytest.mark.parametrize("count", [200, 5_000])
@pytest.mark.usefixtures("workers")
def test_many_headers_are_refused_or_passed_over(hub: RunningHub, count: int) -> None:
    many = "".join(f"x-{n}: {'y' * 50}\r\n" for n in range(count))
    for answer in exchange(hub, written(hub).replace(b"\r\n", f"\r\n{many}".encode(), 1), wait_s=0.5):
        assert answer.status in (200, 413)


def test_a_head_that_does_not_come_is_waited_for_only_so_long() -> None:
    class Stalled:
        head_since = 1e-9

        def __init__(self) -> None:
            self.transport = self
            self.closed = False

        def close(self) -> None:
            self.closed = True

    class Busy(Stalled):
        head_since = 0.0

    stalled, busy = Stalled(), Busy()

    async def for_a_moment() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.1):
                await close_stalled([stalled, busy], patience_s=0.03)

    asyncio.run(for_a_moment())
    assert (stalled.closed, busy.closed) == (True, False)


@pytest.mark.usefixtures("workers")
def test_broken_requests_never_break_the_hub(hub: RunningHub) -> None:
    @settings(
        max_examples=150,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        right = written(hub)
        cut = data.draw(st.integers(0, len(right)))
        resumed = data.draw(st.integers(0, len(right)))
        strange = data.draw(
            st.binary(max_size=40) | st.sampled_from([b"\r\n", b"\r\n\r\n", b"\x00", b"%00", b": "])
        )
        for answer in exchange(hub, right[:cut] + strange + right[resumed:], wait_s=0.05):
            assert answer.status < 500, answer
            if answer.status != 200:
                is_refused(answer)

    holds()
    assert [answer.status for answer in exchange(hub, written(hub), wait_s=0.5)] == [200]


def _is_hub(process: psutil.Process) -> bool:
    """A worker or the housekeeper; PostgreSQL's backends come and go as they are needed."""
    return "forkserver" in " ".join(process.cmdline())
