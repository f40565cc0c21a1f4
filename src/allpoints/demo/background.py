"""A program of the demo's in a process of its own: what it says goes into a file, and it does not outlive the demo."""

import contextlib
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

STOP_S = 20.0
_LOG_END = 2_000


class Background:
    """One such program. `serve` is called with `arguments` in the new process and returns its exit status."""

    def __init__(self, name: str, log: Path, serve: Callable[..., int], *arguments: Any) -> None:
        self._log = log
        self._process: BaseProcess = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(log, serve, *arguments), name=f"allpoints-demo-{name}"
        )

    def start(self) -> None:
        """Start it, and do not wait."""
        self._process.start()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.is_alive()

    def said(self) -> str:
        """The end of what it said."""
        return self._log.read_text(errors="replace")[-_LOG_END:] if self._log.exists() else ""

    def wait(self) -> int:
        """Wait until it ends by itself; return its exit status."""
        self._process.join()
        return self._process.exitcode or 0

    def stop(self) -> None:
        """End it, at last by force."""
        if not self.alive:
            return
        self._process.terminate()
        self._process.join(STOP_S)
        if self.alive:
            self._process.kill()
            self._process.join()


class Port:
    """A port of the loopback, claimed until `release`: the usual one, or another where somebody has it.

    What listens there comes seconds later. Until then the same number among the ports of UDP keeps other demos away.
    """

    def __init__(self, usual: int) -> None:
        for wanted in (usual, 0):
            self._claim = socket.socket(type=socket.SOCK_DGRAM)
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", wanted))
                self.number = int(probe.getsockname()[1])
                self._claim.bind(("127.0.0.1", self.number))
                return
            self._claim.close()
        raise OSError("no port of the loopback is free")

    def release(self) -> None:
        """Nobody needs it any more."""
        self._claim.close()


def _serve(log: Path, serve: Callable[..., int], *arguments: Any) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    raise SystemExit(serve(*arguments))


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
