import fcntl
import hashlib
from pathlib import Path

import msgspec
import pytest

from allpoints.errors import Conflict, Unavailable
from allpoints.modalities.names import PersonTemplate, person, prepared
from allpoints.modalities.names.retrieval.index import NameIndex


def named(name: str) -> PersonTemplate:
    return prepared(person(name))


def ids(found: NameIndex, probe: PersonTemplate) -> list[int]:
    return [candidate.record_id for candidate in found.search(probe).candidates]


def test_what_is_removed_from_the_oldest_segment_takes_no_room(tmp_path: Path) -> None:
    people = NameIndex(tmp_path)
    people.add(1, [named("Angela Merkel")])
    people.flush("1")
    people.remove(1)
    people.flush("2")
    assert people.memory().mapped_bytes == 0
    assert list(tmp_path.glob("*.segment")) == []
    assert people.cursor == NameIndex(tmp_path).cursor == "2"


@pytest.mark.parametrize("manifest", [b"", b"{", b'{"format":99}', b'{"fingerprint":"other"}', b"\xff"])
def test_a_broken_or_foreign_manifest_asks_for_a_rebuild(manifest: bytes, tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.json").write_bytes(manifest)
    with pytest.raises(Unavailable) as refused:
        NameIndex(tmp_path)
    assert "reindex" in refused.value.remedy
    assert NameIndex.build(tmp_path, [], "1").cursor == "1"


@pytest.mark.parametrize("damage", ["missing", "short", "flipped"])
def test_a_damaged_segment_asks_for_a_rebuild(damage: str, tmp_path: Path) -> None:
    people = NameIndex(tmp_path)
    people.add(1, [named("Angela Merkel")])
    people.flush("1")
    (path,) = tmp_path.glob("*.segment")
    if damage == "missing":
        path.unlink()
    elif damage == "flipped":
        path.write_bytes(bytes(octet ^ 0xFF for octet in path.read_bytes()))
    else:
        path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(Unavailable) as refused:
        NameIndex(tmp_path)
    assert "reindex" in refused.value.remedy


def test_only_one_process_writes_at_a_time(tmp_path: Path) -> None:
    people = NameIndex(tmp_path)
    people.add(1, [named("Angela Merkel")])
    with (tmp_path / "writer.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(Conflict, match="is writing"):
            people.flush("1")
        with pytest.raises(Conflict, match="is writing"):
            NameIndex.build(tmp_path, [], "1")
    assert ids(people, named("Angela Merkel")) == [1]
    people.flush("1")
    other = NameIndex(tmp_path)
    other.add(2, [named("Angela Davis")])
    other.flush("2")
    people.add(3, [named("Angela Gheorghiu")])
    with pytest.raises(Conflict, match="has written"):
        people.flush("3")


def test_columns_of_other_lengths_than_were_written_ask_for_a_rebuild(tmp_path: Path) -> None:
    people = NameIndex(tmp_path)
    people.add(1, [named("Angela Merkel")])
    people.flush("1")
    path = tmp_path / "MANIFEST.json"
    manifest = msgspec.json.decode(path.read_bytes())
    lengths = manifest["segments"][0]["lengths"]
    # two columns of the same type that stand beside each other: the file is as long as before
    lengths[9:11] = [lengths[9] + 2, lengths[10] - 2]
    lengths[9:11] = [max(length, 0) for length in lengths[9:11]]
    path.write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(Unavailable):
        NameIndex(tmp_path)


def test_a_segment_is_read_through_only_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = NameIndex(tmp_path)
    people.add(1, [named("Angela Merkel")])
    people.flush("1")

    def unread(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(hashlib, "file_digest", unread)
    assert ids(NameIndex(tmp_path), named("Angela Merkel")) == [1]
