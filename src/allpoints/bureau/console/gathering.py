"""Everything that is known about one thing: what checks find at every hub, and all that refers to what they found."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct

from allpoints.bureau.console.asking import Answer
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.mailbox import Message
from allpoints.errors import AllpointsError
from allpoints.records import RecordKind, Role
from allpoints.wire.confirmations import Confirmation
from allpoints.wire.corridor import Hit, Link, Page

PAGE, MOST = 100, 1_000
"""So many of the bureau's confirmations and links are looked through at each hub."""
MESSAGES = 50
READERS = (Role.OPERATOR, Role.SUPERVISOR, Role.ANALYST)
"""Who reads messages and links."""


class Subject(StrEnum):
    """What a dossier is about; also its address."""

    PEOPLE = "people"
    VEHICLES = "vehicles"
    DOCUMENTS = "documents"


SCHEMES_OF = {
    Subject.PEOPLE: ("national-id", "phone", "email", "iban"),
    Subject.VEHICLES: ("plate", "vin", "engine-number"),
    Subject.DOCUMENTS: ("travel-document",),
}
"""By which numbers each is asked for; people by their names besides."""
KIND_OF = {
    Subject.PEOPLE: RecordKind.PERSON,
    Subject.VEHICLES: RecordKind.VEHICLE,
    Subject.DOCUMENTS: RecordKind.TRAVEL_DOCUMENT,
}


class Gathered(Struct, frozen=True, kw_only=True):
    """What refers to what was found, each with the hub by which it is known."""

    confirmations: tuple[tuple[str, Confirmation], ...] = ()
    links: tuple[tuple[str, Link], ...] = ()
    messages: tuple[Message, ...] = ()
    missing: tuple[str, ...] = ()
    """What could not be looked through, since a hub did not answer or there is more than is looked through."""


def dossier_of(hit: Hit) -> str:
    """Where everything known about what was found is asked for; empty where nothing is said to ask with."""
    subject = next((each for each, kind in KIND_OF.items() if kind == hit.kind), None)
    if subject is None:
        return ""
    said: dict[str, str] = {}
    if subject is Subject.PEOPLE and hit.particulars and hit.particulars.names:
        said |= {"names": str(hit.particulars.names[0]), "birth": str(hit.particulars.birth or "")}
    number = next((each for each in hit.identifiers if each.scheme in SCHEMES_OF[subject]), None)
    if number:
        said |= {"text": number.value, "scheme": number.scheme}
    return f"/{subject}?{urlencode(said)}" if said else ""


async def gather(visit: Visit, answers: Iterable[Answer], words: Iterable[str]) -> Gathered:
    """Look through confirmations, links and messages; `words` are what was asked for."""
    found = {
        answer.hub: {hit.record for hit in answer.reply.hits}
        for answer in answers
        if answer.reply and answer.reply.hits
    }
    reads = visit.session.role in READERS
    confirmations, gaps = await _through(visit, found, lambda hub, after: _confirmations(visit, hub, after))
    links, more_gaps = (
        await _through(visit, found, lambda hub, after: _links(visit, hub, after)) if reads else ((), ())
    )
    messages = await _messages(visit, found, words) if reads else ()
    return Gathered(confirmations=confirmations, links=links, messages=messages, missing=gaps + more_gaps)


async def _confirmations(visit: Visit, hub: str, after: int) -> Page[Confirmation]:
    return await visit.client(hub).confirmations(after=after, limit=PAGE)


async def _links(visit: Visit, hub: str, after: int) -> Page[Link]:
    return await visit.client(hub).links(after=after, limit=PAGE)


async def _through(
    visit: Visit, found: Mapping[str, set[int]], read: Callable[[str, int], Awaitable[Page[Any]]]
) -> tuple[tuple[tuple[str, Any], ...], tuple[str, ...]]:
    """What of a list is about the found records; and the hubs where not all of it was looked through."""

    async def one(hub: str) -> tuple[list[tuple[str, Any]], bool]:
        matching: list[tuple[str, Any]] = []
        after = 0
        for _ in range(MOST // PAGE):
            try:
                page = await read(hub, after)
            except AllpointsError:
                return matching, False
            matching += [(hub, each) for each in page.items if _records(each) & found[hub]]
            if page.next is None:
                return matching, True
            after = int(page.next)
        return matching, False

    looked = await asyncio.gather(*map(one, found))
    return (
        tuple(each for matching, _ in looked for each in matching),
        tuple(hub for hub, (_, whole) in zip(found, looked, strict=True) if not whole),
    )


def _records(each: Confirmation | Link) -> set[int]:
    return {each.record} if isinstance(each, Confirmation) else {each.record, each.other.record}


async def _messages(visit: Visit, found: Mapping[str, set[int]], words: Iterable[str]) -> tuple[Message, ...]:
    mailbox = visit.node.mailbox
    messages: dict[str, Message] = {}
    for hub, records in found.items():
        for record in sorted(records):
            about = await mailbox.about(f"record:{record}", limit=MESSAGES)
            messages |= {message.id: message for message in about if message.hub == hub}
    for text in words:
        messages |= {message.id: message for message in await mailbox.search(text, limit=MESSAGES)}
    return tuple(sorted(messages.values(), key=lambda message: message.number, reverse=True)[:MESSAGES])
