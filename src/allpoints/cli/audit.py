"""`allpoints audit`: who asked, and proof that the log says so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from allpoints.audit import Checkpoint, Receipt, VerifierKey
from allpoints.audit.receipt import MAX_RECEIPT_BYTES
from allpoints.audit.verify import LogVerdict, Verdict, verify_log, verify_receipt
from allpoints.cli import screen
from allpoints.cli.app import EPILOG
from allpoints.cli.paging import Limit, pages
from allpoints.cli.profile import load_profile, profile_path
from allpoints.cli.session import Session, overseeing
from allpoints.errors import InvalidValue

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    help="The log that cannot be rewritten: who asked, receipts, verification.",
)


@app.command()
def verify(
    receipt: Annotated[
        Path | None, typer.Argument(help="A receipt, as `allpoints audit receipt --save` wrote it.")
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="The hub's verifier key; by default the one pinned in your profile."),
    ] = None,
    whole_log: Annotated[
        bool,
        typer.Option("--whole-log", help="On the hub's machine: verify every entry under every checkpoint."),
    ] = False,
    data: Annotated[
        Path | None, typer.Option(help="The hub's data folder, for --whole-log (ALLPOINTS_DATA).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Write the verdict as JSON.")] = False,
) -> None:
    """Verify a receipt with nothing but the hub's key, or the whole log on the hub's own machine."""
    if whole_log == (receipt is not None):
        raise InvalidValue("give a receipt, or --whole-log", field="audit verify")
    if receipt is not None:
        verdict = _verify_receipt(receipt, key)
        if json:
            screen.write_json(verdict)
        else:
            _show_receipt(verdict)
        return
    whole = _verify_whole_log(data, key)
    if json:
        screen.write_json(whole)
    else:
        screen.say("The log holds.", style="bold")
        screen.out.print(
            screen.facts(
                [
                    ("checkpoints", whole.checkpoints),
                    ("sealed entries", whole.sealed),
                    ("unsealed", whole.unsealed),
                    ("root", whole.root.hex()),
                ]
            )
        )


@app.command()
@overseeing
def reads(
    session: Session,
    record: Annotated[
        int, typer.Argument(metavar="RECORD", help="The number of your bureau's record.", min=1)
    ],
    limit: Limit = 100,
) -> None:
    """List who found your bureau's record, when and why."""
    with session.client() as client:
        found = pages(lambda after, size: client.reads(record, after=after, limit=size), limit)
        if session.json:
            for read in found:
                screen.write_json(read)
            return
        screen.table(
            ("at", "who", "purpose", "saw", "log entry"),
            (
                (r.at, f"{r.bureau} ({r.agency}, {r.role} {r.user})", r.purpose, r.outcome, r.entry)
                for r in found
            ),
            empty="Nobody has found it.",
        )


@app.command()
@overseeing
def receipt(
    session: Session,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="The log entry, such as 17.3.")],
    save: Annotated[Path | None, typer.Option(help="The file to keep the receipt in.")] = None,
) -> None:
    """Fetch the receipt of a log entry that your bureau may read, and verify it with the pinned key."""
    with session.client() as client:
        found = client.receipt(entry)
    if save is not None:
        save.write_bytes(found.to_json() + b"\n")
        screen.note(f"Kept in {save}.")
    if session.json:
        screen.write_json(found)
    elif session.profile.hub_key:
        _show_receipt(verify_receipt(found, VerifierKey.parse(session.profile.hub_key)))
    else:
        screen.warn("The hub's key is not pinned: the receipt is not verified.")


@app.command()
@overseeing
def checkpoint(
    session: Session,
    save: Annotated[Path | None, typer.Option(help="The file to keep the checkpoint in.")] = None,
    since: Annotated[
        Path | None, typer.Option(help="A checkpoint kept earlier: verify that the log only grew since.")
    ] = None,
) -> None:
    """Fetch the signed head of the log.

    Keep one now and then: with --since a later one proves that nothing in
    between was rewritten.
    """
    with session.client() as client:
        head = client.checkpoint()
        if since is not None:
            if not session.profile.hub_key:
                raise InvalidValue("is missing", field="--hub-key", remedy="Pin the hub's key first.")
            client.consistency(Checkpoint.parse(since.read_text("utf-8")), head)
            screen.note(f"The log of {since} is the beginning of this one.")
    if save is not None:
        save.write_text(head.text, "utf-8")
    if session.json:
        screen.write_json(
            {
                "origin": head.origin,
                "size": head.size,
                "root": head.root,
                "time": head.time,
                "note": head.text,
            }
        )
    else:
        screen.say(head.text.rstrip("\n"))


def _verify_receipt(file: Path, key: str | None) -> Verdict:
    with file.open("rb") as source:
        found = Receipt.from_json(source.read(MAX_RECEIPT_BYTES + 1))
    pinned = key or load_profile(profile_path()).hub_key
    if pinned is None:
        raise InvalidValue(
            "is missing", field="--key", remedy="Give the hub's key as its secretariat published it."
        )
    return verify_receipt(found, VerifierKey.parse(pinned))


def _show_receipt(verdict: Verdict) -> None:
    screen.say("The receipt holds.", style="bold")
    screen.out.print(screen.facts(_told(verdict)))


def _told(verdict: Verdict) -> Iterator[tuple[str, Any]]:
    yield "log", verdict.origin
    yield "entry", f"{verdict.index} of the first {verdict.size}"
    yield "sealed", verdict.time
    yield "root", verdict.root.hex()
    for name, value in (verdict.entry or {}).items():
        if name != "request":
            yield name, value


def _verify_whole_log(data: Path | None, key: str | None) -> LogVerdict:
    from allpoints.cli.hub import stored_log

    with stored_log(data) as (entries, notes, own_key):
        return verify_log(
            entries, (Checkpoint.parse(note) for note in notes), VerifierKey.parse(key) if key else own_key
        )
