"""A traveller waits at a gate: two bureaus' own programs, a clock that runs in the open, and an owner that answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from allpoints.bureau.desk import Matter, Wanted
from allpoints.bureau.mailbox import Draft, Message, forms
from allpoints.bureau.node import Node
from allpoints.demo.expecting import PATIENCE_S, NotAsTold
from allpoints.demo.nodes import Nodes
from allpoints.demo.planted import SPECIMEN_ZONE
from allpoints.demo.screen import Screen
from allpoints.records import Asker, Purpose, Role
from allpoints.records.evidence import MrzEvidence
from allpoints.wire.confirmations import Confirmation, ConfirmationState, OwnersAnswer, Urgency

Found = TypeVar("Found")
LOOK_AGAIN_S = 0.1


class GateScene:
    """The stolen passport once more, from the hit to the owner's word."""

    def __init__(self, screen: Screen, nodes: Nodes) -> None:
        self._screen = screen
        self._nodes = nodes

    def play(self) -> None:
        """All of it. Raises `NotAsTold`."""
        asyncio.run(self._play())

    async def _play(self) -> None:
        alb, uto = self._nodes.node("ALB"), self._nodes.node("UTO")
        async with AsyncExitStack() as stack:
            for node in (alb, uto):
                await stack.enter_async_context(node.running())
            asked = await self._ask(alb)
            request = await self._see_what_waits(uto, asked)
            await self._answer(uto, request, asked)
            await self._hear(alb, asked)

    async def _ask(self, alb: Node) -> Confirmation:
        self._screen.step("A traveller waits at a gate of ALB, and a clock runs")
        officer = await _person(alb, "mira", Purpose.BORDER_CONTROL)
        reply = await alb.hubs.client(officer).check([MrzEvidence(SPECIMEN_ZONE)])
        self._screen.hits(reply.hits)
        self._screen.say("A hit is no proof of identity until its owner confirms it.", "bold")
        operator = await _person(alb, "arben", Purpose.BORDER_CONTROL)
        draft = Draft(
            recipients=("UTO",),
            subject="Stolen passport at the gate",
            form="confirmation-request",
            fields={
                "record": str(reply.hits[0].record),
                "urgency": Urgency.GATE.value,
                "found": "document",
                "person-held": "yes",
                "questions": "Is the bearer its rightful holder?",
            },
        )
        await alb.mailbox.ask_confirmation(
            operator, draft, record=reply.hits[0].record, entry=reply.entry, urgency=Urgency.GATE
        )

        async def started() -> Confirmation | None:
            page = await alb.hubs.client(operator).confirmations(state=ConfirmationState.ASKED)
            return page.items[-1] if page.items else None

        asked = await _until(started, "the clock starts")
        left = (asked.due_at - datetime.now(UTC)) / timedelta(minutes=1)
        self._screen.say(
            f"ALB asks UTO. The hub's clock says {left:.0f} minutes; the text goes beside it, sealed."
        )
        return asked

    async def _see_what_waits(self, uto: Node, asked: Confirmation) -> Message:
        self._screen.step("UTO's operator finds it in the inbox, in Arabic")

        async def waits() -> list[Matter] | None:
            matters = await uto.desk.matters(Wanted(role=Role.OPERATOR))
            kinds = {matter.kind for matter in matters}
            return matters if {"confirmation-asked", "message"} <= kinds else None

        for matter in await _until(waits, "UTO's inbox"):
            if matter.kind in ("confirmation-asked", "message"):
                due = f"until {matter.deadline:%H:%M} UTC" if matter.deadline else ""
                self._screen.facts([(matter.kind, f"{matter.what} {due}")])
        operator = await _person(uto, "uma", Purpose.BORDER_CONTROL)
        found = await uto.mailbox.about(f"record:{asked.record}")
        request = await uto.mailbox.mark_read(operator, found[0].id)
        self._screen.facts(
            (line.label, ", ".join(line.values))
            for line in forms.show(request.content.kind, request.content.fields, "ar")
        )
        return request

    async def _answer(self, uto: Node, request: Message, asked: Confirmation) -> None:
        operator = await _person(uto, "uma", Purpose.BORDER_CONTROL)
        draft = Draft(
            form="confirmation-reply",
            fields={"hit-outcome": "confirmed", "still-sought": "yes", "action": ["seize", "inform-us"]},
            in_reply_to=request.id,
        )
        await uto.mailbox.answer_confirmation(
            operator, draft, confirmation=asked.id, outcome=OwnersAnswer.CONFIRMED
        )
        self._screen.say("UTO confirms: an act of a person, never of a program.")

    async def _hear(self, alb: Node, asked: Confirmation) -> None:
        self._screen.step("The officer at the gate reads the owner's word")
        officer = await _person(alb, "mira", Purpose.BORDER_CONTROL)

        async def answered() -> Confirmation | None:
            now = await alb.hubs.client(officer).confirmation(asked.id)
            return now if now.state is ConfirmationState.CONFIRMED else None

        confirmed = await _until(answered, "UTO's answer")

        async def read() -> Message | None:
            found = await alb.mailbox.about(f"record:{asked.record}")
            sent = [each for each in found if each.outgoing and each.copies and each.copies[0].read_at]
            return sent[0] if sent else None

        sent = await _until(read, "the receipt of UTO's reader")
        [copy] = sent.copies
        if confirmed.answered_at is None or copy.delivered_at is None or copy.read_at is None:
            raise NotAsTold("an answer or a receipt has no time")
        took = (confirmed.answered_at - confirmed.asked_at).total_seconds()
        self._screen.facts(
            [
                (
                    "confirmation",
                    f"{confirmed.id}: {confirmed.state} by {confirmed.owner} after {took:.1f} s",
                ),
                ("delivered", f"{copy.delivered_at:%H:%M:%S} UTC, as UTO has signed"),
                ("read", f"{copy.read_at:%H:%M:%S} UTC, as UTO has signed"),
            ]
        )


async def _person(node: Node, name: str, purpose: Purpose) -> Asker:
    """One of a node's people at work."""
    person = await node.people.named(name)
    return Asker(
        bureau=node.vault.bureau,
        user=person.pseudonym,
        agency=person.agency,
        role=person.roles[0],
        purpose=purpose,
        clearance=person.clearance,
    )


async def _until(look: Callable[[], Awaitable[Found | None]], what: str) -> Found:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := await look():
            return found
        await asyncio.sleep(LOOK_AGAIN_S)
    raise NotAsTold(f"waited for {what} in vain")
