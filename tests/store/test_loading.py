"""Loading a large world: all of it or nothing, and the schema is as before."""

import struct

import psycopg
import pytest
from tests.corridors import new_database

from allpoints.errors import Conflict, Unavailable
from allpoints.hub.environment import Environment
from allpoints.records import Bureau, Conditions, Release
from allpoints.store.loading import copy_rows, enrol_bureaus, loading, store_conditions
from allpoints.store.migrate import migrate, new_passwords

HEADER, TRAILER = b"PGCOPY\n\xff\r\n\0" + bytes(8), struct.pack(">h", -1)


@pytest.fixture
def empty(environment: Environment, owner: str) -> str:
    """A migrated database without records."""
    address = new_database(environment, owner)
    migrate(address, environment.identity.database_passwords or new_passwords())
    return address


def row(*values: bytes) -> bytes:
    return struct.pack(">h", len(values)) + b"".join(
        struct.pack(">i", len(value)) + value for value in values
    )


def load(address: str, first: int, last: int) -> None:
    records = [
        row(
            struct.pack(">q", number), b"UTO", b"R%d" % number, b"item", b"[]", struct.pack(">iii", 0, 0, 20),
            struct.pack(">i", 1), b"B2", struct.pack(">i", 11_000), struct.pack(">i", 11_000), b"border-control",
            struct.pack(">q", 0),
        )
        for number in range(first, last)
    ]  # fmt: skip
    particulars = [row(struct.pack(">q", number), b'{"reason":"seen"}') for number in range(first, last)]
    templates = [
        row(struct.pack(">q", number), b"names", struct.pack(">h", 0), b"template")
        for number in range(first, last, 2)
    ]
    copy_rows(
        address,
        [HEADER, *records, TRAILER],
        [HEADER, *particulars, TRAILER],
        [HEADER, *templates, TRAILER],
    )


def load_all(address: str, *ranges: tuple[int, int]) -> None:
    with loading(address):
        for first, last in ranges:
            load(address, first, last)


def interrupted(address: str) -> None:
    with loading(address):
        load(address, 1, 500)
        raise KeyboardInterrupt


def schema(address: str) -> list[tuple[object, ...]]:
    """Constraints, whether row-level security binds the owner, and what is left in the public schema."""
    with psycopg.connect(address) as connection:
        return [
            *connection.execute(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated"
                " FROM pg_constraint WHERE connamespace = 'allpoints'::regnamespace ORDER BY 1, 2"
            ),
            *connection.execute(
                "SELECT oid::regclass::text, relforcerowsecurity FROM pg_class"
                " WHERE relname IN ('records', 'particulars', 'templates') ORDER BY 1"
            ),
            *connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"),
        ]


def count(address: str) -> object:
    with psycopg.connect(address) as connection:
        return connection.execute(
            "SELECT (SELECT count(*) FROM allpoints.records), (SELECT count(*) FROM allpoints.particulars),"
            " (SELECT count(*) FROM allpoints.templates)"
        ).fetchone()


def test_the_schema_is_the_same_after_a_load_as_before(empty: str) -> None:
    before = schema(empty)
    with loading(empty):
        assert schema(empty) != before
        load(empty, 1, 500)
    assert schema(empty) == before
    assert count(empty) == (499, 499, 250)


def test_new_records_are_numbered_after_the_loaded_ones(empty: str) -> None:
    with loading(empty):
        load(empty, 1, 500)
    with psycopg.connect(empty) as connection:
        [(number,)] = connection.execute("SELECT nextval(pg_get_serial_sequence('allpoints.records', 'id'))")
    assert number == 500


def test_an_interrupted_load_leaves_nothing(empty: str) -> None:
    before = schema(empty)
    with pytest.raises(KeyboardInterrupt):
        interrupted(empty)
    assert schema(empty) == before
    assert count(empty) == (0, 0, 0)


def test_after_a_load_that_was_killed_the_next_one_starts_afresh(empty: str) -> None:
    before = schema(empty)
    killed = loading(empty)
    killed.__enter__()
    load(empty, 1, 500)
    with psycopg.connect(empty, autocommit=True) as connection:
        # The lock goes with the connection of the process that is gone.
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    with loading(empty):
        load(empty, 1, 100)
    assert schema(empty) == before
    assert count(empty) == (99, 99, 50)


def test_what_contradicts_a_constraint_is_refused_as_a_whole(empty: str) -> None:
    before = schema(empty)
    with pytest.raises(Unavailable):
        load_all(empty, (1, 10), (5, 15))
    assert schema(empty) == before
    assert count(empty) == (0, 0, 0)


def test_two_loads_at_once_are_refused(empty: str) -> None:
    with loading(empty):
        with pytest.raises(Conflict), loading(empty):
            pass
        load(empty, 1, 10)
    assert count(empty) == (9, 9, 5)


def test_a_hub_that_holds_records_is_refused_and_keeps_them(empty: str) -> None:
    with loading(empty):
        load(empty, 1, 10)
    with pytest.raises(Conflict), loading(empty):
        pass
    assert count(empty) == (9, 9, 5)


def test_conditions_are_stored_once_for_each_set(empty: str) -> None:
    sets = [Conditions(), Conditions(disclosure=Release.SILENT), Conditions()]
    first = store_conditions(empty, sets)
    assert first[0] == first[2] != first[1]
    assert store_conditions(empty, sets) == first


def test_bureaus_become_members_once(empty: str) -> None:
    for _ in range(2):
        enrol_bureaus(empty, [Bureau(code="UTO", name="Utopia", contact="uto@ncb.example")])
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT code, contact FROM allpoints.bureaus").fetchall() == [
            ("UTO", "uto@ncb.example")
        ]
