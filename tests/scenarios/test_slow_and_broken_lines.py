"""Bad lines between a bureau and its hub: slow, cut while asking, cut while being answered."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import NamedTuple

import msgspec
import pytest
from tests.hubs import RunningHub, asker, free_port
from tests.scenarios.waiting import eventually, evidence

from allpoints.bureau import Client, Signer
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import Check

CUTS = (0, 1, 100, 500, 900)
"""After how many bytes a line is cut: in the head, between head and body, in the body, or not at all."""


class Line:
    """A line to the hub that a test can spoil. Each connection takes its limits from `cuts`, then has none."""

    def __init__(self, port: int, hub_port: int) -> None:
        self.cuts: list[tuple[int | None, int | None]] = []
        """Bytes that pass up to the hub and down to the bureau before the line is cut; None for all."""
        self.delay_s = 0.0
        """How long each piece is on its way."""
        self._hub_port = hub_port
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._hub_port))
                up, down = self.cuts.pop(0) if self.cuts else (None, None)
                for way in ((near, far, up), (far, near, down)):
                    threading.Thread(target=self._pass, args=way, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, limit: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(4_096):
                time.sleep(self.delay_s)
                rest = len(data) if limit is None else limit - passed
                sink.sendall(data[:rest])
                passed += len(data)
                if rest < len(data):
                    break
        # Both ways at once, as when a cable is cut.
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Far(NamedTuple):
    """A hub, and the line over which its bureaus reach it."""

    hub: RunningHub
    line: Line


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    """A hub that is known under the address at the near end of a line."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    hub = RunningHub(tmp_path_factory.mktemp("far"), public_url=url)
    line = Line(port, hub.port)
    try:
        hub.start()
        hub.url = url
        hub.enrol("ALB", "UTO")
        yield Far(hub, line)
        assert "request.failed" not in hub.log(), hub.log()
    finally:
        line.close()
        hub.stop()
        hub.server.stop()


def _contribution(reference: str, document: str) -> Contribution:
    return Contribution(
        reference=reference,
        kind=RecordKind.TRAVEL_DOCUMENT,
        identifiers=(RawIdentifier("travel-document", document),),
        particulars=Particulars(reason="stolen"),
    )


def _holdings(hub: RunningHub, reference: str) -> list[int]:
    with hub.superuser() as database:
        found = database.execute("SELECT id FROM records WHERE reference LIKE %s ORDER BY id", [reference])
        return [number for (number,) in found]


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("cut", CUTS)
def test_a_contribution_over_a_line_that_is_cut_is_kept_once(far: Far, way: str, cut: int) -> None:
    reference = f"cut-{way}-{cut}"
    far.line.cuts = [(cut, None) if way == "up" else (None, cut)]
    with far.hub.operator("UTO") as operator:
        kept = operator.contribute(_contribution(reference, f"UTO:P:CT{way[0].upper()}{cut:05d}"))
    assert far.line.cuts == []
    assert _holdings(far.hub, reference) == [kept.id]


def test_an_upload_over_a_line_that_is_cut_again_and_again_is_kept_once(far: Far) -> None:
    upload = [_contribution(f"upload-{number}", f"UTO:P:UP{number:06d}") for number in range(2_500)]
    far.line.cuts = [(150_000, None), (None, 30_000), (300_000, None), (None, 70_000), (None, 5)]
    with far.hub.operator("UTO") as operator:
        lines = list(operator.contribute_many(upload, upload="cut-upload"))
    assert far.line.cuts == []
    assert [line.error for line in lines if line.error] == []
    assert _holdings(far.hub, "upload-%") == sorted(line.id for line in lines if line.id)
    assert len(lines) == len(upload)


def test_a_check_over_a_line_that_is_cut_is_answered_and_each_answer_is_in_the_log(far: Far) -> None:
    far.line.cuts = [(300, None), (None, 100)]
    with far.hub.client("ALB") as officer:
        reply = officer.check(evidence("travel-document", "UTO:P:NOBODY1"))
    assert far.line.cuts == []
    assert far.hub.operator("ALB").receipt(reply.entry, promise=reply.promise).entry


def test_a_stream_over_a_line_that_is_cut_tells_everything_once(far: Far) -> None:
    owner, officer = far.hub.operator("UTO"), far.hub.client("ALB")
    watched = owner.contribute(_contribution("stream-1", "UTO:P:ST000001"))
    eventually(lambda: officer.check(evidence("travel-document", "UTO:P:ST000001")).hits)
    asked = 1 + sum(bool(officer.check(evidence("travel-document", "UTO:P:ST000001")).hits) for _ in range(9))
    far.line.cuts = [(None, 900), (None, 1_500), (None, 40), (None, 2_200)]
    heard = []
    with far.hub.operator("UTO") as listener:
        for notification in listener.follow_notifications():
            if notification.body.get("record") == watched.id:
                heard.append(notification.id)
            if len(heard) == asked:
                break
    assert len(set(heard)) == asked
    assert far.line.cuts == []


def test_one_slow_bureau_keeps_nobody_else_waiting_and_is_answered_in_the_end(far: Far) -> None:
    url = f"{far.hub.url}/v1/checks"
    body = msgspec.json.encode(Check(tuple(evidence("travel-document", "UTO:P:NOBODY2"))))
    signer = Signer("ALB", far.hub.keys["ALB"])
    headers = signer.sign(
        "POST", url, asker=asker("ALB"), body=body, headers={"content-type": "application/json"}
    )
    host = url.split("/")[2]
    head = f"POST /v1/checks HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(body)}\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in headers.items()
    )
    request = f"{head}\r\n".encode() + body
    slow = Barrier(21)
    quick_are_done = threading.Event()

    def crawl(_: int) -> bytes:
        with socket.create_connection(("127.0.0.1", far.hub.port)) as line:
            line.settimeout(30)
            for start in range(0, len(request) - 1, 60):
                line.sendall(request[start : min(start + 60, len(request) - 1)])
                time.sleep(0.01)
            slow.wait(30)
            quick_are_done.wait(30)
            line.sendall(request[-1:])
            return line.recv(200)

    with ThreadPoolExecutor(20) as pool:
        answers = pool.map(crawl, range(20))
        slow.wait(30)
        with far.hub.client("ALB") as officer:
            for _ in range(20):
                officer.check(evidence("travel-document", "UTO:P:NOBODY3"))
        quick_are_done.set()
        # The same signed request twenty times: one is answered, the others are replays.
        assert sorted(answer.split(b" ")[1] for answer in answers) == [b"200", *[b"401"] * 19]


def test_a_line_with_a_long_delay_only_takes_longer(far: Far) -> None:
    far.line.delay_s = 0.3
    try:
        with Client(far.hub.url, Signer("ALB", far.hub.keys["ALB"]), asker("ALB")) as officer:
            assert officer.check(evidence("travel-document", "UTO:P:NOBODY4")).hits == ()
    finally:
        far.line.delay_s = 0.0


def test_connections_that_never_ask_keep_nobody_out(far: Far) -> None:
    idle = [socket.create_connection(("127.0.0.1", far.hub.port)) for _ in range(600)]
    try:
        for line in idle[::2]:
            line.sendall(b"POST /v1/checks HTTP/1.1\r\nhost: ")
        with far.hub.client("ALB") as officer:
            assert officer.check(evidence("travel-document", "UTO:P:NOBODY5")).hits == ()
    finally:
        for line in idle:
            line.close()
