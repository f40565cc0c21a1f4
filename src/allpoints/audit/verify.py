"""The offline verifier: what an owner or an oversight body runs without trusting the hub.

    python -m allpoints.audit.verify RECEIPT.json --key hub.example/log+c74f20a3+ARpc2QcUPDhM…

Together with `merkle`, `checkpoint` and `receipt` beside it, and `allpoints.errors`, this is all the code
that runs: the standard library, PyNaCl for Ed25519 and msgspec to read JSON. The exit status is 0 when the
receipt holds, 1 when it does not, 2 when the receipt or the key cannot be read.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import msgspec

from allpoints.audit.checkpoint import Checkpoint, VerifierKey
from allpoints.audit.merkle import Frontier, append, leaf_hash, verify_consistency, verify_inclusion
from allpoints.audit.receipt import MAX_RECEIPT_BYTES, Receipt
from allpoints.errors import AllpointsError, InvalidValue, TamperingFound

_CHUNK = 4096


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a receipt has proved: the entry stands at `index` in the first `size` entries of log `origin`.

    `time` and `root` are the checkpoint's. `entry` is the entry as a JSON object, None when it is not one.
    """

    origin: str
    index: int
    size: int
    time: datetime
    root: bytes
    entry: dict[str, Any] | None


class LogVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a whole log has proved: `checkpoints` signed heads, of which the last covers `sealed` entries.

    `unsealed` entries follow it, for which no checkpoint speaks yet.
    """

    checkpoints: int
    sealed: int
    unsealed: int
    root: bytes


def verify_receipt(
    receipt: Receipt,
    key: VerifierKey,
    *,
    trusted: Checkpoint | None = None,
    consistency: Sequence[bytes] | None = None,
) -> Verdict:
    """Verify a receipt with nothing but the hub's public key.

    With a checkpoint that you `trusted` before (earlier or later than the receipt's) and the `consistency`
    proof between the two, it is also verified that both speak of one and the same log; without them a hub
    could show you a log of your own. Raises TamperingFound naming what failed, MalformedInput when the
    checkpoint cannot be read, InvalidValue when `trusted` and `consistency` do not come together.
    """
    if (trusted is None) != (consistency is None):
        raise InvalidValue("a trusted checkpoint and a consistency proof go together", field="consistency")
    checkpoint = Checkpoint.parse(receipt.checkpoint)
    checkpoint.verify(key)
    verify_inclusion(leaf_hash(receipt.entry), receipt.index, checkpoint.size, receipt.proof, checkpoint.root)
    if trusted is not None and consistency is not None:
        older, newer = sorted((trusted, checkpoint), key=lambda head: (head.size, head.time))
        verify_chain([older, newer], [consistency], key)
    return Verdict(
        origin=checkpoint.origin,
        index=receipt.index,
        size=checkpoint.size,
        time=checkpoint.time,
        root=checkpoint.root,
        entry=_as_json_object(receipt.entry),
    )


def verify_chain(
    checkpoints: Sequence[Checkpoint], proofs: Sequence[Sequence[bytes]], key: VerifierKey
) -> None:
    """Verify that each checkpoint is signed and extends the one before it; `proofs[i]` leads from i to i + 1.

    Raises TamperingFound at the first that does not, InvalidValue when the number of proofs does not fit.
    """
    if len(proofs) != max(len(checkpoints) - 1, 0):
        raise InvalidValue(
            f"{len(checkpoints)} checkpoints need one proof fewer, not {len(proofs)}", field="proofs"
        )
    for checkpoint in checkpoints:
        checkpoint.verify(key)
    for (older, newer), proof in zip(pairwise(checkpoints), proofs, strict=True):
        _check_order(older, newer)
        verify_consistency(older.size, older.root, newer.size, newer.root, proof)


def verify_log(entries: Iterable[bytes], checkpoints: Iterable[Checkpoint], key: VerifierKey) -> LogVerdict:
    """Recompute the log from all its entries' bytes and compare it with every checkpoint, both in order.

    Both are streamed: the memory is that of one chunk of entries and O(log n) hashes. Raises TamperingFound
    at the first checkpoint that does not fit, naming the entries among which the change lies.
    """
    stream = iter(entries)
    frontier, previous, verified = Frontier(), None, 0
    for checkpoint in checkpoints:
        checkpoint.verify(key)
        if previous:
            _check_order(previous, checkpoint)
        sealed_before = frontier.size
        frontier = _advance(frontier, stream, checkpoint.size)
        if frontier.size < checkpoint.size:
            raise TamperingFound(
                f"the log ends after {frontier.size} entries; a checkpoint of {checkpoint.size} is signed",
                field="entries",
            )
        if frontier.root != checkpoint.root:
            raise TamperingFound(
                f"of the first {checkpoint.size} entries those from {sealed_before} on are not what was "
                f"signed at {checkpoint.time.isoformat()}",
                field="entries",
            )
        previous, verified = checkpoint, verified + 1
    unsealed = sum(1 for _ in stream)
    return LogVerdict(checkpoints=verified, sealed=frontier.size, unsealed=unsealed, root=frontier.root)


def _advance(frontier: Frontier, stream: Iterable[bytes], size: int) -> Frontier:
    """Append entries from `stream` until the tree has `size` leaves or the entries end."""
    while frontier.size < size:
        chunk = [leaf_hash(entry) for entry in islice(stream, min(_CHUNK, size - frontier.size))]
        if not chunk:
            break
        frontier = append(frontier, chunk).frontier
    return frontier


def _check_order(older: Checkpoint, newer: Checkpoint) -> None:
    if newer.size < older.size:
        raise TamperingFound(f"the log shrank from {older.size} to {newer.size} entries", field="checkpoint")
    if newer.size == older.size and newer.root != older.root:
        raise TamperingFound(f"two different roots are signed for {newer.size} entries", field="checkpoint")
    if newer.time < older.time:
        raise TamperingFound(
            f"the log's time ran back from {older.time.isoformat()} to {newer.time.isoformat()}",
            field="checkpoint",
        )


def _as_json_object(entry: bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(entry, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _describe(verdict: Verdict) -> str:
    # ASCII only, so that no character of an entry can act on the terminal.
    entry = (
        "not a JSON object"
        if verdict.entry is None
        else json.dumps(verdict.entry, indent=2, ensure_ascii=True)
    )
    return (
        f"The receipt holds.\n"
        f"log    {verdict.origin}\n"
        f"entry  {verdict.index} of the first {verdict.size}\n"
        f"sealed {verdict.time.isoformat(timespec='milliseconds')}\n"
        f"root   {verdict.root.hex()}\n"
        f"{entry}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="allpoints.audit.verify", description="Verify a receipt offline.")
    parser.add_argument("receipt", type=Path, help="the receipt, a JSON file")
    parser.add_argument("--key", required=True, help="the hub's verifier key, name+id+base64")
    options = parser.parse_args(arguments)
    try:
        with options.receipt.open("rb") as file:
            receipt = Receipt.from_json(file.read(MAX_RECEIPT_BYTES + 1))
        verdict = verify_receipt(receipt, VerifierKey.parse(options.key))
    except AllpointsError as error:
        sys.stderr.write(f"The receipt is not proved. {error}\n{error.remedy}\n")
        return 1 if isinstance(error, TamperingFound) else 2
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(f"{_describe(verdict)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
