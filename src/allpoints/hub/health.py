"""Health, readiness, metrics, and what the hub says of itself: the few routes that nobody signs."""

import asyncio
import time
from functools import lru_cache
from importlib.metadata import version

from litestar import Response, get
from litestar.enums import ScopeType
from litestar.types import ASGIApp, ControllerRouterHandler, Message, Receive, Scope, Send
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from allpoints.errors import Unavailable
from allpoints.hub.routes.replies import written
from allpoints.hub.worker import Worker

READY_TIMEOUT_S = 2.0
"""Who asks whether the hub is ready does not wait as long as an officer would."""
REQUESTS = Counter("allpoints_requests", "Requests answered.", ["route", "status"])
SECONDS = Histogram(
    "allpoints_request_seconds",
    "Seconds from the request's head to the answer's.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def routes(worker: Worker) -> list[ControllerRouterHandler]:
    """The routes that nobody signs."""

    @get("/health/live", include_in_schema=False)
    async def live() -> Response[bytes]:
        """Whether the process answers."""
        return written({"status": "live"})

    @get("/health/ready", include_in_schema=False)
    async def ready() -> Response[bytes]:
        """Whether checks can be answered: the index is open, and PostgreSQL answers."""
        if not worker.gallery.ready:
            return _not_ready("the index is being built")
        try:
            async with asyncio.timeout(READY_TIMEOUT_S), worker.database.single_statement() as act:
                await act.latest_checkpoint()
        except (TimeoutError, Unavailable):
            return _not_ready("PostgreSQL does not answer")
        return written({"status": "ready"})

    @get("/metrics", include_in_schema=False)
    async def metrics() -> Response[bytes]:
        """Prometheus metrics of all workers; no label says who asked or what."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @get("/.well-known/allpoints", include_in_schema=False)
    async def about() -> Response[bytes]:
        """Name, origin and public key of the hub."""
        key = worker.verifier_key
        return written(
            {
                "name": key.name,
                "origin": key.name,
                "vkey": str(key),
                "version": version("allpoints"),
                "synthetic": worker.settings.synthetic,
            }
        )

    return [live, ready, metrics, about]


def _not_ready(reason: str) -> Response[bytes]:
    response = written({"status": "not ready", "reason": reason})
    response.status_code = 503
    return response


@lru_cache(maxsize=512)
def _meters(route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(route, status), SECONDS.labels(route)


def measured(app: ASGIApp) -> ASGIApp:
    """Count and time every answer under its route's template: a path itself may name a record."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        started = time.perf_counter()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = scope.get("path_template") or "other"
                count, seconds = _meters(route, message["status"])
                count.inc()
                seconds.observe(time.perf_counter() - started)
            await send(message)

        await app(scope, receive, counted)

    return middleware
