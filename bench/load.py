"""A load generator that costs little: requests signed beforehand, kept-alive connections, one epoll loop.

Closed loop: every connection sends its next request as soon as the last is answered. Runs in a process of its
own (`python -m bench.load` is not a command; use `run`).
"""

import multiprocessing
import select
import socket
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import NamedTuple

import psutil


class Result(NamedTuple):
    """What one run of the load gave."""

    requests: int
    failures: int
    seconds: float
    latencies_ms: list[float]
    """Sorted."""
    cpu_s: float
    """Of the generator itself."""
    body_bytes: int

    @property
    def per_s(self) -> float:
        """Requests answered a second."""
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in milliseconds below which this share of the requests was answered."""
        if not self.latencies_ms:
            return float("nan")
        return self.latencies_ms[min(len(self.latencies_ms) - 1, int(share * len(self.latencies_ms)))]


def run(
    port: int, requests: Sequence[bytes], *, connections: int, seconds: float, warmup: float = 0.0
) -> Result:
    """Send the requests in turn over so many connections, in a child process, for at most `seconds`.

    Ends early when every request was sent once: a signed request is good for one time only. What is answered
    in the first `warmup` seconds is not counted.
    """
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(
        target=_generate, args=(theirs, port, list(requests), connections, seconds, warmup), daemon=True
    )
    child.start()
    theirs.close()
    result: Result = ours.recv()
    child.join()
    return result


def _generate(  # noqa: PLR0917 - the arguments of a process
    pipe: Connection, port: int, requests: list[bytes], connections: int, seconds: float, warmup: float
) -> None:
    poll = select.epoll()
    sockets: dict[int, socket.socket] = {}
    for _ in range(connections):
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[line.fileno()] = line
        poll.register(line.fileno(), select.EPOLLIN)
    started_at = dict.fromkeys(sockets, 0.0)
    rest: dict[int, bytes] = dict.fromkeys(sockets, b"")
    remaining = iter(requests)
    clock = time.perf_counter
    latencies: list[float] = []
    failures = body_bytes = open_requests = 0
    started = clock()
    counted_from, end = started + warmup, started + seconds
    for number, line in sockets.items():
        if (request := next(remaining, None)) is not None:
            started_at[number] = clock()
            line.sendall(request)
            open_requests += 1
    while open_requests:
        for number, _ in poll.poll(5.0) or _stalled():
            line = sockets[number]
            data = rest[number] + line.recv(1 << 20)
            size = _complete(data)
            if not size:
                rest[number] = data
                continue
            now = clock()
            rest[number] = b""
            open_requests -= 1
            if data[9:12] not in (b"200", b"201"):
                failures += 1
            elif now >= counted_from:
                latencies.append(now - started_at[number])
                body_bytes += size
            if now < end and (request := next(remaining, None)) is not None:
                started_at[number] = clock()
                line.sendall(request)
                open_requests += 1
    latencies.sort()
    finished = clock()
    pipe.send(
        Result(
            requests=len(latencies),
            failures=failures,
            seconds=finished - counted_from,
            latencies_ms=[1e3 * latency for latency in latencies],
            cpu_s=sum(psutil.Process().cpu_times()[:2]),
            body_bytes=body_bytes,
        )
    )


def _complete(data: bytes) -> int:
    """The size of the answer if it has arrived whole, else 0."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return 0
    at = data.find(b"content-length: ", 0, head)
    if at < 0:
        return 0
    length = int(data[at + 16 : data.find(b"\r", at)])
    return len(data) if len(data) >= head + 4 + length else 0


def _stalled() -> list[tuple[int, int]]:
    raise TimeoutError("the server has not answered for five seconds")


def http_request(method: str, path: str, headers: dict[str, str], body: bytes, *, port: int) -> bytes:
    """The bytes of a request as they go over the line."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = (
        f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: {len(body)}\r\n{fields}\r\n"
    )
    return head.encode() + body
