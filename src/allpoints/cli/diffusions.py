"""`allpoints diffusions`: send one to bureaus of one's choice; `allpoints notices` lists, shows and cancels it."""

from typing import Annotated

import msgspec
import typer

from allpoints.cli import announcements
from allpoints.cli.announcements import Pictures, Version
from allpoints.cli.app import EPILOG
from allpoints.cli.notices import File, Number
from allpoints.cli.session import Session, asking
from allpoints.records.notices import DiffusionRequest

app = typer.Typer(
    add_completion=False, no_args_is_help=True, epilog=EPILOG, help="Diffusions to chosen bureaus."
)

To = Annotated[
    list[str] | None,
    typer.Option("--to", help="A bureau that gets it, in place of those in the file; again for others."),
]


@app.command()
@asking
def send(session: Session, file: File, to: To = None, picture: Pictures = None) -> None:
    """Send a diffusion: it is in force at once, and each of its bureaus is told."""
    said = announcements.with_pictures(announcements.read(file, DiffusionRequest), picture)
    with session.client() as client:
        announcements.done(session, client.send_diffusion(_addressed(said, to)))


@app.command()
@asking
def correct(
    session: Session,
    *,
    notice: Number,
    file: File,
    version: Version,
    to: To = None,
    picture: Pictures = None,
) -> None:
    """Replace what an own diffusion says and to whom, at once. Pictures stay unless new ones are given."""
    said = announcements.with_pictures(announcements.read(file, DiffusionRequest), picture)
    with session.client() as client:
        announcements.done(session, client.correct_diffusion(notice, _addressed(said, to), version=version))


def _addressed(said: DiffusionRequest, to: list[str] | None) -> DiffusionRequest:
    return msgspec.structs.replace(said, to=tuple(to)) if to else said
