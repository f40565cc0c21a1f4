"""`allpoints confirmations`: have the owner of a record confirm a hit, and answer what others ask, in time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import typer

from allpoints.cli import hits, screen
from allpoints.cli.app import EPILOG
from allpoints.cli.paging import Limit, pages
from allpoints.cli.session import Session, asking
from allpoints.wire.confirmations import Confirmation, ConfirmationState, OwnersAnswer, Side, Urgency

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    help="Hits that their owners confirm or refute: ask, answer, and by when.",
)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The confirmation's number.", min=1)]


@app.command()
@asking
def ask(
    session: Session,
    record: Annotated[int, typer.Argument(metavar="RECORD", help="The record's number.", min=1)],
    entry: Annotated[
        str, typer.Argument(metavar="ENTRY", help="The log entry of the check that found it, such as 17.0.")
    ],
    urgency: Annotated[
        Urgency,
        typer.Option(help="How long the owner may take: gate 1 hour, urgent 4 hours, routine 12 hours."),
    ] = Urgency.ROUTINE,
) -> None:
    """Ask the owner of a record whether your hit on it is one."""
    with session.client() as client:
        asked = client.ask_confirmation(record, entry, urgency=urgency)
    if session.json:
        screen.write_json(asked)
        return
    screen.say(f"{asked.owner} is asked to answer by {screen.words(asked.due_at)}: confirmation {asked.id}.")
    screen.say(hits.CAUTION, style="bold")


@app.command("list")
@asking
def list_confirmations(
    session: Session,
    state: Annotated[ConfirmationState | None, typer.Option(help="Only those in this state.")] = None,
    side: Annotated[
        Side | None, typer.Option(help="Only what your bureau asked, or only what it owes others.")
    ] = None,
    limit: Limit = 100,
) -> None:
    """List what your bureau asked others to confirm and what it owes others, oldest first."""
    with session.client() as client:
        found = pages(
            lambda after, size: client.confirmations(after=after or 0, limit=size, state=state, side=side),
            limit,
        )
        if session.json:
            for confirmation in found:
                screen.write_json(confirmation)
            return
        now = datetime.now(UTC)
        screen.table(
            ("no.", "asked by", "owed by", "record", "urgency", "state", "due", "time"),
            (
                (
                    each.id,
                    each.bureau,
                    each.owner,
                    _record(each),
                    each.urgency,
                    each.state,
                    each.due_at,
                    _time(each, now),
                )
                for each in found
            ),
            empty="No confirmations.",
        )


@app.command()
@asking
def show(session: Session, number: Number) -> None:
    """Show one confirmation: who asks whom, about which record, how far it is."""
    with session.client() as client:
        found = client.confirmation(number)
    if session.json:
        screen.write_json(found)
        return
    screen.out.print(screen.facts(_facts(found)))
    if found.state is not ConfirmationState.CONFIRMED:
        screen.say(hits.CAUTION, style="bold")


@app.command()
@asking
def answer(
    session: Session,
    number: Number,
    outcome: Annotated[OwnersAnswer, typer.Argument(help="What you say for your bureau, for good.")],
) -> None:
    """Say for your bureau, which owns the record, whether the hit is one."""
    with session.client() as client:
        answered = client.answer_confirmation(number, outcome)
    if session.json:
        screen.write_json(answered)
        return
    late = ", late" if answered.late else ""
    screen.say(f"Confirmation {answered.id} is {answered.state}{late}; {answered.bureau} is told.")


def _record(found: Confirmation) -> str:
    return f"{found.record} ({found.reference})" if found.reference else str(found.record)


def _time(found: Confirmation, now: datetime) -> str:
    """What is left of the time, while somebody waits."""
    if found.state is ConfirmationState.ASKED and not found.late:
        minutes = int((found.due_at - now).total_seconds() // 60)
        return f"{minutes // 60} h {minutes % 60} min left"
    return "late" if found.late else ""


def _facts(found: Confirmation) -> Iterator[tuple[str, object]]:
    yield "state", f"{found.state}, late" if found.late else found.state
    yield "record", _record(found)
    yield "shown", found.level
    yield "asked by", f"{found.bureau} ({found.agency}, {found.user}) for {found.purpose}"
    yield "log entry", found.entry
    yield "owed by", found.owner
    yield "urgency", found.urgency
    yield "asked", found.asked_at
    yield "due", found.due_at
    yield "reminders", found.reminders or None
    yield "escalated", found.escalated_at
    yield "answered", found.answered_at
    yield "answered by", found.answered_by
