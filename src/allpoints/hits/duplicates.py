"""Duplicates: everybody's records of people against everybody's, all at once.

`find` reads and compares and changes nothing. `link_owners` raises what concerns two bureaus as links, the same as
the cross-check does: each owner learns of the other record what its conditions allow, and decides. Nothing is
merged.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec
import structlog

from allpoints.errors import AllpointsError
from allpoints.hits.links import LINK_LOCK, Raised, raise_between
from allpoints.modalities import NAMES
from allpoints.modalities.names.duplicates import Duplicates, Link, Progress, find_duplicates
from allpoints.records import Person
from allpoints.store import feed
from allpoints.store.database import Database, only_one
from allpoints.store.duplicates import owners_of

_log = structlog.get_logger("allpoints.duplicates")
SLICE = 500
"""Pairs linked in one transaction, together with the entries that tell of them."""
PAUSE_S = 0.2


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, in numbers only."""

    records: int
    compared: int
    left_out: int
    unreadable: int
    """Records whose template could not be read, so that nobody compared them."""
    threshold_llr: float
    groups_by_size: dict[int, int]
    within_one_bureau: int
    """Groups of which all records have one owner: for that owner to tidy up."""
    pairs_by_bureaus: dict[str, int]
    """Pairs of records to link, by the two owners' codes."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """One group as the report tells of it: record ids, owners and strengths, nothing of what the records say."""

    records: dict[int, str]
    """Record ids with their owners."""
    links: tuple[Link, ...]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Groups and links, who owns what of them, and the numbers."""

    duplicates: Duplicates
    owners: dict[int, str]
    """By record, of all records that stand in a group."""
    unreadable: int = 0
    between: tuple[Link, ...]
    """The links to raise: for every record the strongest one to each other owner in its group."""

    def groups(self) -> Iterator[Group]:
        """Each group with the owners of its records and the links within it."""
        at = {record_id: i for i, group in enumerate(self.duplicates.groups) for record_id in group}
        links: list[list[Link]] = [[] for _ in self.duplicates.groups]
        for link in self.duplicates.links:
            links[at[link.record_a]].append(link)
        for group, within in zip(self.duplicates.groups, links, strict=True):
            owners = {record_id: self.owners[record_id] for record_id in group if record_id in self.owners}
            yield Group(records=owners, links=tuple(within))

    def summary(self) -> Summary:
        """Count what was found."""
        found, owners = self.duplicates, self.owners
        return Summary(
            records=found.records,
            compared=found.compared,
            left_out=found.left_out,
            unreadable=self.unreadable,
            threshold_llr=round(found.threshold_llr, 2),
            groups_by_size=dict(sorted(Counter(map(len, found.groups)).items())),
            within_one_bureau=sum(len({owners.get(i) for i in group}) == 1 for group in found.groups),
            pairs_by_bureaus=dict(
                sorted(
                    Counter(
                        " ".join(sorted((owners[link.record_a], owners[link.record_b])))
                        for link in self.between
                    ).items()
                )
            ),
        )


def find(conninfo: str, *, threshold_llr: float | None, progress: Progress) -> Found:
    """Compare all records of people in force as of one moment. `conninfo` is the housekeeper's address."""
    unreadable: list[int] = []
    with feed.all_templates(conninfo, NAMES.name) as (_, records):
        found = find_duplicates(_people(records, unreadable), threshold_llr=threshold_llr, progress=progress)
    owners = owners_of(conninfo, [record_id for group in found.groups for record_id in group])
    return Found(
        duplicates=found,
        owners=owners,
        unreadable=len(unreadable),
        between=tuple(strongest(found.links, owners)),
    )


def _people(
    records: Iterable[tuple[int, tuple[bytes, ...]]], unreadable: list[int]
) -> Iterator[tuple[int, Person]]:
    """Those that can be read; the others' ids go to `unreadable`."""
    for number, bodies in records:
        for body in bodies[:1]:
            try:
                person = NAMES.load(body).person
            except AllpointsError as error:
                _log.error("template.unreadable", record=number, error=error.code)
                unreadable.append(number)
            else:
                yield number, person


def strongest(links: Iterable[Link], owners: dict[int, str]) -> list[Link]:
    """For every record the strongest link to each other owner, in the order of the records' ids."""
    best: dict[tuple[int, str], Link] = {}
    for link in links:
        a, b = link.record_a, link.record_b
        if a not in owners or b not in owners or owners[a] == owners[b]:
            continue
        for side in ((a, owners[b]), (b, owners[a])):
            if side not in best or link.llr > best[side].llr:
                best[side] = link
    return sorted(set(best.values()), key=lambda link: (link.record_a, link.record_b))


async def link_owners(database: Database, links: Iterable[Link], progress: Callable[[int], None]) -> Raised:
    """Raise the links and tell their owners; return how many are new and how many pairs were not borne out.

    Each slice is a transaction with its entries in the log: an interruption loses nothing and leaves nothing
    half done, and to do it again raises no link twice. A pair that its comparison does not bear out any more,
    or that one of the owners has denied, stays unlinked.
    """
    raised = Raised()
    left = iter(links)
    while batch := list(islice(left, SLICE)):
        pairs = {(link.record_a, link.record_b) for link in batch}
        while True:
            async with database.system() as connection:
                # A running hub's cross-check raises links as well; one at a time.
                if await only_one(connection, LINK_LOCK):
                    raised += await raise_between(database, connection, pairs)
                    break
            await asyncio.sleep(PAUSE_S)
        progress(len(batch))
    return raised
