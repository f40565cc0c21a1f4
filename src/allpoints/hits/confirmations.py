"""The confirmation of a hit: its asker asks, the record's owner answers, and each is told of what the other did.

Each is an act within the asker's transaction. Only what an asker was shown can be asked about, and only as long as it
still would be shown: what is silent cannot be told from what does not exist. The rules of the time stand in
`clock.py`, the reminders in `reminding.py`.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import msgspec

from allpoints.access import Disclosure, Match, release
from allpoints.audit.entries import Entry, entry_name
from allpoints.errors import Conflict, Forbidden, InvalidValue, NotFound
from allpoints.hits.clock import is_late, next_step_at, started
from allpoints.records import Asker
from allpoints.steps.commit import News, Work
from allpoints.steps.repeating import REPEATED
from allpoints.store import confirmations as store
from allpoints.store.acts import Act
from allpoints.store.confirmations import Question, Running, StoredConfirmation
from allpoints.wire.confirmations import (
    Confirmation,
    ConfirmationNews,
    ConfirmationState,
    ConfirmationTold,
    OwnersAnswer,
    Side,
    Statistics,
    Tallies,
    Tally,
    Urgency,
)

MIN_ID, MAX_ID = 16, 64
STATISTICS_DAYS = 30
"""How far statistics reach back unless asked otherwise."""
_ID = re.compile(f"[A-Za-z0-9_-]{{{MIN_ID},{MAX_ID}}}")
_WHATEVER_MATCHED = Match(modality="", agreement="")


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which hit is to be confirmed, and how soon.

    `entry` names the asker's own log entry of the check that found the record. `id` is random: it salts the digest that
    the log keeps of the request, and a request that is repeated because its answer was lost is known by it.
    """

    record: int
    entry: str
    urgency: Urgency
    id: str


class Answered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the owner says of a hit; `id` as of what is `Asked`."""

    outcome: OwnersAnswer
    id: str


async def ask(act: Act, asker: Asker, asked: Asked, entry: tuple[int, int], *, now: datetime) -> Work:
    """Start the clock of a hit and tell the record's owner.

    Raises `NotFound` for what the asker's bureau was not shown by that check, or would not be shown any more;
    `Conflict` for an own record and for a hit that was asked about already, `InvalidValue` for a name that is none.
    """
    _check_id(asked.id)
    if before := await store.asked_before(act, entry, asked.record):
        return await _asked_before(act, asker, asked, before, now)
    disclosure = await _shown(act, asker, asked.record, entry, now)
    if disclosure.owner == asker.bureau:
        raise Conflict("the record is your own bureau's", field="record", remedy="You need not ask yourself.")
    question = Question(
        record=asked.record, owner=disclosure.owner, level=disclosure.level, entry=entry, name=asked.id
    )
    clock = started(asked.urgency, now)
    number = await store.ask(act, asker, question, clock, next_step_at=next_step_at(clock))
    if number is None:
        # A colleague was faster, and is found now.
        return await ask(act, asker, asked, entry, now=now)
    kept = await _known(act, number)
    return Work(
        result=shown(kept, asker, now),
        records=(kept.record,),
        subject=f"{number} {asked.urgency}",
        told=(_news(ConfirmationNews.ASKED, kept, kept.owner, now),),
    )


async def answer(act: Act, asker: Asker, number: int, said: Answered, *, now: datetime) -> Work:
    """Keep what the owner of a record says of a hit, for good, and tell who asked.

    An answer that comes too late is kept all the same. Raises `NotFound`, `Forbidden` for the bureau that asked,
    `Conflict` for what is answered otherwise or withdrawn, `InvalidValue` for a name that is none.
    """
    _check_id(said.id)
    kept = await _known(act, number)
    if kept.owner != asker.bureau:
        raise Forbidden("only the owner of the record answers", remedy="Wait for the owner's answer.")
    new = await store.answer(act, number, said.outcome, name=said.id, user=asker.user, now=now)
    kept = await _known(act, number)
    if not new:
        _check_repeated(kept, asker, said)
        return Work(result=shown(kept, asker, now), subject=f"{number} {REPEATED}")
    return Work(
        result=shown(kept, asker, now),
        records=(kept.record,),
        subject=f"{number} {said.outcome}",
        told=(_news(ConfirmationNews.ANSWERED, kept, kept.asker, now),),
    )


async def listed(
    act: Act,
    asker: Asker,
    *,
    after: int,
    limit: int,
    state: ConfirmationState | None,
    side: Side | None,
    now: datetime,
) -> list[Confirmation]:
    """A page of what the asker's bureau asked and was asked."""
    found = await store.confirmations(act, after=after, limit=limit, state=state, side=side)
    return [shown(each, asker, now) for each in found]


async def one(act: Act, asker: Asker, number: int, *, now: datetime) -> Confirmation:
    """One confirmation. Raises `NotFound`, in the same words for that of other bureaus."""
    return shown(await _known(act, number), asker, now)


async def statistics(act: Act, since: date | None, *, now: datetime) -> Statistics:
    """How fast the asker's bureau answers and is answered, and the medians of all members."""
    from_day = since or (now - timedelta(days=STATISTICS_DAYS)).date()
    found = await store.tallies(act, from_day, now)
    return Statistics(
        since=from_day,
        until=now,
        owed=_tallies(found, Side.OWED),
        asked=_tallies(found, Side.ASKED),
        members=await store.open_medians(act),
    )


