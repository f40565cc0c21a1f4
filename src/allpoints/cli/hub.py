"""`allpoints hub`: what an operator does on the hub's own machine.

The one part of the command line that opens the hub's data folder instead of asking over its API.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from allpoints.audit import VerifierKey
from allpoints.bureau import BureauKey, Client, Signer
from allpoints.cli import screen
from allpoints.cli.app import EPILOG
from allpoints.cli.bureau import Unencrypted
from allpoints.cli.duplicates import show, show_raised, stages, write_report
from allpoints.cli.files import bar
from allpoints.cli.session import load_key, save_key
from allpoints.errors import Conflict, Unavailable
from allpoints.records import SECRETARIAT, AgencyKind, Asker, Purpose, Role
from allpoints.settings import HubSettings, hub_settings

if TYPE_CHECKING:
    from allpoints.hits.duplicates import Found
    from allpoints.hits.links import Raised
    from allpoints.hub.environment import Environment
    from allpoints.hub.purging import Purged

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    help="For operators: set up and look after a hub on this machine. Its settings are ALLPOINTS_… variables.",
)

Data = Annotated[Path | None, typer.Option(help="The hub's data folder (ALLPOINTS_DATA).")]


@app.command()
def init(
    data: Data = None,
    name: Annotated[
        str | None, typer.Option(help="The hub's name in its log and keys (ALLPOINTS_NAME).")
    ] = None,
    unencrypted: Unencrypted = False,
) -> None:
    """Make a new hub: its identity, its database, and the secretariat's key.

    Run again after an interruption it goes on where it stopped; a finished hub
    is never overwritten.
    """
    from allpoints.hub import identity
    from allpoints.hub.backup import SECRETARIAT_KEY
    from allpoints.store.members import install_secretariat

    settings = _settings(data)
    if name is not None:
        settings = msgspec.structs.replace(settings, name=name)
    key_file = settings.data / SECRETARIAT_KEY
    try:
        identity.create(settings.data, settings.name)
    except Conflict:
        if key_file.exists():
            raise
    with _operating(settings) as (environment, owner):
        key = BureauKey.generate(SECRETARIAT)
        install_secretariat(owner, key_id=key.key_id, public_key=key.public_key)
        save_key(key, key_file, unencrypted=unencrypted)
        vkey = environment.identity.verifier_key
    screen.say(str(vkey))
    screen.note(
        f"The hub is in {settings.data}. Publish the key above: bureaus pin it, and every receipt is "
        f"verified with it.\nThe secretariat signs with {key_file}. Fingerprints and faces are sealed with "
        f"{environment.template_key}, which no backup has: keep a copy apart. Next: allpoints hub serve"
    )


@app.command()
def serve(data: Data = None) -> None:
    """Run the hub until Ctrl-C."""
    from allpoints.hub.serve import serve as run

    raise typer.Exit(run(_settings(data)))


@app.command()
def reindex(data: Data = None) -> None:
    """Build the indexes anew from the database.

    A running hub goes on answering from the old ones and takes up the new ones
    when they are complete.
    """
    from allpoints.steps.indexes import rebuild

    with _operating(_settings(data)) as (environment, _), bar("building the indexes"):
        folder = environment.indexes.folder
        rebuild(environment.indexes, environment.conninfos["allpoints_system"])
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    screen.say(f"The indexes are new: {size / 1e6:,.1f} MB.")


@app.command()
def retention(
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what is due.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Write the outcome as JSON.")] = False,
) -> None:
    """Purge what is due, and prove that nothing overdue is left.

    Due is what was withdrawn or has expired more than ALLPOINTS_GRACE_DAYS
    ago. The log keeps an entry of each purge, which the owner can read.
    """
    settings = _settings(data)
    with _operating(settings) as (environment, _):
        due, purged = asyncio.run(_purge(environment, settings.grace_days, dry_run=dry_run))
    if json:
        screen.write_json(purged or {"due": due})
    elif purged is None:
        screen.say(f"{due} records are due.")
    else:
        screen.say(f"{purged.records} records purged; {purged.overdue} overdue are left.", style="bold")
        if purged.examinations:
            screen.say(f"{purged.examinations} candidate lists lapsed: nobody decided on them in time.")
        if purged.entries:
            screen.say(f"log entries: {', '.join(purged.entries)}")
    if purged is not None and purged.overdue:
        raise Unavailable(f"{purged.overdue} records are overdue", field="retention", remedy="Run it again.")


@app.command()
def duplicates(
    data: Data = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="The LLR from which two groups count as one person; without it, found out."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look; raise no links.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write the groups with their links to this file, as JSON lines.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Write the numbers as JSON.")] = False,
) -> None:
    """Find the same person in records of several bureaus, all against all.

    Where two bureaus are concerned a link is raised, of which each owner
    learns what the other allows. Nothing is merged. Interrupted, it has done
    nothing by halves: run it again.
    """
    from allpoints.hits.duplicates import find

    with _operating(_settings(data)) as (environment, _):
        with stages() as progress:
            found = find(
                environment.conninfos["allpoints_system"], threshold_llr=threshold, progress=progress
            )
        if report is not None:
            write_report(report, found.groups())
        raised = None if dry_run else asyncio.run(_link(environment, found))
    if json:
        screen.write_json(
            {
                "found": found.summary(),
                "raised": raised.new if raised else 0,
                "not_borne_out": raised.not_borne_out if raised else 0,
            }
        )
        return
    show(found.summary())
    if raised is not None:
        show_raised(raised)


@app.command()
def approve(
    key_id: Annotated[
        str | None,
        typer.Argument(metavar="[KEY_ID]", help="The key to approve; without one, list who waits."),
    ] = None,
    data: Data = None,
    hub: Annotated[
        str | None, typer.Option(help="The hub's address, where it is not as in the settings.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Approve a bureau's enrolment with the secretariat's key.

    Compare the key id with what the bureau told you over a channel that you
    trust.
    """
    from allpoints.hub import identity
    from allpoints.hub.backup import SECRETARIAT_KEY

    settings = _settings(data)
    key = load_key(settings.data / SECRETARIAT_KEY, SECRETARIAT)
    vkey = identity.load(settings.data).verifier_key
    with Client(hub or settings.url, Signer(SECRETARIAT, key), _secretary(), hub_key=vkey) as client:
        answers = [client.approve(key_id)] if key_id else client.enrolments().items
    if json:
        for answer in answers:
            screen.write_json(answer)
        return
    if key_id:
        screen.say(f"{key_id} is active: {answers[0].bureau} is a member.")
        return
    screen.table(
        ("key", "bureau", "name", "contact", "status", "since"),
        ((a.key_id, a.bureau, a.bureau_name, a.contact, a.status, a.created_at) for a in answers),
        empty="Nobody waits for approval.",
    )


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder for the backup.")],
    data: Data = None,
) -> None:
    """Write a backup, while the hub runs or not.

    It holds the hub's secrets and all records: guard it like the hub itself.
    The key that seals fingerprints and faces is not in it: keep a copy of its
    own, for a restore needs both.
    """
    from allpoints.hub.backup import back_up

    with _operating(_settings(data)) as (environment, owner), bar("backing up"):
        back_up(environment, owner, folder.absolute())
    screen.say(f"The backup is in {folder}.")


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(help="The backup's folder.")],
    data: Data = None,
) -> None:
    """Make a hub from a backup, in a new data folder.

    Stop the hub that was backed up for good: two with one identity would each
    sign a log of their own, and their bureaus would find them out.
    """
    from allpoints.hub.backup import restore as make

    settings = _settings(data)
    with bar("restoring"):
        make(settings, folder.absolute())
    screen.say(f"The hub is in {settings.data}. Next: allpoints hub serve")


