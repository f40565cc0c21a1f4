import stat
from pathlib import Path

import pytest

from allpoints.errors import Conflict, Unavailable
from allpoints.modalities.vault.folder import Manifest, VaultFolder

KEY = bytes(range(32))


def test_an_empty_folder_has_the_manifest_of_nothing(tmp_path: Path) -> None:
    assert VaultFolder(tmp_path / "none", KEY).manifest() == (Manifest(), None)
    assert not (tmp_path / "none").exists()


def test_a_manifest_is_replaced_as_a_whole_and_its_stamp_changes(tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path, KEY)
    first = folder.commit(Manifest(cursor="1"))
    assert folder.manifest() == (Manifest(cursor="1"), first)
    second = folder.commit(Manifest(cursor="2"))
    assert second != first
    assert folder.manifest() == (Manifest(cursor="2"), second)


def test_the_manifest_is_sealed(tmp_path: Path) -> None:
    VaultFolder(tmp_path, KEY).commit(Manifest(cursor="where the feed goes on"))
    sealed = (tmp_path / "MANIFEST").read_bytes()
    assert b"feed" not in sealed
    with pytest.raises(Unavailable, match="another key") as refused:
        VaultFolder(tmp_path, bytes(32)).manifest()
    assert "reindex" in str(refused.value.remedy)
    for place in range(len(sealed)):
        (tmp_path / "MANIFEST").write_bytes(sealed[:place] + bytes([sealed[place] ^ 4]) + sealed[place + 1 :])
        with pytest.raises(Unavailable):
            VaultFolder(tmp_path, KEY).manifest()


def test_a_manifest_of_another_format_asks_for_a_rebuild(tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path, KEY)
    folder.commit(Manifest(format=99))
    with pytest.raises(Unavailable) as refused:
        folder.manifest()
    assert "reindex" in str(refused.value.remedy)


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    with VaultFolder(tmp_path, KEY).writing():
        other = VaultFolder(tmp_path, KEY)
        with pytest.raises(Conflict), other.writing():
            pass


def test_only_its_user_may_enter(tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path / "index", KEY)
    with folder.writing():
        folder.created(Manifest(generation="ab")).close()
        folder.commit(Manifest(generation="ab"))
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.path.iterdir()} == {0o600}


def test_files_that_do_not_count_are_swept(tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path, KEY)
    for generation in ("ab", "cd"):
        folder.created(Manifest(generation=generation)).close()
    folder.sweep(Manifest(generation="cd"))
    assert [path.name for path in tmp_path.glob("*.vault")] == ["cd.vault"]


@pytest.mark.parametrize("damage", ["missing", "cut off"])
def test_a_file_that_is_missing_or_cut_off_asks_for_a_rebuild(damage: str, tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path, KEY)
    if damage == "cut off":
        folder.created(Manifest(generation="ab")).close()
    with pytest.raises(Unavailable, match=damage) as refused:
        folder.opened(Manifest(generation="ab", length=1), "rb")
    assert "reindex" in str(refused.value.remedy)
