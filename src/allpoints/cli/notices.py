"""`allpoints notices`: request and read notices, and for the secretariat review them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from allpoints.cli import announcements, hits, screen
from allpoints.cli.announcements import Pictures, Reason, Version
from allpoints.cli.app import EPILOG
from allpoints.cli.paging import Limit, pages
from allpoints.cli.session import Session, asking
from allpoints.errors import InvalidValue
from allpoints.records.colours import Colour, NoticeKind
from allpoints.records.notices import Grounds, NoticeRequest
from allpoints.records.review import Answered, Item, Review, ReviewDecision
from allpoints.wire.notices import ListedNotice, Notice, NoticeState, NoticeStep

app = typer.Typer(add_completion=False, no_args_is_help=True, epilog=EPILOG, help="Notices and diffusions.")

Number = Annotated[int, typer.Argument(metavar="NOTICE", help="The notice's number in the hub.", min=1)]
File = Annotated[Path, typer.Argument(help="What it says, as JSON: see docs/notices.md.")]
No = Annotated[
    list[str],
    typer.Option(
        "--no", metavar="ITEM=REASON", help="An item of the checklist that fails, and why; again for others."
    ),
]


@app.command("list")
@asking
def list_notices(
    session: Session,
    *,
    kind: Annotated[NoticeKind | None, typer.Option(help="Only notices, or only diffusions.")] = None,
    colour: Annotated[Colour | None, typer.Option(help="Only those of this colour.")] = None,
    state: Annotated[NoticeState | None, typer.Option(help="Only those in this state.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only your bureau's.")] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Only those that wait for the secretariat's review.")
    ] = False,
    limit: Limit = 100,
) -> None:
    """List notices and diffusions: your bureau's in every state, others' while they are in force."""
    with session.client() as client:
        found = pages(
            lambda after, size: client.notices(
                after=after or 0, limit=size, kind=kind, colour=colour, state=state, mine=mine, due=due
            ),
            limit,
        )
        if session.json:
            for notice in found:
                screen.write_json(notice)
            return
        screen.table(
            ("notice", "number", "colour", "state", "about", "owner", "valid until"),
            map(_row, found),
            empty="No notices.",
        )


@app.command()
@asking
def show(session: Session, notice: Number) -> None:
    """Show a notice or diffusion with all that you may see of it."""
    with session.client() as client:
        found = client.notice(notice)
    if session.json:
        screen.write_json(found)
        return
    screen.say(_headline(found), style="bold")
    screen.out.print(screen.facts(_facts(found)))
    hits.show([found.hit])
    for hint in found.hints:
        screen.say(f"Hint for {hint.item}: “{hint.word}” in {hint.field}. It decides nothing.")


@app.command()
@asking
def request(session: Session, file: File, picture: Pictures = None) -> None:
    """Request a notice: it is stored and held back until the secretariat publishes it."""
    said = announcements.with_pictures(announcements.read(file, NoticeRequest), picture)
    with session.client() as client:
        announcements.done(session, client.request_notice(said))


@app.command()
@asking
def correct(session: Session, notice: Number, file: File, version: Version, picture: Pictures = None) -> None:
    """Replace what an own notice says, at once. Pictures stay unless new ones are given."""
    said = announcements.with_pictures(announcements.read(file, NoticeRequest), picture)
    with session.client() as client:
        announcements.done(session, client.correct_notice(notice, said, version=version))


@app.command()
@asking
def cancel(session: Session, notice: Number, reason: Reason) -> None:
    """End an own notice or diffusion: no check finds it from now on."""
    with session.client() as client:
        announcements.done(session, client.cancel_notice(notice, reason))


@app.command()
@asking
def picture(
    session: Session,
    notice: Number,
    number: Annotated[int, typer.Argument(metavar="PICTURE", min=1)],
    file: Annotated[Path, typer.Argument(help="Where to write it, as JPEG.")],
) -> None:
    """Save a picture of a notice."""
    with session.client() as client:
        file.write_bytes(client.notice_picture(notice, number))
    screen.note(f"Written to {file}.")


@app.command()
@asking
def publish(session: Session, notice: Number, version: Version) -> None:
    """For the secretariat: publish a notice, answering yes to every item of the checklist."""
    _review(session, notice, version, ReviewDecision.PUBLISH, {})


@app.command("return")
@asking
def return_(session: Session, notice: Number, version: Version, no: No) -> None:
    """For the secretariat: return a notice to its owner with the questions that its reasons ask."""
    _review(session, notice, version, ReviewDecision.RETURN, _failing(no))


@app.command()
@asking
def refuse(session: Session, notice: Number, version: Version, no: No) -> None:
    """For the secretariat: refuse a notice for good, and say why."""
    _review(session, notice, version, ReviewDecision.REFUSE, _failing(no))


@app.command()
@asking
def suspend(session: Session, notice: Number, reason: Reason) -> None:
    """For the secretariat: hold a published notice back, so that no check finds it from now on."""
    with session.client() as client:
        announcements.done(session, client.suspend_notice(notice, reason))


@app.command()
@asking
def lift(session: Session, notice: Number, reason: Reason) -> None:
    """For the secretariat: let a suspended notice be found again."""
    with session.client() as client:
        announcements.done(session, client.lift_suspension(notice, reason))


def _review(
    session: Session, notice: int, version: int, decision: ReviewDecision, failing: dict[Item, str]
) -> None:
    checklist = tuple(
        Answered(item=item, met=item not in failing, reason=failing.get(item, "")) for item in Item
    )
    with session.client() as client:
        review = Review(version=version, checklist=checklist, decision=decision)
        announcements.done(session, client.review_notice(notice, review))


def _failing(said: list[str]) -> dict[Item, str]:
    failing = {}
    for each in said:
        item, _, reason = each.partition("=")
        if item not in set(Item) or not reason.strip():
            raise InvalidValue(
                f"{each!r:.60} names no item of the checklist and why it fails",
                field="--no",
                remedy=f"Write ITEM=REASON; the items are {', '.join(Item)}.",
            )
        failing[Item(item)] = reason
    return failing


def _row(notice: ListedNotice) -> tuple[object, ...]:
    state = f"{notice.state}, review due" if notice.review_due else notice.state
    about = hits.who(notice.hit) or hits.headline(notice.hit)
    number = notice.number or notice.kind
    return notice.id, number, notice.colour, state, about, notice.owner, notice.valid_until


def _headline(notice: Notice) -> str:
    return " ".join(filter(None, (notice.colour.upper(), notice.kind, notice.number, f"of {notice.owner}")))


def _facts(notice: Notice) -> Iterator[tuple[str, object]]:
    yield "state", f"{notice.state}, review due" if notice.review_due else notice.state
    yield "published" if notice.kind is NoticeKind.NOTICE else "sent", notice.published_at
    yield from _grounds(notice.grounds)
    yield "public", notice.public
    for shown in notice.pictures:
        yield f"picture {shown.number}", shown.caption or f"{shown.width} × {shown.height}"
    yield "requested", notice.requested_at
    for step in notice.steps:
        yield screen.words(step.at), _step(step)
    yield "notice", f"{notice.id}, version {notice.version}"


def _grounds(grounds: Grounds) -> Iterator[tuple[str, object]]:
    for name in grounds.__struct_fields__:
        value = getattr(grounds, name)
        if name == "order" and grounds.order is not None:
            order = grounds.order
            value = f"{order.kind} {order.number} of {order.issued}, {order.authority}"
        if name == "penalty" and grounds.penalty is not None:
            value = "for life" if grounds.penalty.life else f"{grounds.penalty.months} months"
        yield name, value


def _step(step: NoticeStep) -> str:
    questions = "; ".join(f"{answer.item}: {answer.reason}" for answer in step.checklist if not answer.met)
    because = "; ".join(filter(None, (step.reason, questions)))
    return f"{step.step} by {step.bureau} ({step.user})" + (f": {because}" if because else "")
