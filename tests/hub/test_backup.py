from pathlib import Path

import pytest

from allpoints.errors import Conflict, NotFound, Unavailable
from allpoints.hub import backup, identity
from allpoints.hub.environment import Environment
from allpoints.settings import HubSettings


@pytest.fixture
def backed_up(environment: Environment, owner: str, tmp_path: Path) -> Path:
    """A backup of the environment's hub."""
    backup.back_up(environment, owner, tmp_path / "backup")
    return tmp_path / "backup"


def test_a_backup_is_for_its_owner_alone(backed_up: Path) -> None:
    assert {file.name for file in backed_up.iterdir()} == {"database.dump", "identity.json"}
    assert [file.name for file in (backed_up, *backed_up.iterdir()) if file.stat().st_mode & 0o077] == []


def test_a_folder_with_something_in_it_is_left_alone(
    environment: Environment, owner: str, backed_up: Path
) -> None:
    before = (backed_up / "database.dump").read_bytes()
    with pytest.raises(Conflict, match="there is something"):
        backup.back_up(environment, owner, backed_up)
    assert (backed_up / "database.dump").read_bytes() == before


def test_a_restored_hub_is_the_same_hub(environment: Environment, backed_up: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    # The operator brings the key of what is sealed along: no backup has it.
    settings = HubSettings(data=data, template_key=environment.template_key)
    backup.restore(settings, backed_up)
    assert identity.load(data).verifier_key == environment.identity.verifier_key
    restored = Environment(settings)
    assert restored.server is not None
    assert not restored.server.running
    restored.start()
    restored.stop()


def test_what_is_no_backup_or_no_empty_place_is_refused(backed_up: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        backup.restore(HubSettings(data=tmp_path / "data"), tmp_path)
    with pytest.raises(Conflict):
        backup.restore(HubSettings(data=backed_up), backed_up)


def test_a_restore_that_fails_leaves_nothing_behind(backed_up: Path, tmp_path: Path) -> None:
    (backed_up / "database.dump").write_bytes(b"nothing")
    (tmp_path / "data.restoring").mkdir()
    with pytest.raises(Unavailable, match="pg_restore"):
        backup.restore(HubSettings(data=tmp_path / "data"), backed_up)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup"]


def test_a_database_in_use_is_not_overwritten(
    environment: Environment, owner: str, backed_up: Path, tmp_path: Path
) -> None:
    from tests.corridors import new_database

    from allpoints.store.migrate import migrate

    used = new_database(environment, owner)
    migrate(used, environment.identity.database_passwords)
    import psycopg

    with psycopg.connect(used) as connection:
        connection.execute("INSERT INTO allpoints.log_groups (entries) VALUES ('{}')")
    with pytest.raises(Conflict, match="holds a hub's records"):
        backup.restore(HubSettings(data=tmp_path / "data", database_url=used), backed_up)
    assert not (tmp_path / "data").exists()
