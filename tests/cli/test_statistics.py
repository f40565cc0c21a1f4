"""Statistics on the command line."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from tests.cli.conftest import Run

from allpoints.bureau import Client
from allpoints.wire.confirmations import OpenMedian, Statistics, Tallies, Tally, Urgency

Member = Callable[..., list[str]]

NONE = Tally(
    asked=0, answered=0, median_s=None, p90_s=None, overdue=0, lapsed=0, withdrawn=0, refuted_share=None
)
SOME = Tally(
    asked=12, answered=8, median_s=1_500, p90_s=7_260, overdue=3, lapsed=2, withdrawn=1, refuted_share=0.25
)
BY_URGENCY = dict.fromkeys(Urgency, NONE)


def test_the_screen_says_how_fast_everybody_answers(
    run: Run, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[date | None] = []

    def statistics(_: Client, *, since: date | None) -> Statistics:
        asked_for.append(since)
        return Statistics(
            since=date(2026, 11, 1),
            until=datetime.now(UTC),
            owed=Tallies(total=SOME, by_urgency=BY_URGENCY),
            asked=Tallies(total=NONE, by_urgency=BY_URGENCY),
            members=(OpenMedian(bureau="ALB", median_s=1_500), OpenMedian(bureau="ITA", median_s=None)),
        )

    monkeypatch.setattr(Client, "statistics", statistics)
    monkeypatch.setenv("COLUMNS", "200")
    out = run("statistics", "--since", "2026-11-01", *member("ALB")).out
    assert asked_for == [date(2026, 11, 1)]
    [row] = [line.split() for line in out.splitlines() if line.startswith("all") and "25 min" in line]
    assert row == ["all", "12", "8", "25", "min", "2", "h", "1", "min", "3", "2", "1", "25%"]
    assert "ALB     25 min" in out


def test_a_hub_counts_for_whoever_may_see_it(run: Run, member: Member) -> None:
    [found] = run("statistics", "--json", *member("UTO")).lines
    assert found["owed"]["by_urgency"].keys() == {"gate", "urgent", "routine"}
    assert {each["bureau"] for each in found["members"]} >= {"ALB", "FRA", "ITA", "UTO"}
    assert run("statistics", *member("UTO", "officer")).status == 3
    assert run("statistics", "--since", "yesterday", *member("UTO")).status == 2
