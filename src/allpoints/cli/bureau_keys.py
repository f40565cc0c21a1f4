"""`allpoints bureau keys`: the keys in the vault of a node on this machine."""

from typing import TYPE_CHECKING, Annotated

import typer

from allpoints.bureau.store import trail
from allpoints.bureau.store.trail import Done
from allpoints.bureau.vault import HeldKey
from allpoints.cli import screen
from allpoints.cli.app import EPILOG
from allpoints.cli.node import Data, at_its_node, settings_of, unlocked
from allpoints.cli.passphrases import new_passphrase

if TYPE_CHECKING:
    from allpoints.bureau.node import Node

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    help="For operators: the keys of a node on this machine.",
)

NEW_PASSPHRASE = "ALLPOINTS_NEW_PASSPHRASE"  # noqa: S105 - the variable's name

Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]


@app.command("list")
def list_(data: Data = None, json: Json = False) -> None:
    """List the keys that the vault holds, the newest first."""
    held = unlocked(settings_of(data)).keys
    if json:
        for key in held:
            screen.write_json(key)
        return
    screen.table(
        ("key", "for", "state", "made", "kept until"),
        ((key.key_id, key.kind, key.state, key.created_at, key.not_after) for key in held),
        empty="The vault holds no key.",
    )


@app.command()
def rotate(
    data: Data = None,
    sealing: Annotated[
        bool, typer.Option("--sealing", help="The key that others seal to, instead of the one to sign with.")
    ] = False,
) -> None:
    """Give the bureau a new key at every hub; the node uses it from then on.

    The old one to sign with stays valid until you revoke it. Where a hub
    cannot be reached nothing has changed yet: run it again.
    """

    async def work(node: "Node") -> HeldKey:
        change = node.keys.rotate_sealing if sealing else node.keys.rotate_signing
        held = await change(node.hubs.administrator)
        await _note(node, Done.KEY_ROTATED, held.key_id)
        return held

    screen.say(f"{at_its_node(data, work).key_id} is in use.")


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="KEY_ID", help="Such as ALB-3q2-7wAAAAAAAAAAAAAAAA.")],
    data: Data = None,
) -> None:
    """End a key at once, at every hub, and destroy its secret: whatever it signs is refused from this moment."""

    async def work(node: "Node") -> None:
        await node.keys.revoke(node.hubs.administrator, key_id)
        await _note(node, Done.KEY_REVOKED, key_id)

    at_its_node(data, work)
    screen.say(f"{key_id} is revoked.")


@app.command()
def passphrase(data: Data = None) -> None:
    """Give the vault a new passphrase, asked for or from ALLPOINTS_NEW_PASSPHRASE. The keys stay the same.

    Whoever has a copy of the folder from before can still open that with the
    old one: rotate the keys too, where somebody may.
    """
    vault = unlocked(settings_of(data))
    vault.relock(passphrase=new_passphrase("The vault's new passphrase: ", NEW_PASSPHRASE))
    screen.say("The vault has a new passphrase.")


async def _note(node: "Node", act: Done, key_id: str) -> None:
    async with node.database.transaction() as t:
        await trail.add(t, act, subject=key_id, detail="at the machine")
