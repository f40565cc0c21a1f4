from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from tests.corridors import Corridor, contribution, new_database, operator, person, plate

from allpoints.errors import Unavailable
from allpoints.hub.environment import Environment
from allpoints.store import backup
from allpoints.store.migrate import migrate


def held(conninfo: str) -> list[tuple[object, ...]]:
    with psycopg.connect(conninfo) as connection:
        return connection.execute(
            "SELECT id, owner, reference, identifiers::text, p.body::text, t.modality, t.body FROM allpoints.records"
            " JOIN allpoints.particulars p ON p.record_id = id LEFT JOIN allpoints.templates t ON t.record_id = id"
            " ORDER BY id"
        ).fetchall()


async def test_a_restored_database_holds_what_was_dumped_under_the_same_rules(
    fresh: Corridor, environment: Environment, tmp_path: Path
) -> None:
    await fresh.contribute(operator("ALB"), contribution(plate()), person("Anna Karenina"))
    backup.dump(fresh.owner, tmp_path / "dump")
    await fresh.contribute(operator("ALB"), contribution(plate()))

    target = new_database(environment, fresh.owner)
    migrate(target, fresh.identity.database_passwords)
    assert backup.is_unused(target)
    backup.restore(target, tmp_path / "dump")
    assert not backup.is_unused(target)
    assert held(target) == held(fresh.owner)[:2]
    system = make_conninfo(
        target, user="allpoints_hub", password=fresh.identity.database_passwords["allpoints_hub"]
    )
    with psycopg.connect(system) as connection:
        assert connection.execute("SELECT count(*) FROM allpoints.records").fetchone() == (0,), (
            "nobody is named"
        )


async def test_a_broken_dump_changes_nothing(fresh: Corridor, tmp_path: Path) -> None:
    await fresh.contribute(operator("ALB"), contribution(plate()))
    backup.dump(fresh.owner, tmp_path / "dump")
    whole = (tmp_path / "dump").read_bytes()
    (tmp_path / "dump").write_bytes(whole[: len(whole) // 2])
    before = held(fresh.owner)
    with pytest.raises(Unavailable, match="pg_restore failed"):
        backup.restore(fresh.owner, tmp_path / "dump")
    assert held(fresh.owner) == before


async def test_a_place_that_cannot_be_written_is_named(fresh: Corridor, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="pg_dump failed"):
        backup.dump(fresh.owner, tmp_path / "none" / "dump")
