"""A private PostgreSQL for a hub whose settings give no database URL: found, initialised, kept alive."""

from allpoints.store.server.address import SUPERUSER, Address
from allpoints.store.server.locate import Programs, find_programs
from allpoints.store.server.supervise import Server

__all__ = ["SUPERUSER", "Address", "Programs", "Server", "find_programs"]
