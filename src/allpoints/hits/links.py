"""The cross-check: every new or changed record is compared with everyone's holdings.

Runs in the background from the change feed. Its place in the feed moves in the transaction that keeps the
links, so a crash neither loses a link nor raises it twice.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from allpoints.access import Disclosure, Match, release
from allpoints.audit.entries import Entry
from allpoints.modalities import IDENTIFIERS
from allpoints.modalities.identifiers import IdentifierIndex
from allpoints.records import (
    AgencyKind,
    Asker,
    HeldRecord,
    Identifier,
    Purpose,
    Role,
)
from allpoints.steps.search import apply_changes
from allpoints.store import feed, ledger, linking
from allpoints.store.acts import Act, StoredLink
from allpoints.store.database import Connection, Database, only_one
from allpoints.store.linking import Link, Linkable

LINK_LOCK = 0x616C6C4C696E6B
CONSUMER = "links"
MAX_CANDIDATES = 100
SLICE = 2_000
"""Changed records compared in one go."""


class LinkTold(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner reads of a link; what the other record says, `GET /v1/links` shows within its conditions."""

    kind: str = "link"
    link: int
    record: int
    scheme: str
    at: datetime


class Linker:
    """Raises links from the change feed."""

    def __init__(self, database: Database, index: IdentifierIndex) -> None:
        self._database = database
        self._index = index

    async def run_once(self) -> int:
        """Compare what changed since the last time; return how many links are new."""
        async with self._database.system() as connection:
            if not await only_one(connection, LINK_LOCK):
                return 0
            since = await feed.position(connection, CONSUMER) or ledger.BEFORE_EVERYTHING
            snapshot, changes = await feed.changes_since(connection, since)
            # Two records that came after the index was last fed must find each other too.
            await asyncio.to_thread(apply_changes, self._index, changes)
            raised = 0
            for start in range(0, len(changes), SLICE):
                raised += await self._compare(connection, changes[start : start + SLICE])
            if changes:
                await feed.move(connection, CONSUMER, snapshot)
            return raised

    async def _compare(self, connection: Connection, changes: Sequence[feed.Change]) -> int:
        found = self._candidates(changes)
        ids = {record_id for pair in found for record_id in pair}
        records = await linking.linkable(connection, list(ids)) if ids else {}
        links = list(_links(found, records))
        if not links:
            return 0
        raised = await linking.raise_links(connection, links)
        if raised:
            await self._tell(connection, raised, records)
        return len(raised)

    def _candidates(self, changes: Iterable[feed.Change]) -> set[tuple[int, int]]:
        probes = [(change.record_id, i) for change in changes for i in change.identifiers]
        lists = self._index.search_many([identifier for _, identifier in probes], MAX_CANDIDATES)
        return {
            (record_id, candidate.record_id)
            for (record_id, _), listed in zip(probes, lists, strict=True)
            for candidate in listed.candidates
            if candidate.record_id != record_id
        }

    async def _tell(
        self, connection: Connection, raised: dict[int, Link], records: dict[int, Linkable]
    ) -> None:
        now = datetime.now(UTC)
        entries: list[Entry] = []
        told: list[tuple[int, str, bytes]] = []
        for number, link in raised.items():
            for own, other in ((link.record_a, link.record_b), (link.record_b, link.record_a)):
                if (
                    await other_side(self._database, records[own].owner, records[own].contributed_for, other)
                    is None
                ):
                    continue
                owner = records[own].owner
                entries.append(
                    Entry(act="link", at=now, reader=owner, bureau=owner, records=(own,), subject=str(number))
                )
                body = LinkTold(link=number, record=own, scheme=link.scheme, at=now)
                told.append((len(entries) - 1, owner, msgspec.json.encode(body)))
        if told:
            group = await ledger.append_system(connection, entries)
            await linking.tell(connection, group, told)


async def other_side(
    database: Database, owner: str, contributed_for: str, record_id: int
) -> Disclosure | None:
    """What the owner of one record learns of the other: as much as if its bureau had asked for it.

    None where the other record's conditions show its owner nothing; then there is no link for that side.
    """
    asker = owners_eyes(owner, contributed_for)
    async with database.act(asker) as act:
        held = (await act.candidates([record_id])).get(record_id)
    return disclosed_link(held, asker) if held else None


def owners_eyes(owner: str, contributed_for: str) -> Asker:
    """A record's owner, asking for the purpose for which the record was contributed."""
    return Asker(
        bureau=owner,
        user="cross-check",
        agency=AgencyKind.BUREAU,
        role=Role.OPERATOR,
        purpose=Purpose(contributed_for),
    )


def disclosed_link(held: HeldRecord, asker: Asker) -> Disclosure | None:
    """Decide what the asker learns of the other record of a link."""
    match = Match(modality=IDENTIFIERS.name, agreement="exact", score=1.0)
    outcome = release(held, asker, today=datetime.now(UTC).date(), match=match)
    return outcome if isinstance(outcome, Disclosure) else None


class ShownLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link as one of the two owners sees it."""

    id: int
    record: int
    """The own one."""
    scheme: str
    raised_at: datetime
    other: Disclosure


async def shown_link(act: Act, link: StoredLink, asker: Asker) -> ShownLink | None:
    """What the asker learns of a link: as much as if the asker had asked for it now.

    None where either record is no longer in force, where they no longer share the identifier, and where the
    other owner's conditions show this asker nothing.
    """
    own, other = link.sides(asker.bureau)
    eyes = msgspec.structs.replace(asker, purpose=Purpose(link.contributed_for))
    await act.name_asker(eyes)
    held = await act.candidates([own, other])
    if len(held) < 2 or link.scheme not in _shared(held[own].identifiers, held[other].identifiers):
        return None
    disclosure = disclosed_link(held[other], eyes)
    if disclosure is None:
        return None
    return ShownLink(id=link.id, record=own, scheme=link.scheme, raised_at=link.raised_at, other=disclosure)


def _links(found: Iterable[tuple[int, int]], records: dict[int, Linkable]) -> Iterable[Link]:
    for one, other in sorted({(min(pair), max(pair)) for pair in found}):
        if one not in records or other not in records:
            continue
        a, b = records[one], records[other]
        if a.owner == b.owner:
            continue
        for scheme in _shared(a.identifiers, b.identifiers):
            yield Link(record_a=one, record_b=other, owner_a=a.owner, owner_b=b.owner, scheme=scheme)


def _shared(ours: tuple[Identifier, ...], theirs: tuple[Identifier, ...]) -> set[str]:
    """The schemes of which both records hold the same identifier."""
    return {
        one.scheme
        for one in ours
        for other in theirs
        if one.scheme == other.scheme and IDENTIFIERS.compare(one, other).score > 0
    }
