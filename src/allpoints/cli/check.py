"""`allpoints check`: one question, or a file of many."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from allpoints.cli import biometrics, evidence, hits, people, screen
from allpoints.cli.app import BAD_INPUT, EPILOG, FOUND, NOTHING
from allpoints.cli.files import bar, chunks, in_order, progress
from allpoints.cli.session import Session, asking
from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, Problem, TooLarge
from allpoints.formats import typed_evidence
from allpoints.formats.check_lists import Question, read_checks
from allpoints.formats.lines import Read
from allpoints.records import SCHEMES, Biometric, Scheme
from allpoints.records.evidence import MAX_EVIDENCE, Evidence
from allpoints.records.people import Person
from allpoints.wire.corridor import CheckedLine, CheckReply

MAX_ZONE_BYTES = 4_096
_PANEL = "What to check: everything given is about the same thing"
_SHORTER = {"travel-document": "--document"}

app = typer.Typer(add_completion=False)


def check(
    session: Session,
    zone: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MRZ]…", help="A machine-readable zone, its lines quoted, together or apart."
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A file with one machine-readable zone; - for standard input.")
    ] = None,
    many: Annotated[
        Path | None,
        typer.Option(
            help="A file of many checks: CSV with columns such as scheme,value or name,born; NDJSON; or "
            "machine-readable zones with an empty line between them. Or a folder of pictures, each a check of "
            "its own, with names such as finger-2.png, trace-7.png, face.jpg, card.an2."
        ),
    ] = None,
    *,
    confusable: Annotated[
        bool,
        typer.Option(
            "--confusable", help="Take 0/O, 1/I, 5/S, 8/B and 2/Z for each other in plates and serials."
        ),
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show the table of what was compared with each hit.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="With fingerprints and faces: a second examiner decides too, not knowing what the first decided.",
        ),
    ] = False,
    **values: Any,
) -> None:
    """Ask whether anybody holds a document, a person, a vehicle, a firearm, a phone …

    A machine-readable zone comes as text, with --file, or on standard input;
    it asks for the document and for its holder. A person is asked for by
    --name, in any script, with as much beside it as is known.
    With fingerprints and faces the hub proposes candidates, and an examiner
    decides: see allpoints examine.
    In plates, VINs, engine numbers and firearm serials ? stands for one
    character that could not be read and * for any number of them.
    """
    if many is not None:
        if zone or file or any(values.values()):
            raise InvalidValue("is asked alone", field="--many", remedy="Put the rest into the file.")
        if many.is_dir():
            raise typer.Exit(_check_pictures(session, many, verify=verify))
        raise typer.Exit(_check_many(session, many, confusable=confusable))
    given = _given(values, confusable)
    text = "\n".join(zone) if zone else _read_zone(file) if file or not given else ""
    if text:
        given = [typed_evidence.zone(text), *given]
    if len(given) > MAX_EVIDENCE:
        raise TooLarge(f"one check takes up to {MAX_EVIDENCE} pieces of evidence", field="check")
    pictured = any(isinstance(each, Biometric) for each in given)
    if verify and not pictured:
        raise InvalidValue(
            "goes with fingerprints and faces",
            field="--verify",
            remedy="Give --fingerprint, --face or --nist.",
        )
    with session.client() as client:
        reply = client.check_biometrics(given, verify=verify) if pictured else client.check(given)
    if session.json:
        screen.write_json(reply)
    else:
        _show(reply, compared=explain)
        if not reply.hits and any(isinstance(each, Person) for each in given):
            screen.say("A name that many bear finds nothing alone: add a date of birth, or the full name.")
    raise typer.Exit(FOUND if reply.hits else NOTHING)


def _option(scheme: Scheme) -> inspect.Parameter:
    names = [f"--{scheme.name}"]
    if scheme.name in _SHORTER:
        names.insert(0, _SHORTER[scheme.name])
    example = scheme.examples[0].replace("[", r"\[")
    help_ = f"{scheme.form}, such as {example}" if len(scheme.parts) > 1 else f"Such as {example}"
    option = typer.Option(*names, help=help_, metavar="VALUE", rich_help_panel=_PANEL)
    name = scheme.name.replace("-", "_")
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[list[str] | None, option]
    )


def _with_evidence(command: Any) -> Any:
    """One option for each thing that is said of a person, and for each scheme there is."""
    own = [p for p in inspect.signature(command).parameters.values() if p.kind is not p.VAR_KEYWORD]
    command.__signature__ = inspect.Signature(
        [p.replace(kind=p.KEYWORD_ONLY) for p in own]
        + [*people.options(), *biometrics.options(), *(_option(scheme) for scheme in SCHEMES)]
    )
    return command


app.command(epilog=EPILOG)(asking(_with_evidence(check)))


def _given(values: dict[str, Any], confusable: bool) -> list[Evidence]:
    given: list[Evidence] = [
        typed_evidence.identifier(scheme.name, value, confusable=confusable, field=f"--{scheme.name}")
        for scheme in SCHEMES
        for value in values[scheme.name.replace("-", "_")] or ()
    ]
    if confusable and not any(scheme.partial and values[scheme.name.replace("-", "_")] for scheme in SCHEMES):
        partial = ", ".join(f"--{scheme.name}" for scheme in SCHEMES if scheme.partial)
        raise InvalidValue(
            "goes with what was read by eye", field="--confusable", remedy=f"Use it with {partial}."
        )
    person = people.given(values)
    return [*given, *([person] if person else []), *biometrics.given(values)]


def _read_zone(file: Path | None) -> str:
    """Read a zone from the file, or from standard input where something is piped in."""
    if file is not None and str(file) != "-":
        with file.open("rb") as source:
            raw = source.read(MAX_ZONE_BYTES + 1)
    elif file is None and sys.stdin.isatty():
        raise InvalidValue(
            "nothing was given",
            field="check",
            remedy="Give a machine-readable zone or an option such as --document; see allpoints check --help.",
        )
    else:
        raw = sys.stdin.buffer.read(MAX_ZONE_BYTES + 1)
    if len(raw) > MAX_ZONE_BYTES:
        raise TooLarge(
            "is too long for one machine-readable zone", field="mrz", remedy="For many use --many."
        )
    text = raw.decode("ascii", errors="replace").strip()
    if not text:
        raise InvalidValue("is empty", field="mrz", remedy="Give the lines of the zone.")
    return text


def _show(reply: CheckReply, *, compared: bool) -> None:
    for note in reply.notes:
        screen.warn(note)
    hits.show(reply.hits, compared=compared)
    if not reply.hits:
        screen.say("No hit: nobody holds this, or nobody who lets you know of it.", style="bold")
    if reply.examination is not None:
        screen.say(
            f"Candidate list {reply.examination} waits for an examiner: allpoints examine show {reply.examination}.",
            style="bold",
        )
    if reply.hits:
        ask = f"allpoints confirmations ask {reply.hits[0].record} {reply.entry}"
        screen.say(f"To have the owner confirm the first hit: {ask}", style="dim")
    screen.say(f"Checked {screen.words(reply.at)}, log entry {reply.entry}.", style="dim")


def _check_many(session: Session, file: Path, *, confusable: bool) -> int:
    found = bad = count = 0
    shown: list[tuple[object, ...]] = []
    with session.client() as client, progress(file, "checking") as bar:
        lines = read_checks(chunks(file, bar), confusable=confusable)
        for line, reply in in_order(
            lines, lambda questions: client.check_many(q.evidence for q in questions)
        ):
            answer = _answer(line, reply)
            count += 1
            found += bool(answer.hits)
            bad += answer.error is not None
            if session.json:
                screen.write_json(answer)
            else:
                shown.extend(_rows(_asked(line), answer))
    if not session.json:
        screen.table(("line", "asked", "what", "strength", "owner"), shown, empty="No hits.")
        if found:
            screen.say(hits.CAUTION, style="bold")
    screen.note(f"{count} checked: {found} with hits, {bad} refused.")
    if found:
        return FOUND
    return BAD_INPUT if bad else NOTHING


def _check_pictures(session: Session, folder: Path, *, verify: bool) -> int:
    """Each file of the folder is a check of its own; one that is refused spares the others."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    found = refused = 0
    shown: list[tuple[object, ...]] = []
    with session.client() as client, bar("checking", total=len(files)) as advance:
        for number, file in enumerate(files, start=1):
            answer = CheckedLine(line=number)
            listed: int | None = None
            try:
                reply = client.check_biometrics([biometrics.of_file(file)], verify=verify)
            except (InvalidValue, MalformedInput, TooLarge) as error:
                answer = msgspec.structs.replace(answer, error=Problem.of(error))
            else:
                listed = reply.examination
                answer = CheckedLine(line=number, hits=reply.hits, notes=reply.notes, entry=reply.entry)
            found += bool(answer.hits)
            refused += answer.error is not None
            if session.json:
                screen.write_json({"file": file.name, "examination": listed, **msgspec.to_builtins(answer)})
            else:
                shown.extend((file.name, *row[2:], listed) for row in _rows(file.name, answer))
            advance(1)
    if not session.json:
        screen.table(("file", "what", "strength", "owner", "candidate list"), shown, empty="No hits.")
        if found:
            screen.say(hits.CAUTION, style="bold")
    screen.note(f"{len(files)} checked: {found} with hits, {refused} refused.")
    if found:
        return FOUND
    return BAD_INPUT if refused else NOTHING


def _answer(line: Read[Question], reply: CheckedLine | AllpointsError) -> CheckedLine:
    """The answer under the number that the line has in the file."""
    if isinstance(reply, AllpointsError):
        return CheckedLine(line=line.line, error=Problem.of(reply))
    return msgspec.structs.replace(reply, line=line.line)


def _asked(line: Read[Question]) -> str:
    return " + ".join(map(evidence.written, line.value.evidence)) if isinstance(line.value, Question) else ""


def _rows(asked: str, answer: CheckedLine) -> Iterator[tuple[object, ...]]:
    if answer.error is not None:
        yield answer.line, asked, f"refused: {answer.error.detail}", "", ""
    for hit in answer.hits:
        what, owner = (hits.headline(hit), hits.who(hit)), (hit.owner, hit.contact)
        yield answer.line, asked, _joined(what), hits.brief(hit.match), _joined(owner)
    if answer.notes:
        yield answer.line, asked, "note: " + "; ".join(answer.notes), "", ""


def _joined(texts: tuple[str, ...]) -> str:
    return ", ".join(filter(None, texts))
