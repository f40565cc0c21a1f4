"""`allpoints records`: what one's own bureau holds at the hub."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from allpoints.cli import hits, screen
from allpoints.cli.app import EPILOG
from allpoints.cli.paging import Limit, pages
from allpoints.cli.session import Session, asking
from allpoints.errors import InvalidValue
from allpoints.formats.ndjson import read_ndjson
from allpoints.records import Contribution, HeldRecord
from allpoints.wire.corridor import Kept

app = typer.Typer(
    add_completion=False, no_args_is_help=True, epilog=EPILOG, help="Your bureau's own records."
)

RecordId = Annotated[int, typer.Argument(metavar="RECORD", help="The record's number.", min=1)]


@app.command("list")
@asking
def list_records(
    session: Session,
    reference: Annotated[str | None, typer.Option(help="Only the record with this reference.")] = None,
    limit: Limit = 100,
) -> None:
    """List your bureau's records."""
    with session.client() as client:
        found = pages(
            lambda after, size: client.records(after=after or 0, limit=size, reference=reference), limit
        )
        if session.json:
            for held in found:
                screen.write_json(held)
            return
        screen.table(
            ("record", "reference", "what", "about", "state"),
            map(_row, found),
            empty="No records.",
        )


@app.command()
@asking
def show(session: Session, record: RecordId) -> None:
    """Show a record with its conditions."""
    with session.client() as client:
        held = client.record(record)
    if session.json:
        screen.write_json(held)
    else:
        screen.out.print(screen.facts(_facts(held)))


@app.command()
@asking
def correct(
    session: Session,
    record: RecordId,
    file: Annotated[Path, typer.Argument(help="The whole corrected record, as one line of NDJSON.")],
    version: Annotated[
        int, typer.Option(help="The version that you have seen; a newer one is not overwritten.")
    ],
) -> None:
    """Replace a record; the version before it is kept."""
    contribution = _one(file)
    with session.client() as client:
        _done(session, client.correct(record, contribution, version=version), "corrected")


@app.command()
@asking
def withdraw(session: Session, record: RecordId) -> None:
    """Take a record back: no check finds it from now on."""
    with session.client() as client:
        _done(session, client.withdraw(record), "withdrawn")


@app.command()
@asking
def versions(session: Session, record: RecordId) -> None:
    """Show what a record said before it was corrected."""
    with session.client() as client:
        earlier = client.versions(record).items
    if session.json:
        for version in earlier:
            screen.write_json(version)
        return
    if not earlier:
        screen.say("It was never corrected.")
    for version in earlier:
        screen.say(f"version {version.version}, until {screen.words(version.replaced_at)}", style="bold")
        screen.out.print(screen.facts(_facts(version.content)))


def _one(file: Path) -> Contribution:
    lines = list(read_ndjson([file.read_bytes()], Contribution))
    if len(lines) != 1:
        raise InvalidValue(f"holds {len(lines)} records", field=str(file), remedy="Give one line of NDJSON.")
    if isinstance(lines[0].value, Contribution):
        return lines[0].value
    raise lines[0].value


def _done(session: Session, kept: Kept, what: str) -> None:
    if session.json:
        screen.write_json(kept)
    else:
        screen.say(f"Record {kept.id} is {what}: version {kept.version}, log entry {kept.entry}.")


def _row(held: HeldRecord) -> tuple[object, ...]:
    values = [f"{identifier.scheme} {identifier.value}" for identifier in held.identifiers]
    about = "\n".join(filter(None, (hits.who(held), *values)))
    return held.id, held.reference, hits.headline(held), about, _state(held)


def _state(held: HeldRecord) -> str:
    outdated = held.state == "active" and held.retention.valid_until < datetime.now(UTC).date()
    return "expired" if outdated else held.state


def _facts(held: HeldRecord) -> Iterator[tuple[str, object]]:
    if held.particulars is not None:
        yield "reason", held.particulars.reason
        yield "instructions", held.particulars.instructions
        yield "synthetic", "yes: a made-up record" if held.particulars.synthetic else ""
    yield "notice", hits.announced(held.notice)
    yield "kind", held.kind
    yield from hits.identifiers(held.identifiers)
    yield from hits.particulars(held.particulars)
    yield "evaluation", hits.evaluation(held.evaluation)
    conditions = held.conditions
    for name in ("bureaus", "agencies"):
        selection = getattr(conditions, name)
        yield name, " ".join((selection.mode, ", ".join(selection.members))).strip()
    yield "use only for", hits.purposes(conditions.purposes)
    yield "disclosure", conditions.disclosure
    yield "handle as", conditions.confidentiality
    yield "valid until", held.retention.valid_until
    yield "review by", held.retention.review_by
    yield "state", _state(held)
    yield "contributed", held.contributed_at
    yield "record", f"{held.id} ({held.reference}), version {held.version}"
