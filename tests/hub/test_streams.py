"""Notifications as they happen: nothing is lost, and nobody waits for a slow listener."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import cast

import httpx
import msgspec
import pytest
from tests.hub.signed import Request, problem, send, signature
from tests.hubs import RunningHub, asker

from allpoints.bureau import BureauKey
from allpoints.bureau.event_stream import EventReader
from allpoints.errors import Unavailable
from allpoints.hub import streams
from allpoints.store.acts import Notification
from allpoints.store.database import Database

OPERATOR = asker("FRA", "operator", "criminal-investigation", "police")
STREAM = Request(method="GET", target="/v1/notifications/stream", asker=OPERATOR)


class Listener:
    """Somebody who listens in a thread of its own."""

    def __init__(self, hub: RunningHub, request: Request = STREAM) -> None:
        self.heard: list[int] = []
        self.ended = threading.Event()
        self._open = threading.Event()
        self._hub, self._request = hub, request
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        assert self._open.wait(10)

    def hears(self, ids: set[int], within_s: float) -> None:
        """Wait until all of these have come."""
        deadline = time.monotonic() + within_s
        while not ids <= set(self.heard):
            assert time.monotonic() < deadline, ids - set(self.heard)
            time.sleep(0.01)

    def _listen(self) -> None:
        headers = signature(self._hub, self._request)
        reader = EventReader()
        with (
            contextlib.suppress(httpx.TransportError),
            httpx.stream(
                "GET", self._hub.url + self._request.target, headers=headers, timeout=60
            ) as response,
        ):
            assert response.headers["content-type"].startswith("text/event-stream")
            self._open.set()
            for chunk in response.iter_raw():
                self.heard += [int(event.id) for event in reader.feed(chunk)]
        self.ended.set()


@pytest.fixture(autouse=True)
def all_acknowledged(hub: RunningHub) -> None:
    """Nothing waits for FRA at the beginning."""
    with hub.superuser() as connection:
        connection.execute("UPDATE notifications SET acknowledged_at = now()")


def tell(hub: RunningHub, count: int = 1, bureau: str = "FRA") -> set[int]:
    """Commit notifications as the pipeline does, many at once; return their ids."""
    with hub.superuser() as connection:
        rows = connection.execute(
            "INSERT INTO notifications (bureau, body) SELECT %s, json_build_object('kind', 'hit', 'why', %s::text)"
            " FROM generate_series(1, %s) RETURNING id",
            [bureau, "x" * 200, count],
        ).fetchall()
    return {number for (number,) in rows}


def test_a_notification_arrives_within_a_second(hub: RunningHub) -> None:
    listener = Listener(hub)
    told = tell(hub)
    listener.hears(told, within_s=30)


def test_a_notification_of_somebody_elses_is_not_heard(hub: RunningHub) -> None:
    listener = Listener(hub)
    others = tell(hub, bureau="ALB")
    own = tell(hub)
    listener.hears(own, within_s=30)
    assert not others & set(listener.heard)


def test_nothing_is_lost_while_listeners_connect(hub: RunningHub) -> None:
    told: set[int] = set()
    stop = threading.Event()

    def go_on_telling() -> None:
        while not stop.is_set():
            told.update(tell(hub))

    teller = threading.Thread(target=go_on_telling)
    teller.start()
    try:
        listeners = [Listener(hub) for _ in range(8)]
    finally:
        time.sleep(0.3)
        stop.set()
        teller.join()
    for listener in listeners:
        listener.hears(told, within_s=30)
        assert len(listener.heard) == len(set(listener.heard))


def test_what_commits_late_with_an_earlier_number_is_heard_too(hub: RunningHub) -> None:
    listener = Listener(hub)
    with hub.superuser() as slow, slow.transaction():
        [(early,)] = slow.execute(
            "INSERT INTO notifications (bureau, body) VALUES ('FRA', '{}') RETURNING id"
        ).fetchall()
        late = tell(hub)
        assert min(late) > early
        listener.hears(late, within_s=30)
    listener.hears({early}, within_s=30)


def test_what_is_not_acknowledged_comes_again_and_what_is_does_not(hub: RunningHub) -> None:
    told = tell(hub, 3)
    Listener(hub).hears(told, within_s=30)
    seen = min(told)
    assert hub.operator("FRA").acknowledge([seen]).ids == (seen,)
    assert hub.operator("FRA").acknowledge([seen]).ids == ()
    again = Listener(hub)
    again.hears(told - {seen}, within_s=30)
    assert seen not in again.heard


def test_nobody_acknowledges_for_another(hub: RunningHub) -> None:
    told = tell(hub)
    assert hub.operator("ALB").acknowledge(told).ids == ()
    Listener(hub).hears(told, within_s=30)


def test_a_slow_listener_is_cut_off_without_a_gap_and_hurts_nobody(hub: RunningHub) -> None:
    with _asleep(hub) as asleep:
        quick = Listener(hub)
        told: list[int] = []
        for _ in range(4):
            new = tell(hub, 6_000)
            told += sorted(new)
            quick.hears(new, within_s=30)
        late = _all_events(asleep)
    assert late, "it reads what was sent before it was cut off"
    new_to_it = [number for number in late if number >= told[0]]  # other tests may have left older ones
    assert new_to_it == told[: len(new_to_it)], "without a gap"
    assert len(late) < len(told)
    again = Listener(hub)
    again.hears(set(told), within_s=30)


async def test_what_comes_after_an_end_is_not_heard_with_a_gap_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    polls = iter([["first"], Unavailable("the connection to PostgreSQL broke"), ["after the gap"]])
    stream = streams.Streams(cast(Database, _AnyDatabase()))
    monkeypatch.setattr(streams, "POLL_S", 0)
    monkeypatch.setattr(streams.feed, "current_snapshot", _current_snapshot)
    monkeypatch.setattr(streams, "fresh_notifications", partial(_fresh, polls))
    listening = stream.events("FRA", _nothing_waits, _trusted)
    head = asyncio.create_task(anext(listening))
    following = asyncio.create_task(stream.follow())
    assert b"first" in await head
    for _ in range(100):
        await asyncio.sleep(0)
    following.cancel()
    assert [piece async for piece in listening] == []


class _AnyDatabase:
    generation = ""

    @contextlib.asynccontextmanager
    async def system(self) -> AsyncIterator[None]:
        yield


async def _current_snapshot(_: object) -> str:
    return "1:1:"


async def _fresh(
    polls: Iterator[list[str] | Exception], _: object, snapshot: str
) -> tuple[str, list[tuple[str, Notification]]]:
    told = next(polls, [])
    if isinstance(told, Exception):
        raise told
    now = datetime.now(UTC)
    return snapshot, [
        ("FRA", Notification(id=7, body=msgspec.Raw(msgspec.json.encode(word)), entry=None, created_at=now))
        for word in told
    ]


async def _nothing_waits(_: int) -> list[Notification]:
    return []


async def _trusted() -> bool:
    return True


def test_a_dropped_listener_hurts_nobody(hub: RunningHub) -> None:
    for _ in range(20):
        _asleep(hub).__enter__().close()
    listener = Listener(hub)
    told = tell(hub, 50)
    listener.hears(told, within_s=30)


def test_a_stream_does_not_outlive_its_key(hub: RunningHub) -> None:
    administrator = hub.client("FRA", "administrator", "administration", "bureau")
    key = BureauKey.generate("FRA")
    administrator.rotate_key(key)
    listener = Listener(hub, msgspec.structs.replace(STREAM, key=key))
    told = tell(hub)
    listener.hears(told, within_s=30)
    administrator.revoke_key("FRA", key.key_id)
    after = tell(hub)
    assert listener.ended.wait(3)
    assert not after & set(listener.heard)
    assert problem(send(hub, msgspec.structs.replace(STREAM, key=key)), 401)


@contextlib.contextmanager
def _asleep(hub: RunningHub) -> Iterator[socket.socket]:
    """A listener that has asked and reads nothing."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.settimeout(10)
        line.connect(("127.0.0.1", hub.port))
        headers = {"host": f"127.0.0.1:{hub.port}", **signature(hub, STREAM)}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        line.sendall(f"GET {STREAM.target} HTTP/1.1\r\n{head}\r\n".encode())
        assert line.recv(15, socket.MSG_PEEK).startswith(b"HTTP/1.1 200")
        yield line


def _all_events(line: socket.socket) -> list[int]:
    _, _, body = b"".join(_until_last_chunk(line)).partition(b"\r\n\r\n")
    reader = EventReader()
    return [int(event.id) for chunk in _chunks(body) for event in reader.feed(chunk)]


def _until_last_chunk(line: socket.socket) -> Iterator[bytes]:
    tail = b""
    while not tail.endswith(b"0\r\n\r\n"):
        piece = line.recv(65_536)
        if not piece:
            return
        tail = (tail + piece)[-16:]
        yield piece


def _chunks(body: bytes) -> Iterator[bytes]:
    while body:
        size, _, body = body.partition(b"\r\n")
        if not (length := int(size, 16)):
            return
        yield body[:length]
        body = body[length + 2 :]
