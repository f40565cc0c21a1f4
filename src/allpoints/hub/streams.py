"""Notifications as they happen: one look into the database serves all listeners of a worker."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import contextmanager
from collections.abc import Iterator

import msgspec
import structlog

from allpoints.errors import AllpointsError, Unavailable
from allpoints.store import feed
from allpoints.store.acts import Notification
from allpoints.store.database import Database
from allpoints.store.notices import fresh_notifications

POLL_S = 0.2
MAX_LISTENERS = 1_000
MAX_BEHIND = 10_000
"""Notifications that may wait for one slow listener before it is sent away to start again."""
SIGN_OF_LIFE_S = 15.0
_log = structlog.get_logger("allpoints.streams")


class Streams:
    """The listeners of one worker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, set[asyncio.Queue[Notification]]] = defaultdict(set)
        self._snapshot = ""

    @contextmanager
    def listening(self, bureau: str) -> Iterator[asyncio.Queue[Notification]]:
        """A queue of what the bureau is told from now on. Raises `Unavailable` where too many listen."""
        if sum(map(len, self._listeners.values())) >= MAX_LISTENERS:
            raise Unavailable("too many streams are open")
        queue: asyncio.Queue[Notification] = asyncio.Queue(MAX_BEHIND)
        self._listeners[bureau].add(queue)
        try:
            yield queue
        finally:
            self._listeners[bureau].discard(queue)

    async def follow(self) -> None:
        """Pass on what is new until cancelled."""
        while True:
            try:
                await self._pass_on()
            except AllpointsError as error:
                _log.warning("streams.delayed", reason=error.code)
            await asyncio.sleep(POLL_S)

    async def _pass_on(self) -> None:
        if not any(self._listeners.values()):
            # Nobody listens: begin at the present when somebody does.
            self._snapshot = ""
            return
        async with self._database.system() as connection:
            if not self._snapshot:
                self._snapshot = await feed.current_snapshot(connection)
                return
            self._snapshot, told = await fresh_notifications(connection, self._snapshot)
        for bureau, notification in told:
            for queue in list(self._listeners[bureau]):
                if queue.full():
                    self._listeners[bureau].discard(queue)
                else:
                    queue.put_nowait(notification)


async def events(
    queue: "asyncio.Queue[Notification]", earlier: list[Notification], stopping: asyncio.Event
) -> AsyncIterator[bytes]:
    """Server-sent events: what waited first, then what comes; a comment as a sign of life in between."""
    sent = set()
    for notification in earlier:
        sent.add(notification.id)
        yield event(notification)
    while not stopping.is_set():
        try:
            notification = await asyncio.wait_for(queue.get(), SIGN_OF_LIFE_S)
        except TimeoutError:
            yield b": still here\n\n"
            continue
        if notification.id not in sent:
            yield event(notification)


def event(notification: Notification) -> bytes:
    """One notification as an event."""
    return b"event: notification\nid: %d\ndata: %s\n\n" % (notification.id, msgspec.json.encode(notification))
