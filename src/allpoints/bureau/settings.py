"""What the operator of a bureau's node can set: lines of `bureau.toml` in its data folder, or variables
`ALLPOINTS_BUREAU_…`, which go before them."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from allpoints.audit import VerifierKey
from allpoints.errors import InvalidValue, MalformedInput
from allpoints.records import bureau_code

PREFIX = "ALLPOINTS_BUREAU_"
FILE = "bureau.toml"
MAX_BYTES = 64 << 10
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class HubLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hub that the node talks to."""

    name: str
    """What the bureau calls it: lower-case letters, digits, hyphens."""
    url: str
    vkey: str = ""
    """Its verifier key, as its secretariat published it."""
    ca: Path | None = None
    """A PEM file of certificate authorities to trust instead of the system's."""

    @property
    def verifier_key(self) -> VerifierKey | None:
        """The key that checkpoints and receipts are verified with; None where none is pinned."""
        return VerifierKey.parse(self.vkey) if self.vkey else None


class BureauSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a node. Every field is the variable `ALLPOINTS_BUREAU_` + its name in capitals.

    In a variable, a list is written as JSON.
    """

    data: Path = Path("data/bureau")
    """The folder of everything the node keeps: keys, database (if embedded), drafts of nothing else."""
    code: str = ""
    """The bureau's code, such as ALB."""
    name: str = ""
    contact: str = ""
    hubs: tuple[HubLine, ...] = ()
    """The first one is asked where nobody names another."""
    host: str = "127.0.0.1"
    port: int = 8450
    public_url: str = ""
    """Under which the bureau's people reach the node. Passkeys and cookies are bound to its host."""
    proxies: tuple[str, ...] = ()
    """Addresses of proxies that are believed about who sent a request (`X-Forwarded-For`, `X-Forwarded-Proto`)."""
    database_url: str = ""
    passphrase_file: Path | None = None
    """Holds the passphrase of the vault, for starting without a terminal."""
    key_file: Path | None = None
    """Holds the key of the vault, where it was made without a passphrase."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    idle_minutes: int = 30
    """After so long without a request a session ends."""
    session_hours: int = 12
    """After so long a session ends in any case."""
    four_eyes: tuple[str, ...] = ("cancel-notice", "change-people", "rotate-key")
    """The acts that a second person must approve."""
    approval_hours: int = 24
    """How long a proposed act waits for its second person."""
    openid_issuer: str = ""
    """The address of an OpenID Connect provider; empty for none."""
    openid_client: str = ""
    openid_secret_file: Path | None = None
    openid_ca: Path | None = None
    """A PEM file of certificate authorities to trust for the provider instead of the system's."""
    language: str = "en"
    """Of somebody who has not chosen one."""
    time_zone: str = "UTC"
    """The clock that the console's pages show, such as Europe/Tirane."""
    log_level: str = "info"
    synthetic: bool = False
    """Set by the demo: everything says that its records are made up."""

    @property
    def url(self) -> str:
        """The node's public address, without a slash at the end."""
        scheme = "https" if self.tls_certificate else "http"
        return (self.public_url or f"{scheme}://{self.host}:{self.port}").rstrip("/")

    @property
    def vault(self) -> Path:
        """The folder of the bureau's keys."""
        return self.data / "keys"

    @property
    def public_host(self) -> str:
        """The host of the public address, which passkeys are bound to."""
        return urlsplit(self.url).hostname or ""


def bureau_settings(data: Path | None = None, environment: Mapping[str, str] = os.environ) -> BureauSettings:
    """Read the settings of the node in `data`, by default the folder that `ALLPOINTS_BUREAU_DATA` names.

    Raises `InvalidValue` naming the variable or the line, and `MalformedInput` for a file that is no TOML.
    """
    given = {
        name: environment[PREFIX + name.upper()]
        for name in BureauSettings.__struct_fields__
        if environment.get(PREFIX + name.upper())
    }
    folder = (data or Path(given.get("data", BureauSettings().data))).expanduser()
    said = _from_file(folder / FILE)
    variables = {
        field.name: _from_variable(field.name, given[field.name], many=isinstance(field.default, tuple))
        for field in msgspec.structs.fields(BureauSettings)
        if field.name in given
    }
    try:
        settings = msgspec.convert(
            {**said, **variables, "data": folder}, BureauSettings, strict=False, dec_hook=_path
        )
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$.")
        raise InvalidValue(detail, field=_place(path.rstrip("`"), variables, folder)) from None
    _check(settings, variables)
    return settings


def _from_file(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            return tomllib.loads(opened.read(MAX_BYTES).decode())
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedInput(f"not TOML: {error}", field=str(file)) from None


def _from_variable(name: str, text: str, *, many: bool) -> Any:
    if not many:
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        raise InvalidValue("a list is written as JSON", field=PREFIX + name.upper()) from None


def _check(settings: BureauSettings, variables: Mapping[str, Any]) -> None:
    def refuse(name: str, why: str) -> InvalidValue:
        return InvalidValue(why, field=_place(name, variables, settings.data))

    for name, low, high in (
        ("port", 1, 65_535),
        ("idle_minutes", 1, 24 * 60),
        ("session_hours", 1, 7 * 24),
        ("approval_hours", 1, 30 * 24),
    ):
        if not low <= getattr(settings, name) <= high:
            raise refuse(name, f"is a number from {low} to {high}")
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise refuse("tls_key", "certificate and key come together")
    if settings.openid_issuer and not (settings.openid_client and settings.openid_secret_file):
        raise refuse("openid_client", "an issuer comes with a client and its secret's file")
    issuer = urlsplit(settings.openid_issuer)
    if settings.openid_issuer and issuer.scheme != "https" and issuer.hostname not in LOOPBACK:
        raise refuse(
            "openid_issuer", "is an address of https: whoever is on the way could say who somebody is"
        )
    if settings.code:
        bureau_code(settings.code, field=_place("code", variables, settings.data))
    names = [hub.name for hub in settings.hubs]
    if len(names) != len(set(names)) or not all(map(_NAME.fullmatch, names)):
        raise refuse("hubs", "each hub has a name of its own, of lower-case letters, digits and hyphens")
    if not all(hub.url.startswith(("http://", "https://")) for hub in settings.hubs):
        raise refuse("hubs", "a hub's address is written as https://hub.example")


def _place(name: str, variables: Mapping[str, Any], folder: Path) -> str:
    first = re.split(r"[.\[]", name)[0]
    return PREFIX + name.upper() if first in variables else f"{folder / FILE}: {name}".rstrip(": ")


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value)).expanduser()
    raise NotImplementedError
