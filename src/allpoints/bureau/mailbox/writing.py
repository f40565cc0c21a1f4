"""Writing messages: each kept in one transaction with all that follows from it, and sent by the outbox."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from allpoints.bureau.call import random_name
from allpoints.bureau.desk.desk import Desk
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.mailbox import composing
from allpoints.bureau.mailbox.composing import Draft
from allpoints.bureau.mailbox.matters import REMINDERS, came, reminder, stuck
from allpoints.bureau.mailbox.outbox import Outbox
from allpoints.bureau.store import attachments as attachment_store
from allpoints.bureau.store import desk as desk_store
from allpoints.bureau.store import errands
from allpoints.bureau.store import mailbox as store
from allpoints.bureau.store.database import NodeDatabase, Transaction
from allpoints.bureau.store.errands import Post, StartClock, StopClock, What, Withdraw
from allpoints.bureau.store.mailbox import Message, MessageState, NewMessage
from allpoints.errors import Conflict, Forbidden, InvalidValue, NotFound
from allpoints.records import Asker
from allpoints.wire.confirmations import OwnersAnswer, Urgency
from allpoints.wire.messages import Priority

_PRIORITIES = {
    Urgency.GATE: Priority.URGENT,
    Urgency.URGENT: Priority.PRIORITY,
    Urgency.ROUTINE: Priority.ROUTINE,
}


class NameTaken(Conflict):
    """Send it again under the same name."""


class Writing:
    """What the bureau's people write. `asker` is the person of a session, in whose name it is sent."""

    def __init__(
        self, database: NodeDatabase, hubs: Hubs, bureau: str, *, outbox: Outbox, desk: Desk
    ) -> None:
        self._database = database
        self._hubs = hubs
        self._bureau = bureau
        self.outbox = outbox
        self._desk = desk

    async def send(
        self, asker: Asker, draft: Draft, *, name: str | None = None, clock_runs: bool = False
    ) -> str:
        """Keep a message to be sent, and return its id, which is the `name` where one is given.

        Asked again under it, nothing is sent twice. The forms of the hit clock are sent only where its clock runs.
        Raises `InvalidValue`, `TooLarge` or `NotFound`, and `Conflict` where something else was sent under the name.
        """
        request = composing.digest_of(draft) if name else None

        async def write(t: Transaction) -> str:
            return await self._write(t, asker, draft, clock_runs=clock_runs, name=name, request=request)

        return await self._once(name, request, write)

    async def retry(self, message_id: str) -> None:
        """Try again to send what a hub has refused. Raises `NotFound` where nothing was."""
        async with self._database.transaction() as t:
            if not await errands.retry(t, message_id):
                raise NotFound("no such message was refused", field="message")
            await store.mark_state(t, message_id, MessageState.WAITING, None)
            await desk_store.settle(t, stuck(message_id))
        self._written()

    async def recall(self, asker: Asker, message_id: str) -> Message:
        """Want a message of ours back: from the hub what nobody has fetched yet, from the others by asking them.

        What they say of it shows with each recipient. Raises `NotFound`, and `Forbidden` for another bureau's message.
        """
        async with self._database.transaction() as t:
            message = await store.message(t, message_id, for_change=True)
            if not message.outgoing:
                raise Forbidden("only its sender can recall a message", field="message")
            if await store.ask_recall(t, message_id) is not None:
                await self._recall(t, asker, message)
            recalled = await store.message(t, message_id)
        self._written()
        return recalled

    async def ask_confirmation(
        self, asker: Asker, draft: Draft, *, record: int, entry: str, urgency: Urgency
    ) -> str:
        """Ask the owner of a record whether a hit is one: the hub's clock starts, then the message goes.

        The draft is of the form `confirmation-request`; `entry` is that of the check. Returns the message's id.
        """
        fields = {**draft.fields, "record": str(record), "urgency": urgency.value}
        draft = _changed(draft, "confirmation-request", fields, f"record:{record}", _PRIORITIES[urgency])
        clock = StartClock(record=record, entry=entry, urgency=urgency)
        return await self._send_behind(asker, draft, clock)

    async def answer_confirmation(
        self,
        asker: Asker,
        draft: Draft,
        *,
        confirmation: int,
        outcome: OwnersAnswer,
        name: str | None = None,
    ) -> str:
        """Answer for the owner whether a hit is one: the hub's clock stops, then the message goes.

        The draft is of the form `confirmation-reply`. Returns the message's id, which is the `name` where one is given:
        asked again under it, nothing is done twice.
        """
        fields = {**draft.fields, "hit-outcome": outcome.value}
        draft = _changed(draft, "confirmation-reply", fields, f"confirmation:{confirmation}", draft.priority)
        clock = StopClock(confirmation=confirmation, outcome=outcome)
        return await self._send_behind(asker, draft, clock, name)

    async def _send_behind(self, asker: Asker, draft: Draft, first: What, name: str | None = None) -> str:
        """Send a message after something else is done at the hub, and not without it."""

        async def write(t: Transaction) -> str:
            before = random_name()
            message_id = await self._write(t, asker, draft, clock_runs=True, after=before, name=name)
            message = await store.message(t, message_id)
            rank = errands.RANKS[message.priority]
            await errands.add(t, hub=message.hub, asker=asker, what=first, rank=rank, name=before)
            return message_id

        # The name is that of an act, which is done once: what it answers may have come since it was first begun.
        return await self._once(name, None, write)

    async def _once(
        self, name: str | None, request: bytes | None, write: Callable[[Transaction], Awaitable[str]]
    ) -> str:
        """Write a message, unless one is kept under its name already; return its id."""
        try:
            async with self._database.transaction() as t:
                if name and await store.is_kept(t, name, request):
                    return name
                message_id = await write(t)
        except NameTaken:
            # It was written at the same time by somebody else, and is there now.
            return await self._once(name, request, write)
        self._written()
        return message_id

    async def _write(
        self,
        t: Transaction,
        asker: Asker,
        draft: Draft,
        *,
        clock_runs: bool,
        after: str | None = None,
        name: str | None = None,
        request: bytes | None = None,
    ) -> str:
        """Raises `NameTaken`, which undoes the transaction, where a message of this name is there already."""
        now = datetime.now(UTC)
        answered = await store.message(t, draft.in_reply_to) if draft.in_reply_to else None
        if not clock_runs:
            composing.check_form(draft.form, answered.content.kind if answered else None)
        recipients = composing.recipients_of(draft, self._bureau, answered)
        deadline = composing.check_deadline(draft, now)
        hub = draft.hub or (answered.hub if answered else self._hubs.names[0])
        if hub not in self._hubs.names:
            raise NotFound(f"the node knows no hub named {hub!r:.40}", field="hub")
        message_id = name or random_name()
        # A file belongs to a message, so the message comes first.
        held = [await attachment_store.find(t, each, field="attachments") for each in draft.attachments]
        files = tuple(each.described for each in held if each.described is not None)
        content = composing.compose(draft, asker.user, answered, files)
        message = NewMessage(
            id=message_id,
            hub=hub,
            sender=self._bureau,
            recipients=recipients,
            outgoing=True,
            content=content,
            priority=draft.priority,
            deadline=deadline,
            written_at=now,
            names=composing.names_of(content, message_id, recipients),
            words=composing.words_of(content),
            request=request,
        )
        if not await store.keep(t, message):
            raise NameTaken("a message of this name is there")
        for place, each in enumerate(draft.attachments):
            await attachment_store.give(t, each, message_id, place)
        post = Post(content=content, recipients=recipients, priority=draft.priority, deadline=deadline)
        await errands.add(
            t,
            hub=hub,
            asker=asker,
            what=post,
            rank=errands.RANKS[draft.priority],
            name=message_id,
            message=message_id,
            after=after,
        )
        if answered is not None and not answered.outgoing:
            await self._note_answered(t, answered)
        return message_id

    async def _note_answered(self, t: Transaction, answered: Message) -> None:
        await store.mark_answered(t, answered.id)
        await desk_store.settle(t, came(answered.hub, answered.id))
        for stage in range(1, REMINDERS + 1):
            await desk_store.settle(t, reminder(answered.hub, answered.id, stage))

    async def _recall(self, t: Transaction, asker: Asker, message: Message) -> None:
        errand = await errands.find(t, message.id)
        await desk_store.settle(t, stuck(message.id))
        if errand is not None and errand.envelope is None:
            # It never left.
            await errands.end(t, message.id)
            await store.mark_never_sent(t, message.id)
            return
        if errand is not None and message.state is MessageState.REFUSED:
            # The hub may have it from before it refused it.
            await errands.leave(t, message.id)
            errand = None
        withdraw = Withdraw(message=message.id, thread=message.thread)
        after = message.id if errand is not None else None
        await errands.add(t, hub=message.hub, asker=asker, what=withdraw, rank=0, after=after)

    def _written(self) -> None:
        self.outbox.wake()
        self._desk.announce()


def _changed(draft: Draft, form: str, fields: Mapping[str, Any], reference: str, priority: Priority) -> Draft:
    """A draft of a form about something. Raises `InvalidValue` for a draft of another form."""
    if draft.form not in (form, composing.PLAIN):
        raise InvalidValue(f"this is a {form}", field="form")
    references = (*draft.references, reference)
    return msgspec.structs.replace(draft, form=form, fields=fields, references=references, priority=priority)
