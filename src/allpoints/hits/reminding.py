"""What the housekeeper does about the hit clock: it reminds owners, tells their supervisors, and says when time is up.

Every step is in the log and told to whom it concerns in the transaction that keeps it, so that a crash neither loses
one nor does it twice; several housekeepers at once share the work, since each locks what it has in hand.
"""

from datetime import datetime

from allpoints.audit.entries import Entry
from allpoints.hits.clock import next_step_at, stepped, steps
from allpoints.hits.confirmations import told
from allpoints.records import SECRETARIAT
from allpoints.store import confirmations as store
from allpoints.store import ledger, linking
from allpoints.store.confirmations import DueConfirmation
from allpoints.store.database import Database
from allpoints.wire.confirmations import ConfirmationNews

SLICE = 500
"""Confirmations in one transaction."""

_ACTS = {
    ConfirmationNews.REMINDER: "remind-confirmation",
    ConfirmationNews.ESCALATED: "escalate-confirmation",
    ConfirmationNews.LAPSED: "lapse-confirmation",
    ConfirmationNews.WITHDRAWN: "end-confirmation",
}


async def remind(database: Database, now: datetime) -> int:
    """Do what is due of all clocks; return of how many confirmations."""
    done = 0
    while in_hand := await _slice(database, now):
        done += in_hand
    return done


async def _slice(database: Database, now: datetime) -> int:
    async with database.system() as connection:
        due = await store.due(connection, now, limit=SLICE)
        if not due:
            return 0
        changed = [stepped(each, now, withdrawn=each.withdrawn) for each in due]
        await store.step(connection, [(each, next_step_at(each)) for each in changed])
        entries: list[Entry] = []
        news: list[tuple[int, str, bytes]] = []
        for before, after in zip(due, changed, strict=True):
            for kind in steps(before, now, withdrawn=before.withdrawn):
                for reader in _readers(kind, after):
                    news.append((len(entries), reader, told(kind, after, reader, now)))
                    entries.append(_entry(kind, after, reader, now))
        if news:
            group = await ledger.append_system(connection, entries)
            await linking.tell(connection, group, news)
        return len(due)


def _readers(kind: ConfirmationNews, confirmation: DueConfirmation) -> tuple[str, ...]:
    match kind:
        case ConfirmationNews.LAPSED:
            return confirmation.owner, confirmation.asker
        case ConfirmationNews.WITHDRAWN:
            return (confirmation.asker,)
        case _:
            return (confirmation.owner,)


def _entry(kind: ConfirmationNews, confirmation: DueConfirmation, reader: str, now: datetime) -> Entry:
    return Entry(
        act=_ACTS[kind],
        at=now,
        reader=reader,
        bureau=SECRETARIAT,
        records=(confirmation.record,),
        outcome=confirmation.state,
        subject=str(confirmation.id),
    )
