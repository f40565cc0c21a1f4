"""`allpoints contribute`: a file of records, sent in slices that can be sent again."""

import csv
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from allpoints.cli import pictured, screen
from allpoints.cli.app import EPILOG, FOUND, NOTHING
from allpoints.cli.files import Advance, chunks, in_order, progress
from allpoints.cli.session import Session, asking
from allpoints.errors import AllpointsError, InvalidValue, Problem
from allpoints.formats.csv_records import read_csv_records
from allpoints.formats.lines import Read
from allpoints.formats.ndjson import read_ndjson
from allpoints.records import Contribution
from allpoints.wire.corridor import KeptLine

SHOWN = 5
"""Refused lines that are said at once; all of them stand in the report."""

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
@asking
def contribute(
    session: Session,
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with a header, or NDJSON; or a folder with records.csv (or records.ndjson) and pictures.",
            exists=True,
        ),
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="Which field a column is, where its name does not say it; no field leaves it out.",
        ),
    ] = None,
    constants: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="FIELD=VALUE", help="A field with this value in each row that has none."
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Where to list the refused lines; by default FILE.refused.csv.")
    ] = None,
) -> None:
    """Contribute the records in a file, or in a folder with pictures.

    In a folder the pictures of a record stand in a folder of their own, named as
    the record's reference: PERSON-7/finger-2.png, PERSON-7/face.jpg,
    PERSON-7/card.an2, MARK-3/trace.png. Fingers 1 to 5 are the right hand's,
    from the thumb on, 6 to 10 the left hand's.
    Interrupted, it is simply run again: the same file is the same upload, and
    nothing in it is stored twice. Refused lines spare the others; they are
    listed with field and remedy.
    """
    mapping, values = _pairs(columns, "--map"), _pairs(constants, "--set")
    target = report or file.with_name(f"{file.name}.refused.csv")
    folder = file if file.is_dir() else None
    if folder:
        file = pictured.list_of(folder)
    upload = _upload_name(file, mapping, values)
    kept = refused = 0
    with session.client() as client, progress(file, "contributing") as bar, _Report(target) as refusals:
        lines = _records(file, bar, mapping, values)
        send: Callable[[Iterator[Contribution]], Iterator[KeptLine]]
        if folder:
            lines = pictured.with_pictures(lines, folder)
            send = partial(pictured.contributed, client)
        else:
            send = partial(client.contribute_many, upload=upload)
        for line, reply in in_order(lines, send):
            answer = _answer(line, reply)
            if answer.error is None:
                kept += 1
            else:
                refused += 1
                refusals.add(line, answer.error)
                if refused <= SHOWN:
                    _say(line, answer.error)
            if session.json:
                screen.write_json(answer)
    summary = f"{kept} records contributed, {refused} lines refused."
    screen.note(f"{summary} See {target}." if refused else summary)
    raise typer.Exit(FOUND if refused else NOTHING)


class _Report:
    """The list of refused lines; there is a file only where there is something in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open = ExitStack()
        self._rows: Any = None

    def __enter__(self) -> "_Report":
        self._path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, line: Read[Contribution], problem: Problem) -> None:
        """Write a line, under the name of the column that is to be mended."""
        if self._rows is None:
            file = self._open.enter_context(self._path.open("w", encoding="utf-8", newline=""))
            self._rows = csv.writer(file)
            self._rows.writerow(("line", "field", "detail", "remedy"))
        error = problem.as_error()
        self._rows.writerow((line.line, line.column(error.field), error.detail, error.remedy))


def _say(line: Read[Contribution], problem: Problem) -> None:
    column = f", {name}" if (name := line.column(problem.field)) else ""
    screen.note(f"line {line.line}{column}: {problem.detail}. {problem.as_error().remedy}")


def _answer(line: Read[Contribution], reply: KeptLine | AllpointsError) -> KeptLine:
    """The answer under the number that the line has in the file."""
    if isinstance(reply, AllpointsError):
        return KeptLine(line=line.line, error=Problem.of(reply))
    return msgspec.structs.replace(reply, line=line.line)


def _records(
    file: Path, advance: Advance, columns: dict[str, str], constants: dict[str, str]
) -> Iterator[Read[Contribution]]:
    pieces = chunks(file, advance)
    begun = next(pieces, b"")
    whole = chain([begun], pieces)
    if not begun.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return read_csv_records(whole, columns=columns, constants=constants)
    if columns or constants:
        raise InvalidValue("goes with CSV", field="--map", remedy="NDJSON has the hub's own names already.")
    return read_ndjson(whole, Contribution)


def _pairs(given: list[str] | None, option: str) -> dict[str, str]:
    pairs = {}
    for text in given or ():
        left, equals, right = text.partition("=")
        if not equals or not left.strip():
            raise InvalidValue(f"{text!r:.60} has no =", field=option, remedy="Write it as NAME=VALUE.")
        pairs[left.strip()] = right.strip()
    return pairs


def _upload_name(file: Path, columns: dict[str, str], constants: dict[str, str]) -> str:
    """The same for the same file read in the same way."""
    with file.open("rb") as source:
        content = hashlib.file_digest(source, "sha256").digest()
    read = msgspec.json.encode([sorted(columns.items()), sorted(constants.items())])
    return hashlib.sha256(content + read).hexdigest()[:40]
