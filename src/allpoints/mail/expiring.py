"""What the housekeeper does about messages: what nobody fetches in time expires, and its sender is told.

The database lets it end and forget nothing before its time (`0005_messages.sql`): copies after 30 days, attachments
without a message after 2, what is left of a message after 120.
"""

from collections import defaultdict
from datetime import datetime

import msgspec

from allpoints.audit.entries import Entry
from allpoints.records import SECRETARIAT
from allpoints.store import ledger, linking, messages
from allpoints.store.database import Database

SLICE = 1_000
"""Copies ended in one transaction."""


class ExpiredTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a sender reads when recipients did not fetch its message in time."""

    kind: str = "message-expired"
    id: str
    recipients: tuple[str, ...]


async def expire(database: Database, now: datetime) -> int:
    """End what nobody fetched in time, and forget what nobody needs; return how many copies were ended."""
    ended = 0
    while in_hand := await _slice(database, now):
        ended += in_hand
    async with database.system() as connection:
        await messages.forget_messages(connection)
    return ended


async def _slice(database: Database, now: datetime) -> int:
    async with database.system() as connection:
        expired = await messages.expire_copies(connection, limit=SLICE)
        if not expired:
            return 0
        recipients: dict[tuple[str, str], list[str]] = defaultdict(list)
        for copy in expired:
            recipients[copy.sender, copy.message].append(copy.recipient)
        entries = [
            Entry(act="expire-message", at=now, reader=sender, bureau=SECRETARIAT, subject=message)
            for sender, message in recipients
        ]
        news = [
            (
                position,
                sender,
                msgspec.json.encode(ExpiredTold(id=message, recipients=tuple(sorted(bureaus)))),
            )
            for position, ((sender, message), bureaus) in enumerate(recipients.items())
        ]
        group = await ledger.append_system(connection, entries)
        await linking.tell(connection, group, news)
        return len(expired)
