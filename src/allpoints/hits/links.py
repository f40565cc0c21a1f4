"""The cross-check: every new or changed record is compared with everyone's holdings.

Runs in the background from the change feed. Its place in the feed moves in the transaction that keeps the
links, so a crash neither loses a link nor raises it twice.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from msgspec.structs import replace

from allpoints.access import Disclosure, Match, release
from allpoints.audit.entries import Entry
from allpoints.errors import Forbidden, NotFound, Unavailable
from allpoints.hits.agreeing import links_between, one_source, shared
from allpoints.modalities import BIOMETRIC_BY_NAME, IDENTIFIERS, TEMPLATED_BY_NAME, CandidateList
from allpoints.records import (
    AgencyKind,
    Asker,
    HeldRecord,
    Purpose,
    Role,
)
from allpoints.steps.commit import News, Work
from allpoints.steps.indexes import Indexes
from allpoints.steps.templates import loaded
from allpoints.store import feed, ledger, linking
from allpoints.store.acts import Act, StoredLink
from allpoints.store.database import Connection, Database, only_one
from allpoints.store.linking import Link, Linkable
from allpoints.wire.corridor import Decision

LINK_LOCK = 0x616C6C4C696E6B
CONSUMER = "links"
MAX_CANDIDATES = 100
MAX_LIKE = 20
"""The best of those that are merely alike: who is as like as a link asks for stands among them."""
SLICE = 2_000
"""Changed records compared in one go."""
_SHARED = Match(modality=IDENTIFIERS.name, agreement="exact", score=1.0)
_log = structlog.get_logger("allpoints.links")


class LinkTold(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner reads of a link; what the other record says, `GET /v1/links` shows within its conditions."""

    kind: str = "link"
    link: int
    record: int
    scheme: str
    at: datetime


class DecisionTold(msgspec.Struct, frozen=True, kw_only=True):
    """What an owner reads when the other owner of a link has decided; what it decides itself is its own affair."""

    kind: str = "link-decision"
    link: int
    record: int
    decision: Decision
    bureau: str
    """Who decided."""
    at: datetime


class Linker:
    """Raises links from the change feed."""

    def __init__(self, database: Database, indexes: Indexes) -> None:
        self._database = database
        self._indexes = indexes

    async def run_once(self) -> int:
        """Compare what changed since the last time; return how many links are new."""
        async with self._database.system() as connection:
            if not await only_one(connection, LINK_LOCK):
                return 0
            since = await feed.position(connection, CONSUMER) or ledger.BEFORE_EVERYTHING
            snapshot, changes = await feed.changes_since(connection, since)
            # Two records that came after the index was last fed must find each other too.
            await asyncio.to_thread(self._indexes.apply, changes)
            raised = 0
            for start in range(0, len(changes), SLICE):
                raised += await self._compare(connection, changes[start : start + SLICE])
            if changes:
                await feed.move(connection, CONSUMER, snapshot)
            return raised

    async def _compare(self, connection: Connection, changes: Sequence[feed.Change]) -> int:
        found = await asyncio.to_thread(self._candidates, changes)
        return (await raise_between(self._database, connection, found)).new

    def _candidates(self, changes: Iterable[feed.Change]) -> set[tuple[int, int]]:
        by_index: dict[str, list[tuple[int, Any]]] = {}
        for change in changes:
            for identifier in change.identifiers:
                by_index.setdefault(IDENTIFIERS.name, []).append((change.record_id, identifier))
            opened = self._indexes.seals.opened_all(change.record_id, change.templates)
            for modality, bodies in opened.items():
                probes = by_index.setdefault(modality, [])
                templates = [loaded(modality, body) for body in bodies]
                probes += [(change.record_id, template) for template in templates if template is not None]
        return {
            (record_id, candidate.record_id)
            for modality, probes in by_index.items()
            for (record_id, _), listed in zip(probes, self._searched(modality, probes), strict=True)
            for candidate in listed.candidates
            if candidate.record_id != record_id
        }

    def _searched(self, modality: str, probes: Sequence[tuple[int, Any]]) -> Sequence[CandidateList]:
        """Search for all probes at once; where that fails for each alone, so that one stops none but itself."""
        index = self._indexes.of(modality)
        limit = MAX_LIKE if modality in TEMPLATED_BY_NAME else MAX_CANDIDATES
        try:
            return index.search_many([template for _, template in probes], limit)
        except (Unavailable, OSError, MemoryError):
            # Not the record's fault: the feed stays where it is, to be tried again.
            raise
        except Exception as error:
            if len(probes) > 1:
                return [listed for probe in probes for listed in self._searched(modality, [probe])]
            [(record_id, _)] = probes
            _log.error("link.failed", modality=modality, record=record_id, error=type(error).__name__)
            return [CandidateList()]


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """What came of pairs of records, in numbers."""

    new: int = 0
    """Links that are new."""
    not_borne_out: int = 0
    """Pairs that their comparison does not bear out, or of which a record is no longer in force."""

    def __add__(self, other: "Raised") -> "Raised":
        return Raised(new=self.new + other.new, not_borne_out=self.not_borne_out + other.not_borne_out)


