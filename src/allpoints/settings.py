"""What an operator can set, each from an environment variable `ALLPOINTS_…`."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from allpoints.errors import InvalidValue

PREFIX = "ALLPOINTS_"


class HubSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a hub. Every field is the variable `ALLPOINTS_` + its name in capitals."""

    data: Path = Path("data/hub")
    """The folder that holds everything the hub keeps: keys, database (if embedded), index."""
    database_url: str = ""
    """A PostgreSQL of one's own, as a user who may create roles; empty for the embedded one."""
    template_key: Path | None = None
    """The file of the key that seals biometrics; by default `template.key` in the data folder. No backup has it."""
    name: str = "hub.example"
    """The hub's name in checkpoints and keys."""
    host: str = "127.0.0.1"
    port: int = 8440
    public_url: str = ""
    """Under which bureaus reach the hub; by default made of host and port. Signatures are bound to its host."""
    workers: int = 2
    quota_per_s: int = 50_000
    """Identifiers that each bureau may check a second, over all workers."""
    quota_burst: int = 200_000
    grace_days: int = 30
    """Days that a withdrawn or outdated record is kept for its owner before it is purged."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    log_level: str = "info"
    synthetic: bool = False
    """Set by the demo: everything says that its records are made up."""

    @property
    def url(self) -> str:
        """The hub's public address, without a slash at the end."""
        scheme = "https" if self.tls_certificate else "http"
        return (self.public_url or f"{scheme}://{self.host}:{self.port}").rstrip("/")


def hub_settings(environment: Mapping[str, str] = os.environ) -> HubSettings:
    """Read the settings. Raises `InvalidValue` naming the variable."""
    given = {
        name: environment[PREFIX + name.upper()]
        for name in HubSettings.__struct_fields__
        if environment.get(PREFIX + name.upper())
    }
    try:
        settings = msgspec.convert(given, HubSettings, strict=False, dec_hook=_path)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$.")
        raise InvalidValue(detail, field=PREFIX + path.rstrip("`").upper()) from None
    _check(settings)
    return settings


def _check(settings: HubSettings) -> None:
    for name, low, high in (
        ("workers", 1, 256),
        ("port", 1, 65_535),
        ("quota_per_s", 1, 10**9),
        ("quota_burst", 1, 10**9),
        ("grace_days", 0, 3650),
    ):
        if not low <= getattr(settings, name) <= high:
            raise InvalidValue(f"is a number from {low} to {high}", field=PREFIX + name.upper())
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise InvalidValue("certificate and key come together", field=f"{PREFIX}TLS_KEY")


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value)).expanduser()
    raise NotImplementedError
