"""What a bureau gets in its hand: first a promise, later a receipt.

A **promise** comes with the answer. The hub signs one statement for a whole group commit; each answer
carries the path from its own entry to that statement. A **receipt** can be had as soon as the entry is
sealed: it proves that the entry stands in the log under a checkpoint. A hub that promised an entry and
cannot give the receipt is at fault, and the promise proves it.
"""

from collections.abc import Sequence
from typing import Annotated, Self

import msgspec
from nacl.signing import SigningKey

from allpoints.audit.checkpoint import MAX_CHECKPOINT_CHARS, SIGNATURE_BYTES, VerifierKey
from allpoints.audit.merkle import (
    HASH_BYTES,
    MAX_PROOF_HASHES,
    MAX_SIZE,
    inclusion_root,
    leaf_hash,
    tree_levels,
)
from allpoints.errors import InvalidValue, MalformedInput, TamperingFound, TooLarge

MAX_ENTRY_BYTES = 1024 * 1024
MAX_RECEIPT_BYTES = 2 * 1024 * 1024
MAX_BATCH = 4096

_PROMISE_PREFIX = b"allpoints promise v1\x00"

Hash = Annotated[bytes, msgspec.Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]


class Receipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The proof that one entry stands in the log: verify it with `allpoints.audit.verify`.

    `entry` is the entry's bytes as hashed, `index` its place in the log from 0, `proof` the inclusion proof
    of RFC 9162 §2.1.3 under `checkpoint`, a signed note. In JSON all bytes are base64.
    """

    entry: Annotated[bytes, msgspec.Meta(max_length=MAX_ENTRY_BYTES)]
    index: Annotated[int, msgspec.Meta(ge=0, lt=MAX_SIZE)]
    proof: Annotated[tuple[Hash, ...], msgspec.Meta(max_length=MAX_PROOF_HASHES)]
    checkpoint: Annotated[str, msgspec.Meta(max_length=MAX_CHECKPOINT_CHARS)]

    def to_json(self) -> bytes:
        """The receipt as a file to keep."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        """Read what `to_json` wrote. Raises TooLarge above 2 MiB, MalformedInput naming what does not fit."""
        if len(raw) > MAX_RECEIPT_BYTES:
            raise TooLarge(
                f"a receipt has at most {MAX_RECEIPT_BYTES} bytes, not {len(raw)}", field="receipt"
            )
        try:
            receipt = msgspec.json.decode(raw, type=cls)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MalformedInput(f"this is no receipt: {error}", field="receipt") from None
        if msgspec.json.decode(receipt.to_json()) != msgspec.json.decode(raw):
            raise MalformedInput("its base64 is not the canonical one", field="receipt")
        return receipt


class Promise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hub's signed word that one entry is durable and will be sealed.

    `batch` numbers the group commit, `size` is the number of acts in it, `position` this entry's place
    among them from 0; `path` is the inclusion proof (RFC 9162 §2.1.3) in the batch's own Merkle tree, and
    `signature` is the hub's Ed25519 signature over that tree, the same for all promises of the batch.
    Base64 in JSON.
    """

    batch: Annotated[int, msgspec.Meta(ge=0, le=MAX_SIZE)]
    position: Annotated[int, msgspec.Meta(ge=0, lt=MAX_BATCH)]
    size: Annotated[int, msgspec.Meta(ge=1, le=MAX_BATCH)]
    path: Annotated[tuple[Hash, ...], msgspec.Meta(max_length=MAX_BATCH.bit_length() - 1)]
    signature: Annotated[bytes, msgspec.Meta(min_length=SIGNATURE_BYTES, max_length=SIGNATURE_BYTES)]


def make_promises(batch: int, leaf_hashes: Sequence[bytes], signing_key: SigningKey) -> list[Promise]:
    """One promise for each leaf hash (32 bytes each, in order) of the group commit numbered `batch`.

    One signature for all of them. Give each batch a number of its own. Raises InvalidValue when the batch is
    empty, or has more than 4096 leaves, or one that is not 32 bytes.
    """
    size = len(leaf_hashes)
    if not 1 <= size <= MAX_BATCH:
        raise InvalidValue(f"a batch has 1 to {MAX_BATCH} entries, not {size}", field="leaf_hashes")
    if not 0 <= batch <= MAX_SIZE:
        raise InvalidValue(f"a batch number is 0 to {MAX_SIZE}, not {batch}", field="batch")
    *lower, (root,) = tree_levels(leaf_hashes)
    signature = signing_key.sign(_statement(batch, size, root)).signature
    return [
        Promise(batch=batch, position=position, size=size, path=path, signature=signature)
        for position, path in enumerate(_paths(lower))
    ]


def verify_promise(promise: Promise, entry: bytes, key: VerifierKey) -> None:
    """Check that the hub with this key promised to seal `entry`; raises TamperingFound."""
    root = inclusion_root(leaf_hash(entry), promise.position, promise.size, promise.path)
    if not key.accepts(_statement(promise.batch, promise.size, root), promise.signature):
        raise TamperingFound(f"{key.name} has not promised this entry", field="promise")


def _paths(lower: Sequence[Sequence[bytes]]) -> list[tuple[bytes, ...]]:
    """The inclusion paths of all leaves, from the levels below the root.

    From the top down, so that a node's path is made once for all the leaves below it.
    """
    paths: list[tuple[bytes, ...]] = [()]
    for level in reversed(lower):
        below = []
        for left, right, path in zip(level[::2], level[1::2], paths, strict=False):
            below.append((right, *path))
            below.append((left, *path))
        # A node without a sibling has stood in for its parent.
        paths = below + paths[len(below) // 2 :]
    return paths


def _statement(batch: int, size: int, root: bytes) -> bytes:
    """The bytes that a promise's signature is over.

    The zero byte in the prefix keeps them apart from every signed note, which may hold no control character.
    """
    return _PROMISE_PREFIX + batch.to_bytes(8) + size.to_bytes(4) + root
