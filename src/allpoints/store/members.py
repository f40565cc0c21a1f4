"""What the hub's owner writes into the register of members itself; everybody else enrols over the API."""

import psycopg

from allpoints.records import SECRETARIAT
from allpoints.store.queries import query


def install_secretariat(conninfo: str, *, key_id: str, public_key: bytes) -> None:
    """Make this the secretariat's active key: without a first one nobody could approve any other.

    `conninfo` is the schema owner's. Adding the same key again changes nothing.
    """
    with psycopg.connect(conninfo, options="-c search_path=allpoints") as connection:
        connection.execute(query("install_secretariat"), [SECRETARIAT])
        connection.execute(query("install_secretariat_key"), [key_id, SECRETARIAT, public_key])
