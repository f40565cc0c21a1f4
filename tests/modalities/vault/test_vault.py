import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from allpoints.errors import Conflict, InvalidValue, Unavailable
from allpoints.modalities.vault import Entry, Vault
from allpoints.modalities.vault import vault as module

KEY = bytes(range(32))
Held = dict[int, tuple[bytes, ...]]


def taken(vault: Vault, before: Held | None = None) -> Held:
    """What an index would hold that reads the vault."""
    anew, entries = vault.read()
    held = {} if anew else dict(before or {})
    for record_id, payloads in entries:
        held[record_id] = payloads
    return {record_id: payloads for record_id, payloads in held.items() if payloads}


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def a_vault(folder: Path, count: int = 5) -> Vault:
    vault = Vault.build(folder, KEY, (Entry(n, (bytes([n]) * 40,)) for n in range(1, count + 1)), "1")
    taken(vault)
    return vault


def test_a_new_vault_holds_nothing_and_writes_nothing(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "index", KEY)
    assert vault.cursor == ""
    assert taken(vault) == {}
    assert not vault.outdated()
    assert not (tmp_path / "index").exists()


def test_what_one_appends_another_reads_and_only_that(tmp_path: Path) -> None:
    writer, reader = Vault(tmp_path, KEY), Vault(tmp_path, KEY)
    writer.append([Entry(1, (b"thumb", b"index")), Entry(2, (b"palm",))], "a")
    assert reader.outdated()
    assert taken(reader) == {1: (b"thumb", b"index"), 2: (b"palm",)}
    assert reader.cursor == "a"
    writer.append([Entry(2, ()), Entry(3, (b"",))], "b")
    anew, entries = reader.read()
    assert not anew
    assert list(entries) == [Entry(2, ()), Entry(3, (b"",))]
    assert reader.cursor == "b"
    assert not reader.outdated()


def test_a_writer_does_not_read_its_own(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEY)
    vault.append([Entry(1, (b"thumb",))], "a")
    anew, entries = vault.read()
    assert (anew, list(entries)) == (False, [])


def test_the_last_of_a_record_counts(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEY)
    vault.append([Entry(1, (b"old",)), Entry(1, (b"new",))], "a")
    assert taken(Vault(tmp_path, KEY)) == {1: (b"new",)}


def test_nothing_of_a_template_stands_in_the_clear(tmp_path: Path) -> None:
    Vault(tmp_path, KEY).append([Entry(1, (b"core and delta",))], "a")
    assert b"core" not in on_disk(tmp_path)


@pytest.mark.parametrize("payloads", [(), (b"another print",)])
def test_what_was_withdrawn_or_superseded_stands_in_no_file_not_even_sealed(
    payloads: tuple[bytes, ...], tmp_path: Path
) -> None:
    vault = a_vault(tmp_path, 50)
    (path,) = tmp_path.glob("*.vault")
    before = path.read_bytes()
    place = vault._places[7]
    sealed = before[place.offset + 8 : place.offset + place.length]
    assert sealed in on_disk(tmp_path)
    vault.append([Entry(7, payloads)], "2")
    for start in range(len(sealed) - 8):
        assert sealed[start : start + 8] not in on_disk(tmp_path)
    assert list(tmp_path.glob("*.vault")) == [path], "wiped in place"


def test_what_a_failing_disk_left_unwiped_is_wiped_by_the_next_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = a_vault(tmp_path)
    (path,) = tmp_path.glob("*.vault")
    place = vault._places[3]
    sealed = path.read_bytes()[place.offset + 8 : place.offset + place.length]

    def failing(_: object, offsets: tuple[int, ...]) -> None:
        if offsets:
            raise OSError("the disk fails")

    with monkeypatch.context() as broken:
        broken.setattr(module, "wipe", failing)
        with pytest.raises(Unavailable):
            vault.append([Entry(3, ())], "2")
    assert sealed in on_disk(tmp_path)
    vault.append([Entry(4, ())], "3")
    assert sealed not in on_disk(tmp_path)


