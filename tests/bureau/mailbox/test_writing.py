"""What people write: held to its form, found again in any script, and never ahead of the hit clock."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from tests.bureau.mailbox.letters import arrived, operator, sent, until, write
from tests.hubs import RunningHub

from allpoints.bureau.call import random_name
from allpoints.bureau.mailbox import Draft, MessageState, Place
from allpoints.bureau.mailbox.forms import show
from allpoints.bureau.node import Node
from allpoints.errors import Conflict, InvalidValue, NotFound
from allpoints.records import Contribution, Particulars, RawIdentifier, RecordKind
from allpoints.records.evidence import IdentifierEvidence
from allpoints.wire.confirmations import ConfirmationState, OwnersAnswer, Urgency
from allpoints.wire.messages import Priority

NUMBERS = count(7_310_001)


def hit(hub: RunningHub) -> tuple[int, str]:
    """A record of FRA's, and the entry of a check of ALB's that finds it."""
    document = f"UTO:P:MB{next(NUMBERS)}"
    hub.operator("FRA").contribute(
        Contribution(
            reference=document,
            kind=RecordKind.TRAVEL_DOCUMENT,
            identifiers=(RawIdentifier("travel-document", document),),
            particulars=Particulars(reason="stolen", synthetic=True),
        )
    )

    def ask() -> Any:
        return hub.client("ALB").check([IdentifierEvidence("travel-document", document)])

    reply = ask()
    while not reply.hits:
        reply = ask()
    return reply.hits[0].record, reply.entry


CONFIRM = {"found": "document", "place": "Kapshtica", "person-held": "yes"}


async def test_asking_for_a_confirmation_starts_the_clock_and_tells_why_in_one_thread(
    hub: RunningHub, node: Node, other_node: Node
) -> None:
    record, entry = hit(hub)
    draft = Draft(recipients=("FRA",), form="confirmation-request", fields=CONFIRM, text="He has a ticket.")
    message_id = await node.mailbox.ask_confirmation(
        operator(node), draft, record=record, entry=entry, urgency=Urgency.GATE
    )
    asked = await arrived(other_node, message_id)
    assert asked.priority is Priority.URGENT
    assert f"record:{record}" in asked.content.references
    [reference] = [each for each in asked.content.references if each.startswith("confirmation:")]
    number = int(reference.partition(":")[2])
    clock = await other_node.hubs.client(operator(other_node)).confirmation(number)
    assert (clock.record, clock.state, clock.urgency) == (record, ConfirmationState.ASKED, Urgency.GATE)
    shown = {line.name: line.values for line in show("confirmation-request", asked.content.fields, "es")}
    assert shown["urgency"] == ("en la frontera: una hora",)
    assert [each.id for each in await other_node.mailbox.about(reference)] == [message_id]

    # The second time as after a restart in between: it is the same answer, whatever has come since.
    name = random_name()
    answer, again = [
        await other_node.mailbox.answer_confirmation(
            operator(other_node),
            Draft(
                recipients=("ALB",),
                in_reply_to=answered,
                form="confirmation-reply",
                fields={"action": ["seize"]},
            ),
            confirmation=number,
            outcome=OwnersAnswer.CONFIRMED,
            name=name,
        )
        for answered in (message_id, None)
    ]
    assert answer == again
    got = await arrived(node, answer)
    assert got.thread == asked.thread
    assert got.content.fields == {"hit-outcome": "confirmed", "action": ["seize"]}
    clock = await node.hubs.client(operator(node)).confirmation(number)
    assert clock.state is ConfirmationState.CONFIRMED


async def test_no_message_goes_where_the_clock_is_refused(
    hub: RunningHub, node: Node, other_node: Node
) -> None:
    record, _ = hit(hub)
    draft = Draft(recipients=("FRA",), form="confirmation-request", fields=CONFIRM)
    message_id = await node.mailbox.ask_confirmation(
        operator(node), draft, record=record, entry="1.0", urgency=Urgency.ROUTINE
    )
    refused = await until(lambda: node.mailbox.message(message_id), lambda m: m.state is MessageState.REFUSED)
    assert refused.problem is not None
    with pytest.raises(NotFound):
        await other_node.mailbox.message(message_id)
    await node.mailbox.retry(message_id)
    await until(lambda: node.mailbox.message(message_id), lambda m: m.state is MessageState.REFUSED)


@pytest.mark.parametrize(
    ("field", "draft"),
    [
        ("recipients", {"recipients": ()}),
        ("recipients", {"recipients": ("ALB",)}),
        ("recipients", {"recipients": ("Atlantis",)}),
        ("text", {"text": "  "}),
        ("subject", {"subject": "two\nlines"}),
        ("subject", {"subject": "x" * 301}),
        ("references", {"references": ("a\0b",)}),
        ("fields", {"fields": {"facts": "?"}}),
        ("fields.described", {"form": "information-request", "fields": {"subject": "phone"}}),
        ("form", {"form": "identity-reply", "fields": {"identity-outcome": "refused"}}),
        ("deadline", {"deadline": datetime.now(UTC) - timedelta(seconds=1)}),
        ("text", {"text": "x" * (1 << 18)}),
        ("hub", {"hub": "elsewhere"}),
    ],
)
async def test_what_cannot_be_sent_is_refused_before_it_is_kept(
    node: Node, field: str, draft: Mapping[str, Any]
) -> None:
    before = await node.mailbox.threads(limit=1)
    with pytest.raises((InvalidValue, NotFound, Exception)) as refused:
        await node.mailbox.send(operator(node), Draft(**{"recipients": ("FRA",), "text": "x", **draft}))
    assert refused.value.field == field  # type: ignore[attr-defined]
    assert await node.mailbox.threads(limit=1) == before


async def test_under_one_name_one_message_is_sent(node: Node) -> None:
    name, draft = random_name(), Draft(recipients=("FRA",), text="Once.")

    async def send(draft: Draft = draft) -> str:
        return await node.mailbox.send(operator(node), draft, name=name)

    assert await asyncio.gather(*(send() for _ in range(4))) == [name] * 4
    assert await send() == name
    message = await node.mailbox.message(name)
    assert [each.id for each in await node.mailbox.thread(message.thread)] == [name]
    with pytest.raises(Conflict):
        await send(Draft(recipients=("FRA",), text="Something else."))


async def test_words_and_parts_of_names_are_found_in_every_script(node: Node, other_node: Node) -> None:
    written = {
        "cyrillic": await write(
            node, other_node, subject="Розыск", text="Пётр Зубенко видел ЛОДКУ у причала"
        ),
        "arabic": await write(node, other_node, text="شُوهِدَ القارب قرب الميناء، رقم ٤٧١١"),
        "han": await write(node, other_node, text="护照号码E12345678已挂失"),
        "latin": await write(node, other_node, text="Näkyi satamassa", references=("HEL-2026/0815",)),
        "form": await write(
            node,
            other_node,
            text="",
            form="information-request",
            fields={
                "subject": "person",
                "described": ["Σωκράτης Παπαδόπουλος"],
                "information-wanted": ["travel"],
                "offence": ["fraud"],
                "facts": "Ἀθῆναι",
            },
        ),
    }
    found = {
        "лодку": "cyrillic",
        "петр зубенко": "cyrillic",
        "РОЗЫСК": "cyrillic",
        "زب": None,
        "القارب": "arabic",
        "شوهد الميناء": "arabic",
        "4711": "arabic",
        "挂失": "han",
        "e1234": "han",
        "nakyi": "latin",
        "0815": "latin",
        "παπαδ": "form",
        "αθηναι": "form",
        written["han"][4:15]: "han",
    }
    for asked, expected in found.items():
        got = {message.id for message in await node.mailbox.search(asked)}
        wanted = {written[expected]} if expected else set()
        assert got & set(written.values()) == wanted, asked
    for message_id in written.values():
        await sent(node, message_id)
        await arrived(other_node, message_id)
    assert written["arabic"] in {message.id for message in await other_node.mailbox.search("القارب")}


async def test_a_search_is_bounded_and_goes_on_page_by_page(node: Node, other_node: Node) -> None:
    ids = [await write(node, other_node, text=f"pagination {n}") for n in range(5)]
    first = await node.mailbox.search("pagination", limit=2)
    second = await node.mailbox.search("pagination", limit=2, before=first[-1].number)
    third = await node.mailbox.search("pagination", limit=2, before=second[-1].number)
    assert [m.id for m in (*first, *second, *third)] == ids[::-1]
    assert await node.mailbox.search("  ") == []
    assert await node.mailbox.search("%") == []


async def test_threads_come_page_by_page_the_latest_first(node: Node, other_node: Node) -> None:
    ids = [await write(node, other_node, subject=f"thread {n}") for n in range(3)]
    [first] = await node.mailbox.threads(limit=1)
    [second] = await node.mailbox.threads(limit=1, after=Place(first.latest_at, first.number))
    assert [first.subject, second.subject] == ["thread 2", "thread 1"]
    for message_id in ids:
        await arrived(other_node, message_id)
    # Those that were sealed within one second stand in the order in which they came.
    unread = await other_node.mailbox.threads(unread=True, bureau="ALB")
    assert {each.subject for each in unread} >= {"thread 2", "thread 1", "thread 0"}
