"""What the log costs, beside the plain ways to do it.

    python -m bench.audit [--json] [--data DIR]

Pure computation on one core, no database: the tree, its proofs, its checkpoints, promises and receipts. The
plain ways are a hash chain (each entry hashed with the hash before it; nothing can be proved without all
entries) and a Merkle tree that is computed anew for every checkpoint.
"""

import argparse
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from time import perf_counter

from nacl.signing import SigningKey

from allpoints.audit import (
    Checkpoint,
    Frontier,
    Receipt,
    Tile,
    VerifierKey,
    append,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    make_promises,
    resume,
    sign_checkpoint,
    verify_consistency,
    verify_inclusion,
    verify_promise,
)
from allpoints.audit.merkle import tree_levels
from allpoints.audit.verify import verify_log, verify_receipt

SIZE = 1_000_000
BATCHES = (1, 50, 266, 5300)
SIGNING_KEY = SigningKey(bytes(32))
KEY = VerifierKey.of("hub.example/log", SIGNING_KEY)
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def entry(number: int) -> bytes:
    """An entry of the length of a real one, 300 bytes."""
    return b'{"act":"check","number":%-274d}' % number


def seconds(call: Callable[[], object], least_s: float = 0.4) -> float:
    """The mean time of a call, over at least `least_s`."""
    call()
    calls, start = 0, perf_counter()
    while (spent := perf_counter() - start) < least_s:
        call()
        calls += 1
    return spent / calls


def report(what: str, each_s: float, count: int = 1) -> None:
    """Keep the cost of one of `count`, in microseconds, under a name made of what it is."""
    _figures[re.sub(r"[^a-z0-9]+", "_", what.lower()).strip("_") + "_us"] = round(each_s / count * 1e6, 2)


_figures: dict[str, float] = {}


def hash_chain(head: bytes, entries: list[bytes]) -> bytes:
    for one in entries:
        head = sha256(head + one).digest()
    return head


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", help="unused: the log is made up")
    options = parser.parse_args()
    figures = measure()
    lines = (f"{name:<50}{value:>14,}" for name, value in figures.items())
    print(json.dumps(figures) if options.json else "\n".join(lines))


def measure() -> dict[str, float]:
    """The cost of everything, in microseconds."""
    entries = [entry(number) for number in range(SIZE)]
    leaves = [leaf_hash(one) for one in entries]
    start = perf_counter()
    growth = append(Frontier(), leaves)
    report(f"append {SIZE:,} leaves at once, a leaf", perf_counter() - start, SIZE)
    tiles, frontier, root = growth.tiles, growth.frontier, growth.root

    def read(_: object) -> dict[Tile, bytes]:
        return tiles

    for batch in BATCHES:
        report(f"  tree, {batch} a batch", seconds(partial(append, frontier, leaves[:batch])), batch)
    report("  hashing an entry of 300 bytes as a leaf", seconds(partial(leaf_hash, entries[0])))
    report("  hash chain instead", seconds(partial(hash_chain, bytes(32), entries[:5300])), 5300)
    start = perf_counter()
    tree_levels(leaves)
    report("  the whole tree anew, a checkpoint", perf_counter() - start)
    report("  taking up the log after a restart", seconds(partial(resume, SIZE, read)))

    index, old = SIZE // 3, SIZE // 7
    inclusion = inclusion_proof(index, SIZE, read)
    consistency = consistency_proof(old, SIZE, read)
    old_root = append(Frontier(), leaves[:old]).root
    report("  make an inclusion proof", seconds(partial(inclusion_proof, index, SIZE, read)))
    report("  make a consistency proof", seconds(partial(consistency_proof, old, SIZE, read)))
    report(
        "  verify an inclusion proof",
        seconds(partial(verify_inclusion, leaves[index], index, SIZE, inclusion, root)),
    )
    report(
        "  verify a consistency proof",
        seconds(partial(verify_consistency, old, old_root, SIZE, root, consistency)),
    )

    checkpoint = sign_checkpoint(KEY.name, SIZE, root, NOW, SIGNING_KEY)
    receipt = Receipt(entry=entries[index], index=index, proof=tuple(inclusion), checkpoint=checkpoint.text)
    report("  sign a checkpoint", seconds(partial(sign_checkpoint, KEY.name, SIZE, root, NOW, SIGNING_KEY)))
    report("  parse a checkpoint", seconds(partial(Checkpoint.parse, checkpoint.text)))
    report("  verify a checkpoint", seconds(partial(checkpoint.verify, KEY)))
    for batch in (1, 50, 1000):
        report(
            f"  promise, {batch} a batch",
            seconds(partial(make_promises, 1, leaves[:batch], SIGNING_KEY)),
            batch,
        )
    promise = make_promises(1, leaves[:1000], SIGNING_KEY)[500]
    report("  verify a promise", seconds(partial(verify_promise, promise, entries[500], KEY)))
    report("  verify a receipt", seconds(partial(verify_receipt, receipt, KEY)))
    raw = receipt.to_json()
    report("  read a receipt", seconds(partial(Receipt.from_json, raw)))

    heads = [
        sign_checkpoint(KEY.name, size, append(Frontier(), leaves[:size]).root, NOW, SIGNING_KEY)
        for size in (SIZE // 2, SIZE)
    ]
    start = perf_counter()
    verify_log(entries, heads, KEY)
    report("  verify all entries, an entry", perf_counter() - start, SIZE)
    return {"entries": SIZE, **_figures}


if __name__ == "__main__":
    main()
