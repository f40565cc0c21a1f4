"""Parts on disk: whole or not there, private, and in no other folder."""

import os
import stat
from pathlib import Path

import pytest

from allpoints.bureau.call import random_name
from allpoints.bureau.mailbox.files import PartFiles
from allpoints.errors import InvalidValue


def test_a_part_is_kept_privately_and_found_again(tmp_path: Path) -> None:
    files, name = PartFiles(tmp_path / "attachments"), random_name()
    assert files.there(name) == set()
    files.write(name, 3, b"three")
    files.write(name, 0, b"nought")
    assert files.there(name) == {0, 3}
    assert files.read(name, 3) == b"three"
    folder = tmp_path / "attachments" / name
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "0").stat().st_mode) == 0o600
    files.drop(name)
    assert files.there(name) == set()


def test_half_of_a_part_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, name = PartFiles(tmp_path), random_name()

    def full(_: int) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        files.write(name, 0, b"part")
    assert files.there(name) == set()
    assert list((tmp_path / name).iterdir()) == []


@pytest.mark.parametrize("name", ["..", "../x", "/etc", "a/b", "short", "x" * 65])
def test_only_an_id_names_a_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidValue):
        PartFiles(tmp_path).write(name, 0, b"")
