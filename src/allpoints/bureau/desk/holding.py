"""Acts that wait a few seconds before they are done: undo instead of "are you sure".

Each is done once. What was begun when the node was killed is begun again under the same name, which the hub takes for
the same request.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import structlog

from allpoints.bureau.call import random_name
from allpoints.bureau.store import desk as store
from allpoints.bureau.store import people
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.store.desk import BegunAct, HeldAct
from allpoints.bureau.store.sessions import Session
from allpoints.errors import AllpointsError, Defect, Forbidden, Problem, Unavailable

UNDO_S = 8.0
AGAIN_S = 10.0
"""After so long an act is tried again that the line did not let through. It may have been done, and only the answer be
lost: it can be taken back no more."""
LONGEST_SLEEP_S = 30.0
Do = Callable[[BegunAct], Awaitable[None]]
_log = structlog.get_logger("allpoints.bureau")


class HeldActs:
    """What is held, and how each kind of act is done."""

    def __init__(self, database: NodeDatabase, announce: Callable[[], None]) -> None:
        self._database = database
        self._announce = announce
        self._ways: dict[str, Do] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._woken = asyncio.Event()

    def teach(self, act: str, do: Do) -> None:
        """Say how the act of this name is done."""
        self._ways[act] = do

    async def hold(
        self, session: Session, bureau: str, act: str, content: Mapping[str, Any], label: str
    ) -> HeldAct:
        """Keep an act until its time comes. Raises `KeyError` for one that nobody knows how to do."""
        self._ways[act]
        async with self._database.transaction() as t:
            held = await store.hold(
                t,
                name=random_name(),
                act=act,
                content=content,
                label=label,
                person=session.person.id,
                asker=session.asker(bureau),
                wait=timedelta(seconds=UNDO_S),
            )
        self._woken.set()
        return held

    async def undo(self, number: int, session: Session) -> bool:
        """Take an act back while it is held."""
        async with self._database.transaction() as t:
            return await store.undo(t, number, session.person.id) is not None

    async def work(self) -> None:
        """Do what is due, as long as the node runs."""
        try:
            while True:
                self._woken.clear()
                pause = LONGEST_SLEEP_S
                try:
                    pause = await self._begin()
                except AllpointsError as error:
                    _log.warning("acts.not-begun", code=error.code)
                try:
                    async with asyncio.timeout(pause):
                        await self._woken.wait()
                except TimeoutError:
                    pass
        finally:
            for task in tuple(self._running.values()):
                task.cancel()

    async def _begin(self) -> float:
        """Begin what is due; return the seconds until the next is."""
        async with self._database.transaction() as t:
            begun = await store.begin(t, tuple(self._running))
            pause = await store.next_act_s(t)
        for act in begun:
            self._running[act.id] = asyncio.ensure_future(self._do(act))
        return LONGEST_SLEEP_S if pause is None else min(max(pause, 0.0), LONGEST_SLEEP_S)

    async def _do(self, act: BegunAct) -> None:
        try:
            await self._try(act)
        except AllpointsError as error:
            # The database is away. The act stays begun, and is begun again when it is back.
            _log.warning("act.not-ended", act=act.act, code=error.code)
        finally:
            del self._running[act.id]
        self._announce()

    async def _try(self, act: BegunAct) -> None:
        problem: Problem | None = None
        try:
            await self._check(act)
            await self._ways[act.act](act)
        except Unavailable:
            async with self._database.transaction() as t:
                await store.postpone(t, act.id, timedelta(seconds=AGAIN_S))
            self._woken.set()
            return
        except AllpointsError as error:
            problem = Problem.of(error)
        except Exception as error:
            _log.error("act.failed", act=act.act, error=type(error).__name__)
            problem = Problem.of(Defect("the node failed"))
        async with self._database.transaction() as t:
            await store.end(t, act.id, problem)

    async def _check(self, act: BegunAct) -> None:
        """Raises `Forbidden` where the person was deactivated, or lost the role or the like, since they did it."""
        async with self._database.transaction() as t:
            if not await people.may_still(t, act.asker):
                raise Forbidden("you may not do this any more", field="role")