def told(kind: ConfirmationNews, confirmation: Running, reader: str, now: datetime) -> bytes:
    """What one of the two bureaus is told of a step of the clock, as JSON."""
    other = confirmation.asker if reader == confirmation.owner else confirmation.owner
    return msgspec.json.encode(
        ConfirmationTold(
            kind=kind,
            confirmation=confirmation.id,
            record=confirmation.record,
            bureau=other,
            urgency=confirmation.urgency,
            state=confirmation.state,
            due_at=confirmation.due_at,
            at=now,
        )
    )


def shown(kept: StoredConfirmation, asker: Asker, now: datetime) -> Confirmation:
    """A confirmation as the asker's bureau may know it: each side's own things are its own."""
    asked_it = asker.bureau == kept.asker
    return Confirmation(
        id=kept.id,
        record=kept.record,
        reference=kept.reference,
        level=kept.level,
        entry=entry_name(*kept.entry) if asked_it else None,
        bureau=kept.asker,
        agency=kept.agency,
        user=kept.asked_by,
        purpose=kept.purpose,
        owner=kept.owner,
        urgency=kept.urgency,
        state=kept.state,
        asked_at=kept.asked_at,
        due_at=kept.due_at,
        reminders=kept.reminders,
        escalated_at=kept.escalated_at,
        answered_at=kept.answered_at,
        answered_by=None if asked_it else kept.answered_by,
        late=is_late(kept, answered_at=kept.answered_at, now=now),
    )


async def _shown(act: Act, asker: Asker, record: int, entry: tuple[int, int], now: datetime) -> Disclosure:
    """What is disclosed now of a record that the bureau's check in `entry` found."""
    if 0 < record < 2**32 and await _found_by(act, asker.bureau, record, *entry):
        held = (await act.candidates([record])).get(record)
        outcome = release(held, asker, today=now.date(), match=_WHATEVER_MATCHED) if held else None
        if isinstance(outcome, Disclosure):
            return outcome
    raise NotFound(
        f"your bureau has no check {entry_name(*entry)} that shows you record {record}",
        field="entry",
        remedy="Give the entry of the check that found the record. If it is the one, make the check again: the owner "
        "may have changed or withdrawn the record.",
    )


async def _found_by(act: Act, bureau: str, record: int, group: int, position: int) -> bool:
    """Whether the entry is that of a check of the bureau's, and says that it was shown the record."""
    entries, _ = await act.log_group(group) or ([], None)
    if position >= len(entries):
        return False
    entry = msgspec.json.decode(entries[position], type=Entry)
    return (entry.act, entry.reader, entry.bureau) == ("check", bureau, bureau) and record in dict(entry.hits)


async def _asked_before(act: Act, asker: Asker, asked: Asked, number: int, now: datetime) -> Work:
    """The answer to a question that was asked already. Raises `Conflict` unless it is this very one."""
    kept = await _known(act, number)
    if (kept.name, kept.asked_by, kept.urgency) != (asked.id, asker.user, asked.urgency):
        raise Conflict(
            f"your bureau has asked about this hit already: confirmation {kept.id}, {kept.state}",
            field="record",
            remedy="Wait for the answer, which can also come late. Make the check anew to ask anew.",
        )
    return Work(result=shown(kept, asker, now), subject=f"{kept.id} {REPEATED}")


async def _known(act: Act, number: int) -> StoredConfirmation:
    found = await store.confirmation(act, number) if 0 < number < 2**63 else None
    if found is None:
        raise NotFound(f"your bureau has no confirmation {number}", field="id")
    return found


def _check_repeated(kept: StoredConfirmation, asker: Asker, said: Answered) -> None:
    """Raise `Conflict` unless this very answer is kept already."""
    if kept.state is ConfirmationState.WITHDRAWN:
        raise Conflict(
            "the record is withdrawn, and the confirmation ended with it",
            field="id",
            remedy="Write to the bureau that asked, if there is more to say.",
        )
    if (kept.state.value, kept.answered_by, kept.answer_name) != (said.outcome.value, asker.user, said.id):
        raise Conflict(
            f"it is {kept.state} already, and an answer stands",
            field="outcome",
            remedy="Write to the bureau that asked, if the answer was wrong.",
        )


def _check_id(name: str) -> None:
    if not _ID.fullmatch(name):
        raise InvalidValue(
            f"takes a random name of {MIN_ID} to {MAX_ID} letters without accents, digits, - and _",
            field="id",
            remedy="Draw one anew for each question and each answer: nobody may guess from the log what was said.",
        )


def _news(kind: ConfirmationNews, kept: StoredConfirmation, reader: str, now: datetime) -> News:
    return News(
        bureau=reader,
        record=kept.record,
        outcome=kept.state,
        body=told(kind, kept, reader, now),
        unnamed=reader == kept.asker,
    )


def _tallies(found: Mapping[tuple[Side, Urgency | None], Tally], side: Side) -> Tallies:
    nothing = Tally(
        asked=0, answered=0, median_s=None, p90_s=None, overdue=0, lapsed=0, withdrawn=0, refuted_share=None
    )
    return Tallies(
        total=found.get((side, None), nothing),
        by_urgency={urgency: found.get((side, urgency), nothing) for urgency in Urgency},
    )
