"""The offline verifier: what it proves, what it finds, and how it ends."""

import json
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.audit import (
    EMPTY_ROOT,
    Checkpoint,
    Frontier,
    Receipt,
    VerifierKey,
    append,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    sign_checkpoint,
)
from allpoints.audit.verify import main, verify_chain, verify_log, verify_receipt
from allpoints.errors import InvalidValue, MalformedInput, TamperingFound

ENTRIES = [b'{"act": "check", "number": %d}' % number for number in range(10_000)]
SIZES = [0, 1, 300, 300, 5000, 9990]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Log:
    """A hub's log over some entries, with the checkpoints it signed at `SIZES`, a second apart."""

    def __init__(self, entries, signing_key):
        self.leaves = [leaf_hash(entry) for entry in entries]
        self.tiles = append(Frontier(), self.leaves).tiles
        self.checkpoints = [
            self.sign(size, NOON + timedelta(seconds=second), signing_key)
            for second, size in enumerate(SIZES)
        ]

    def sign(self, size, time, signing_key):
        return sign_checkpoint(
            "hub.example/log", size, append(Frontier(), self.leaves[:size]).root, time, signing_key
        )

    def read(self, _):
        return self.tiles

    def receipt(self, index, number):
        checkpoint = self.checkpoints[number]
        return Receipt(
            entry=ENTRIES[index],
            index=index,
            proof=tuple(inclusion_proof(index, checkpoint.size, self.read)),
            checkpoint=checkpoint.text,
        )


@pytest.fixture(scope="module")
def log(signing_key):
    return Log(ENTRIES, signing_key)


@pytest.fixture(scope="module")
def rewritten(signing_key):
    """The same hub's log after it has changed entry 4000 and signed everything anew."""
    return Log([*ENTRIES[:4000], b'{"act": "nothing"}', *ENTRIES[4001:]], signing_key)


def test_a_receipt_says_what_it_proves(log, key):
    verdict = verify_receipt(log.receipt(42, 4), key)
    assert verdict.entry == {"act": "check", "number": 42}
    assert (verdict.origin, verdict.index, verdict.size) == ("hub.example/log", 42, 5000)
    assert verdict.time == NOON + timedelta(seconds=4)
    assert verdict.root == log.checkpoints[4].root


@pytest.mark.parametrize("entry", [b"\xff", b"[1]", b'"text"', b"", b"[" * 100_000])
def test_an_entry_that_is_no_json_object_is_proved_all_the_same(signing_key, key, entry):
    checkpoint = sign_checkpoint("hub.example/log", 1, leaf_hash(entry), NOON, signing_key)
    receipt = Receipt(entry=entry, index=0, proof=(), checkpoint=checkpoint.text)
    assert verify_receipt(receipt, key).entry is None


@given(st.data())
def test_any_changed_bit_in_a_receipt_is_found(log, key, data):
    raw = log.receipt(42, 4).to_json()
    at, bit = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(raw)
    changed[at] ^= 1 << bit
    with pytest.raises((MalformedInput, TamperingFound)):
        verify_receipt(Receipt.from_json(bytes(changed)), key)


def test_a_receipt_of_another_hub_is_refused(log):
    with pytest.raises(TamperingFound, match="not signed"):
        verify_receipt(log.receipt(42, 4), VerifierKey("hub.example/log", bytes(32)))


@pytest.mark.parametrize(("number", "trusted"), [(4, 2), (2, 4), (4, 5), (2, 3), (3, 2), (2, 1), (4, 4)])
def test_a_receipt_is_tied_to_a_checkpoint_seen_before_or_after(log, key, number, trusted):
    old, new = sorted((log.checkpoints[number].size, log.checkpoints[trusted].size))
    verify_receipt(
        log.receipt(0, number),
        key,
        trusted=log.checkpoints[trusted],
        consistency=consistency_proof(old, new, log.read),
    )