def test_a_file_of_which_most_is_waste_is_written_anew_and_read_anew(tmp_path: Path) -> None:
    writer = a_vault(tmp_path, 10)
    reader = Vault(tmp_path, KEY)
    held = taken(reader)
    old = next(tmp_path.glob("*.vault"))
    size = old.stat().st_size
    writer.append([Entry(n, ()) for n in range(1, 9)], "2")
    (new,) = tmp_path.glob("*.vault")
    assert new != old
    assert new.stat().st_size < size / 2
    anew, _ = reader.read()
    assert anew
    assert taken(reader, held) == {9: (bytes([9]) * 40,), 10: (bytes([10]) * 40,)}


def test_who_has_not_read_what_another_wrote_may_not_write(tmp_path: Path) -> None:
    one, other = a_vault(tmp_path), Vault(tmp_path, KEY)
    with pytest.raises(Conflict):
        other.append([Entry(9, ())], "2")
    taken(other)
    other.append([Entry(9, (b"x",))], "2")
    with pytest.raises(Conflict):
        one.append([Entry(9, ())], "3")


def test_building_anew_needs_nothing_of_the_old(tmp_path: Path) -> None:
    a_vault(tmp_path)
    other_key = bytes(32)
    with pytest.raises(Unavailable):
        Vault(tmp_path, other_key)
    built = Vault.build(tmp_path, other_key, [Entry(1, (b"thumb",))], "2")
    assert taken(built) == {1: (b"thumb",)}
    assert len(list(tmp_path.glob("*.vault"))) == 1


def test_a_flipped_byte_anywhere_is_found(tmp_path: Path) -> None:
    a_vault(tmp_path, 2)
    (path,) = tmp_path.glob("*.vault")
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        with pytest.raises(Unavailable) as refused:
            taken(Vault(tmp_path, KEY))
        assert refused.value.remedy


