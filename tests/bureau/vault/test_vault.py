"""Keys at rest: sealed, whole or not there, and never lost by a change that was cut short."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.bureau.nodes import CHEAP

from allpoints.bureau import BureauKey
from allpoints.bureau.vault import FORMER_KEPT, Cost, KeyKind, KeyState, Vault, draw_key, load_key, vault
from allpoints.errors import Conflict, InvalidValue, NotFound, Unavailable

PASSPHRASE = "four words of passphrase"
NOW = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
def made(tmp_path: Path) -> Vault:
    return Vault.create(tmp_path / "keys", "ALB", passphrase=PASSPHRASE, cost=CHEAP)


def again(made: Vault) -> Vault:
    """The same vault as another process opens it."""
    return Vault.unlock(made.folder, passphrase=PASSPHRASE)


def test_what_was_made_is_there_after_a_restart(made: Vault) -> None:
    opened = again(made)
    assert opened.bureau == "ALB"
    assert opened.signing.key_id == made.signing.key_id
    assert list(opened.sealing) == list(made.sealing)
    assert {key.kind: key.state for key in opened.keys} == dict.fromkeys(KeyKind, KeyState.CURRENT)


def test_a_key_that_the_bureau_has_already_is_taken_over(tmp_path: Path) -> None:
    key = BureauKey.generate("ALB")
    made = Vault.create(tmp_path, "ALB", passphrase=PASSPHRASE, signing=key, cost=CHEAP)
    assert made.signing.sign(b"message") == key.sign(b"message")


def test_no_file_shows_a_secret_or_is_open_to_others(made: Vault) -> None:
    secrets = [made.signing.seed, *(key.secret for key in made.sealing.values())]
    for file in made.folder.iterdir():
        assert file.stat().st_mode & 0o077 == 0
        content = file.read_bytes()
        assert not any(secret in content or secret.hex().encode() in content for secret in secrets)
    assert made.folder.stat().st_mode & 0o077 == 0


def test_a_representation_shows_no_secret(made: Vault) -> None:
    assert made.signing.seed.hex() not in repr(made) + repr(made.keys) + repr(made.signing)


@pytest.mark.parametrize("passphrase", ["", None, "another"])
def test_another_passphrase_opens_nothing(made: Vault, passphrase: str | None) -> None:
    with pytest.raises(InvalidValue) as refused:
        Vault.unlock(made.folder, passphrase=passphrase)
    assert refused.value.field == "passphrase"


def test_the_cost_of_a_try_cannot_be_lowered_unseen(made: Vault) -> None:
    lock = made.folder / "vault.json"
    changed = lock.read_text().replace(f'"memory_kib": {CHEAP.memory_kib}', '"memory_kib": 16')
    assert changed != lock.read_text()
    lock.write_text(changed)
    with pytest.raises(InvalidValue):
        again(made)


def test_by_default_a_try_costs_what_the_standard_asks() -> None:
    assert Cost() == Cost(passes=3, memory_kib=65_536, lanes=4)


def test_a_changed_byte_is_noticed(made: Vault) -> None:
    for file in made.folder.glob("*.key"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
        with pytest.raises(Unavailable):
            again(made).keys  # noqa: B018
        content[len(content) // 2] ^= 1
        file.write_bytes(content)


def test_one_keys_file_cannot_pass_for_anothers(made: Vault) -> None:
    one, two = sorted(made.folder.glob("*.key"))
    one.write_bytes(two.read_bytes())
    with pytest.raises(Unavailable):
        again(made).keys  # noqa: B018


def test_a_vault_is_never_overwritten(made: Vault) -> None:
    with pytest.raises(Conflict):
        Vault.create(made.folder, "ALB", passphrase="other words here", cost=CHEAP)
    again(made)


def test_what_was_cut_short_while_it_was_made_is_made_anew(made: Vault) -> None:
    (made.folder / "vault.json").unlink()
    anew = Vault.create(made.folder, "ALB", passphrase=PASSPHRASE, cost=CHEAP)
    assert len(again(anew).keys) == 2


def test_where_there_is_none_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no vault"):
        Vault.unlock(tmp_path, passphrase=PASSPHRASE)


def test_a_damaged_lock_is_said_to_be_damaged(made: Vault) -> None:
    (made.folder / "vault.json").write_text("{")
    with pytest.raises(Unavailable, match="damaged"):
        again(made)


def test_a_new_passphrase_opens_the_same_keys(made: Vault) -> None:
    made.relock(passphrase="another one altogether", cost=CHEAP)
    with pytest.raises(InvalidValue):
        again(made)
    opened = Vault.unlock(made.folder, passphrase="another one altogether")
    assert opened.signing.key_id == made.signing.key_id


def test_a_key_file_opens_a_vault_that_was_made_with_it(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "vault.key"
    made = Vault.create(tmp_path / "keys", "ALB", key=draw_key(file))
    assert not Vault.wants_passphrase(made.folder)
    assert Vault.unlock(made.folder, key=load_key(file)).signing.key_id == made.signing.key_id
    for key in (None, bytes(32), bytes(31)):
        with pytest.raises(InvalidValue) as refused:
            Vault.unlock(made.folder, key=key)
        assert refused.value.field == "key_file"
    with pytest.raises(Conflict):
        draw_key(file)
    file.chmod(0o644)
    with pytest.raises(InvalidValue, match="others may read"):
        load_key(file)


# Rotation ------------------------------------------------------------------------------------------------


def test_a_next_key_is_drawn_once_until_it_is_in_use(made: Vault) -> None:
    drawn = made.next_key(KeyKind.SIGNING)
    assert made.next_key(KeyKind.SIGNING) == drawn == again(made).next_key(KeyKind.SIGNING)
    assert made.signing.key_id != drawn.key_id
    made.promote(drawn.key_id, NOW)
    assert made.signing.key_id == drawn.key_id


def test_a_former_signing_key_waits_to_be_revoked(made: Vault) -> None:
    old = made.signing.key_id
    with pytest.raises(Conflict, match="current"):
        made.revoke(old)
    made.promote(made.next_key(KeyKind.SIGNING).key_id, NOW)
    assert made.held(old).state is KeyState.FORMER
    made.revoke(old)
    states = {key.key_id: key.state for key in again(made).keys}
    assert states[old] is KeyState.REVOKED
    with pytest.raises(NotFound):
        made.signing_key(old)


def test_a_former_sealing_key_opens_what_is_under_way_and_is_then_destroyed(made: Vault) -> None:
    [old] = made.sealing
    made.promote(made.next_key(KeyKind.SEALING).key_id, NOW)
    new, former = made.sealing
    assert (new != old, former) == (True, old)
    made.forget_former(NOW + FORMER_KEPT - timedelta(seconds=1))
    assert old in made.sealing
    made.forget_former(NOW + FORMER_KEPT)
    assert old not in again(made).sealing
    assert not list(made.folder.glob(f"*{old}*"))


def test_a_next_sealing_key_opens_what_early_senders_seal_to_it(made: Vault) -> None:
    drawn = made.next_key(KeyKind.SEALING)
    assert list(made.sealing)[-1] == drawn.key_id


def test_another_process_sees_the_change(made: Vault) -> None:
    running = again(made)
    before = running.signing.key_id
    made.promote(made.next_key(KeyKind.SIGNING).key_id, NOW)
    assert running.signing.key_id == made.signing.key_id != before


@pytest.mark.parametrize("written", [0, 1])
def test_killed_in_a_rotation_it_has_one_current_key(
    made: Vault, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """Whatever of the two files was written, the vault signs, and the rotation can be done again."""
    drawn = made.next_key(KeyKind.SIGNING)
    writes = 0

    def killed(path: Path, content: bytes) -> None:
        nonlocal writes
        if writes == written:
            raise KeyboardInterrupt
        writes += 1
        write(path, content)

    write = vault.write_private
    monkeypatch.setattr(vault, "write_private", killed)
    with pytest.raises(KeyboardInterrupt):
        made.promote(drawn.key_id, NOW)
    monkeypatch.undo()
    opened = again(made)
    assert opened.signing.key_id == (drawn.key_id if written else made.signing.key_id)
    opened.promote(drawn.key_id, NOW)
    assert again(made).signing.key_id == drawn.key_id


def test_a_write_that_fails_leaves_the_old_file(made: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        made.relock(passphrase="another one altogether", cost=CHEAP)
    monkeypatch.undo()
    again(made)
    assert not [file for file in made.folder.iterdir() if file.name.startswith(".")]


def test_reading_while_another_writes_never_sees_half(made: Vault) -> None:
    reader = again(made)
    seen: set[str] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(reader.signing.key_id)

    thread = threading.Thread(target=read)
    thread.start()
    expected = {made.signing.key_id}
    for _ in range(20):
        drawn = made.next_key(KeyKind.SIGNING)
        made.promote(drawn.key_id, datetime.now(UTC))
        expected.add(drawn.key_id)
    done.set()
    thread.join()
    assert seen <= expected


# Secrets of the database ---------------------------------------------------------------------------------


def test_what_is_sealed_opens_in_its_own_context_and_vault_alone(made: Vault, tmp_path: Path) -> None:
    sealed = made.seal(b"secret", "of person 1")
    assert again(made).open(sealed, "of person 1") == b"secret"
    other = Vault.create(tmp_path / "other", "FRA", passphrase=PASSPHRASE, cost=CHEAP)
    for opener, content, context in (
        (made, sealed, "of person 2"),
        (other, sealed, "of person 1"),
        (made, sealed[:-1], "of person 1"),
        (made, b"", "of person 1"),
    ):
        with pytest.raises(Unavailable):
            opener.open(content, context)


def test_keyed_hashes_and_passwords_stay_the_same_and_mean_nothing_elsewhere(
    made: Vault, tmp_path: Path
) -> None:
    other = Vault.create(tmp_path / "other", "FRA", passphrase=PASSPHRASE, cost=CHEAP)
    assert made.keyed_hash(b"x", "a") == again(made).keyed_hash(b"x", "a")
    assert len({made.keyed_hash(b"x", "a"), made.keyed_hash(b"x", "b"), other.keyed_hash(b"x", "a")}) == 3
    assert made.keyed_hash(b"bc", "a") != made.keyed_hash(b"c", "ab"), (
        "context and content do not run together"
    )
    names = [vault.name_for("x", "a") for vault in (made, again(made), other)]
    assert names[0] == names[1] != names[2]
    assert [len(name) for name in names] == [22] * 3
    assert made.password("database") == again(made).password("database") != made.password("else")
