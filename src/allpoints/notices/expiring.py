"""The end of a notice whose record's validity is over.

No check finds the record from that day on; here its notice follows, and its owner and the secretariat are told.
"""

from datetime import UTC, datetime

import msgspec

from allpoints.audit.entries import Entry
from allpoints.notices.acting import NoticeTold
from allpoints.records import SECRETARIAT
from allpoints.records.colours import NoticeKind
from allpoints.store import ledger, linking
from allpoints.store import notices as store
from allpoints.store.database import Database

SLICE = 500
"""Notices ended in one transaction, together with the entries that say so."""


async def expire(database: Database) -> int:
    """End the notices whose records are no longer valid; return how many."""
    ended = 0
    while count := await _expire_slice(database):
        ended += count
    return ended


async def _expire_slice(database: Database) -> int:
    now = datetime.now(UTC)
    entries: list[Entry] = []
    told: list[tuple[int, str, bytes]] = []
    async with database.system() as connection:
        expired = await store.expire(connection, limit=SLICE)
        for notice in expired:
            body = NoticeTold(
                kind=f"{notice.kind}-expired",
                notice=notice.id,
                colour=notice.colour,
                number=notice.number,
                record=notice.record,
                bureau=SECRETARIAT,
                at=now,
            )
            readers = {notice.owner, *([SECRETARIAT] if notice.kind is NoticeKind.NOTICE else [])}
            for reader in sorted(readers):
                told.append((len(entries), reader, msgspec.json.encode(body)))
                entries.append(
                    Entry(
                        act="expire-notice",
                        at=now,
                        reader=reader,
                        bureau=SECRETARIAT,
                        records=(notice.record,),
                        subject=str(notice.id),
                    )
                )
        if expired:
            group = await ledger.append_system(connection, entries)
            await linking.tell(connection, group, told)
    return len(expired)