def test_an_entry_that_somebody_wiped_unsaid_is_missed(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    (path,) = tmp_path.glob("*.vault")
    whole = bytearray(path.read_bytes())
    offset = vault._places[3].offset
    whole[offset : offset + 4] = bytes(4)
    path.write_bytes(whole)
    with pytest.raises(Unavailable, match="missing"):
        taken(Vault(tmp_path, KEY))


def test_a_record_id_that_no_index_holds_is_refused(tmp_path: Path) -> None:
    for record_id in (0, 2**32):
        with pytest.raises(InvalidValue):
            Vault(tmp_path, KEY).append([Entry(record_id, ())], "1")


def test_a_reader_passes_over_what_is_wiped_while_it_reads(tmp_path: Path) -> None:
    # large enough that the reader's buffer does not hold the whole file
    writer = Vault.build(tmp_path, KEY, (Entry(n, (bytes([n]) * 300_000,)) for n in range(1, 9)), "1")
    taken(writer)
    reader = Vault(tmp_path, KEY)
    _, entries = reader.read()
    assert next(entries).record_id == 1
    writer.append([Entry(8, ())], "2")
    assert [entry.record_id for entry in entries] == [2, 3, 4, 5, 6, 7]
    assert reader.outdated()
    assert list(reader.read().entries) == [Entry(8, ())]


def _fails_at(monkeypatch: pytest.MonkeyPatch, nth: int, calls: tuple[str, ...]) -> None:
    """Let the nth of all writing calls to the system, and each after it, fail."""
    count = 0

    def failing(call: Callable[..., object]) -> Callable[..., object]:
        def tried(*arguments: object, **named: object) -> object:
            nonlocal count
            count += 1
            if count >= nth:
                raise OSError(5, "the process was killed")
            return call(*arguments, **named)

        return tried

    for name in calls:
        monkeypatch.setattr(os, name, failing(getattr(os, name)))


@pytest.mark.parametrize("withdrawn", [(2,), (1, 2, 3, 4, 5)], ids=["appending", "compacting"])
def test_a_crash_between_any_two_writes_leaves_the_old_state_or_the_new(
    withdrawn: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = [Entry(record_id, ()) for record_id in withdrawn] + [Entry(6, (b"new",))]
    reached = []
    for nth in range(1, 40):
        folder = tmp_path / str(nth)
        vault = a_vault(folder)
        old = taken(Vault(folder, KEY))
        new = {**old, 6: (b"new",)}
        sealed = {}
        (path,) = folder.glob("*.vault")
        for record_id in withdrawn:
            new.pop(record_id)
            offset, length, _ = vault._places[record_id]
            sealed[record_id] = path.read_bytes()[offset + 8 : offset + length]
        with monkeypatch.context() as patched:
            _fails_at(patched, nth, ("fsync", "replace", "pwrite", "open"))
            try:
                vault.append(changes, "2")
                crashed = False
            except Unavailable:
                crashed = True
        after = Vault(folder, KEY)
        held = taken(after)
        assert (held, after.cursor) in [(old, "1"), (new, "2")]
        reached.append(held == new)
        if held == new:
            assert not any(each in on_disk(folder) for each in sealed.values()), "the wiping is made good"
        after.append(changes, "3")
        assert taken(Vault(folder, KEY)) == new
        assert not any(each in on_disk(folder) for each in sealed.values())
        assert len(list(folder.glob("*.vault"))) == 1
        if not crashed:
            break
    assert not crashed
    assert {False, True} == set(reached)


def test_a_crash_while_building_leaves_the_old(tmp_path: Path) -> None:
    a_vault(tmp_path)

    def entries() -> object:
        yield Entry(1, (b"new",))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Vault.build(tmp_path, KEY, entries(), "2")  # type: ignore[arg-type]
    assert len(taken(Vault(tmp_path, KEY))) == 5
    assert len(list(tmp_path.glob("*.vault"))) == 1


def test_what_a_killed_writer_appended_and_did_not_commit_is_not_read_and_goes(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    (path,) = tmp_path.glob("*.vault")
    with path.open("ab") as file:
        file.write(b"half an entry")
    assert len(taken(Vault(tmp_path, KEY))) == 5
    vault.append([], "2")
    assert b"half an entry" not in on_disk(tmp_path)
    assert len(taken(Vault(tmp_path, KEY))) == 5


def test_the_first_build_may_crash_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.VaultFolder, "commit", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(Unavailable):
        Vault.build(tmp_path, KEY, [Entry(1, (b"new",))], "1")
    monkeypatch.undo()
    assert taken(Vault(tmp_path, KEY)) == {}
    assert list(tmp_path.glob("*.vault")) == []


class AsADict(RuleBasedStateMachine):
    """Two processes on one vault against a plain dict."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.truth: Held = {}
        self.vaults = [Vault(self.folder, KEY), Vault(self.folder, KEY)]
        self.held: list[Held] = [{}, {}]
        self.serial = 0

    @rule(
        which=st.integers(0, 1),
        changes=st.lists(
            st.tuples(st.integers(1, 6), st.lists(st.binary(max_size=60), max_size=3)), max_size=6
        ),
    )
    def append(self, which: int, changes: list[tuple[int, list[bytes]]]) -> None:
        self.read(which)
        self.serial += 1
        entries = [Entry(record_id, tuple(payloads)) for record_id, payloads in changes]
        self.vaults[which].append(entries, str(self.serial))
        for entry in entries:
            self.truth[entry.record_id] = self.held[which][entry.record_id] = entry.payloads

    @rule(which=st.integers(0, 1))
    def read(self, which: int) -> None:
        self.held[which] = taken(self.vaults[which], self.held[which])
        assert self.held[which] == {key: value for key, value in self.truth.items() if value}
        assert not self.vaults[which].outdated()

    @rule(which=st.integers(0, 1))
    def reopen(self, which: int) -> None:
        self.vaults[which], self.held[which] = Vault(self.folder, KEY), {}

    @rule()
    def build(self) -> None:
        self.serial += 1
        entries = [Entry(*item) for item in self.truth.items() if item[1]]
        Vault.build(self.folder, KEY, entries, str(self.serial))

    @invariant()
    def one_file_and_the_cursor_of_the_last_writer(self) -> None:
        assert len(list(self.folder.glob("*.vault"))) <= 1
        assert Vault(self.folder, KEY).cursor == (str(self.serial) if self.serial else "")

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)


TestAsADict = AsADict.TestCase
TestAsADict.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
