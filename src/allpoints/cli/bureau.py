"""`allpoints bureau`: a node on this machine; or a key in a file, its enrolment and the profile."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from allpoints.audit import VerifierKey
from allpoints.bureau import BureauKey
from allpoints.cli import bureau_keys, bureau_people, screen
from allpoints.cli.app import EPILOG
from allpoints.cli.node import Data, settings_of, unlocked
from allpoints.cli.profile import profile_path, save_profile
from allpoints.cli.session import Session, administering, asking, load_key, save_key
from allpoints.errors import AllpointsError, InvalidValue
from allpoints.records import SECRETARIAT, Bureau, bureau_code
from allpoints.wire.corridor import Enrolment

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    help="Your bureau's node on this machine; or a key in a file, its enrolment, and your profile.",
)
app.add_typer(bureau_people.app, name="people")
app.add_typer(bureau_keys.app, name="keys")

Unencrypted = Annotated[
    bool,
    typer.Option(
        "--unencrypted", help="DANGEROUS: keep the key without a passphrase; whoever reads the file can sign."
    ),
]


@app.command()
def keygen(
    bureau: Annotated[str, typer.Argument(metavar="BUREAU", help="Your bureau's code, such as ALB.")],
    key: Annotated[
        Path | None, typer.Option(help="The new file; by default BUREAU.pem beside the profile.")
    ] = None,
    unencrypted: Unencrypted = False,
) -> None:
    """Make a key for your bureau.

    Its passphrase is asked for, or taken from ALLPOINTS_PASSPHRASE. The private
    half never leaves the file.
    """
    code = bureau_code(bureau)
    file = key or profile_path().with_name(f"{code}.pem")
    made = BureauKey.generate(code)
    save_key(made, file, unencrypted=unencrypted)
    screen.say(f"{made.key_id}\n{made.public_text}".rstrip())
    screen.note(f"The key is in {file}. Next: allpoints bureau enrol --bureau {code} --hub … --name …")


@app.command()
def init(  # noqa: PLR0917 - called by name
    code: Annotated[str, typer.Argument(metavar="BUREAU", help="Your bureau's code, such as ALB.")],
    hub: Annotated[
        list[str],
        typer.Option(metavar="NAME=URL", help="A hub: europe=https://hub.example. Repeat it for others."),
    ],
    name: Annotated[str, typer.Option(help="The bureau's name: National Central Bureau Tirana.")],
    contact: Annotated[str, typer.Option(help="How other bureaus reach it about a hit.")] = "",
    data: Data = None,
    administrator: Annotated[
        str, typer.Option(help="The name with which the first administrator signs in.")
    ] = "administrator",
    key: Annotated[
        Path | None,
        typer.Option(help="The file of a key that the bureau signs with already; else one is made."),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="Open the vault with a new key in this file instead of a passphrase.")
    ] = None,
) -> None:
    """Make a node: its settings, its keys, its database, and its first administrator.

    Run again after an interruption it goes on where it stopped; a finished node
    is never overwritten.
    """
    from allpoints.cli.node_init import make_node

    made = make_node(
        data=data,
        code=code,
        name=name,
        contact=contact,
        hubs=hub,
        key=key,
        key_file=key_file,
        administrator=administrator,
    )
    screen.say(made.link)
    screen.note(
        f"The node is in {made.data}. With the link above its first administrator sets up the account; it is good for\n"
        f"three days, once. The bureau signs with {made.key_id}: tell that to each hub's secretariat over a channel\n"
        "that you trust, for the node will ask it to make your bureau a member. Next: allpoints bureau serve"
    )


@app.command()
def serve(data: Data = None) -> None:
    """Run the node until Ctrl-C."""
    from allpoints.bureau.serve import serve as run

    settings = settings_of(data)
    raise typer.Exit(run(settings, unlocked(settings)))


@app.command()
@administering
def enrol(
    session: Session,
    name: Annotated[str, typer.Option(help="The bureau's name: National Central Bureau Tirana.")],
    contact: Annotated[str, typer.Option(help="How other bureaus reach it about a hit.")] = "",
) -> None:
    """Ask a hub's secretariat to make your bureau a member with its key."""
    public = load_key(session.key_file, session.bureau).public_text
    with session.client() as client:
        enrolment = client.enrol(Bureau(code=session.bureau, name=name, contact=contact), public)
    _told(
        session,
        enrolment,
        "Tell the secretariat this key id over a channel that you trust; it approves with\n"
        f"  allpoints hub approve {enrolment.key_id}",
    )


@app.command()
@administering
def rotate(
    session: Session,
    new: Annotated[
        Path | None, typer.Option(help="The new key's file; by default named by the bureau and today.")
    ] = None,
    unencrypted: Unencrypted = False,
) -> None:
    """Add a new key to your bureau's. The old one stays valid until you revoke it."""
    _refuse_vault(session)
    file = new or session.key_file.with_name(f"{session.bureau}-{datetime.now(UTC):%Y%m%d}.pem")
    old = load_key(session.key_file, session.bureau)
    with session.client() as client:
        made = BureauKey.generate(session.bureau)
        save_key(made, file, unencrypted=unencrypted)
        try:
            enrolment = client.rotate_key(made)
        except AllpointsError:
            file.unlink()
            raise
    _told(
        session,
        enrolment,
        f"The new key is in {file}. When everybody has it:\n"
        f"  allpoints bureau profile --key {file}\n  allpoints bureau revoke {old.key_id}",
    )


@app.command()
@administering
def revoke(
    session: Session,
    key_id: Annotated[str, typer.Argument(metavar="KEY_ID", help="Such as ALB-3q2-7wAAAAAAAAAAAAAAAA.")],
) -> None:
    """End a key at once: whatever it signs is refused from this moment."""
    with session.client() as client:
        # The secretariat may end any bureau's key, which its name begins with.
        _told(session, client.revoke_key(key_id.partition("-")[0], key_id), "")


@app.command()
@asking
def profile(session: Session) -> None:
    """Show your profile, after writing the given options into it."""
    said = session.profile
    if said.hub_key is not None:
        VerifierKey.parse(said.hub_key)
    if said.bureau not in (None, SECRETARIAT):
        bureau_code(str(said.bureau))
    if said.hub is not None and not said.hub.startswith(("http://", "https://")):
        raise InvalidValue("is no address", field="--hub", remedy="Write it as https://hub.example.")
    if said != session.saved:
        save_profile(session.path, said)
    if session.json:
        screen.write_json(said)
        return
    rows = [(name.replace("_", " "), value) for name, value in msgspec.to_builtins(said).items()]
    screen.out.print(
        screen.facts([("profile", session.path), *((name, value or "-") for name, value in rows)])
    )


def _refuse_vault(session: Session) -> None:
    if session.key_file.is_dir():
        raise InvalidValue(
            "the key is in the vault of a node", field="--key", remedy="Use `allpoints bureau keys rotate`."
        )


def _told(session: Session, enrolment: Enrolment, next_step: str) -> None:
    if session.json:
        screen.write_json(enrolment)
        return
    screen.say(f"{enrolment.key_id} is {enrolment.status}.")
    if next_step:
        screen.note(next_step)
