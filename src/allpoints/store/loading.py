"""Loading a large world straight into the tables. Only for a hub that does not run and holds no records yet."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from allpoints.errors import Conflict, Unavailable
from allpoints.records import Bureau, Conditions, checked_conditions
from allpoints.store.condition_sets import ConditionSets
from allpoints.store.queries import query

Connection = psycopg.Connection[tuple[Any, ...]]

_LOADED = {
    "allpoints.records": "tidy_records",
    "allpoints.particulars": "tidy_particulars",
    "allpoints.templates": "tidy_templates",
}
"""The tables that are loaded, and the query that tidies each up."""
_FREED = ("owner_writes_freely", "owner_writes_particulars_freely", "owner_writes_templates_freely")
_BOUND = ("owner_is_bound", "owner_is_bound_in_particulars", "owner_is_bound_in_templates")


@contextmanager
def loading(conninfo: str) -> Iterator[None]:
    """Within this, rows stream in by `copy_rows`; afterwards constraints, statistics and counters are right.

    Where the load fails or is interrupted nothing of it is kept; where its process was killed, the next load
    cleans up first. `conninfo` is the schema owner's. Raises `Conflict` for a hub that holds records or is being
    loaded, and `Unavailable` where PostgreSQL breaks off, for want of disk for example.
    """
    with _alone(conninfo):
        _abandon(conninfo)
        _set_aside(conninfo)
        try:
            yield
            _restore(conninfo)
        except psycopg.Error as error:
            _abandon(conninfo)
            raise Unavailable(f"PostgreSQL broke off the load: {error}") from None
        except BaseException:
            _abandon(conninfo)
            raise


def copy_rows(
    conninfo: str, records: Iterable[bytes], particulars: Iterable[bytes], templates: Iterable[bytes] = ()
) -> None:
    """Stream rows in PostgreSQL's binary COPY format, with header and trailer, into all tables at once or not
    at all. The columns stand in `sql/loading.sql`. Records that no modality searches have no templates."""
    rows = {"load_records": records, "load_particulars": particulars, "load_templates": templates}
    with psycopg.connect(conninfo) as connection:
        for name, blocks in rows.items():
            with connection.cursor().copy(query(name)) as copy:
                for block in blocks:
                    copy.write(block)


def store_conditions(conninfo: str, conditions: Sequence[Conditions]) -> list[int]:
    """Store sets of conditions as contributions do; return their ids."""

    async def store() -> list[int]:
        sets = ConditionSets()
        async with await psycopg.AsyncConnection.connect(
            conninfo, options="-c search_path=allpoints"
        ) as connection:
            return [await sets.id_of(connection, checked_conditions(c)) for c in conditions]

    return asyncio.run(store())


def enrol_bureaus(conninfo: str, bureaus: Iterable[Bureau]) -> None:
    """Make these bureaus members, without keys."""
    with psycopg.connect(conninfo, options="-c search_path=allpoints") as connection:
        for bureau in bureaus:
            connection.execute(query("enrol_bureau"), [bureau.code, bureau.name, bureau.contact])


@contextmanager
def _alone(conninfo: str) -> Iterator[None]:
    """One load at a time: a second one would take the first for one that was killed."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if not _answer(connection, "load_alone"):
            raise Conflict("another load is under way", field="records", remedy="Wait until it has ended.")
        yield


def _abandon(conninfo: str) -> None:
    """Clean up after a load that did not come to its end; where there is none, do nothing."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if not _answer(connection, "is_set_aside"):
            return
        connection.execute(query("empty_what_was_loaded"))
    _restore(conninfo)


def _set_aside(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if _answer(connection, "any_record"):
            raise Conflict(
                "the hub holds records already",
                field="records",
                remedy="Load a large world into a new hub: choose another folder as ALLPOINTS_DATA.",
            )
        with connection.transaction():
            connection.execute(query("set_aside"))
            for relation, name, _, _ in _constraints(connection, "fup"):
                connection.execute(
                    sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                        _table(relation), sql.Identifier(name)
                    )
                )
            for name in _FREED:
                connection.execute(query(name))


def _restore(conninfo: str) -> None:
    """Put back what was set aside: each table's own keys side by side, then statistics, then what refers to them."""
    with ThreadPoolExecutor(len(_LOADED)) as threads:
        list(threads.map(lambda relation: _put_back(conninfo, relation), _LOADED))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(query("room_for_sorting"))
        for constraint in _constraints(connection, "f"):
            _add(connection, *constraint)
        with connection.transaction():
            for name in _BOUND:
                connection.execute(query(name))
            connection.execute(query("go_on_counting"))
            connection.execute(query("forget_set_aside"))


def _put_back(conninfo: str, relation: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(query("room_for_sorting"))
        for constraint in _constraints(connection, "pu"):
            if constraint[0] == relation:
                _add(connection, *constraint)
        connection.execute(query(_LOADED[relation]))


def _constraints(connection: Connection, types: str) -> list[tuple[str, str, str, str]]:
    """Those still set aside, of these types, in the order of the types."""
    rows = [(r, n, t, d) for r, n, t, d in connection.execute(query("constraints_set_aside")) if t in types]
    return sorted(rows, key=lambda row: types.index(row[2]))


def _add(connection: Connection, relation: str, name: str, _: str, definition: str) -> None:
    with connection.transaction():
        statement = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(
            _table(relation), sql.Identifier(name)
        )
        # The definition is PostgreSQL's own text from its catalogue.
        connection.execute(statement + sql.SQL(definition))
        connection.execute(query("constraint_is_back"), [name])


def _table(relation: str) -> sql.Identifier:
    return sql.Identifier(*relation.split("."))


def _answer(connection: Connection, name: str) -> bool:
    [(answer,)] = connection.execute(query(name)).fetchall()
    return bool(answer)