def test_a_receipt_from_a_rewritten_log_is_found_out(log, rewritten, key):
    receipt = rewritten.receipt(42, 4)
    verify_receipt(receipt, key)
    for trusted, old, new in [(log.checkpoints[4], 5000, 5000), (log.checkpoints[5], 5000, 9990)]:
        for cheat in (log, rewritten):
            with pytest.raises(TamperingFound):
                verify_receipt(
                    receipt, key, trusted=trusted, consistency=consistency_proof(old, new, cheat.read)
                )


def test_a_trusted_checkpoint_needs_its_proof(log, key):
    with pytest.raises(InvalidValue, match="together"):
        verify_receipt(log.receipt(42, 4), key, trusted=log.checkpoints[2])
    with pytest.raises(InvalidValue, match="together"):
        verify_receipt(log.receipt(42, 4), key, consistency=[])


def chain_proofs(log):
    return [consistency_proof(old, new, log.read) for old, new in pairwise(SIZES)]


def test_a_chain_of_checkpoints_is_verified(log, key):
    verify_chain(log.checkpoints, chain_proofs(log), key)
    verify_chain([], [], key)


def test_a_break_in_a_chain_is_found(log, rewritten, key):
    broken = [*log.checkpoints[:4], *rewritten.checkpoints[4:]]
    verify_chain(broken, chain_proofs(rewritten), key)  # entry 4000 lies after checkpoint 3
    broken = [*log.checkpoints[:5], rewritten.checkpoints[5]]
    with pytest.raises(TamperingFound):
        verify_chain(broken, chain_proofs(rewritten), key)


def test_a_chain_needs_a_proof_for_each_step(log, key):
    with pytest.raises(InvalidValue, match="one proof fewer"):
        verify_chain(log.checkpoints, chain_proofs(log)[1:], key)


def test_a_chain_with_an_unsigned_link_is_refused(log, key):
    forged = [*log.checkpoints[:5], msgspec.structs.replace(log.checkpoints[5], signatures=())]
    with pytest.raises(TamperingFound, match="not signed"):
        verify_chain(forged, chain_proofs(log), key)


def test_a_whole_log_is_verified_as_a_stream(log, key):
    verdict = verify_log(iter(ENTRIES), iter(log.checkpoints), key)
    assert (verdict.checkpoints, verdict.sealed, verdict.unsealed) == (6, 9990, 10)
    assert verdict.root == log.checkpoints[-1].root


def test_an_empty_log_is_verified(key):
    verdict = verify_log([], [], key)
    assert (verdict.checkpoints, verdict.sealed, verdict.unsealed, verdict.root) == (0, 0, 0, EMPTY_ROOT)


@given(st.sampled_from(["change", "drop", "swap", "insert"]), st.integers(0, 9988))
def test_any_tampering_with_the_entries_is_found_at_the_first_checkpoint_after(log, key, how, at):
    entries = list(ENTRIES)
    match how:
        case "change":
            entries[at] += b" "
        case "drop":
            del entries[at]
        case "swap":
            entries[at : at + 2] = entries[at + 1], entries[at]
        case "insert":
            entries.insert(at, b"{}")
    # A swap over a checkpoint's edge changes the earlier side too.
    first = next(size for size in SIZES if size > at)
    with pytest.raises(TamperingFound, match=f"of the first {first} entries") as caught:
        verify_log(entries, log.checkpoints, key)
    assert caught.value.field == "entries"


def test_a_log_cut_short_is_found(log, key):
    with pytest.raises(TamperingFound, match="ends after 9000 entries"):
        verify_log(ENTRIES[:9000], log.checkpoints, key)


def test_checkpoints_out_of_order_are_found(log, signing_key, key):
    older = log.sign(300, NOON + timedelta(hours=1), signing_key)
    with pytest.raises(TamperingFound, match="shrank from 9990 to 300"):
        verify_log(ENTRIES, [*log.checkpoints, older], key)
    early = log.sign(9995, NOON, signing_key)
    with pytest.raises(TamperingFound, match="time ran back"):
        verify_log(ENTRIES, [*log.checkpoints, early], key)


