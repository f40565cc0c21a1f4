"""Bringing up what a hub stands on: its identity, PostgreSQL, the schema."""

from pathlib import Path

import psycopg
from psycopg import sql

from allpoints.hub import identity
from allpoints.hub.identity import Identity
from allpoints.settings import HubSettings
from allpoints.store.database import Database, role_conninfo
from allpoints.store.migrate import migrate
from allpoints.store.server import SUPERUSER, Server

_DATABASE = "allpoints"


class Environment:
    """A hub's identity and its database, embedded or given."""

    def __init__(self, settings: HubSettings) -> None:
        self.settings = settings
        self.identity: Identity = identity.load(settings.data)
        self.server = None if settings.database_url else Server(settings.data / "postgresql")
        self._conninfo = settings.database_url

    @property
    def index_folder(self) -> Path:
        """Where the index's segments are."""
        return self.settings.data / "index"

    def start(self) -> None:
        """Start PostgreSQL where it is ours, and migrate. Raises `Unavailable`."""
        if self.server is not None:
            address = self.server.start()
            _create_database(address.url(SUPERUSER, "postgres"))
            self._conninfo = address.url(SUPERUSER, _DATABASE)
        migrate(self._conninfo, self.identity.database_passwords)

    def stop(self) -> None:
        """Stop PostgreSQL where it is ours."""
        if self.server is not None:
            self.server.stop()

    @property
    def owner_conninfo(self) -> str:
        """The address for migrations, backups and bulk loading; never for answering askers."""
        return self._conninfo

    def conninfo(self, role: str) -> str:
        """The address for one of the hub's two roles."""
        return role_conninfo(self._conninfo, role, self.identity.database_passwords[role])

    def database(self, *, connections: int = 6) -> Database:
        """Connections for a worker or the housekeeper; the caller opens and closes them."""
        return Database(
            self.conninfo("allpoints_hub"), self.conninfo("allpoints_system"), connections=connections
        )


def _create_database(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_DATABASE]).fetchone():
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE)))
            except psycopg.errors.DuplicateDatabase:
                return
