"""The tamper-evident log: its Merkle tree, its signed checkpoints, promises and receipts, and the verifier.

Everything here computes and nothing reads or writes; `store` keeps the entries and the tiles. The verifier
is the module `allpoints.audit.verify`; it is not re-exported, so that it can run as a program of its own.
"""

from allpoints.audit.checkpoint import Checkpoint, NoteSignature, VerifierKey, sign_checkpoint
from allpoints.audit.merkle import (
    EMPTY_ROOT,
    Frontier,
    Growth,
    ReadTiles,
    Tile,
    append,
    consistency_proof,
    consistency_tiles,
    frontier_tiles,
    inclusion_proof,
    inclusion_tiles,
    leaf_hash,
    resume,
    verify_consistency,
    verify_inclusion,
)
from allpoints.audit.receipt import (
    MAX_BATCH,
    MAX_ENTRY_BYTES,
    Promise,
    Receipt,
    make_promises,
    verify_promise,
)

__all__ = [
    "EMPTY_ROOT",
    "MAX_BATCH",
    "MAX_ENTRY_BYTES",
    "Checkpoint",
    "Frontier",
    "Growth",
    "NoteSignature",
    "Promise",
    "ReadTiles",
    "Receipt",
    "Tile",
    "VerifierKey",
    "append",
    "consistency_proof",
    "consistency_tiles",
    "frontier_tiles",
    "inclusion_proof",
    "inclusion_tiles",
    "leaf_hash",
    "make_promises",
    "resume",
    "sign_checkpoint",
    "verify_consistency",
    "verify_inclusion",
    "verify_promise",
]
