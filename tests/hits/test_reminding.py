"""The housekeeper and the hit clock: each step once, in the log and told, whoever else works and whatever breaks."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from tests.confirming import answer, asked, bodies, one, told
from tests.corridors import Corridor, operator
from tests.examining import withdraw

from allpoints.hits import reminding
from allpoints.hits.reminding import remind
from allpoints.records import SECRETARIAT
from allpoints.store import linking
from allpoints.wire.confirmations import Confirmation, ConfirmationState, OwnersAnswer, Urgency

FRENCH, ITALIAN = operator("FRA"), operator("ITA")
ALL = ["confirmation-reminder", "confirmation-escalated", "confirmation-reminder", "confirmation-lapsed"]


async def running(corridor: Corridor, urgency: Urgency = Urgency.ROUTINE) -> tuple[Confirmation, datetime]:
    """A confirmation that Italy owes France, and when it was asked."""
    start = datetime.now(UTC)
    return await asked(corridor, FRENCH, "ITA", urgency, now=start), start


async def test_an_owner_is_reminded_and_supervisors_told_until_the_time_is_up(fresh: Corridor) -> None:
    kept, start = await running(fresh)
    for hours, due in ((1, 0), (6, 1), (7, 0), (9, 1), (10.5, 1), (12, 1), (13, 0)):
        assert await remind(fresh.database, start + timedelta(hours=hours)) == due, hours
    assert told(fresh, "ITA", kept.id) == ["confirmation-asked", *ALL]
    assert told(fresh, "FRA", kept.id) == ["confirmation-lapsed"]
    found = await one(fresh, FRENCH, kept.id)
    assert (found.state, found.reminders) == (ConfirmationState.LAPSED, 2)
    assert found.escalated_at == start + timedelta(hours=9)


async def test_every_step_stands_in_the_log_of_whom_it_concerns(fresh: Corridor) -> None:
    kept, start = await running(fresh)
    for hours in (6, 9, 12):
        await remind(fresh.database, start + timedelta(hours=hours))
    found = [
        (entry.act, entry.reader, entry.outcome)
        for entry in fresh.all_entries()
        if entry.bureau == SECRETARIAT and entry.subject == str(kept.id) and entry.records == (kept.record,)
    ]
    assert found == [
        ("remind-confirmation", "ITA", "asked"),
        ("escalate-confirmation", "ITA", "asked"),
        ("lapse-confirmation", "ITA", "lapsed"),
        ("lapse-confirmation", "FRA", "lapsed"),
    ]


async def test_a_notification_points_at_the_entry_that_proves_it(fresh: Corridor) -> None:
    kept, start = await running(fresh, Urgency.GATE)
    await remind(fresh.database, start + timedelta(hours=1))
    async with fresh.database.act(FRENCH) as act:
        [news] = [
            n
            for n in await act.notifications("FRA", after=0, limit=500, unacknowledged=False)
            if b"confirmation-lapsed" in bytes(n.body)
        ]
        assert news.entry
        group, position = map(int, news.entry.split("."))
        entries, _ = await act.log_group(group) or ([], None)
    assert b"lapse-confirmation" in bytes(entries[position])
    assert b'"reader":"FRA"' in bytes(entries[position])
    assert str(kept.id).encode() in bytes(entries[position])


async def test_nobody_is_reminded_of_what_is_answered(fresh: Corridor) -> None:
    kept, start = await running(fresh)
    await answer(fresh, ITALIAN, kept.id)
    assert await remind(fresh.database, start + timedelta(hours=20)) == 0
    assert told(fresh, "ITA", kept.id) == ["confirmation-asked"]


async def test_an_answer_after_the_time_is_kept_and_marked_late(fresh: Corridor) -> None:
    kept, start = await running(fresh, Urgency.GATE)
    late = start + timedelta(hours=2)
    await remind(fresh.database, late)
    found = (await answer(fresh, ITALIAN, kept.id, OwnersAnswer.REFUTED, now=late)).result
    assert (found.state, found.late) == (ConfirmationState.REFUTED, True)
    assert [body["state"] for body in bodies(fresh, "FRA", kept.id)] == ["lapsed", "refuted"]


async def test_a_withdrawn_record_ends_its_confirmations_and_their_askers_are_told(fresh: Corridor) -> None:
    kept, start = await running(fresh)
    await withdraw(fresh, "ITA", kept.record)
    assert await remind(fresh.database, start) == 1
    assert await remind(fresh.database, start + timedelta(hours=12)) == 0
    assert told(fresh, "FRA", kept.id) == ["confirmation-withdrawn"]
    assert told(fresh, "ITA", kept.id) == ["confirmation-asked"]
    assert (await one(fresh, FRENCH, kept.id)).state is ConfirmationState.WITHDRAWN
    with pytest.raises(Exception, match="withdrawn"):
        await answer(fresh, ITALIAN, kept.id)


async def test_the_clock_of_a_record_that_is_held_back_runs_on(fresh: Corridor) -> None:
    kept, start = await running(fresh)
    with fresh.connection() as connection:
        connection.execute("UPDATE records SET state = 'held' WHERE id = %s", [kept.record])
    assert await remind(fresh.database, start) == 0
    assert (await answer(fresh, ITALIAN, kept.id)).result.state is ConfirmationState.CONFIRMED


async def test_a_purged_record_ends_its_confirmations_too(fresh: Corridor) -> None:
    kept, start = await running(fresh)
    with fresh.connection() as connection:
        connection.execute("DELETE FROM records WHERE id = %s", [kept.record])
    assert await remind(fresh.database, start) == 1
    assert (await one(fresh, ITALIAN, kept.id)).state is ConfirmationState.WITHDRAWN


async def test_several_housekeepers_at_once_say_everything_once(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "SLICE", 2)
    start = datetime.now(UTC)
    numbers = [(await asked(fresh, FRENCH, "ITA", Urgency.GATE, now=start)).id for _ in range(7)]
    for minutes in (31, 55, 61):
        now = start + timedelta(minutes=minutes)
        done = await asyncio.gather(*(remind(fresh.database, now) for _ in range(3)))
        assert sum(done) == 7
    for number in numbers:
        assert told(fresh, "ITA", number) == ["confirmation-asked", *ALL]
        assert told(fresh, "FRA", number) == ["confirmation-lapsed"]


async def test_a_crash_in_the_middle_leaves_nothing_and_loses_nothing(
    fresh: Corridor, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, start = await running(fresh, Urgency.GATE)
    now = start + timedelta(minutes=31)

    async def crash(*_: object) -> None:
        raise KeyError

    with monkeypatch.context() as broken:
        broken.setattr(linking, "tell", crash)
        with pytest.raises(KeyError):
            await remind(fresh.database, now)
    assert (await one(fresh, ITALIAN, kept.id)).reminders == 0
    assert not [e for e in fresh.all_entries() if e.act == "remind-confirmation"]
    assert await remind(fresh.database, now) == 1
    assert told(fresh, "ITA", kept.id) == ["confirmation-asked", *ALL[:2]]


async def test_an_owner_who_is_answering_just_now_is_not_reminded(fresh: Corridor) -> None:
    kept, start = await running(fresh)
    with psycopg.connect(fresh.owner) as connection:
        connection.execute("SET search_path = allpoints")
        connection.execute(
            "UPDATE confirmations SET state = 'confirmed', answered_at = now(), answered_by = 'u', answer_name = 'n'"
            " WHERE id = %s",
            [kept.id],
        )
        assert await remind(fresh.database, start + timedelta(hours=12)) == 0
    assert await remind(fresh.database, start + timedelta(hours=12)) == 0
    assert told(fresh, "ITA", kept.id) == ["confirmation-asked"]


async def test_a_clock_that_is_looked_at_too_early_is_left_alone(fresh: Corridor) -> None:
    kept, start = await running(fresh)
    with fresh.connection() as connection:
        connection.execute("UPDATE confirmations SET next_step_at = asked_at WHERE id = %s", [kept.id])
    assert await remind(fresh.database, start + timedelta(hours=1)) == 1
    assert told(fresh, "ITA", kept.id) == ["confirmation-asked"]
    assert await remind(fresh.database, start + timedelta(hours=1)) == 0
