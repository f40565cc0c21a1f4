"""The node's own PostgreSQL: its people, sessions, messages and desks. Migrations, named SQL, typed rows.

A module is a subject, and its functions take the transaction that they are part of. Nobody else runs queries.
"""

from allpoints.bureau.store.database import NodeDatabase, Transaction

__all__ = ["NodeDatabase", "Transaction"]
