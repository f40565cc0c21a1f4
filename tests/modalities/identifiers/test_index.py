import fcntl
import threading
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.errors import Conflict, Unavailable
from allpoints.modalities import Population
from allpoints.modalities.identifiers import Batch, IdentifierIndex, segments
from allpoints.records.identifiers import Identifier, Pattern

SECRET = b"s" * 32
NO_PARTIAL = (np.empty(0, np.uint32), ())


def phone(number: int) -> Identifier:
    return Identifier("phone", f"+{number}")


def records(index: IdentifierIndex, number: int) -> list[int]:
    return sorted(candidate.record_id for candidate in index.search(phone(number)).candidates)


def test_many_probes_find_what_single_ones_do(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    generator = np.random.default_rng(1)
    held: dict[int, int] = {}
    for step in range(6):
        for record_id in generator.integers(1, 400, 150).tolist():
            held[record_id] = int(generator.integers(0, 300))
            index.add(record_id, [phone(held[record_id])])
        if step < 5:
            index.flush(str(step))
    expected = defaultdict(list)
    for record_id, number in sorted(held.items()):
        expected[number].append(record_id)
    probes = generator.permutation(350).tolist()
    many = index.search_many([phone(number) for number in probes])
    for number, found in zip(probes, many, strict=True):
        assert sorted(candidate.record_id for candidate in found.candidates) == expected[number]
        assert records(index, number) == expected[number]
        assert found.population.agreeing == len(expected[number])


@pytest.mark.parametrize("ratio", [0, 4, 1_000_000])
def test_merged_segments_answer_as_unmerged_ones(
    ratio: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "MERGE_RATIO", ratio)
    monkeypatch.setattr(segments, "CHUNK", 16)
    monkeypatch.setattr(segments, "_STRIDE", 4)
    index = IdentifierIndex(tmp_path, SECRET)
    held: dict[int, int] = {}
    for step in range(8):
        for record_id in range(1 + step * 10, 41 + step * 10):
            held[record_id] = (record_id * 7 + step) % 60
            index.add(record_id, [phone(held[record_id])])
        for record_id in range(1 + step * 5, 4 + step * 5):
            held.pop(record_id, None)
            index.remove(record_id)
        index.flush(str(step))
    assert index.memory().segments == {0: 8, 4: 1, 1_000_000: 1}[ratio]
    positions, ids = index.find(index.keyring.keys(phone(number) for number in range(61)))
    for number in range(61):
        expected = sorted(record_id for record_id, of_record in held.items() if of_record == number)
        assert records(index, number) == expected
        assert sorted(ids[positions == number].tolist()) == expected


def test_segments_stay_few_while_an_index_grows(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    for record_id in range(1, 201):
        index.add(record_id, [phone(record_id)])
        index.flush(str(record_id))
    assert index.memory().segments <= 6
    assert len(list(tmp_path.glob("*.segment"))) == index.memory().segments


def test_what_is_removed_from_the_oldest_segment_takes_no_room(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [phone(1)])
    index.flush("1")
    index.remove(1)
    index.flush("2")
    assert index.memory().mapped_bytes == 0
    assert list(tmp_path.glob("*.segment")) == []
    assert index.cursor == IdentifierIndex(tmp_path, SECRET).cursor == "2"


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 99)), max_size=40), max_size=5),
    st.sampled_from([1, 300, 1_000_000]),
)
def test_a_built_index_finds_what_the_batches_hold(batches: list[list[tuple[int, int]]], run: int) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(segments, "RUN_BYTES", run)
        patched.setattr(segments, "CHUNK", 16)
        patched.setattr(segments, "_STRIDE", 4)
        keyring = IdentifierIndex(Path(folder), SECRET).keyring
        index = IdentifierIndex.build(
            Path(folder),
            SECRET,
            [
                Batch(
                    keyring.keys(phone(number) for number, _ in batch),
                    np.array([record_id for _, record_id in batch], np.uint32),
                    *NO_PARTIAL,
                )
                for batch in batches
            ],
            "built",
        )
        assert index.cursor == "built"
        assert index.memory().segments <= 1
        for number in range(10):
            assert records(index, number) == sorted({r for batch in batches for n, r in batch if n == number})


