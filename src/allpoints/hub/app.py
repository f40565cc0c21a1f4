"""The hub's HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.exceptions import HTTPException

from allpoints.errors import AllpointsError
from allpoints.hub import health
from allpoints.hub.openapi import document_route
from allpoints.hub.problems import failed, http_error, refused
from allpoints.hub.routes import (
    checks,
    confirmations,
    examinations,
    log,
    mail,
    members,
    notices,
    notifications,
    public_keys,
    records,
)
from allpoints.hub.worker import Worker
from allpoints.steps.decode import MAX_PICTURES_BODY


def create_app(worker: Worker) -> Litestar:
    """One worker's application; the worker runs as long as the application."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with worker.running():
            yield

    rooms = (
        checks,
        records,
        notifications,
        examinations,
        notices,
        confirmations,
        mail,
        public_keys,
        log,
        members,
        health,
    )
    return Litestar(
        route_handlers=[*(handler for room in rooms for handler in room.routes(worker)), document_route()],
        lifespan=[lifespan],
        exception_handlers={AllpointsError: refused, HTTPException: http_error, Exception: failed},
        openapi_config=None,
        request_max_body_size=MAX_PICTURES_BODY,
        logging_config=None,
    )
