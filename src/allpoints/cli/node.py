"""A bureau's node on this machine, for the commands that look after it: its settings, its vault, and itself."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from allpoints.bureau.settings import BureauSettings, bureau_settings
from allpoints.bureau.vault import Vault, load_key
from allpoints.cli.passphrases import asked_passphrase
from allpoints.errors import InvalidValue

if TYPE_CHECKING:
    from allpoints.bureau.node import Node

Data = Annotated[Path | None, typer.Option(help="The node's data folder (ALLPOINTS_BUREAU_DATA).")]
Result = TypeVar("Result")


def settings_of(data: Path | None) -> BureauSettings:
    """The settings of the node in this folder. Raises `InvalidValue`, `MalformedInput`."""
    return bureau_settings(data.absolute() if data else None)


def unlocked(settings: BureauSettings) -> Vault:
    """The node's vault, opened as the settings say, or with a passphrase that is asked for.

    Raises `NotFound` where there is none, and `InvalidValue` for a wrong passphrase or key.
    """
    if not Vault.wants_passphrase(settings.vault):
        return Vault.unlock(settings.vault, key=load_key(settings.key_file) if settings.key_file else None)
    return Vault.unlock(settings.vault, passphrase=vault_passphrase(settings))


def vault_passphrase(settings: BureauSettings) -> str:
    """The vault's passphrase: from the file that the settings name, from the environment, or asked for."""
    if settings.passphrase_file is None:
        return asked_passphrase(f"Passphrase of {settings.vault}: ")
    try:
        return settings.passphrase_file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise InvalidValue(f"{settings.passphrase_file} cannot be read", field="passphrase_file") from None


def at_its_node(data: Path | None, work: "Callable[[Node], Awaitable[Result]]") -> Result:
    """Do something at the node in this folder, as `at_node` does. Raises as `settings_of` and `unlocked`."""
    settings = settings_of(data)
    return at_node(settings, unlocked(settings), work)


def at_node(settings: BureauSettings, vault: Vault, work: "Callable[[Node], Awaitable[Result]]") -> Result:
    """Do something at a node that may run meanwhile. PostgreSQL goes on running afterwards where it ran before."""
    from allpoints.bureau.node import Node

    node = Node(settings, vault)

    async def main() -> Result:
        async with node.opened():
            return await work(node)

    try:
        return asyncio.run(main())
    finally:
        node.leave_database()
