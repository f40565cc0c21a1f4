"""The tree against the textbook: RFC 9162's recursive definitions, and Certificate Transparency's vectors."""

from functools import cache
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.audit.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    TILE_BYTES,
    Frontier,
    Tile,
    append,
    consistency_proof,
    consistency_tiles,
    frontier_tiles,
    inclusion_proof,
    inclusion_tiles,
    leaf_hash,
    resume,
    tree_levels,
    verify_consistency,
    verify_inclusion,
)
from allpoints.errors import InvalidValue, TamperingFound

# https://github.com/google/certificate-transparency, merkletree tests; also used by Trillian and Sigstore.
CT_ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
CT_INCLUSION_OF_0_IN_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
CT_CONSISTENCY_OF_6_AND_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]

LEAVES = [sha256(number.to_bytes(4)).digest() for number in range(70_000)]
EDGES = [1, 2, 3, 127, 128, 129, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_793, 70_000]
SIZES = st.one_of(st.integers(1, 600), st.integers(1, len(LEAVES)), st.sampled_from(EDGES))


@cache
def mth(start: int, end: int) -> bytes:
    """MTH(D[start:end]) as RFC 9162 §2.1.1 writes it."""
    if start == end:
        return sha256(b"").digest()
    if end - start == 1:
        return LEAVES[start]
    middle = start + split(end - start)
    return sha256(b"\x01" + mth(start, middle) + mth(middle, end)).digest()


def split(size: int) -> int:
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def path(index: int, start: int, end: int) -> list[bytes]:
    """PATH(m, D[n]) as RFC 9162 §2.1.3.1 writes it."""
    if end - start == 1:
        return []
    middle = start + split(end - start)
    if index < middle - start:
        return [*path(index, start, middle), mth(middle, end)]
    return [*path(index - (middle - start), middle, end), mth(start, middle)]