def test_two_roots_for_one_size_are_found(log, rewritten, key):
    with pytest.raises(TamperingFound, match="two different roots"):
        verify_log(ENTRIES, [log.checkpoints[5], rewritten.checkpoints[5]], key)


def test_an_unsigned_checkpoint_of_a_log_is_refused(log, key):
    with pytest.raises(TamperingFound, match="not signed"):
        verify_log(ENTRIES, [msgspec.structs.replace(log.checkpoints[5], signatures=())], key)


@pytest.fixture
def receipt_file(log, tmp_path):
    file = tmp_path / "receipt.json"
    file.write_bytes(log.receipt(42, 4).to_json())
    return file


def test_the_program_ends_with_0_for_a_receipt_that_holds(receipt_file, key, capsys):
    assert main([str(receipt_file), "--key", str(key)]) == 0
    shown = capsys.readouterr().out
    for part in ("hub.example/log", "42 of the first 5000", "2026-11-22T12:00:04.000+00:00", '"number": 42'):
        assert part in shown


def test_the_program_ends_with_1_for_a_receipt_that_does_not_hold(receipt_file, key, capsys):
    forged = json.loads(receipt_file.read_bytes()) | {"entry": b64encode(b"{}").decode()}
    receipt_file.write_text(json.dumps(forged))
    assert main([str(receipt_file), "--key", str(key)]) == 1
    assert "oversight" in capsys.readouterr().err


def test_the_program_ends_with_2_for_what_it_cannot_read(receipt_file, key, capsys):
    assert main([str(receipt_file), "--key", "nonsense"]) == 2
    assert main([str(receipt_file.parent / "missing.json"), "--key", str(key)]) == 2
    receipt_file.write_text("{}")
    assert main([str(receipt_file), "--key", str(key)]) == 2
    assert "no receipt" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main([str(receipt_file)])
    assert caught.value.code == 2


def test_an_entry_cannot_act_on_the_terminal(signing_key, key, tmp_path, capsys):
    entry = '{"name": "\\u001b[2J\u202e\u009b"}'.encode()
    checkpoint = sign_checkpoint("hub.example/log", 1, leaf_hash(entry), NOON, signing_key)
    file = tmp_path / "receipt.json"
    file.write_bytes(Receipt(entry=entry, index=0, proof=(), checkpoint=checkpoint.text).to_json())
    assert main([str(file), "--key", str(key)]) == 0
    shown = capsys.readouterr().out
    assert shown.isascii()
    assert "\x1b" not in shown


def test_it_runs_as_a_program_without_a_warning(receipt_file, key):
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "allpoints.audit.verify",
        str(receipt_file),
        "--key",
        str(key),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_auditor_need_read_only_these_modules():
    script = (
        "import sys; before = set(sys.modules); import allpoints.audit.verify; "
        "print(*sorted(set(sys.modules) - before))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = {name for name in loaded if name.partition(".")[0] == "allpoints"}
    others = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names - {"allpoints"}
    assert ours == {
        "allpoints",
        "allpoints.audit",
        "allpoints.audit.checkpoint",
        "allpoints.audit.merkle",
        "allpoints.audit.receipt",
        "allpoints.audit.verify",
        "allpoints.errors",
    }
    # PyNaCl and its binding, msgspec and its typing.
    assert others <= {"nacl", "_sodium", "_cffi_backend", "msgspec", "typing_extensions"}


def test_a_checkpoint_in_a_receipt_must_be_a_checkpoint(key):
    receipt = Receipt(entry=b"{}", index=0, proof=(), checkpoint="not a note")
    with pytest.raises(MalformedInput):
        verify_receipt(receipt, key)


def test_the_receipts_checkpoint_is_the_one_that_was_signed(log):
    assert Checkpoint.parse(log.receipt(42, 4).checkpoint) == log.checkpoints[4]
