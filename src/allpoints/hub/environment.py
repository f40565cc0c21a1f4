"""Bringing up what a hub stands on: its identity, PostgreSQL, the schema."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from allpoints.hub import identity
from allpoints.hub.identity import Identity
from allpoints.settings import HubSettings
from allpoints.store.database import Database, role_conninfo
from allpoints.store.migrate import create_database, is_restored, migrate
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

    @property
    def index_folder(self) -> Path:
        """Where the index's segments are."""
        return self.settings.data / "index"

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
            shutil.rmtree(self.index_folder, ignore_errors=True)
        migrate(owner, passwords)
        self.conninfos = {role: role_conninfo(owner, role, password) for role, password in passwords.items()}
        return owner

    def stop(self) -> None:
        """Stop PostgreSQL where it is ours."""
        if self.server is not None:
            self.server.stop()

    def database(self, *, connections: int = 6) -> Database:
        """Connections for a worker or the housekeeper; the caller opens and closes them."""
        hub, system = self.conninfos["allpoints_hub"], self.conninfos["allpoints_system"]
        return Database(hub, system, connections=connections)
