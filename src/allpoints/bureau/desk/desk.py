"""The desk: one inbox over all hubs and messages, drafts, and the few seconds in which an act can be taken back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import structlog
from msgspec.structs import replace

from allpoints.bureau.desk.announcing import Announcements
from allpoints.bureau.desk.holding import Do, HeldActs
from allpoints.bureau.desk.news import matter_of
from allpoints.bureau.desk.owed import LOOKS
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.store import desk as store
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.store.desk import HeldAct, Matter, Waiting, Wanted
from allpoints.bureau.store.sessions import Session
from allpoints.errors import AllpointsError, TooLarge
from allpoints.records import Role

SIGN_OF_LIFE_S = 15.0
KEPT = timedelta(days=90)
"""How long what was handled can be looked up."""
DRAFTS_KEPT = timedelta(days=30)
"""How long what was half typed waits to be gone on with: sign-out forgets it, and a session that ends by itself not."""
FORGET_EVERY_S = 3_600.0
FOLLOW_AGAIN_S = 5.0
LOOK_EVERY_S = 300.0
MAX_DRAFTS = 200
RECENT = 100
"""Matters of which a page is told at once: where more have come it says that there are so many."""
_log = structlog.get_logger("allpoints.bureau")


class Desk:
    """What waits for the bureau's people."""

    def __init__(self, database: NodeDatabase, hubs: Hubs, bureau: str) -> None:
        self._database = database
        self._hubs = hubs
        self._bureau = bureau
        self._news = Announcements()
        self._held = HeldActs(database, self._news.announce)
        self._left: dict[str, Callable[[str], None]] = {}
        self._glances: dict[Role, tuple[int, asyncio.Future[tuple[int, list[int]]]]] = {}

    # What waits -------------------------------------------------------------------------------------------

    async def add(self, waiting: Waiting) -> int:
        """Have something wait, or say what changed of it; return the matter's number."""
        async with self._database.transaction() as t:
            number, _ = await store.add(t, self._at_its_hub(waiting))
        self._news.announce()
        return number

    async def matters(self, wanted: Wanted) -> list[Matter]:
        """A page of what waits, the most urgent first, or of what was handled, the latest first."""
        async with self._database.transaction() as t:
            return await store.matters(t, wanted)

    async def matter(self, number: int, session: Session) -> Matter | None:
        """One matter, if it waits for the session's role."""
        async with self._database.transaction() as t:
            return await store.matter(t, number, session.role)

    async def count(self, session: Session) -> int:
        """How many matters wait for the session's role."""
        async with self._database.transaction() as t:
            return await store.count(t, session.role)

    async def glance(self, role: Role) -> tuple[int, list[int]]:
        """How many matters wait for a role, and the numbers of the newest: a page counts those it does not show.

        Everybody who is told of a change asks at the same moment: it is looked up once for all of them.
        """
        times, look = self._glances.get(role, (0, None))
        if look is None or look.done() or times != self._news.times:
            look = asyncio.ensure_future(self._glance(role))
            self._glances[role] = self._news.times, look
        return await asyncio.shield(look)

    async def _glance(self, role: Role) -> tuple[int, list[int]]:
        async with self._database.transaction() as t:
            return await store.count(t, role), await store.recent(t, role, RECENT)

    async def newest(self) -> int:
        """The number of the newest matter."""
        async with self._database.transaction() as t:
            return await store.newest(t)

    async def handle(self, number: int, session: Session) -> bool:
        """Somebody has handled it. False where another was faster."""
        async with self._database.transaction() as t:
            done = await store.handle(t, number, session.person.id, session.role)
        self._news.announce()
        return done

    async def reopen(self, number: int, session: Session) -> bool:
        """It was handled by mistake, and waits again."""
        async with self._database.transaction() as t:
            done = await store.reopen(t, number, session.role)
        self._news.announce()
        return done

    async def settle(self, key: str) -> None:
        """What a matter was about has settled by itself: it waits no longer."""
        async with self._database.transaction() as t:
            await store.settle(t, key)
        self._news.announce()

    def announce(self) -> None:
        """Something was changed in a transaction of somebody else's."""
        self._news.announce()

    def leave(self, kind: str, to: Callable[[str], None]) -> None:
        """Leave what hubs tell of this kind to somebody, who is told which hub it was."""
        self._left[kind] = to

    def changes(self) -> AsyncIterator[bool]:
        """True whenever something has changed, False as a sign of life in between."""
        return self._news.changes(SIGN_OF_LIFE_S)

    # Half-typed forms -------------------------------------------------------------------------------------

    async def save_draft(self, session: Session, form: str, fields: Mapping[str, Any]) -> None:
        """Keep what somebody has typed so far. Raises `TooLarge` where they keep too many."""
        async with self._database.transaction() as t:
            await store.save_draft(t, session.person.id, form, fields)
            if await store.count_drafts(t, session.person.id) > MAX_DRAFTS:
                raise TooLarge(f"somebody can have {MAX_DRAFTS} drafts", field="form")

    async def draft(self, session: Session, form: str) -> dict[str, Any] | None:
        """What somebody had typed into a form."""
        async with self._database.transaction() as t:
            return await store.draft(t, session.person.id, form)

    async def drop_draft(self, session: Session, form: str) -> None:
        """The form was sent."""
        async with self._database.transaction() as t:
            await store.drop_draft(t, session.person.id, form)

    async def drop_drafts(self, session: Session) -> None:
        """Somebody signs out."""
        async with self._database.transaction() as t:
            await store.drop_drafts(t, session.person.id)

    # Acts that can be taken back --------------------------------------------------------------------------

    def teach(self, act: str, do: Do) -> None:
        """Say how the act of this name is done when its time comes."""
        self._held.teach(act, do)

    async def hold(self, session: Session, act: str, content: Mapping[str, Any], label: str) -> HeldAct:
        """Have an act done in a few seconds, unless it is taken back. `label` is what the person reads of it."""
        return await self._held.hold(session, self._bureau, act, content, label)

    async def shown_acts(self, session: Session) -> list[HeldAct]:
        """What somebody may still take back, and what of theirs has failed."""
        async with self._database.transaction() as t:
            return await store.shown_acts(t, session.person.id)

    async def undo(self, number: int, session: Session) -> bool:
        """Take an act back. False where it is too late."""
        return await self._held.undo(number, session)

    async def dismiss(self, number: int, session: Session) -> None:
        """Somebody has read that their act failed."""
        async with self._database.transaction() as t:
            await store.dismiss(t, number, session.person.id)

    # In the background ------------------------------------------------------------------------------------

    async def work(self) -> None:
        """Follow the hubs, look up what is owed, do what was held, forget what is old. Never returns."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._held.work())
            tasks.create_task(self._forget())
            for hub in self._hubs.names:
                tasks.create_task(self._follow(hub))
                tasks.create_task(self._look(hub))

    async def _follow(self, hub: str) -> None:
        """Mirror what a hub tells. It is acknowledged when it is stored here, so that nothing falls between."""
        while True:
            client = self._hubs.as_node(hub)
            try:
                async for told in client.follow_notifications():
                    if left := self._left.get(str(told.body.get("kind"))):
                        left(hub)
                    else:
                        await self.add(matter_of(hub, told))
                    await client.acknowledge([told.id])
            except AllpointsError as error:
                _log.warning("hub.not-followed", hub=hub, code=error.code)
            await asyncio.sleep(FOLLOW_AGAIN_S)

    async def _look(self, hub: str) -> None:
        """Ask a hub for what is owed there, again and again."""
        while True:
            for kind in LOOKS:
                try:
                    await self.look_up(hub, kind)
                except AllpointsError as error:
                    _log.warning("owed.not-looked-up", hub=hub, kind=kind, code=error.code)
            await asyncio.sleep(LOOK_EVERY_S)

    async def look_up(self, hub: str, kind: str) -> None:
        """Have wait what of this kind is owed at a hub, and no longer what is not. Raises what the hub refuses."""
        async with self._database.transaction() as t:
            before = await store.moment(t)
        owed = await LOOKS[kind](self._hubs.as_node(hub), hub)
        async with self._database.transaction() as t:
            for waiting in owed.waiting:
                await store.add(t, self._at_its_hub(waiting))
            if owed.whole:
                keys = [waiting.key for waiting in owed.waiting]
                await store.settle_others(t, hub=hub, kind=kind, keys=keys, before=before)
        self._news.announce()

    def _at_its_hub(self, waiting: Waiting) -> Waiting:
        """With the hub in the page's address, unless it is the first one, which goes without saying."""
        if not waiting.path or waiting.hub in ("", self._hubs.names[0]):
            return waiting
        return replace(waiting, path=f"{waiting.path}?hub={quote(waiting.hub)}")

    async def _forget(self) -> None:
        while True:
            try:
                async with self._database.transaction() as t:
                    await store.forget(t, KEPT, drafts=DRAFTS_KEPT)
            except AllpointsError as error:
                _log.warning("desk.not-tidied", code=error.code)
            await asyncio.sleep(FORGET_EVERY_S)
