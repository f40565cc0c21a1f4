"""What the commands for notices and for diffusions share: reading one from a file, its pictures, and its outcome."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
import typer

from allpoints.cli import screen
from allpoints.cli.session import Session
from allpoints.errors import MalformedInput
from allpoints.records.notices import Announcement, NoticePicture
from allpoints.wire.notices import NoticeKept

Said = TypeVar("Said", bound=Announcement)

Pictures = Annotated[
    list[Path] | None,
    typer.Option("--picture", help="A picture to look at, with the file's name as its caption."),
]
Reason = Annotated[str, typer.Option(help="Why; the other side reads it.")]
Version = Annotated[
    int, typer.Option(help="The version that you have seen; a newer one is not decided on or overwritten.")
]


def read(file: Path, kind: type[Said]) -> Said:
    """Read what a notice or diffusion says. Raises `MalformedInput` for what is none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise MalformedInput(
            str(error), field=str(file), remedy="docs/notices.md shows what the file holds."
        ) from None


def with_pictures(said: Said, files: Iterable[Path] | None) -> Said:
    """The same with the pictures of these files beside its own."""
    added = [NoticePicture(image=file.read_bytes(), caption=file.stem) for file in files or ()]
    return msgspec.structs.replace(said, pictures=(*said.pictures, *added))


def done(session: Session, kept: NoticeKept) -> None:
    """Say what came of an act."""
    if session.json:
        screen.write_json(kept)
        return
    number = f" {kept.number}" if kept.number else ""
    screen.say(
        f"Notice {kept.id}{number} is {kept.state}: record {kept.record}, version {kept.version}, "
        f"log entry {kept.entry}."
    )
