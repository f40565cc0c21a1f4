"""Checks that wait at the same time share one walk through the corridor and one transaction."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from allpoints.access import Action
from allpoints.access.authenticate import HttpMessage
from allpoints.errors import AllpointsError, Unavailable
from allpoints.pipeline import Pipeline
from allpoints.steps.commit import Done
from allpoints.steps.decode import count_lines, may_take_time

MAX_REQUESTS = 128
MAX_LINES = 2_000
"""Questions in one group: more would keep everybody else waiting."""
CONCURRENT = 2
"""Groups of a lane under way at once: while one waits for the disk the next is searched."""
MAX_WAITING = 4_096
MAX_WAITING_WITH_PICTURES = 16
"""Each of them keeps up to 24 MiB in memory."""

_Waiting = tuple[HttpMessage, Action, asyncio.Future[Done]]


class GroupCommit:
    """Gathers checks into groups, in two lanes: who asks for an identifier does not wait for who searches a name."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._quick, self._slow = _Lane(pipeline), _Lane(pipeline)

    async def check(self, message: HttpMessage, action: Action) -> Done:
        """Ask, and wait for the answer. Raises what refused it, `Unavailable` where too many wait."""
        lane = self._slow if may_take_time(message.body) else self._quick
        lane.check_room()
        await self._pipeline.introduce(message)
        return await lane.ask(message, action)


class Turns:
    """Work on pictures takes a core for as long as it lasts: a few requests have their turn, others wait for theirs."""

    def __init__(self) -> None:
        self._few = asyncio.Semaphore(CONCURRENT)
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn and have it. Raises `Unavailable` where too many wait."""
        if self._waiting >= MAX_WAITING_WITH_PICTURES:
            raise Unavailable("too many requests with pictures wait already")
        self._waiting += 1
        try:
            await self._few.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._few.release()


class _Lane:
    """No timer: a group is whatever arrived while the last one was under way."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._waiting: deque[_Waiting] = deque()
        self._running: set[asyncio.Task[None]] = set()

    def check_room(self) -> None:
        """Raise `Unavailable` where too many wait."""
        if len(self._waiting) >= MAX_WAITING:
            raise Unavailable("too many requests wait already")

    async def ask(self, message: HttpMessage, action: Action) -> Done:
        """Join the next group and wait for the answer."""
        answer: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((message, action, answer))
        if len(self._running) < CONCURRENT:
            task = asyncio.create_task(self._run())
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return await answer

    async def _run(self) -> None:
        while self._waiting:
            group = self._next_group()
            try:
                answers = await self._pipeline.check([(message, action) for message, action, _ in group])
            except Exception as error:
                # Each of them reports it; those who wait behind them must not wait for ever.
                for _, _, answer in group:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_, _, answer), settled in zip(group, answers, strict=True):
                if answer.done():
                    continue
                if isinstance(settled, AllpointsError):
                    answer.set_exception(settled)
                else:
                    answer.set_result(settled)

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        lines = 0
        while self._waiting and len(group) < MAX_REQUESTS:
            message, action, _ = self._waiting[0]
            lines += 1 if action is Action.CHECK else count_lines(message.body)
            if group and lines > MAX_LINES:
                break
            group.append(self._waiting.popleft())
        return group
