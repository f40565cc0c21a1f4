"""What the search for duplicates needs to know beside the templates."""

from collections.abc import Sequence

import psycopg

from allpoints.store.queries import query

PAGE = 50_000


def owners_of(conninfo: str, ids: Sequence[int]) -> dict[int, str]:
    """Return the owners of these records by their ids, as far as the records are in force."""
    owners: dict[int, str] = {}
    with psycopg.connect(conninfo, options="-c search_path=allpoints") as connection:
        for start in range(0, len(ids), PAGE):
            owners.update(
                connection.execute(query("owners_of"), [list(ids[start : start + PAGE])]).fetchall()
            )
    return owners
