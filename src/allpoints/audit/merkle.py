"""The log's Merkle tree: append in batches, prove, verify.

The tree is that of RFC 6962 §2.1 (the same as RFC 9162 §2.1) over SHA-256. Its hashes are kept in the tiles
of C2SP tlog-tiles (https://c2sp.org/tlog-tiles): tile `index` at `level` is the run of up to 256
consecutive hashes of the perfect subtrees with `256**level` leaves. A hash in a tile never changes; the
rightmost tiles only grow, so a proof for an earlier size may be read from tiles that have grown since.

Nothing here reads or writes. Whoever keeps the tiles hands in a `ReadTiles`; each function calls it once.
Where reading must be awaited, ask `inclusion_tiles`, `consistency_tiles` or `frontier_tiles` first, fetch,
and hand in `lambda _: fetched`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise

import msgspec

from allpoints.errors import InvalidValue, TamperingFound

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES
MAX_SIZE = 2**63 - 1
MAX_PROOF_HASHES = 64
EMPTY_ROOT = sha256(b"").digest()


class Tile(msgspec.Struct, frozen=True, order=True):
    """Where a tile stands: its level (0 holds leaf hashes) and its index within the level, both from 0."""

    level: int
    index: int


ReadTiles = Callable[[Sequence[Tile]], Mapping[Tile, bytes]]
"""Returns at least the tiles asked for: 32 bytes a hash, 1 to 256 hashes a tile."""


class _Subtree(msgspec.Struct, frozen=True):
    """A perfect subtree of `2**height` leaves, the `index`-th of its height from the left."""

    height: int
    index: int


class Frontier(msgspec.Struct, frozen=True):
    """All that the next `append` must know: the size and the right edge of the tree.

    `edge[level]` is the rightmost tile of that level as long as it is partial, else empty. `peaks[height]`
    is the root of the perfect subtree of that height that stands alone at the right edge, else empty; it
    follows from `edge` and is carried so that an append costs as much as it brings and no more.
    """

    size: int = 0
    edge: tuple[bytes, ...] = ()
    peaks: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The Merkle Tree Hash of all leaves so far, 32 bytes."""
        return _join_peaks([peak for peak in reversed(self.peaks) if peak])


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """What an append brought: the new size and root, the tiles to write, the frontier for the next append.

    Write every tile of `tiles` over the one at its coordinate, in the same transaction as the entries.
    """

    size: int
    root: bytes
    tiles: dict[Tile, bytes]
    frontier: Frontier


def leaf_hash(entry: bytes) -> bytes:
    """The 32-byte hash of an entry as a leaf: SHA-256(0x00 || entry), RFC 9162 §2.1.1."""
    return sha256(b"\x00" + entry).digest()