def test_ten_identifiers_take_twelve_bytes_each(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    for record_id in range(1, 11):
        index.add(record_id, [phone(record_id)])
    index.flush("1")
    assert index.memory().mapped_bytes == 10 * 12


def test_a_rebuild_replaces_everything_and_readers_go_on(tmp_path: Path) -> None:
    old = IdentifierIndex(tmp_path, SECRET)
    old.add(1, [phone(1)])
    old.flush("old")
    keys = old.keyring.keys([phone(2)])
    new = IdentifierIndex.build(tmp_path, SECRET, [Batch(keys, np.array([2], np.uint32), *NO_PARTIAL)], "new")
    assert (records(new, 1), records(new, 2)) == ([], [2])
    assert (records(old, 1), records(old, 2)) == ([1], [])
    assert old.outdated()
    assert len(list(tmp_path.glob("*.segment"))) == 1


def test_counts_are_per_scheme(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [phone(1), phone(2), Identifier("plate", "ALB:AA1")])
    assert (index.count("phone"), index.count("plate"), index.count("url")) == (2, 1, 0)
    index.flush("1")
    index.add(2, [phone(1), Identifier("url", "https://example.org/")])
    assert (index.count("phone"), index.count("plate"), index.count("url")) == (3, 1, 1)
    assert index.search(phone(1)).population == Population(size=3, agreeing=2)
    assert index.search(phone(9)).population == Population(size=3, agreeing=0)


def test_another_secret_cannot_open_the_index_but_can_rebuild_it(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [phone(1)])
    index.flush("1")
    with pytest.raises(Unavailable, match="another secret") as refused:
        IdentifierIndex(tmp_path, b"t" * 32)
    assert "reindex" in refused.value.remedy
    assert records(IdentifierIndex.build(tmp_path, b"t" * 32, [], "2"), 1) == []


@pytest.mark.parametrize("manifest", [b"", b"{", b'{"format":1}', b'{"format":99,"fingerprint":""}', b"\xff"])
def test_a_broken_manifest_asks_for_a_rebuild(manifest: bytes, tmp_path: Path) -> None:
    (tmp_path / "MANIFEST.json").write_bytes(manifest)
    with pytest.raises(Unavailable) as refused:
        IdentifierIndex(tmp_path, SECRET)
    assert "reindex" in refused.value.remedy
    assert IdentifierIndex.build(tmp_path, SECRET, [], "1").cursor == "1"


@pytest.mark.parametrize("damage", ["missing", "short"])
def test_a_damaged_segment_asks_for_a_rebuild(damage: str, tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [phone(1)])
    index.flush("1")
    (path,) = tmp_path.glob("*.segment")
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Unavailable) as refused:
        IdentifierIndex(tmp_path, SECRET)
    assert "reindex" in refused.value.remedy


def test_only_one_process_writes_at_a_time(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [phone(1)])
    with (tmp_path / "writer.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(Conflict, match="is writing"):
            index.flush("1")
        with pytest.raises(Conflict, match="is writing"):
            IdentifierIndex.build(tmp_path, SECRET, [], "1")
    index.add(2, [phone(2)])
    index.flush("1")
    assert [records(IdentifierIndex(tmp_path, SECRET), number) for number in (1, 2)] == [[1], [2]]


def test_who_missed_anothers_segments_does_not_write_over_them(tmp_path: Path) -> None:
    one, other = IdentifierIndex(tmp_path, SECRET), IdentifierIndex(tmp_path, SECRET)
    one.add(1, [phone(1)])
    one.flush("1")
    other.add(2, [phone(2)])
    with pytest.raises(Conflict, match="has written"):
        other.flush("2")
    assert IdentifierIndex(tmp_path, SECRET).cursor == "1"


def test_what_a_crash_left_over_is_swept_by_the_next_write(tmp_path: Path) -> None:
    leftover = tmp_path / "0000000099.segment"
    leftover.write_bytes(b"half a segment")
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [phone(1)])
    assert leftover.exists()
    index.flush("1")
    assert not leftover.exists()


def test_changes_during_a_flush_are_kept_for_the_next(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    stop = threading.Event()
    added = []

    def feed() -> None:
        record_id = 0
        while not stop.is_set() and record_id < 20_000:
            record_id += 1
            index.add(record_id, [phone(record_id % 100)])
            added.append(record_id)

    feeder = threading.Thread(target=feed)
    feeder.start()
    for step in range(10):
        index.flush(str(step))
    stop.set()
    feeder.join()
    index.flush("last")
    reopened = IdentifierIndex(tmp_path, SECRET)
    for opened in (index, reopened):
        positions, ids = opened.find(opened.keyring.keys(phone(number) for number in range(100)))
        assert sorted(ids.tolist()) == added
        assert (ids % 100 == positions).all()


def test_after_a_failed_flush_the_newest_change_counts_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = IdentifierIndex(tmp_path, SECRET)
    index.add(1, [phone(1), Identifier("plate", "ALB:AAA1")])
    index.add(2, [phone(2)])
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(Unavailable, match="No space"):
            index.flush("1")
    index.add(1, [phone(3), Identifier("plate", "ALB:AAA2")])
    pattern = Pattern(scheme="plate", value=":AAA*")
    for _ in range(2):
        assert [records(index, number) for number in (1, 2, 3)] == [[], [2], [1]]
        positions, ids = index.find(index.keyring.keys(phone(number) for number in range(20)))
        assert sorted(zip(positions.tolist(), ids.tolist(), strict=True)) == [(2, 2), (3, 1)]
        assert index.search(pattern).population.agreeing == 1
        index.flush("2")
    assert [records(IdentifierIndex(tmp_path, SECRET), number) for number in (1, 2, 3)] == [[], [2], [1]]


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    index = IdentifierIndex(tmp_path / "index", SECRET)
    index.add(1, [phone(1)])
    index.flush("1")
    assert (tmp_path / "index").stat().st_mode & 0o077 == 0
    for path in tmp_path.glob("index/*.segment"):
        assert path.stat().st_mode & 0o077 == 0
