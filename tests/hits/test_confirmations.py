"""Confirmations through the corridor, on the database: who may ask about what, who answers, who learns what."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.confirming import answer, ask, asked, bodies, hit, listed, one, statistics, told
from tests.corridors import Corridor, operator
from tests.examining import withdraw
from tests.hubs import asker

from allpoints.errors import Conflict, Forbidden, InvalidValue, NotFound
from allpoints.records import AgencyKind, Conditions, Release, Selection
from allpoints.wire.confirmations import (
    ConfirmationState,
    OpenMedian,
    OwnersAnswer,
    Side,
    Tally,
    Urgency,
)

OFFICER = asker("FRA", "officer", "border-control", "border-police", user="gate-7")
FRENCH, ITALIAN, UTOPIAN = operator("FRA"), operator("ITA"), operator("UTO")
NAME = "0123456789abcdefghijkl"


async def test_the_owner_confirms_and_the_asker_is_told(corridor: Corridor) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA")
    done = await ask(corridor, OFFICER, record, entry, Urgency.GATE)
    kept = done.result
    assert (kept.record, kept.level, kept.entry) == (record, "full", entry)
    assert (kept.bureau, kept.user, kept.agency, kept.purpose, kept.owner) == (
        ("FRA", "gate-7", "border-police", "border-control", "ITA")
    )
    assert (kept.state, kept.due_at - kept.asked_at) == (ConfirmationState.ASKED, timedelta(hours=1))
    assert told(corridor, "ITA", kept.id) == ["confirmation-asked"]
    assert told(corridor, "FRA", kept.id) == []

    answered = (await answer(corridor, ITALIAN, kept.id, OwnersAnswer.CONFIRMED)).result
    assert (answered.state, answered.late) == (ConfirmationState.CONFIRMED, False)
    [body] = bodies(corridor, "FRA", kept.id)
    assert (body["kind"], body["state"], body["bureau"], body["record"]) == (
        ("confirmation-answered", "confirmed", "ITA", record)
    )
    assert (await one(corridor, OFFICER, kept.id)).state is ConfirmationState.CONFIRMED


async def test_each_step_is_in_both_bureaus_log(corridor: Corridor) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA")
    done = await ask(corridor, OFFICER, record, entry)
    number = done.result.id
    [askers, owners] = [e for e in corridor.entries(done) if e.act == "ask-confirmation"]
    assert (askers.reader, askers.records, askers.subject) == ("FRA", (record,), f"{number} routine")
    assert (owners.reader, owners.records, owners.outcome) == ("ITA", (record,), "asked")
    done = await answer(corridor, ITALIAN, number, OwnersAnswer.REFUTED)
    [owners, askers] = [e for e in corridor.entries(done) if e.act == "answer-confirmation"]
    assert (owners.reader, owners.subject) == ("ITA", f"{number} refuted")
    assert (askers.reader, askers.records, askers.outcome) == ("FRA", (record,), "refuted")


async def test_each_side_keeps_its_own_things_to_itself(corridor: Corridor) -> None:
    kept = await asked(corridor, OFFICER, "ITA")
    await answer(corridor, ITALIAN, kept.id)
    askers, owners = await one(corridor, OFFICER, kept.id), await one(corridor, ITALIAN, kept.id)
    assert (askers.entry, askers.reference, askers.answered_by) == (kept.entry, None, None)
    assert (owners.entry, owners.answered_by) == (None, ITALIAN.user)
    assert owners.reference
    assert owners.reference.startswith("R-")


async def test_a_record_of_which_only_the_contact_is_disclosed_can_be_asked_about(corridor: Corridor) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA", conditions=Conditions(disclosure=Release.CONTACT))
    assert (await ask(corridor, OFFICER, record, entry)).result.level == "contact"


async def test_what_is_silent_is_refused_as_what_does_not_exist_and_its_owner_hears_nothing(
    corridor: Corridor,
) -> None:
    silent, entry = await hit(corridor, OFFICER, "ITA", conditions=Conditions(disclosure=Release.SILENT))
    before = corridor.told("ITA")
    with pytest.raises(NotFound) as caught:
        await ask(corridor, OFFICER, silent, entry)
    with pytest.raises(NotFound) as of_nothing:
        await ask(corridor, OFFICER, 2**32 - 1, entry)
    assert str(caught.value).replace(str(silent), "N") == str(of_nothing.value).replace(str(2**32 - 1), "N")
    assert (caught.value.field, caught.value.remedy) == (of_nothing.value.field, of_nothing.value.remedy)
    assert corridor.told("ITA") == before


async def test_a_record_that_became_silent_after_the_check_is_refused_too(corridor: Corridor) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA")
    with corridor.connection() as connection:
        connection.execute(
            "UPDATE records SET condition_set = (SELECT id FROM condition_sets WHERE disclosure = 'silent' LIMIT 1)"
            " WHERE id = %s",
            [record],
        )
    with pytest.raises(NotFound):
        await ask(corridor, OFFICER, record, entry)


async def test_a_withdrawn_record_is_refused(corridor: Corridor) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA")
    await withdraw(corridor, "ITA", record)
    with pytest.raises(NotFound):
        await ask(corridor, OFFICER, record, entry)


async def test_whoever_would_not_be_shown_the_record_cannot_ask_about_a_colleagues_hit(
    corridor: Corridor,
) -> None:
    only_police = Conditions(agencies=Selection("only", (AgencyKind.BORDER_POLICE,)))
    record, entry = await hit(corridor, OFFICER, "ITA", conditions=only_police)
    with pytest.raises(NotFound):
        await ask(corridor, FRENCH, record, entry)
    assert (await ask(corridor, OFFICER, record, entry)).result.id


async def test_only_the_own_check_that_showed_the_record_counts(corridor: Corridor) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA")
    other, others_entry = await hit(corridor, UTOPIAN, "ITA")
    group, _, position = entry.partition(".")
    wrong = [
        (UTOPIAN, record, entry),  # another bureau's check
        (OFFICER, other, entry),  # a check that found another record
        (OFFICER, other, others_entry),  # another bureau's check of another record
        (OFFICER, record, f"{group}.{int(position) + 1}"),  # the owner's entry of the same check
        (OFFICER, record, f"{2**60}.0"),
        (OFFICER, record, f"{2**70}.0"),
        (OFFICER, record, f"{group}.9999"),
        (OFFICER, 0, entry),
        (OFFICER, 2**70, entry),
    ]
    for who, number, named in wrong:
        with pytest.raises(NotFound):
            await ask(corridor, who, number, named)


async def test_an_own_record_needs_no_confirmation(corridor: Corridor) -> None:
    record, entry = await hit(corridor, FRENCH, "FRA")
    with pytest.raises(Conflict, match="your own"):
        await ask(corridor, FRENCH, record, entry)


async def test_a_repeated_request_asks_once_and_another_one_is_refused(corridor: Corridor) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA")
    first = (await ask(corridor, OFFICER, record, entry, name=NAME)).result
    again = (await ask(corridor, OFFICER, record, entry, name=NAME)).result
    assert again == first
    assert told(corridor, "ITA", first.id) == ["confirmation-asked"]
    with pytest.raises(Conflict, match=f"confirmation {first.id}"):
        await ask(corridor, OFFICER, record, entry)
    with pytest.raises(Conflict):
        await ask(corridor, OFFICER, record, entry, Urgency.GATE, name=NAME)


async def test_a_repeated_request_is_answered_also_when_the_record_is_gone_meanwhile(
    corridor: Corridor,
) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA")
    first = (await ask(corridor, OFFICER, record, entry, name=NAME)).result
    await withdraw(corridor, "ITA", record)
    assert (await ask(corridor, OFFICER, record, entry, name=NAME)).result.id == first.id
    with pytest.raises(NotFound):
        await ask(corridor, ITALIAN, record, entry, name=NAME)


async def test_of_many_who_ask_at_once_one_does(corridor: Corridor) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA")
    came = await asyncio.gather(
        *(ask(corridor, OFFICER, record, entry) for _ in range(5)), return_exceptions=True
    )
    [done] = [each for each in came if not isinstance(each, BaseException)]
    assert all(isinstance(each, Conflict) for each in came if each is not done)
    assert told(corridor, "ITA", done.result.id) == ["confirmation-asked"]


async def test_only_the_owner_answers(corridor: Corridor) -> None:
    kept = await asked(corridor, OFFICER, "ITA")
    with pytest.raises(Forbidden, match="only the owner"):
        await answer(corridor, FRENCH, kept.id)
    for stranger in (UTOPIAN, operator("ALB")):
        with pytest.raises(NotFound):
            await answer(corridor, stranger, kept.id)
        with pytest.raises(NotFound):
            await one(corridor, stranger, kept.id)
    assert (await one(corridor, ITALIAN, kept.id)).state is ConfirmationState.ASKED


async def test_the_askers_entry_does_not_say_who_answered(corridor: Corridor) -> None:
    kept = await asked(corridor, OFFICER, "ITA")
    entries = {entry.reader: entry for entry in corridor.entries(await answer(corridor, ITALIAN, kept.id))}
    assert (entries["ITA"].user, entries["ITA"].request is None) == (ITALIAN.user, False)
    askers = entries[OFFICER.bureau]
    assert (askers.bureau, askers.role, askers.outcome) == ("ITA", "operator", "confirmed")
    assert (askers.user, askers.request) == ("", None)


async def test_officers_and_examiners_of_the_owner_do_not_answer(corridor: Corridor) -> None:
    kept = await asked(corridor, OFFICER, "ITA")
    for role in ("officer", "examiner", "analyst", "administrator", "data-protection-officer"):
        with pytest.raises(Forbidden):
            await answer(corridor, asker("ITA", role, "criminal-investigation", "police"), kept.id)


async def test_an_answer_stands_and_a_repeated_one_is_the_same(corridor: Corridor) -> None:
    kept = await asked(corridor, OFFICER, "ITA")
    first = (await answer(corridor, ITALIAN, kept.id, name=NAME)).result
    assert (await answer(corridor, ITALIAN, kept.id, name=NAME)).result == first
    assert told(corridor, "FRA", kept.id) == ["confirmation-answered"]
    for outcome, name in ((OwnersAnswer.REFUTED, NAME), (OwnersAnswer.CONFIRMED, NAME[::-1])):
        with pytest.raises(Conflict, match="confirmed already"):
            await answer(corridor, ITALIAN, kept.id, outcome, name=name)


async def test_of_two_who_answer_at_once_one_does(corridor: Corridor) -> None:
    kept = await asked(corridor, OFFICER, "ITA")
    came = await asyncio.gather(
        *(answer(corridor, ITALIAN, kept.id, outcome) for outcome in OwnersAnswer), return_exceptions=True
    )
    assert sorted(isinstance(each, Conflict) for each in came) == [False, True]
    assert told(corridor, "FRA", kept.id) == ["confirmation-answered"]


@pytest.mark.parametrize("name", ["", "short", "with a space in it", "x" * 65, "ä" * 20])
async def test_a_name_that_can_be_guessed_is_refused(corridor: Corridor, name: str) -> None:
    record, entry = await hit(corridor, OFFICER, "ITA")
    with pytest.raises(InvalidValue) as caught:
        await ask(corridor, OFFICER, record, entry, name=name or "-")
    assert caught.value.field == "id"
    kept = (await ask(corridor, OFFICER, record, entry)).result
    with pytest.raises(InvalidValue):
        await answer(corridor, ITALIAN, kept.id, name=name or "-")


async def test_a_number_that_is_none_is_not_found(corridor: Corridor) -> None:
    for number in (0, -1, 2**63, 2**62):
        with pytest.raises(NotFound):
            await one(corridor, ITALIAN, number)


async def test_lists_come_in_pages_by_state_and_side(fresh: Corridor) -> None:
    first, second = [(await asked(fresh, OFFICER, "ITA")).id for _ in range(2)]
    third = (await asked(fresh, ITALIAN, "FRA")).id
    await answer(fresh, ITALIAN, second)
    assert await listed(fresh, OFFICER) == [first, second, third]
    assert await listed(fresh, OFFICER, side=Side.ASKED) == [first, second]
    assert await listed(fresh, OFFICER, side=Side.OWED) == [third]
    assert await listed(fresh, ITALIAN, side=Side.OWED, state=ConfirmationState.ASKED) == [first]
    assert await listed(fresh, ITALIAN, after=first, limit=1) == [second]
    assert await listed(fresh, UTOPIAN) == []


NOTHING = Tally(
    asked=0, answered=0, median_s=None, p90_s=None, overdue=0, lapsed=0, withdrawn=0, refuted_share=None
)


async def test_statistics_count_what_was_asked_and_owed(fresh: Corridor) -> None:
    start = datetime.now(UTC)
    minutes = [10, 20, 30, 70]
    for number, minute in enumerate(minutes):
        kept = await asked(fresh, OFFICER, "ITA", Urgency.GATE, now=start)
        outcome = OwnersAnswer.REFUTED if number == 0 else OwnersAnswer.CONFIRMED
        await answer(fresh, ITALIAN, kept.id, outcome, now=start + timedelta(minutes=minute))
    await asked(fresh, OFFICER, "ITA", Urgency.GATE, now=start)
    await asked(fresh, OFFICER, "ITA", Urgency.ROUTINE, now=start)

    found = await statistics(fresh, ITALIAN, now=start + timedelta(hours=2))
    gate = Tally(
        asked=5,
        answered=4,
        median_s=25 * 60,
        # Between the third and the fourth, at 0.9 of the way from the first to the last.
        p90_s=pytest.approx((30 + 0.7 * 40) * 60),
        overdue=2,
        lapsed=1,
        withdrawn=0,
        refuted_share=0.25,
    )
    assert found.owed.by_urgency[Urgency.GATE] == gate
    assert found.owed.by_urgency[Urgency.ROUTINE] == Tally(
        asked=1, answered=0, median_s=None, p90_s=None, overdue=0, lapsed=0, withdrawn=0, refuted_share=None
    )
    assert found.owed.by_urgency[Urgency.URGENT] == NOTHING
    assert found.owed.total.asked == 6
    assert found.asked.total == NOTHING
    assert (await statistics(fresh, FRENCH, now=start + timedelta(hours=2))).asked == found.owed


async def test_every_member_sees_the_medians_of_all_and_nothing_else_of_them(fresh: Corridor) -> None:
    start = datetime.now(UTC)
    for minute in range(5):
        kept = await asked(fresh, OFFICER, "ITA", now=start)
        await answer(fresh, ITALIAN, kept.id, now=start + timedelta(minutes=minute))
    kept = await asked(fresh, ITALIAN, "FRA", now=start)
    await answer(fresh, FRENCH, kept.id, now=start + timedelta(minutes=1))
    found = await statistics(fresh, UTOPIAN)
    assert found.members == (
        OpenMedian(bureau="ALB", median_s=None),
        OpenMedian(bureau="FRA", median_s=None),
        OpenMedian(bureau="ITA", median_s=120.0),
        OpenMedian(bureau="UTO", median_s=None),
    )
    assert found.owed.total == found.asked.total == NOTHING


async def test_the_medians_of_all_are_of_a_time_that_nobody_chooses(fresh: Corridor) -> None:
    now = datetime.now(UTC)
    for days, minutes in ((100, 50), (80, 10)):
        for _ in range(5):
            kept = await asked(fresh, OFFICER, "ITA", now=now - timedelta(days=days))
            await answer(fresh, ITALIAN, kept.id, now=now - timedelta(days=days) + timedelta(minutes=minutes))
    for since in (None, now.date(), now.date() - timedelta(days=200)):
        found = await statistics(fresh, UTOPIAN, since=since)
        assert {each.bureau: each.median_s for each in found.members}["ITA"] == 600.0


async def test_statistics_begin_with_the_day_that_is_asked_for(fresh: Corridor) -> None:
    await asked(fresh, OFFICER, "ITA", now=datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
    await asked(fresh, OFFICER, "ITA", now=datetime(2026, 3, 2, 0, 0, tzinfo=UTC))
    counted = [
        (await statistics(fresh, ITALIAN, since=since)).owed.total.asked
        for since in (date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3), None)
    ]
    assert counted == [2, 1, 0, 0]
    by_default = await statistics(fresh, ITALIAN, now=datetime(2026, 3, 31, tzinfo=UTC))
    assert (by_default.since, by_default.owed.total.asked) == (date(2026, 3, 1), 2)
