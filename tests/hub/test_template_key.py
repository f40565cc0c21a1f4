"""The key that seals biometrics: the operator's own file, and no other hub's."""

import os
import stat
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace
from tests.corridors import new_database

from allpoints.errors import Unavailable
from allpoints.hub import backup, identity, template_key
from allpoints.hub.environment import Environment
from allpoints.settings import HubSettings


def test_what_is_drawn_is_what_is_loaded_for_the_hubs_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "template.key"
    template_key.draw(file)
    key = template_key.load(file)
    assert len(key) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == ["template.key"]
    template_key.draw(file)
    assert template_key.load(file) == key


def test_what_a_killed_start_left_behind_stops_no_other(tmp_path: Path) -> None:
    (tmp_path / f"template.key.{os.getpid()}").write_text("half a k")
    template_key.draw(tmp_path / "template.key")
    assert len(template_key.load(tmp_path / "template.key")) == 32


def test_no_two_hubs_share_a_key(tmp_path: Path) -> None:
    for name in ("one", "other"):
        template_key.draw(tmp_path / name)
    assert template_key.load(tmp_path / "one") != template_key.load(tmp_path / "other")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "template.key"
    template_key.draw(file)
    file.chmod(0o640)
    with pytest.raises(Unavailable, match="read by others") as refused:
        template_key.load(file)
    assert refused.value.remedy == f"chmod 600 {file}"


@pytest.mark.parametrize("content", [b"", b"abcd", b"zz" * 32, b"\xff" * 64, b"0" * 66])
def test_what_is_no_key_is_refused_without_quoting_it(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "template.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(Unavailable, match="holds no key"):
        template_key.load(file)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read") as refused:
        template_key.load(tmp_path / "none.key")
    assert refused.value.field == "ALLPOINTS_TEMPLATE_KEY"


# What a hub does about it at its start ---------------------------------------------------------------------


@pytest.fixture
def here(environment: Environment, owner: str, tmp_path: Path) -> Environment:
    """A hub of its own on a new database, which has started once."""
    identity.create(tmp_path, "hub.test")
    settings = replace(HubSettings(data=tmp_path), database_url=new_database(environment, owner))
    made = Environment(settings)
    made.start()
    return made


def again(hub: Environment, **settings: object) -> Environment:
    return Environment(replace(hub.settings, **settings))


def with_something_sealed(hub: Environment) -> None:
    with psycopg.connect(hub.settings.database_url, autocommit=True) as connection:
        connection.execute("SET search_path = allpoints")
        connection.execute(
            "INSERT INTO condition_sets (digest, bureaus_mode, bureaus, agencies_mode, agencies, purposes, disclosure,"
            " confidentiality) VALUES ('x', 'everyone', '{}', 'everyone', '{}', '{}', 'full', 0)"
        )
        [(record_id,)] = connection.execute(
            "INSERT INTO records (owner, reference, kind, identifiers, keys, condition_set, evaluation, valid_until,"
            " review_by, contributed_for) VALUES ('ITA', 'R', 'person', '[]', '{}', 1, 'B2', current_date + 9,"
            " current_date, 'border-control') RETURNING id"
        )
        connection.execute("INSERT INTO templates VALUES (%s, 'fingerprints', 0, 'sealed')", [record_id])


def test_the_first_start_draws_the_key_and_the_next_ones_keep_it(here: Environment) -> None:
    key = template_key.load(here.settings.data / "template.key")
    again(here).start()
    assert template_key.load(here.settings.data / "template.key") == key


def test_the_key_may_lie_elsewhere(here: Environment, tmp_path: Path) -> None:
    elsewhere = tmp_path / "safe" / "hub.key"
    again(here, template_key=elsewhere).start()
    assert template_key.load(elsewhere) != template_key.load(here.settings.data / "template.key")


def test_a_hub_without_biometrics_takes_a_new_key(here: Environment) -> None:
    (here.settings.data / "template.key").unlink()
    again(here).start()
    assert (here.settings.data / "template.key").exists()


def test_another_key_than_that_of_what_is_sealed_stops_the_start(here: Environment, tmp_path: Path) -> None:
    with_something_sealed(here)
    again(here).start()
    template_key.draw(tmp_path / "other.key")
    with pytest.raises(Unavailable, match="another key") as refused:
        again(here, template_key=tmp_path / "other.key").start()
    assert refused.value.field == "ALLPOINTS_TEMPLATE_KEY"
    again(here).start()


def test_where_something_is_sealed_no_new_key_is_drawn(here: Environment) -> None:
    with_something_sealed(here)
    file = here.settings.data / "template.key"
    file.unlink()
    with pytest.raises(Unavailable, match="is not in") as refused:
        again(here).start()
    assert "key's file" in refused.value.remedy
    assert not file.exists()


def test_a_backup_is_restored_with_its_key_and_does_not_have_it(
    here: Environment, environment: Environment, owner: str, tmp_path: Path
) -> None:
    with_something_sealed(here)
    backup.back_up(here, here.settings.database_url, tmp_path / "backup")
    key = (here.settings.data / "template.key").read_bytes().strip()
    for file in (tmp_path / "backup").iterdir():
        assert key not in file.read_bytes()
        assert bytes.fromhex(key.decode()) not in file.read_bytes()
    new = HubSettings(data=tmp_path / "new", database_url=new_database(environment, owner))
    with pytest.raises(Unavailable, match="another key"):
        backup.restore(new, tmp_path / "backup")
    assert not new.data.exists()
    again_new = replace(new, database_url=new_database(environment, owner))
    backup.restore(replace(again_new, template_key=here.settings.data / "template.key"), tmp_path / "backup")
    assert new.data.exists()


def test_a_hub_without_biometrics_is_restored_without_its_key(
    here: Environment, environment: Environment, owner: str, tmp_path: Path
) -> None:
    backup.back_up(here, here.settings.database_url, tmp_path / "backup")
    new = HubSettings(data=tmp_path / "new", database_url=new_database(environment, owner))
    backup.restore(new, tmp_path / "backup")
    assert template_key.load(new.data / "template.key") != template_key.load(here.template_key)