def subproof(old: int, start: int, end: int, complete: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) as RFC 9162 §2.1.4.1 writes it."""
    if old == end - start:
        return [] if complete else [mth(start, end)]
    middle = start + split(end - start)
    if old <= middle - start:
        return [*subproof(old, start, middle, complete), mth(middle, end)]
    return [*subproof(old - (middle - start), middle, end, False), mth(start, middle)]


def grown(leaves, batches):
    """The tiles and frontiers after appending in batches of the given sizes, the rest at last."""
    tiles, frontier = {}, Frontier()
    cuts = [0]
    for batch in batches:
        cuts.append(min(cuts[-1] + batch, len(leaves)))
    for start, end in pairwise([*cuts, len(leaves)]):
        growth = append(frontier, leaves[start:end])
        tiles |= growth.tiles
        frontier = growth.frontier
    return tiles, frontier


@pytest.fixture(scope="module")
def tiles():
    return grown(LEAVES, [1, 0, 254, 1, 1, 255, 1000, 30_000])[0]


def reader(tiles):
    return lambda wanted: {tile: tiles[tile] for tile in wanted}


def flipped(raw: bytes, bit: int) -> bytes:
    changed = bytearray(raw)
    changed[bit // 8 % len(raw)] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size):
    growth = append(Frontier(), [leaf_hash(entry) for entry in CT_ENTRIES[:size]])
    assert growth.root.hex() == CT_ROOTS[size]


def test_the_proofs_are_those_of_certificate_transparency():
    tiles = append(Frontier(), [leaf_hash(entry) for entry in CT_ENTRIES]).tiles
    assert [node.hex() for node in inclusion_proof(0, 8, reader(tiles))] == CT_INCLUSION_OF_0_IN_8
    assert [node.hex() for node in consistency_proof(6, 8, reader(tiles))] == CT_CONSISTENCY_OF_6_AND_8


def test_every_size_has_the_textbook_root():
    frontier = Frontier()
    assert frontier.root == EMPTY_ROOT
    for size in range(1, 1030):
        frontier = append(frontier, LEAVES[size - 1 : size]).frontier
        assert (frontier.size, frontier.root) == (size, mth(0, size))


@given(st.integers(0, 3000), st.lists(st.integers(0, 700), max_size=8))
def test_batches_do_not_change_the_tree(size, batches):
    tiles, frontier = grown(LEAVES[:size], batches)
    at_once = append(Frontier(), LEAVES[:size])
    assert (tiles, frontier) == (at_once.tiles, at_once.frontier)
    assert frontier.root == mth(0, size)


def test_tiles_hold_what_tlog_tiles_says(tiles):
    # The specification's own example: 70,000 leaves.
    widths = {tile: len(held) // 32 for tile, held in tiles.items()}
    assert widths == (
        {Tile(0, index): 256 for index in range(273)}
        | {Tile(0, 273): 112, Tile(1, 0): 256, Tile(1, 1): 17, Tile(2, 0): 1}
    )
    assert tiles[Tile(0, 5)] == b"".join(LEAVES[5 * 256 : 6 * 256])
    assert tiles[Tile(1, 1)][32 * 3 : 32 * 4] == mth(259 * 256, 260 * 256)
    assert tiles[Tile(2, 0)] == mth(0, 65_536)


def test_an_append_returns_only_the_tiles_that_changed():
    frontier = append(Frontier(), LEAVES[:600]).frontier
    assert set(append(frontier, LEAVES[600:601]).tiles) == {Tile(0, 2)}
    assert set(append(frontier, LEAVES[600:768]).tiles) == {Tile(0, 2), Tile(1, 0)}
    assert append(frontier, []).tiles == {}


@given(st.one_of(st.just(0), SIZES))
def test_a_frontier_is_found_again_in_the_right_edge_tiles(tiles, size):
    # The tiles have grown since, as after a crash between two checkpoints.
    frontier = resume(size, reader(tiles))
    assert frontier.root == mth(0, size)
    rest = LEAVES[size : size + 300]
    assert append(frontier, rest).root == mth(0, size + len(rest))
    assert frontier == append(Frontier(), LEAVES[:size]).frontier


@pytest.mark.parametrize("size", [*range(1, 40), 255, 256, 257, 600])
def test_every_leaf_of_a_small_tree_is_proved(tiles, size):
    for index in range(size):
        proof = inclusion_proof(index, size, reader(tiles))
        assert proof == path(index, 0, size)
        verify_inclusion(LEAVES[index], index, size, proof, mth(0, size))


def test_every_two_small_sizes_are_proved_consistent(tiles):
    for new in [*range(1, 40), 255, 256, 257, 600]:
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, reader(tiles))
            assert proof == subproof(old, 0, new, True)
            verify_consistency(old, mth(0, old), new, mth(0, new), proof)


@given(SIZES, st.data())
def test_a_leaf_is_proved_and_nothing_else(tiles, size, data):
    index = data.draw(st.integers(0, size - 1), "index")
    bit = data.draw(st.integers(0, 255), "bit")
    proof, root, leaf = inclusion_proof(index, size, reader(tiles)), mth(0, size), LEAVES[index]
    assert proof == path(index, 0, size)
    verify_inclusion(leaf, index, size, proof, root)
    forgeries = [
        (flipped(leaf, bit), index, proof, root),
        (leaf, index, proof, flipped(root, bit)),
        (leaf, index, [*proof, leaf], root),
        (leaf, size, proof, root),
        (leaf, -1, proof, root),
    ]
    if size > 1:
        at = data.draw(st.integers(0, len(proof) - 1), "at")
        other = data.draw(st.integers(0, size - 1).filter(lambda other: other != index), "other")
        forgeries += [
            (leaf, index, [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]], root),
            (leaf, index, proof[:at] + proof[at + 1 :], root),
            (leaf, index, [*proof[:at], proof[at][:-1], *proof[at + 1 :]], root),
            (leaf, other, proof, root),
        ]
    for forged_leaf, forged_index, forged_proof, forged_root in forgeries:
        with pytest.raises(TamperingFound):
            verify_inclusion(forged_leaf, forged_index, size, forged_proof, forged_root)


@given(SIZES, SIZES, st.data())
def test_two_sizes_are_proved_consistent_and_nothing_else(tiles, one, two, data):
    old, new = sorted((one, two))
    bit = data.draw(st.integers(0, 255), "bit")
    proof, old_root, new_root = consistency_proof(old, new, reader(tiles)), mth(0, old), mth(0, new)
    assert proof == subproof(old, 0, new, True)
    verify_consistency(old, old_root, new, new_root, proof)
    forgeries = [
        (flipped(old_root, bit), new_root, proof),
        (old_root, flipped(new_root, bit), proof),
        (old_root, new_root, [*proof, old_root]),
    ]
    for at, node in enumerate(proof):
        forgeries += [
            (old_root, new_root, [*proof[:at], flipped(node, bit), *proof[at + 1 :]]),
            (old_root, new_root, proof[:at] + proof[at + 1 :]),
        ]
    for forged_old, forged_new, forged_proof in forgeries:
        with pytest.raises(TamperingFound):
            verify_consistency(old, forged_old, new, forged_new, forged_proof)


def test_an_inner_node_does_not_pass_for_a_leaf(tiles):
    proof = inclusion_proof(0, 8, reader(tiles))
    with pytest.raises(TamperingFound, match="shorter than the tree"):
        verify_inclusion(mth(0, 2), 0, 8, proof[1:], mth(0, 8))


def test_a_proof_does_not_serve_for_a_log_of_another_height(tiles):
    with pytest.raises(TamperingFound, match="longer than the tree"):
        verify_inclusion(LEAVES[0], 0, 4, inclusion_proof(0, 8, reader(tiles)), mth(0, 8))
    proof = consistency_proof(4, 8, reader(tiles))
    with pytest.raises(TamperingFound, match="shorter than the tree"):
        verify_consistency(4, mth(0, 4), 16, mth(0, 8), proof)
    with pytest.raises(TamperingFound, match="longer than the tree"):
        verify_consistency(4, mth(0, 4), 7, mth(0, 16), consistency_proof(4, 16, reader(tiles)))


def test_a_shrunken_log_is_named():
    with pytest.raises(TamperingFound, match="5 entries cannot have become one of 3"):
        verify_consistency(5, mth(0, 5), 3, mth(0, 3), [])


def test_the_empty_log_is_a_prefix_of_every_log(tiles):
    assert consistency_proof(0, 600, reader(tiles)) == []
    verify_consistency(0, EMPTY_ROOT, 600, mth(0, 600), [])
    with pytest.raises(TamperingFound):
        verify_consistency(0, mth(0, 1), 600, mth(0, 600), [])


@given(SIZES, st.data())
def test_the_tiles_to_read_are_told_beforehand_and_read_at_once(tiles, size, data):
    index = data.draw(st.integers(0, size - 1))
    asked = []

    def read(wanted):
        asked.append(wanted)
        return {tile: tiles[tile] for tile in wanted}

    inclusion_proof(index, size, read)
    consistency_proof(index, size, read)
    resume(size, read)
    assert asked == [inclusion_tiles(index, size), consistency_tiles(index, size), frontier_tiles(size)]
    # At most a tile of the leaf's own and one of the right edge for each of the three levels.
    assert len(inclusion_tiles(index, size)) <= 2 * 3
    assert all(
        tile.index in (index >> 8 * (tile.level + 1), size >> 8 * (tile.level + 1)) for tile in asked[0]
    )


@pytest.mark.parametrize("damage", [lambda _: b"", lambda held: held[:-1], lambda held: held[:-32]])
def test_a_missing_or_short_tile_is_named(tiles, damage):
    size = 65_536 + 700
    damaged = tiles | {Tile(0, 258): damage(tiles[Tile(0, 258)][: 32 * (700 - 512)])}
    with pytest.raises(TamperingFound, match="tile 258 of level 0"):
        resume(size, reader(damaged))
    with pytest.raises(TamperingFound, match="tile 258 of level 0"):
        inclusion_proof(size - 2, size, reader(damaged))


def test_a_tile_that_is_too_wide_is_refused(tiles):
    with pytest.raises(TamperingFound, match="tile 0 of level 0"):
        inclusion_proof(3, 256, reader({Tile(0, 0): bytes(TILE_BYTES + 32)}))


def test_what_is_not_in_the_log_cannot_be_asked_for(tiles):
    for index, size in [(5, 5), (-1, 5), (0, 0), (0, -1), (0, MAX_SIZE + 1)]:
        with pytest.raises(InvalidValue):
            inclusion_proof(index, size, reader(tiles))
    for old, new in [(6, 5), (-1, 5)]:
        with pytest.raises(InvalidValue):
            consistency_proof(old, new, reader(tiles))


def test_a_leaf_hash_that_is_not_32_bytes_is_refused():
    with pytest.raises(InvalidValue, match="32 bytes"):
        append(Frontier(), [bytes(32), bytes(31), bytes(33)])
    with pytest.raises(InvalidValue, match="32 bytes"):
        tree_levels([bytes(31)])


def test_a_log_cannot_outgrow_its_counter():
    with pytest.raises(InvalidValue, match=str(MAX_SIZE)):
        append(Frontier(size=MAX_SIZE), [bytes(32)])


@given(st.integers(1, 700))
def test_the_levels_of_a_batch_end_in_the_textbook_root(size):
    assert tree_levels(LEAVES[:size])[-1] == [mth(0, size)]
