"""Bringing up what a hub stands on: its identity, PostgreSQL, the schema."""

import shutil
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from allpoints.errors import Unavailable
from allpoints.hub import identity, template_key
from allpoints.hub.identity import Identity
from allpoints.settings import HubSettings
from allpoints.steps.indexes import Place
from allpoints.store.database import Database
from allpoints.store.migrate import create_database, is_restored, migrate
from allpoints.store.pool import role_conninfo
from allpoints.store.seals import Seals, anything_sealed, settle_template_key
from allpoints.store.server import SUPERUSER, Server

_DATABASE = "allpoints"


class Environment:
    """A hub's identity and its database, embedded or given."""

    def __init__(self, settings: HubSettings, conninfos: Mapping[str, str] | None = None) -> None:
        """With `conninfos`, by role, the database has been started by another process of this hub."""
        self.settings = settings
        self.identity: Identity = identity.load(settings.data)
        self.server = None if settings.database_url or conninfos else Server(settings.data / "postgresql")
        self.conninfos: Mapping[str, str] = conninfos or {}
        """Where each of the hub's two roles reaches the database."""

    @cached_property
    def seals(self) -> Seals:
        """What seals biometrics, by the key in its file. Raises `Unavailable` where there is none."""
        return Seals(template_key.load(self.template_key))

    @property
    def indexes(self) -> Place:
        """Where the indexes' segments are."""
        return Place(self.settings.data / "index", self.identity.index_secret, self.seals)

    def start(self) -> str:
        """Start PostgreSQL where it is ours, and migrate; return the schema owner's address.

        That address is for migrations, backups and bulk loading, never for answering askers. Raises
        `Unavailable`.
        """
        owner = self.settings.database_url
        if self.server is not None:
            address = self.server.start()
            create_database(address.url(SUPERUSER, "postgres"), _DATABASE)
            owner = address.url(SUPERUSER, _DATABASE)
        passwords = self.identity.database_passwords
        if is_restored(owner):
            shutil.rmtree(self.settings.data / "index", ignore_errors=True)
        migrate(owner, passwords)
        self.conninfos = {role: role_conninfo(owner, role, password) for role, password in passwords.items()}
        self._settle_template_key(self.conninfos["allpoints_system"])
        return owner

    @property
    def template_key(self) -> Path:
        """The file of the key that seals biometrics."""
        return self.settings.template_key or self.settings.data / template_key.FILE

    def _settle_template_key(self, conninfo: str) -> None:
        if not self.template_key.exists():
            if anything_sealed(conninfo):
                raise Unavailable(
                    f"biometrics are sealed with a key that is not in {self.template_key}",
                    field="ALLPOINTS_TEMPLATE_KEY",
                    remedy="Put the key's file back: without it nobody can read them.",
                )
            template_key.draw(self.template_key)
        if not settle_template_key(conninfo, self.seals.fingerprint):
            raise Unavailable(
                f"biometrics are sealed with another key than that in {self.template_key}",
                field="ALLPOINTS_TEMPLATE_KEY",
                remedy="Name the file of the key that this hub had.",
            )

    def stop(self) -> None:
        """Stop PostgreSQL where it is ours."""
        if self.server is not None:
            self.server.stop()

    def database(self, *, connections: int = 6) -> Database:
        """Connections for a worker or the housekeeper; the caller opens and closes them."""
        hub, system = self.conninfos["allpoints_hub"], self.conninfos["allpoints_system"]
        return Database(hub, system, self.seals, connections=connections)
