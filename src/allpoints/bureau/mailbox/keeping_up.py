"""What the mailbox sees to by itself: new keys of ours and of others, answers in time, files that nobody sends."""

import asyncio
from datetime import UTC, datetime

import structlog

from allpoints.bureau.call import random_name
from allpoints.bureau.desk.desk import Desk
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.mailbox.attachments import Attachments
from allpoints.bureau.mailbox.collecting import Collector
from allpoints.bureau.mailbox.matters import REMINDERS, answer_due
from allpoints.bureau.mailbox.receiving import INTRODUCTION
from allpoints.bureau.sealed import Content
from allpoints.bureau.store import correspondents as correspondent_store
from allpoints.bureau.store import desk as desk_store
from allpoints.bureau.store import errands
from allpoints.bureau.store import mailbox as store
from allpoints.bureau.store.database import NodeDatabase
from allpoints.bureau.store.errands import Post
from allpoints.bureau.store.mailbox import DueAnswer
from allpoints.bureau.vault import KeyKind, KeyState, Vault
from allpoints.errors import AllpointsError
from allpoints.records import Asker
from allpoints.wire.messages import Priority

EVERY_S = 15.0
PARTS = (0.5, 0.875, 1.0)
"""After which parts of an answer's time somebody is told."""
_PAGE = 100
_log = structlog.get_logger("allpoints.bureau")


class Keeper:
    """Looks every few seconds whether something is to be done."""

    def __init__(
        self,
        database: NodeDatabase,
        hubs: Hubs,
        vault: Vault,
        *,
        node: Asker,
        attachments: Attachments,
        collector: Collector,
        desk: Desk,
    ) -> None:
        self._database = database
        self._hubs = hubs
        self._vault = vault
        self._node = node
        self._attachments = attachments
        self._collector = collector
        self._desk = desk

    async def work(self) -> None:
        """As long as the node runs. Never returns."""
        while True:
            tasks = self.introduce, self._collector.release, self.remind, self._attachments.forget_abandoned
            for task in tasks:
                try:
                    await task()
                except AllpointsError as error:
                    _log.warning("mail.not-kept-up", task=task.__name__, code=error.code)
            await asyncio.sleep(EVERY_S)

    async def introduce(self) -> None:
        """Tell our correspondents of a new signing key, signed by the one before, which they trust."""
        current = self._vault.signing
        former = [
            key.key_id
            for key in self._vault.keys
            if key.kind is KeyKind.SIGNING and key.state is KeyState.FORMER
        ]
        async with self._database.transaction() as t:
            if not await correspondent_store.note_introduced(t, current.key_id) or not former:
                return
            content = Content(
                kind=INTRODUCTION, thread=random_name(), fields={"public_key": current.public_key}
            )
            for bureau in await correspondent_store.correspondents(t):
                what = Post(
                    content=content, recipients=(bureau,), priority=Priority.PRIORITY, signing_key=former[0]
                )
                for hub in self._hubs.names:
                    await errands.add(t, hub=hub, asker=self._node, what=what, rank=0)

    async def remind(self) -> None:
        """Tell people of answers that are due."""
        async with self._database.transaction() as t:
            due = await store.due_answers(t, _PAGE)
            now = datetime.now(UTC)
            for each in due:
                stage = stage_of(each, now)
                if await store.reminded(t, each.id, stage):
                    if stage > 1:
                        await desk_store.settle(t, answer_due(each, stage - 1).key)
                    await desk_store.add(t, answer_due(each, stage))
        if due:
            self._desk.announce()


def stage_of(due: DueAnswer, now: datetime) -> int:
    """How many of the reminders are due; what was missed while the node was off is not made up for."""
    passed = (now - due.written_at) / (due.deadline - due.written_at)
    return min(REMINDERS, sum(passed >= part for part in PARTS)) or 1
