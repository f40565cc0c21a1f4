"""Running a node: one process, until SIGTERM or Ctrl-C; it answers what it has begun before it ends."""

import asyncio
import fcntl
import resource
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
import uvicorn
import uvloop

from allpoints.bureau.api.app import create_app as create_api
from allpoints.bureau.console.app import create_app as create_console
from allpoints.bureau.node import Node
from allpoints.bureau.settings import BureauSettings
from allpoints.bureau.vault import Vault
from allpoints.errors import Conflict, Unavailable
from allpoints.process_log import configure_logging

PATIENCE_S = 5
"""How long an answer may take that was begun when the node stops. What comes after it is not taken."""
BACKLOG = 1_024
Application = Callable[[Any, Any, Any], Awaitable[None]]
"""In ASGI's sense."""
_log = structlog.get_logger("allpoints.bureau")


def serve(settings: BureauSettings, vault: Vault) -> int:
    """Run the node and return the exit status.

    Raises `Conflict` where it runs already, `Unavailable` where it cannot start, `InvalidValue` for its settings.
    """
    configure_logging(settings.log_level)
    # Each connection is an open file, and idle ones must not keep others out.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with _alone(settings), _listening(settings) as listener:
        node = Node(settings, vault)
        try:
            uvloop.run(_run(node, listener))
        finally:
            node.stop_database()
            _log.info("bureau.stopped")
    return 0


def application(node: Node) -> Application:
    """What a node answers with: two applications that know nothing of each other, the API for programs and the pages.

    A browser's cookie means nothing to the first, a program's token nothing to the second.
    """
    programs, people = create_api(node), create_console(node)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        chosen = programs if scope["path"].startswith("/api/") else people
        await chosen(scope, receive, send)

    return answer


async def _run(node: Node, listener: socket.socket) -> None:
    settings = node.settings
    server = _Server(
        uvicorn.Config(
            application(node),
            http="httptools",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=list(settings.proxies),
            timeout_graceful_shutdown=PATIENCE_S,
            ssl_certfile=settings.tls_certificate,
            ssl_keyfile=str(settings.tls_key) if settings.tls_key else None,
        )
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    async with node.running():
        _log.info("bureau.started", url=settings.url, hubs=len(settings.hubs))
        await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    def stop(self) -> None:
        """Answer what was begun, and end."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # They are handled above: this one would end the process before the node has closed.
        yield


@contextmanager
def _alone(settings: BureauSettings) -> Iterator[None]:
    """The lock of the data folder: two programs must not send and collect for one bureau."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.data / "serving").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"the node in {settings.data} runs already", remedy="Stop it first.") from None
        yield


@contextmanager
def _listening(settings: BureauSettings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise Unavailable(
                f"cannot listen on {settings.host}:{settings.port}: {error.strerror}",
                field="port",
                remedy="Choose another port, or stop what listens there.",
            ) from None
        listener.listen(BACKLOG)
        yield listener
