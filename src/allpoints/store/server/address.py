"""Where the private server listens, and what each role says to be let in."""

import hashlib
import hmac
from pathlib import Path
from urllib.parse import quote, urlencode

from msgspec import Struct
from psycopg import pq
from psycopg.conninfo import make_conninfo

SUPERUSER = "postgres"
"""The role that owns the cluster: for migrations and backups, never for answering checks."""

PORT = 5432
"""Nobody listens on it: with a Unix socket the port is only a part of the socket's file name."""


class Address(Struct, frozen=True):
    """A running server's socket folder and the secret that all its passwords come from."""

    folder: Path
    secret: bytes

    def __repr__(self) -> str:
        return f"Address(folder={str(self.folder)!r})"

    @property
    def socket(self) -> Path:
        """The socket's own path; PostgreSQL keeps a lock beside it, with `.lock` appended."""
        return self.folder / f".s.PGSQL.{PORT}"

    def password(self, role: str) -> str:
        """The password of a role, which whoever creates the role sets: HMAC-SHA-256(secret, role) in hex.

        Derived, so that one secret serves any number of roles, and one role's password tells nothing of
        another's.
        """
        return hmac.new(self.secret, role.encode(), hashlib.sha256).hexdigest()

    def url(self, role: str, database: str) -> str:
        """The libpq URL under which a role reaches a database; it contains the role's password."""
        where = urlencode({"host": self.folder, "port": PORT})
        return (
            f"postgresql://{quote(role, safe='')}:{self.password(role)}@/{quote(database, safe='')}?{where}"
        )

    def ping(self) -> pq.Ping:
        """Ask, without logging in, whether the server takes connections (OK), is starting or stopping
        (REJECT) or says nothing at all (NO_RESPONSE)."""
        target = make_conninfo(
            host=str(self.folder), port=PORT, user=SUPERUSER, dbname="postgres", connect_timeout=2
        )
        return pq.Ping(pq.PGconn.ping(target.encode()))
