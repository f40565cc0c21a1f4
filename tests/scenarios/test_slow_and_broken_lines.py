"""Bad lines between a bureau and its hub: slow, cut while asking, cut while being answered."""

import asyncio
import itertools
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import msgspec
import pytest

from allpoints.bureau import Client, Signer
from allpoints.errors import Unavailable
from allpoints.hub import messages
from allpoints.hub.messages import SlowRequest
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from tests.hubs import RunningHub, asker, free_port
from tests.scenarios.waiting import eventually, evidence

CHUNK = 65_536


class Line:
    """A line to the hub that a test can spoil: each connection asks `bad` what is to become of it."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.good()
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def good(self) -> None:
        """From now on everything passes."""
        self.allowed_up: Callable[[], int | None] = lambda: None
        self.allowed_down: Callable[[], int | None] = lambda: None
        self.delay_s = 0.0

    def close(self) -> None:
        """Let nobody in any more."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                for source, sink, allowed in (
                    (near, far, self.allowed_up()),
                    (far, near, self.allowed_down()),
                ):
                    threading.Thread(target=self._pass, args=(source, sink, allowed), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, allowed: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(CHUNK):
                time.sleep(self.delay_s)
                rest = len(data) if allowed is None else allowed - passed
                sink.sendall(data[:rest])
                passed += len(data)
                if rest < len(data):
                    break
        for end in (source, sink):
            # Both ways at once, as when a cable is cut.
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub that bureaus reach over a line of ours."""
    port = free_port()
    running = RunningHub(tmp_path_factory.mktemp("far"), public_url=f"http://127.0.0.1:{port}")
    line = Line(running.port)
    running.line = line  # type: ignore[attr-defined]
    line._listener.close()
    line.port = port
    line._listener = socket.create_server(("127.0.0.1", port))
    threading.Thread(target=line._accept, daemon=True).start()
    try:
        running.start()
        running.url = f"http://127.0.0.1:{port}"
        running.enrol("ALB", "UTO")
        yield running
    finally:
        running.stop()
        running.server.stop()
