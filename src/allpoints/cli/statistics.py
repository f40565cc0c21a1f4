"""`allpoints statistics`: how fast hits are confirmed, by one's own bureau and by everybody."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from allpoints.cli import screen
from allpoints.cli.app import EPILOG
from allpoints.cli.session import Session, asking
from allpoints.wire.confirmations import Tallies, Tally

app = typer.Typer(add_completion=False)

_COLUMNS = ("urgency", "asked", "answered", "median", "90 %", "overdue", "lapsed", "withdrawn", "refuted")


def statistics(
    session: Session,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="From this day on (UTC); by default the last 30 days."),
    ] = None,
) -> None:
    """Show how fast your bureau answers and is answered, and the medians of all members."""
    with session.client() as client:
        found = client.statistics(since=_day(since))
    if session.json:
        screen.write_json(found)
        return
    screen.say(f"Confirmations asked since {found.since}", style="bold")
    screen.say("What your bureau was asked:")
    screen.table(_COLUMNS, _rows(found.owed), empty="")
    screen.say("What your bureau asked others:")
    screen.table(_COLUMNS, _rows(found.asked), empty="")
    screen.say(
        "How fast members answered in the last 90 days; of fewer than five answers there is no median:"
    )
    screen.table(
        ("bureau", "median"),
        ((member.bureau, _time(member.median_s)) for member in found.members),
        empty="No members.",
    )


app.command(epilog=EPILOG)(asking(statistics))


def _day(since: datetime | None) -> date | None:
    return since.replace(tzinfo=UTC).date() if since else None


def _rows(tallies: Tallies) -> Iterator[tuple[object, ...]]:
    for urgency, tally in tallies.by_urgency.items():
        yield _row(urgency, tally)
    yield _row("all", tallies.total)


def _row(name: str, tally: Tally) -> tuple[object, ...]:
    refuted = "" if tally.refuted_share is None else f"{tally.refuted_share:.0%}"
    times = _time(tally.median_s), _time(tally.p90_s)
    return name, tally.asked, tally.answered, *times, tally.overdue, tally.lapsed, tally.withdrawn, refuted


def _time(seconds: float | None) -> str:
    """As people say it, to the minute."""
    if seconds is None:
        return ""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