async def raise_between(database: Database, connection: Connection, pairs: set[tuple[int, int]]) -> Raised:
    """Link the pairs of records that agree, as far as they are in force and have different owners.

    Each owner is told what the other one's conditions allow.
    """
    ids = {record_id for pair in pairs for record_id in pair}
    records = await linking.linkable(connection, database.seals, list(ids)) if ids else {}
    links = await asyncio.to_thread(links_between, pairs, records)
    raised = await linking.raise_links(connection, links) if links else {}
    if raised:
        await _tell(database, connection, raised, records)
    linked = {(link.record_a, link.record_b) for link in links}
    return Raised(new=len(raised), not_borne_out=len({(min(p), max(p)) for p in pairs} - linked))


async def _tell(
    database: Database, connection: Connection, raised: dict[int, Link], records: dict[int, Linkable]
) -> None:
    now = datetime.now(UTC)
    entries: list[Entry] = []
    told: list[tuple[int, str, bytes]] = []
    for number, link in raised.items():
        for own, other in ((link.record_a, link.record_b), (link.record_b, link.record_a)):
            owner = records[own].owner
            if await other_side(database, owner, records[own].contributed_for, other) is None:
                continue
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


def disclosed_link(held: HeldRecord, asker: Asker, match: Match = _SHARED) -> Disclosure | None:
    """Decide what the asker learns of the other record of a link."""
    outcome = release(held, asker, today=datetime.now(UTC).date(), match=match)
    return outcome if isinstance(outcome, Disclosure) else None


class ShownLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link as one of the two owners sees it."""

    id: int
    record: int
    """The own one."""
    scheme: str
    raised_at: datetime
    agreements: tuple[str, ...]
    decision: Decision | None
    other_decision: Decision | None
    other: Disclosure


async def shown_link(act: Act, link: StoredLink, asker: Asker) -> ShownLink | None:
    """What the asker learns of a link: as much as if the asker had asked for it now.

    None where either record is no longer in force, where they no longer agree, and where the other owner's
    conditions show this asker nothing.
    """
    found = await _seen(act, link, asker)
    if found is None:
        return None
    own, _, disclosure = found
    return _shown(link, own, disclosure)


async def _seen(act: Act, link: StoredLink, asker: Asker) -> tuple[HeldRecord, HeldRecord, Disclosure] | None:
    """The own record, the other one, and what is disclosed of that."""
    own, other = link.sides(asker.bureau)
    eyes = replace(asker, purpose=Purpose(link.contributed_for))
    await act.name_asker(eyes)
    held = await act.candidates([own, other])
    if len(held) < 2:
        return None
    match = await _still_linked(act, link, held[own], held[other])
    disclosure = disclosed_link(held[other], eyes, match) if match else None
    return (held[own], held[other], disclosure) if disclosure else None


def _shown(link: StoredLink, own: HeldRecord, disclosure: Disclosure) -> ShownLink:
    return ShownLink(
        id=link.id,
        record=own.id,
        scheme=link.scheme,
        raised_at=link.raised_at,
        # What agrees tells what the other record says.
        agreements=tuple(link.agreements) if disclosure.level == "full" else (),
        decision=Decision(link.decision) if link.decision else None,
        other_decision=Decision(link.other_decision) if link.other_decision else None,
        other=disclosure,
    )


async def decide_link(act: Act, number: int, decision: Decision, asker: Asker, now: datetime) -> Work:
    """Keep what the asker's bureau says of a link, and tell the other owner where it may know of the link.

    Nothing is merged. The link stays as decided until one of the records changes. Raises `NotFound`, and `Forbidden`
    for what a biometric modality raised: whether two pictures show one source only an examiner decides.
    """
    link = await act.link(number) if 0 < number < 2**63 else None
    found = await _seen(act, link, asker) if link else None
    if link is None or found is None:
        raise NotFound(f"your bureau has no link {number}", field="id")
    if link.scheme in BIOMETRIC_BY_NAME:
        raise Forbidden(
            f"a link by {link.scheme} is decided by examiners alone",
            field="decision",
            remedy="Check with the pictures of your record, and have an examiner decide on what that finds.",
        )
    own, other, disclosure = found
    versions = {own.id: own.version, other.id: other.version}
    await act.decide_link(number, decision, (versions[link.record_a], versions[link.record_b]))
    shown = replace(_shown(link, own, disclosure), decision=decision)
    told = DecisionTold(link=number, record=other.id, decision=decision, bureau=asker.bureau, at=now)
    news = News(bureau=other.owner, record=other.id, body=msgspec.json.encode(told))
    knows = await _owner_sees(act, other, own.id)
    await act.name_asker(asker)
    return Work(
        result=shown,
        records=(own.id,),
        subject=f"{number} {decision}",
        disclosed=(disclosure,),
        told=(news,) if knows else (),
    )


async def _owner_sees(act: Act, mine: HeldRecord, record_id: int) -> bool:
    """Whether the owner of one record of a link is shown anything of the other."""
    await act.name_asker(owners_eyes(mine.owner, Purpose.CRIMINAL_INVESTIGATION))
    eyes = owners_eyes(mine.owner, await act.contributed_for(mine.id))
    await act.name_asker(eyes)
    held = (await act.candidates([record_id])).get(record_id)
    return held is not None and disclosed_link(held, eyes) is not None


async def _still_linked(act: Act, link: StoredLink, own: HeldRecord, other: HeldRecord) -> Match | None:
    if link.scheme not in TEMPLATED_BY_NAME:
        return _SHARED if link.scheme in shared(own.identifiers, other.identifiers) else None
    stored = await act.templates([own.id, other.id])
    # Comparing takes its time, and others wait for the event loop.
    return await asyncio.to_thread(one_source, link.scheme, stored.get(own.id, ()), stored.get(other.id, ()))