def append(frontier: Frontier, leaf_hashes: Sequence[bytes]) -> Growth:
    """Append leaf hashes (32 bytes each, in the log's order) to the tree whose right edge is `frontier`.

    One level of the tree after the other, so that the work is one hash a leaf and a few list operations a
    level. Raises InvalidValue when a leaf hash is not 32 bytes or the tree would outgrow 2**63 - 1 leaves.
    """
    _check_leaves(leaf_hashes)
    size = frontier.size + len(leaf_hashes)
    _check_size(size)
    edge, peaks, tiles = list(frontier.edge), list(frontier.peaks), dict[Tile, bytes]()
    nodes, height = list(leaf_hashes), 0
    while nodes:
        if height % TILE_HEIGHT == 0:
            first = Tile(height // TILE_HEIGHT, frontier.size >> (height + TILE_HEIGHT))
            _extend_edge(edge, first, nodes, tiles)
        if height == len(peaks):
            peaks.append(b"")
        if peaks[height]:
            nodes.insert(0, peaks[height])
        peaks[height] = nodes.pop() if len(nodes) % 2 else b""
        nodes = _parents(nodes)
        height += 1
    grown = Frontier(size, tuple(edge), tuple(peaks))
    return Growth(size=size, root=grown.root, tiles=tiles, frontier=grown)


def frontier_tiles(size: int) -> list[Tile]:
    """The partial tiles at the right edge of a tree of `size` leaves: what `resume` reads."""
    _check_size(size)
    return _tiles_of(_subtrees(0, size))


def resume(size: int, read: ReadTiles) -> Frontier:
    """The frontier of the tree of `size` leaves, from its right-edge tiles, as after a restart.

    Raises TamperingFound when a tile is missing or too short. Compare `Frontier.root` with the last
    checkpoint before you append.
    """
    subtrees = _subtrees(0, size)
    tiles = read(frontier_tiles(size))
    peaks = [b""] * size.bit_length()
    for subtree in subtrees:
        peaks[subtree.height] = _subtree_root(subtree, tiles)
    edge = [b""] * -(-size.bit_length() // TILE_HEIGHT)
    for tile in frontier_tiles(size):
        edge[tile.level] = _hashes(tiles, tile, 0, (size >> TILE_HEIGHT * tile.level) % TILE_WIDTH)
    return Frontier(size, tuple(edge), tuple(peaks))


def inclusion_tiles(index: int, size: int) -> list[Tile]:
    """The tiles that `inclusion_proof` reads."""
    return _tiles_of(_flatten(_inclusion_path(index, size)))


def inclusion_proof(index: int, size: int, read: ReadTiles) -> list[bytes]:
    """The proof that leaf `index` (from 0) stands in the tree of `size` leaves: PATH of RFC 9162 §2.1.3.1.

    Raises InvalidValue when there is no such leaf, TamperingFound when a tile is missing or too short.
    """
    return _proof(_inclusion_path(index, size), read)


def consistency_tiles(old: int, new: int) -> list[Tile]:
    """The tiles that `consistency_proof` reads."""
    return _tiles_of(_flatten(_consistency_path(old, new)))


def consistency_proof(old: int, new: int, read: ReadTiles) -> list[bytes]:
    """The proof that the tree of `old` leaves is a prefix of the tree of `new`: PROOF of RFC 9162 §2.1.4.1.

    It is empty when `old` is 0 or equals `new`. Raises InvalidValue unless 0 <= old <= new, TamperingFound
    when a tile is missing or too short.
    """
    return _proof(_consistency_path(old, new), read)


def inclusion_root(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that `proof` leads to from the leaf hash `leaf`: the loop of RFC 9162 §2.1.3.2.

    Raises TamperingFound when the proof does not have the shape that `index` and `size` demand.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise TamperingFound(f"{index} is no position in a log of {size} entries", field="index")
    _check_proof(proof)
    node, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise TamperingFound("the inclusion proof is longer than the tree is high", field="proof")
        if node & 1 or node == last:
            root = _parent(sibling, root)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = _parent(root, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise TamperingFound("the inclusion proof is shorter than the tree is high", field="proof")
    return root


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash `leaf` stands at `index` in the tree of `size` leaves and root `root`.

    RFC 9162 §2.1.3.2. Raises TamperingFound naming what does not fit.
    """
    if inclusion_root(leaf, index, size, proof) != root:
        raise TamperingFound(
            f"the proof does not lead from this entry at position {index} to the root of {size} entries",
            field="proof",
        )


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `new` leaves begins with all leaves of the tree of `old`, unchanged.

    RFC 9162 §2.1.4.2, and for the two cases that it leaves out: a proof between equal sizes, or from the
    empty tree, is empty. Raises TamperingFound naming what does not fit.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise TamperingFound(f"a log of {old} entries cannot have become one of {new}", field="size")
    _check_proof(proof)
    if old in (0, new):
        expected = new_root if old else EMPTY_ROOT
        if old_root != expected:
            raise TamperingFound(f"two different roots are claimed for {old} entries", field="root")
        if proof:
            raise TamperingFound("the consistency proof must be empty here", field="proof")
        return
    found_old, found_new = _consistency_roots(old, old_root, new, proof)
    if found_old != old_root:
        raise TamperingFound(f"the proof does not contain the tree of {old} entries", field="proof")
    if found_new != new_root:
        raise TamperingFound(
            f"the tree of {new} entries does not extend the one of {old} entries", field="proof"
        )


def tree_levels(leaf_hashes: Sequence[bytes]) -> list[list[bytes]]:
    """All nodes of the tree over one or more leaf hashes (32 bytes each), the leaves first, the root last.

    A node without a sibling stands on the next level too, in place of its parent: the shape of RFC 9162
    §2.1.1. Raises InvalidValue when a leaf hash is not 32 bytes.
    """
    _check_leaves(leaf_hashes)
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        paired = len(below) // 2 * 2
        levels.append(_parents(below[:paired]) + below[paired:])
    return levels


def _consistency_roots(old: int, old_root: bytes, new: int, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Both roots that a consistency proof leads to, for 0 < old < new; names as in RFC 9162 §2.1.4.2."""
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        raise TamperingFound("the consistency proof is empty", field="proof")
    first, second = old - 1, new - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if second == 0:
            raise TamperingFound("the consistency proof is longer than the tree is high", field="proof")
        if first & 1 or first == second:
            found_old, found_new = _parent(sibling, found_old), _parent(sibling, found_new)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            found_new = _parent(found_new, sibling)
        first, second = first >> 1, second >> 1
    if second:
        raise TamperingFound("the consistency proof is shorter than the tree is high", field="proof")
    return found_old, found_new


def _parent(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _parents(nodes: list[bytes]) -> list[bytes]:
    return [
        sha256(b"\x01" + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=True)
    ]


def _join_peaks(peaks: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees of falling height, the highest first."""
    if not peaks:
        return EMPTY_ROOT
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = _parent(peak, root)
    return root


def _extend_edge(edge: list[bytes], first: Tile, nodes: list[bytes], tiles: dict[Tile, bytes]) -> None:
    """Put the new nodes of one tile level behind `edge`; `first` is the tile where they begin."""
    if first.level == len(edge):
        edge.append(b"")
    run = edge[first.level] + b"".join(nodes)
    for number, start in enumerate(range(0, len(run), TILE_BYTES)):
        tiles[Tile(first.level, first.index + number)] = run[start : start + TILE_BYTES]
    edge[first.level] = run[len(run) - len(run) % TILE_BYTES :]


_Range = tuple[int, int]
"""The leaves from the first number up to, not including, the second."""


def _split(start: int, end: int) -> int:
    """Where RFC 9162 §2.1.1 splits: behind the largest power of two smaller than the number of leaves."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _inclusion_path(index: int, size: int) -> list[_Range]:
    _check_size(size)
    if not 0 <= index < size:
        raise InvalidValue(f"there is no entry {index} in a log of {size} entries", field="index")
    start, end, path = 0, size, list[_Range]()
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def _consistency_path(old: int, new: int) -> list[_Range]:
    _check_size(new)
    if not 0 <= old <= new:
        raise InvalidValue(f"a log of {new} entries has no earlier size {old}", field="old")
    if old == 0:
        return []
    start, end, path = 0, new, list[_Range]()
    while end != old:
        middle = _split(start, end)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    if start:
        # The verifier knows the old root; a subtree of the old tree that is not all of it must be given.
        path.append((start, end))
    return path[::-1]


def _subtrees(start: int, end: int) -> list[_Subtree]:
    """The perfect subtrees of falling height that make up a range of the tree."""
    subtrees = []
    while start < end:
        height = (end - start).bit_length() - 1
        subtrees.append(_Subtree(height, start >> height))
        start += 1 << height
    return subtrees


def _flatten(path: list[_Range]) -> Iterable[_Subtree]:
    return (subtree for start, end in path for subtree in _subtrees(start, end))


def _tile_of(subtree: _Subtree) -> Tile:
    level, inner_height = divmod(subtree.height, TILE_HEIGHT)
    return Tile(level, subtree.index << inner_height >> TILE_HEIGHT)


def _tiles_of(subtrees: Iterable[_Subtree]) -> list[Tile]:
    return sorted({_tile_of(subtree) for subtree in subtrees})


def _proof(path: list[_Range], read: ReadTiles) -> list[bytes]:
    tiles = read(_tiles_of(_flatten(path)))
    return [_range_root(leaves, tiles) for leaves in path]


def _range_root(leaves: _Range, tiles: Mapping[Tile, bytes]) -> bytes:
    return _join_peaks([_subtree_root(subtree, tiles) for subtree in _subtrees(*leaves)])


def _subtree_root(subtree: _Subtree, tiles: Mapping[Tile, bytes]) -> bytes:
    """Hash up the run of hashes in one tile that lies below `subtree`."""
    inner_height = subtree.height % TILE_HEIGHT
    start = (subtree.index << inner_height) % TILE_WIDTH
    run = _hashes(tiles, _tile_of(subtree), start, start + (1 << inner_height))
    nodes = [run[left:right] for left, right in pairwise(range(0, len(run) + 1, HASH_BYTES))]
    while len(nodes) > 1:
        nodes = _parents(nodes)
    return nodes[0]


def _hashes(tiles: Mapping[Tile, bytes], tile: Tile, start: int, end: int) -> bytes:
    held = tiles.get(tile, b"")
    if not end * HASH_BYTES <= len(held) <= TILE_BYTES or len(held) % HASH_BYTES:
        raise TamperingFound(
            f"tile {tile.index} of level {tile.level} has {len(held)} bytes where {end} hashes are needed",
            field="tile",
        )
    return held[start * HASH_BYTES : end * HASH_BYTES]


def _check_size(size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise InvalidValue(f"a log has 0 to {MAX_SIZE} entries, not {size}", field="size")


def _check_leaves(leaf_hashes: Sequence[bytes]) -> None:
    if not set(map(len, leaf_hashes)) <= {HASH_BYTES}:
        raise InvalidValue("every leaf hash must be 32 bytes", field="leaf_hashes")


def _check_proof(proof: Sequence[bytes]) -> None:
    if len(proof) > MAX_PROOF_HASHES:
        raise TamperingFound(
            f"a proof has at most {MAX_PROOF_HASHES} hashes, not {len(proof)}", field="proof"
        )
    if not set(map(len, proof)) <= {HASH_BYTES}:
        raise TamperingFound("every hash in a proof has 32 bytes", field="proof")
