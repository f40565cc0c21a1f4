"""Running a hub: PostgreSQL, a housekeeper and the workers, kept alive by one parent process."""

import asyncio
import errno
import gc
import multiprocessing
import multiprocessing.util
import os
import resource
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import structlog

from allpoints.errors import AllpointsError, Unavailable
from allpoints.process_log import configure_logging
from allpoints.settings import HubSettings
from allpoints.store.server import Server

WATCH_EVERY_S = 0.5
PATIENCE_S = 10.0
"""How long a process may take to finish what it is doing when the hub stops."""
BACKLOG = 2_048
# Python 3.11.0 would have the process of which the others are copies listen where other users of the machine reach it
# (CVE-2022-42919).
multiprocessing.util.abstract_sockets_supported = False  # type: ignore[misc]
_log = structlog.get_logger("allpoints.hub")


def serve(settings: HubSettings) -> int:
    """Run the hub until SIGTERM or Ctrl-C; return the exit status. Raises `Unavailable` where it cannot start."""
    configure_logging(settings.log_level)
    from allpoints.hub.environment import Environment

    environment = Environment(settings)
    _refuse_a_taken_port(settings)
    metrics = _fresh_metrics_folder(settings)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics)
    environment.start()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = [_Child("housekeeper", _housekeeper, settings, dict(environment.conninfos))]
    children += [
        _Child(f"worker-{n}", _worker, settings, dict(environment.conninfos)) for n in range(settings.workers)
    ]
    try:
        for child in children:
            child.start()
        _log.info("hub.started", url=settings.url, workers=settings.workers)
        database_lives = True
        while not stop.wait(WATCH_EVERY_S):
            database_lives = _keep_database_alive(environment.server, database_lives)
            for child in children:
                child.revive()
    finally:
        for child in children:
            child.end()
        for child in children:
            child.wait()
        environment.stop()
        shutil.rmtree(metrics, ignore_errors=True)
        _log.info("hub.stopped")
    return 0


