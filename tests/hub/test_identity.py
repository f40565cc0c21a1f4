"""The hub's secrets: drawn once, read by the hub alone."""

from pathlib import Path

import pytest

from allpoints.audit import VerifierKey
from allpoints.errors import Conflict, Unavailable
from allpoints.hub import identity


def test_what_is_created_is_what_is_loaded(tmp_path: Path) -> None:
    made = identity.create(tmp_path / "hub", "hub.example")
    assert identity.load(tmp_path / "hub") == made
    assert made.verifier_key == VerifierKey.of("hub.example", made.signing_key)


def test_no_two_hubs_share_a_secret(tmp_path: Path) -> None:
    one, other = (identity.create(tmp_path / name, "hub.example") for name in ("one", "other"))
    assert one.signing_seed != other.signing_seed
    assert one.index_secret != other.index_secret
    assert not set(one.database_passwords.values()) & set(other.database_passwords.values())


def test_an_identity_is_never_overwritten(tmp_path: Path) -> None:
    made = identity.create(tmp_path, "hub.example")
    with pytest.raises(Conflict):
        identity.create(tmp_path, "another.example")
    assert identity.load(tmp_path) == made
    assert [file.name for file in tmp_path.iterdir()] == ["identity.json"]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    identity.create(tmp_path, "hub.example")
    file = tmp_path / "identity.json"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    with pytest.raises(Unavailable, match="others"):
        identity.load(tmp_path)


def test_a_folder_without_a_hub_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as refused:
        identity.load(tmp_path)
    assert "allpoints hub init" in (refused.value.remedy or "")


def test_a_damaged_identity_is_named(tmp_path: Path) -> None:
    identity.create(tmp_path, "hub.example")
    (tmp_path / "identity.json").write_bytes(b"{")
    with pytest.raises(Unavailable, match="damaged"):
        identity.load(tmp_path)


def test_no_secret_shows_in_its_representation(tmp_path: Path) -> None:
    assert repr(identity.create(tmp_path, "hub.example")) == "Identity(name='hub.example')"
