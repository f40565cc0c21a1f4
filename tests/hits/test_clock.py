"""The rules of the hit clock, for every clock and every moment: nothing confirms itself, and nothing is said twice."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from allpoints.hits.clock import PACES, REMINDERS, is_late, next_step_at, started, stepped, steps
from allpoints.store.confirmations import Clock
from allpoints.wire.confirmations import ConfirmationNews, ConfirmationState, Urgency

START = datetime(2026, 11, 29, 6, 0, tzinfo=UTC)
REMINDER, ESCALATED = ConfirmationNews.REMINDER, ConfirmationNews.ESCALATED
ANSWERS = (ConfirmationState.CONFIRMED, ConfirmationState.REFUTED)

urgencies = st.sampled_from(Urgency)
moments = st.lists(st.timedeltas(timedelta(0), timedelta(hours=15)), min_size=1, max_size=12).map(sorted)
"""When a housekeeper happens to look, after the asking; it may have been away for long."""


def run(clock: Clock, times: list[timedelta], *, withdrawn: bool = False) -> tuple[Clock, list[str]]:
    """What a housekeeper does that looks at these moments."""
    done: list[str] = []
    for time in times:
        done += steps(clock, START + time, withdrawn=withdrawn)
        clock = stepped(clock, START + time, withdrawn=withdrawn)
    return clock, done


def at_each_step(urgency: Urgency) -> list[tuple[timedelta, str]]:
    """What happens, and when, where the housekeeper looks whenever it should and nobody answers."""
    clock, found = started(urgency, START), []
    while clock.state is ConfirmationState.ASKED:
        now = next_step_at(clock)
        found += [(now - START, step) for step in steps(clock, now)]
        clock = stepped(clock, now)
    return found


@pytest.mark.parametrize(
    ("urgency", "expected"),
    [
        ("gate", [("0:30", REMINDER), ("0:30", ESCALATED), ("0:52.5", REMINDER), ("1:00", "lapsed")]),
        ("urgent", [("2:00", REMINDER), ("3:00", ESCALATED), ("3:30", REMINDER), ("4:00", "lapsed")]),
        ("routine", [("6:00", REMINDER), ("9:00", ESCALATED), ("10:30", REMINDER), ("12:00", "lapsed")]),
    ],
)
def test_owners_are_reminded_and_supervisors_told_before_the_time_is_up(
    urgency: str, expected: list[tuple[str, str]]
) -> None:
    def hours(text: str) -> timedelta:
        hour, minute = text.split(":")
        return timedelta(hours=int(hour), minutes=float(minute))

    found = at_each_step(Urgency(urgency))
    assert found == [
        (hours(at), ConfirmationNews.LAPSED if what == "lapsed" else what) for at, what in expected
    ]


@given(urgency=urgencies, times=moments, withdrawn=st.booleans())
def test_no_clock_confirms_or_refutes(urgency: Urgency, times: list[timedelta], withdrawn: bool) -> None:
    clock, _ = run(started(urgency, START), times, withdrawn=withdrawn)
    assert clock.state not in ANSWERS


@given(
    urgency=urgencies,
    times=moments,
    later=moments,
    answered=st.sampled_from(ANSWERS),
    withdrawn=st.booleans(),
)
def test_nobody_is_reminded_of_what_is_answered(
    urgency: Urgency,
    times: list[timedelta],
    later: list[timedelta],
    answered: ConfirmationState,
    withdrawn: bool,
) -> None:
    clock, _ = run(started(urgency, START), times)
    stopped = replace(clock, state=answered)
    assert run(stopped, later, withdrawn=withdrawn) == (stopped, [])


@given(urgency=urgencies, times=moments)
def test_whenever_the_housekeeper_looks_each_thing_is_said_once(
    urgency: Urgency, times: list[timedelta]
) -> None:
    clock, done = run(started(urgency, START), times)
    assert done.count(REMINDER) <= len(REMINDERS)
    assert done.count(ESCALATED) <= 1
    assert done.count(ConfirmationNews.LAPSED) == (clock.state is ConfirmationState.LAPSED)
    assert run(clock, times[-1:]) == (clock, [])


@given(urgency=urgencies, times=moments)
def test_the_next_step_is_when_there_is_one_and_not_before(urgency: Urgency, times: list[timedelta]) -> None:
    clock, _ = run(started(urgency, START), times)
    if clock.state is ConfirmationState.ASKED:
        ahead = next_step_at(clock)
        assert ahead > START + times[-1]
        assert steps(clock, ahead)
        assert steps(clock, ahead - timedelta(microseconds=1)) == ()


@given(urgency=urgencies, times=moments)
def test_a_clock_lapses_at_its_time_and_not_before(urgency: Urgency, times: list[timedelta]) -> None:
    clock, _ = run(started(urgency, START), times)
    assert (clock.state is ConfirmationState.LAPSED) == (times[-1] >= PACES[urgency].time)


@given(urgency=urgencies, times=moments)
def test_a_withdrawn_record_ends_its_clock_at_once(urgency: Urgency, times: list[timedelta]) -> None:
    clock, done = run(started(urgency, START), times, withdrawn=True)
    assert (clock.state, done) == (ConfirmationState.WITHDRAWN, [ConfirmationNews.WITHDRAWN])


def test_a_housekeeper_that_was_away_reminds_once_for_all_that_it_missed() -> None:
    clock, done = run(started(Urgency.ROUTINE, START), [timedelta(hours=11)])
    assert (clock.reminders, done) == (2, [REMINDER, ESCALATED])


def test_supervisors_have_half_an_hour_at_least() -> None:
    for pace in PACES.values():
        assert pace.time * float(1 - pace.escalation) >= timedelta(minutes=30)


def test_late_is_what_comes_after_its_time_and_what_does_not_come() -> None:
    clock = started(Urgency.GATE, START)
    due = clock.due_at
    after = due + timedelta(microseconds=1)
    assert not is_late(clock, answered_at=due, now=after)
    assert is_late(clock, answered_at=after, now=after)
    assert is_late(clock, answered_at=None, now=after)
    assert not is_late(clock, answered_at=None, now=due)
    assert not is_late(replace(clock, state=ConfirmationState.WITHDRAWN), answered_at=None, now=after)


def test_the_page_has_the_table_of_the_code() -> None:
    page = (Path(__file__).parents[2] / "docs" / "hit-clock.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]* \| (.*? \| .*? \| .*?) \|$", page, re.MULTILINE))
    assert rows.keys() == {urgency.value for urgency in Urgency}
    for urgency in Urgency:
        due = at_each_step(urgency)
        reminded = " and ".join(_said(time) for time, step in due if step is REMINDER)
        [escalated] = [_said(time) for time, step in due if step is ESCALATED]
        [lapsed] = [_said(time) for time, step in due if step is ConfirmationNews.LAPSED]
        assert rows[urgency] == " | ".join([lapsed, reminded, escalated])


def _said(time: timedelta) -> str:
    """As people write it: `1 h`, `52 min 30 s`."""
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (seconds, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def test_the_more_urgent_the_sooner() -> None:
    times = [PACES[urgency].time for urgency in Urgency]
    assert all(sooner < later for sooner, later in pairwise(times))