class _Child:
    """A process that is started again when it dies, with a pause that grows while it keeps dying."""

    def __init__(
        self,
        name: str,
        target: Callable[[HubSettings, dict[str, str]], None],
        settings: HubSettings,
        conninfos: dict[str, str],
    ) -> None:
        self._name = name
        self._target = target
        self._arguments = (settings, conninfos)
        self._process: BaseProcess | None = None
        self._started_at = 0.0
        self._pause = 0.5

    def start(self) -> None:
        """Start it as a copy of a process that has loaded everything. Raises `Unavailable`."""
        self._started_at = time.monotonic()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["allpoints.hub.loaded_once"])
        process = context.Process(target=self._target, args=self._arguments, name=f"allpoints-{self._name}")
        try:
            process.start()
        except (OSError, EOFError) as error:
            # Without a word where the process of which all are copies ended while it loaded.
            reason = str(error) or "the program could not be loaded"
            raise Unavailable(
                f"{self._name} does not start: {reason}", remedy="Look at what stands above."
            ) from None
        self._process = process

    def revive(self) -> None:
        """Start it again if it is dead and has paused."""
        if self._process is None or self._process.is_alive():
            return
        lived = time.monotonic() - self._started_at
        if lived < self._pause:
            return
        _log.error("process.died", process=self._name, exit_code=self._process.exitcode)
        self._pause = min(30.0, self._pause * 2) if lived < 10 else 0.5
        try:
            self.start()
        except Unavailable as refused:
            _log.error("process.not-started", process=self._name, reason=refused.detail)

    def end(self) -> None:
        """Ask it to finish."""
        if self._process is not None and self._process.is_alive():
            self._process.terminate()

    def wait(self) -> None:
        """Wait for it, and kill it when it takes too long."""
        if self._process is None:
            return
        self._process.join(PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _housekeeper(settings: HubSettings, conninfos: dict[str, str]) -> None:
    from allpoints.hub.environment import Environment
    from allpoints.hub.housekeeping import keep_house

    original = _begin(settings)
    environment = Environment(settings, conninfos)

    async def main() -> None:
        work = asyncio.ensure_future(keep_house(environment))
        await _until_stopped(work, work.cancel, original)

    _run(main())


def _worker(settings: HubSettings, conninfos: dict[str, str]) -> None:
    import uvicorn

    from allpoints.hub.app import create_app
    from allpoints.hub.connections import Connection, close_stalled
    from allpoints.hub.environment import Environment
    from allpoints.hub.health import measured
    from allpoints.hub.worker import Worker

    class _Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            # The parent tells its children when to stop, by SIGTERM, which is handled below.
            yield

    original = _begin(settings)
    worker = Worker(Environment(settings, conninfos))
    config = uvicorn.Config(
        measured(create_app(worker)),
        loop="uvloop",
        http=Connection,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
        limit_concurrency=10_000,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=str(settings.tls_key) if settings.tls_key else None,
    )
    server = _Server(config)

    def stop() -> None:
        worker.streams.stop()
        server.should_exit = True

    async def main() -> None:
        # What was loaded so far lives as long as the process: the collector need not look at it again.
        gc.freeze()
        stalled = asyncio.ensure_future(close_stalled(server.server_state.connections))
        work = asyncio.ensure_future(server.serve(sockets=[_listen(settings)]))
        await _until_stopped(work, stop, original)
        stalled.cancel()

    _run(main())


def _begin(settings: HubSettings) -> int:
    """What every process does first; the number of the one that it is a copy of."""
    original = os.getppid()
    configure_logging(settings.log_level)
    # Each connection is an open file, and idle ones must not keep others out.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # Ctrl-C reaches the whole group; the parent alone decides when its children stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The original does not listen to it.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return original


def _run(main: Coroutine[Any, Any, None]) -> None:
    import uvloop

    uvloop.run(main)


async def _until_stopped(work: asyncio.Future[None], stop: Callable[[], object], original: int) -> None:
    """Run until the work ends; `stop` it when SIGTERM comes, or when the hub is gone or the process that this one is a
    copy of: with it the hub loses its copies from sight, and starts others.
    """
    hub = multiprocessing.parent_process()
    assert hub is not None  # noqa: S101 - only the hub starts this
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    while not work.done():
        await asyncio.wait([work], timeout=1.0)
        if not hub.is_alive() or os.getppid() != original:
            stop()
    if not work.cancelled():
        work.result()


def _keep_database_alive(server: "Server | None", lived: bool) -> bool:
    """Start PostgreSQL again if it is gone; whether it lives, after it `lived` when this was last called."""
    if server is None:
        return True
    try:
        if server.ensure():
            _log.error("database.restarted")
    except (AllpointsError, OSError) as error:
        # Once is enough: a full disk needs no more lines.
        if lived:
            _log.error("database.down", reason=str(error).partition("\n")[0])
        return False
    return True


def _listen(settings: HubSettings) -> socket.socket:
    """Each worker has a socket of its own on the same port; the kernel spreads connections over them."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((settings.host, settings.port))
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def _refuse_a_taken_port(settings: HubSettings) -> None:
    """Without this, a second hub would share the first one's port and half its requests.

    The workers of a hub that was killed a moment ago have the time to notice.
    """
    give_up = time.monotonic() + PATIENCE_S
    while (taken := _bound(settings)) is not None:
        if time.monotonic() > give_up or taken.errno != errno.EADDRINUSE:
            raise Unavailable(
                f"cannot listen on {settings.host}:{settings.port}: {taken.strerror}",
                field="ALLPOINTS_PORT",
                remedy="Choose another port, or stop what listens there.",
            )
        time.sleep(0.1)


def _bound(settings: HubSettings) -> OSError | None:
    """Why the hub's address cannot be had for itself alone; None where it can."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return error
    return None


def _fresh_metrics_folder(settings: HubSettings) -> Path:
    """Where the processes keep their counters: in memory, if the system has a place for that.

    They are mapped files, and whoever writes to one when the disk is full is ended by SIGBUS.
    """
    found = settings.data.stat()
    memory = Path("/dev/shm", f"allpoints-{os.geteuid()}-{found.st_dev:x}-{found.st_ino:x}")  # noqa: S108
    folder = memory if memory.parent.is_dir() else settings.data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder
