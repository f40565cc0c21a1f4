"""`allpoints bureau`: keys, enrolment and the profile."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from allpoints.audit import VerifierKey
from allpoints.bureau import BureauKey
from allpoints.cli import screen
from allpoints.cli.app import EPILOG
from allpoints.cli.profile import profile_path, save_profile
from allpoints.cli.session import Session, administering, asking, load_key, save_key
from allpoints.errors import AllpointsError, InvalidValue
from allpoints.records import SECRETARIAT, Bureau, bureau_code
from allpoints.wire.corridor import Enrolment

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    help="Your bureau's keys, its enrolment, and your profile.",
)

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


def _told(session: Session, enrolment: Enrolment, next_step: str) -> None:
    if session.json:
        screen.write_json(enrolment)
        return
    screen.say(f"{enrolment.key_id} is {enrolment.status}.")
    if next_step:
        screen.note(next_step)
