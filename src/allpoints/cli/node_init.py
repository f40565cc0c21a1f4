"""Making a bureau's node: settings, keys, database, first administrator; what is there already stays."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from allpoints.audit import VerifierKey
from allpoints.bureau import BureauKey, Client, Signer
from allpoints.bureau.settings import FILE, BureauSettings, HubLine, bureau_settings
from allpoints.bureau.vault import Vault, draw_key
from allpoints.bureau.vault.files import write_private
from allpoints.cli import screen
from allpoints.cli.node import at_node, unlocked
from allpoints.cli.passphrases import new_passphrase
from allpoints.cli.session import load_key
from allpoints.errors import AllpointsError, Conflict, InvalidValue, NotFound
from allpoints.records import AgencyKind, Asker, Purpose, Role, bureau_code

if TYPE_CHECKING:
    from allpoints.bureau.node import Node


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A node that was made."""

    data: Path
    key_id: str
    link: str
    """For the first administrator."""


def make_node(
    *,
    data: Path | None,
    code: str,
    name: str,
    contact: str,
    hubs: Sequence[str],
    key: Path | None,
    key_file: Path | None,
    administrator: str,
) -> Made:
    """Make what is missing of a node. Raises `Conflict` where nothing is, `InvalidValue` for what was given wrongly."""
    code = bureau_code(code)
    folder = (data or bureau_settings().data).expanduser().absolute()
    signing = load_key(key, code) if key else None
    vault = _vault(folder, code, signing, key_file)
    if not (folder / FILE).exists():
        lines = [_hub(text, vault.signing) for text in hubs]
        _write_settings(folder, code=code, name=name, contact=contact, hubs=lines, key_file=key_file)
    settings = bureau_settings(folder)

    async def first(node: "Node") -> str:
        if any(Role.ADMINISTRATOR in each.roles for each in await node.people.all()):
            raise Conflict(
                f"there is a node in {folder}, with an administrator",
                remedy="Choose another folder, or use `allpoints bureau people`.",
            )
        _, token = await node.people.add(
            name=administrator, display_name=administrator, roles=(Role.ADMINISTRATOR,), purposes=()
        )
        return node.people.link(token)

    return Made(data=folder, key_id=vault.signing.key_id, link=at_node(settings, vault, first))


def _vault(folder: Path, code: str, signing: BureauKey | None, key_file: Path | None) -> Vault:
    """The folder's vault, or a new one."""
    place = BureauSettings(data=folder).vault
    try:
        Vault.wants_passphrase(place)
    except NotFound:
        if key_file is not None:
            return Vault.create(place, code, key=draw_key(key_file), signing=signing)
        passphrase = new_passphrase("A passphrase for the vault of the bureau's keys: ")
        return Vault.create(place, code, passphrase=passphrase, signing=signing)
    return unlocked(msgspec.structs.replace(bureau_settings(folder), key_file=key_file))


def _hub(text: str, key: BureauKey) -> HubLine:
    """A hub by its name and address, with the key that it shows. Raises `InvalidValue`."""
    name, _, url = text.partition("=")
    if not url.startswith(("http://", "https://")):
        raise InvalidValue(
            "is a name and an address", field="--hub", remedy="Write it as europe=https://hub.example."
        )
    asker = Asker(
        bureau=key.bureau,
        user="node",
        agency=AgencyKind.BUREAU,
        role=Role.ADMINISTRATOR,
        purpose=Purpose.ADMINISTRATION,
    )
    try:
        with Client(url.rstrip("/"), Signer(key.bureau, key), asker) as client:
            vkey = client.about().vkey
            VerifierKey.parse(vkey)
    except AllpointsError as error:
        screen.warn(
            f"{name}: {error.detail}. Write its verifier key into {FILE}, or its receipts prove nothing."
        )
        return HubLine(name=name, url=url.rstrip("/"))
    screen.note(f"{name} shows the key below. Compare it with what its secretariat published.\n  {vkey}")
    return HubLine(name=name, url=url.rstrip("/"), vkey=vkey)


def _write_settings(
    folder: Path, *, code: str, name: str, contact: str, hubs: Sequence[HubLine], key_file: Path | None
) -> None:
    said = {"code": code, "name": name, "contact": contact, "key_file": key_file and str(key_file.absolute())}
    lines = [_line(*each) for each in said.items() if each[1]]
    for hub in hubs:
        lines += ["", "[[hubs]]", *(_line(n, v) for n, v in msgspec.structs.asdict(hub).items() if v)]
    write_private(folder / FILE, ("\n".join(lines) + "\n").encode())


def _line(name: str, value: object) -> str:
    text = str(value)
    if not text.isprintable():
        raise InvalidValue("holds characters that cannot be printed", field=name)
    # A JSON string of printable characters is a TOML string as well.
    return f"{name} = {json.dumps(text, ensure_ascii=False)}"
