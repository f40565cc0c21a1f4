"""Notifications as they happen: one look into the database serves all listeners of a worker."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import msgspec
import structlog

from allpoints.errors import Unavailable
from allpoints.store import feed
from allpoints.store.acts import Notification
from allpoints.store.database import Database
from allpoints.store.notifications import fresh_notifications

POLL_S = 0.2
MAX_LISTENERS = 1_000
MAX_BEHIND = 10_000
"""Notifications that may wait for one slow listener."""
MAX_AT_ONCE = 500
"""Notifications sent together: the listener's key is looked at once for all of them."""
SIGN_OF_LIFE_S = 15.0
_log = structlog.get_logger("allpoints.streams")

_Queue = asyncio.Queue[Notification | None]
"""What waits for one listener; None ends its stream."""


class Streams:
    """The listeners of one worker."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[str, set[_Queue]] = defaultdict(set)
        self._snapshot = ""
        self._generation = ""
        self._following = asyncio.Event()

    async def events(
        self,
        bureau: str,
        waiting: Callable[[int], Awaitable[list[Notification]]],
        trusted: Callable[[], Awaitable[bool]],
    ) -> AsyncIterator[bytes]:
        """Server-sent events for a bureau: what waits first, then what comes, a sign of life in between.

        `waiting` gives a page of what the bureau has not acknowledged after an id. It is read only once this
        listener is heard, so that nothing falls between the two; what comes both ways is sent once. `trusted`
        says whether the listener's key is still active: a stream outlives its request, not its key. Where the
        database is away the stream ends, and its listener comes again.
        """
        with suppress(Unavailable), self._listening(bureau) as queue:
            async for message in self._messages(queue, waiting):
                if not await trusted():
                    return
                yield message

    def check_room(self) -> None:
        """Raise `Unavailable` where too many listen already."""
        if sum(map(len, self._listeners.values())) >= MAX_LISTENERS:
            raise Unavailable("too many streams are open")

    def stop(self) -> None:
        """End all streams: their listeners find another worker.

        Nothing more is put into their queues: what came after the end would be heard with a gap before it.
        """
        for queues in self._listeners.values():
            for queue in queues:
                queue.put_nowait(None)
            queues.clear()

    async def follow(self) -> None:
        """Pass on what is new until cancelled."""
        while True:
            try:
                await self._pass_on()
            except Exception as error:
                # After a crash PostgreSQL may use numbers of transactions again that the snapshot takes for
                # seen. Whoever listens comes again and finds all that waits.
                self._snapshot = ""
                self._following.clear()
                self.stop()
                _log.warning("streams.broken", reason=type(error).__name__)
            await asyncio.sleep(POLL_S)

    async def _messages(
        self, queue: _Queue, waiting: Callable[[int], Awaitable[list[Notification]]]
    ) -> AsyncIterator[bytes]:
        """What there is to send, as much of it at a time as there is, until the queue says that this is the end."""
        await self._following.wait()
        sent: set[int] = set()
        after = 0
        while page := await waiting(after):
            sent.update(notification.id for notification in page)
            yield b"".join(map(event, page))
            after = page[-1].id
        come: list[Notification | None] = []
        while None not in come:
            come = await _come(queue)
            told = [notification for notification in come if notification and notification.id not in sent]
            if told or not come:
                yield b"".join(map(event, told)) or b": still here\n\n"

    @contextmanager
    def _listening(self, bureau: str) -> Iterator[_Queue]:
        self.check_room()
        queue: _Queue = asyncio.Queue()
        self._listeners[bureau].add(queue)
        try:
            yield queue
        finally:
            self._listeners[bureau].discard(queue)

    async def _pass_on(self) -> None:
        if not any(self._listeners.values()):
            # Nobody listens: begin at the present when somebody does.
            self._snapshot = ""
            self._following.clear()
            return
        async with self._database.system() as connection:
            if self._generation != self._database.generation:
                # The snapshot may mean something else now: listeners come again and find all that waits.
                self._generation, self._snapshot = self._database.generation, ""
                if self._following.is_set():
                    self._following.clear()
                    self.stop()
                    return
            if not self._snapshot:
                self._snapshot = await feed.current_snapshot(connection)
                self._following.set()
                return
            self._snapshot, told = await fresh_notifications(connection, self._snapshot)
        for bureau, notification in told:
            for queue in list(self._listeners[bureau]):
                # A listener that far behind is cut off; its client comes again and finds all that waits.
                behind = queue.qsize() >= MAX_BEHIND
                queue.put_nowait(None if behind else notification)
                if behind:
                    self._listeners[bureau].discard(queue)


async def _come(queue: _Queue) -> list[Notification | None]:
    """What has come; nothing where it is so long ago that a sign of life is due."""
    try:
        async with asyncio.timeout(SIGN_OF_LIFE_S):
            come = [await queue.get()]
    except TimeoutError:
        return []
    while not queue.empty() and len(come) < MAX_AT_ONCE:
        come.append(queue.get_nowait())
    return come


def event(notification: Notification) -> bytes:
    """One notification as an event."""
    return b"event: notification\nid: %d\ndata: %s\n\n" % (notification.id, msgspec.json.encode(notification))