@contextmanager
def stored_log(data: Path | None) -> Iterator[tuple[Iterable[bytes], Iterable[str], VerifierKey]]:
    """All entries of the hub in this folder, all its signed checkpoints, and its own key."""
    from allpoints.store.ledger import whole_log

    with (
        _operating(_settings(data)) as (environment, _),
        whole_log(environment.conninfos["allpoints_hub"]) as (entries, notes),
    ):
        yield entries, notes, environment.identity.verifier_key


async def _purge(
    environment: "Environment", grace_days: int, *, dry_run: bool
) -> tuple[int, "Purged | None"]:
    from allpoints.hub.purging import count_due, purge_due

    database = environment.database(connections=1)
    await database.open()
    try:
        due = await count_due(database, grace_days=grace_days)
        if dry_run:
            return due, None
        with bar("purging", total=due) as advance:
            return due, await purge_due(database, advance)
    finally:
        await database.close()


async def _link(environment: "Environment", found: "Found") -> "Raised":
    from allpoints.hits.duplicates import link_owners

    database = environment.database(connections=2)
    await database.open()
    try:
        with bar("raising links", total=len(found.between)) as advance:
            return await link_owners(database, found.between, advance)
    finally:
        await database.close()


@contextmanager
def _operating(settings: HubSettings) -> Iterator[tuple["Environment", str]]:
    """The hub's environment with its PostgreSQL running, and the schema owner's address.

    A server that ran before, because the hub runs, goes on running afterwards.
    """
    from allpoints.hub.environment import Environment

    environment = Environment(settings)
    ran = environment.server is None or environment.server.running
    try:
        yield environment, environment.start()
    finally:
        if not ran:
            environment.stop()


def _settings(data: Path | None) -> HubSettings:
    settings = hub_settings()
    return msgspec.structs.replace(settings, data=data.absolute()) if data else settings


def _secretary() -> Asker:
    return Asker(
        bureau=SECRETARIAT,
        user="secretariat",
        agency=AgencyKind.BUREAU,
        role=Role.ADMINISTRATOR,
        purpose=Purpose.ADMINISTRATION,
    )
