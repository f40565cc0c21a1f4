"""The schema comes to be once, whoever starts first, and survives a move to another cluster."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from tests.corridors import Corridor, contribution, evidence, new_database, operator, plate
from tests.hubs import asker

from allpoints.audit.checkpoint import Checkpoint
from allpoints.audit.verify import verify_log
from allpoints.errors import Unavailable
from allpoints.hub.environment import Environment
from allpoints.store import feed, ledger, migrate
from allpoints.store.ledger import stored_checkpoints, stored_entries

FUTURE = 10**9


@pytest.fixture
def empty(environment: Environment, owner: str) -> str:
    return new_database(environment, owner)


def applied(conninfo: str) -> list[str]:
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute("SELECT name FROM public.allpoints_migrations ORDER BY name")
        return [name for (name,) in rows]


def test_a_second_start_finds_nothing_to_migrate(environment: Environment, empty: str) -> None:
    passwords = environment.identity.database_passwords
    first = migrate.migrate(empty, passwords)
    assert first == applied(empty)
    assert migrate.migrate(empty, passwords) == []


def test_of_several_that_start_at_once_one_migrates(environment: Environment, empty: str) -> None:
    passwords = environment.identity.database_passwords
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: migrate.migrate(empty, passwords), range(4)))
    assert sorted(map(len, done))[:3] == [0, 0, 0]
    assert max(done) == applied(empty)


def test_a_migration_that_fails_leaves_nothing_behind(
    environment: Environment, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = environment.identity.database_passwords
    broken = migrate._migrations("allpoints.store") | {
        "9999_broken.sql": "CREATE TABLE allpoints.half (x int); SELECT 1 / 0"
    }
    monkeypatch.setattr(migrate, "_migrations", lambda _: broken)
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate.migrate(empty, passwords)
    assert "9999_broken.sql" not in applied(empty)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT to_regclass('allpoints.half')").fetchone() == (None,)


def test_a_database_of_a_newer_program_is_left_alone(environment: Environment, empty: str) -> None:
    passwords = environment.identity.database_passwords
    migrate.migrate(empty, passwords)
    with psycopg.connect(empty) as connection:
        connection.execute("INSERT INTO public.allpoints_migrations (name) VALUES ('9999_future.sql')")
    with pytest.raises(Unavailable, match="9999_future"):
        migrate.migrate(empty, passwords)


def test_passwords_are_drawn_anew_each_time() -> None:
    assert set(migrate.new_passwords().values()).isdisjoint(migrate.new_passwords().values())


# A restore into another cluster ---------------------------------------------------------------------------


def restored(corridor: Corridor) -> None:
    """As after a restore: the rows are there, their transaction numbers are another cluster's and far ahead."""
    with corridor.connection() as connection:
        connection.execute("UPDATE public.allpoints_cluster SET identifier = identifier + 1")
        for table in ("log_groups", "changes", "notifications"):
            connection.execute(
                f"UPDATE {table} SET xid = (xid::text::bigint + {FUTURE})::text::xid8".encode()
            )
        for table in ("log_checkpoints", "consumers"):
            connection.execute(f"UPDATE {table} SET snapshot = '{2 * FUTURE}:{2 * FUTURE}:'".encode())


async def test_after_a_restore_every_group_is_sealed_once(fresh: Corridor) -> None:
    await fresh.check(asker("ALB"), evidence(plate()))
    await fresh.sealer.seal()
    await fresh.check(asker("ALB"), evidence(plate()))
    restored(fresh)
    assert migrate.is_restored(fresh.owner)
    migrate.migrate(fresh.owner, fresh.identity.database_passwords)
    assert not migrate.is_restored(fresh.owner)
    assert await fresh.new_sealer().seal() == 2
    await fresh.check(asker("ALB"), evidence(plate()))
    assert await fresh.new_sealer().seal() == 3
    with fresh.connection() as connection:
        notes = map(Checkpoint.parse, stored_checkpoints(connection))
        verdict = verify_log(stored_entries(connection), notes, fresh.identity.verifier_key)
    assert (verdict.checkpoints, verdict.sealed, verdict.unsealed) == (3, 3, 0)


async def test_what_ends_while_a_restored_database_is_renumbered_hides_no_group(fresh: Corridor) -> None:
    await fresh.sealer.seal()
    await fresh.check(asker("ALB"), evidence(plate()))
    restored(fresh)
    with fresh.connection() as other, psycopg.connect(fresh.owner) as lock:
        # Holds the migration up when it has its transaction number, so that later ones end before it goes on.
        lock.execute("LOCK TABLE allpoints.log_checkpoints IN EXCLUSIVE MODE")
        passwords = fresh.identity.database_passwords
        migrating = threading.Thread(target=migrate.migrate, args=(fresh.owner, passwords))
        migrating.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'log_checkpoints'::regclass"
        while other.execute(waiting.encode()).fetchone() != (1,):
            time.sleep(0.01)
        other.execute("SELECT pg_current_xact_id()")
        lock.commit()
        migrating.join()
    assert await fresh.new_sealer().seal() == 1


async def test_after_a_restore_the_sealer_reads_no_group_that_is_sealed(fresh: Corridor) -> None:
    for _ in range(3):
        await fresh.check(asker("ALB"), evidence(plate()))
    await fresh.sealer.seal()
    restored(fresh)
    migrate.migrate(fresh.owner, fresh.identity.database_passwords)
    async with fresh.database.system() as connection:
        head = await ledger.head(connection)
    with fresh.connection() as connection:
        rows = connection.execute(
            "SELECT count(*) FROM log_groups WHERE xid >= pg_snapshot_xmin(%s::pg_snapshot)", [head.snapshot]
        )
        assert rows.fetchone() == (0,)


async def test_after_a_restore_changes_are_found_again(fresh: Corridor) -> None:
    number = plate()
    await fresh.contribute(operator("ITA"), contribution(number))
    restored(fresh)
    migrate.migrate(fresh.owner, fresh.identity.database_passwords)
    async with fresh.database.system() as connection:
        snapshot, changes = await feed.changes_since(connection, ledger.BEFORE_EVERYTHING)
        assert len(changes) == 1
        assert (await feed.changes_since(connection, snapshot))[1] == []


def test_a_database_that_stays_where_it_is_is_not_renumbered(environment: Environment, empty: str) -> None:
    passwords = environment.identity.database_passwords
    assert not migrate.is_restored(empty)
    migrate.migrate(empty, passwords)
    with psycopg.connect(empty) as connection:
        connection.execute("INSERT INTO allpoints.consumers VALUES ('links', '5:5:')")
    assert not migrate.is_restored(empty)
    migrate.migrate(empty, passwords)
    with psycopg.connect(empty) as connection:
        assert connection.execute("SELECT count(*) FROM allpoints.consumers").fetchone() == (1,)
