"""Bringing the node's database up: started where it is embedded, migrated, and the node's role let in."""

from pathlib import Path

from allpoints.bureau.store.database import PACKAGE, SCHEMA
from allpoints.store.migrate import create_database, run_migrations
from allpoints.store.pool import role_conninfo
from allpoints.store.server import SUPERUSER, Server

_DATABASE = "bureau"
_SHARED_BUFFERS = 64
"""MiB: a node's people and messages are few beside a hub's records."""


def embedded(data: Path) -> Server:
    """The node's own PostgreSQL, under its data folder."""
    return Server(data / "postgresql", shared_buffers=_SHARED_BUFFERS)


def start(server: Server) -> str:
    """Have the embedded server running and its database there; return the owner's address."""
    address = server.start()
    create_database(address.url(SUPERUSER, "postgres"), _DATABASE)
    return address.url(SUPERUSER, _DATABASE)


def migrate(owner: str, bureau: str, password: str) -> str:
    """Bring the database to the newest schema, as its owner; return the address for the node's own role.

    The role is named by the bureau, so that the databases of several can stand in one PostgreSQL. It is no
    superuser and owns nothing. Safe at every start.
    """
    role = f"allpoints_{bureau.lower()}"
    run_migrations(owner, PACKAGE, {role: password}, schema=SCHEMA, names={"application": role})
    return role_conninfo(owner, role, password)
