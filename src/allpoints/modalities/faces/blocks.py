"""Embeddings in memory, in blocks that never change, and the exact search over them.

A search is one product of matrices, whatever the number of probes: over 150,000 embeddings that takes as long as
faiss for one probe and a fraction of it for a batch, and what was superseded is passed over at no cost.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.base import Candidate, CandidateList
from allpoints.modalities.faces.embedding import DIMENSIONS, Vector

FLOOR = 0.363
"""The cosine from which a record is proposed: where SFace's authors draw the line between people (OpenCV's tutorial on
face detection and recognition)."""

_AT_ONCE = 4_096
"""Vectors that are multiplied at once, so that the scores of a batch stay in the processor's cache."""
_PROBES = 256
"""Probes that are searched at once."""
_WAITING = 500_000
"""Vectors above the floor that are kept before all but the best are dropped: with `_PROBES` it bounds the memory."""


class Block(NamedTuple):
    """Vectors, the record that each belongs to, and whether it still counts."""

    vectors: Vector
    records: NDArray[np.uint32]
    counts: NDArray[np.bool_]


Blocks = tuple[Block, ...]


class _Hits(NamedTuple):
    """Vectors above the floor: for which probe, in which block and row, of which record, with which cosine."""

    probes: NDArray[np.intp]
    blocks: NDArray[np.intp]
    rows: NDArray[np.intp]
    records: NDArray[np.uint32]
    scores: Vector

    def taken(self, which: slice | NDArray[np.intp]) -> "_Hits":
        """Some of them, or in another order."""
        return _Hits(
            self.probes[which], self.blocks[which], self.rows[which], self.records[which], self.scores[which]
        )


def changed(blocks: Blocks, changes: Mapping[int, Sequence[Vector]]) -> Blocks:
    """Return blocks in which these are the vectors of the records, in place of all that were known of them."""
    records = np.fromiter(changes, np.uint32, len(changes))
    times = np.fromiter(map(len, changes.values()), np.intp, len(changes))
    vectors = [vector for each in changes.values() for vector in each]
    new = Block(
        np.array(vectors, np.float32).reshape(-1, DIMENSIONS),
        np.repeat(records, times),
        np.ones(len(vectors), np.bool_),
    )
    return _with([_without(block, records) for block in blocks], new)


def search(probes: Vector, blocks: Blocks, limit: int) -> Iterator[CandidateList]:
    """Yield for each probe (a row) the records with the greatest cosines from `FLOOR` on."""
    for first in range(0, len(probes), _PROBES):
        batch = probes[first : first + _PROBES]
        hits = _hits(batch, blocks, limit + 1)
        bounds = np.searchsorted(hits.probes, np.arange(len(batch) + 1))
        for number, probe in enumerate(batch):
            yield _listed(probe, hits.taken(slice(bounds[number], bounds[number + 1])), blocks, limit)


def _hits(probes: Vector, blocks: Blocks, most: int) -> _Hits:
    """For each probe the best vectors of at most so many records, sorted by probe and score."""
    floors = np.full((len(probes), 1), FLOOR, np.float32)
    found, waiting = [_NOTHING], 0
    for number, block in enumerate(blocks):
        for first in range(0, len(block.records), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            scores = probes @ block.vectors[part].T
            # `nonzero` takes far longer over two axes than over one
            above = np.flatnonzero((scores >= floors) & block.counts[part])
            which, rows = np.divmod(above, scores.shape[1])
            in_block = np.full(len(rows), number)
            found.append(_Hits(which, in_block, rows + first, block.records[part][rows], scores[which, rows]))
            waiting += len(rows)
            if waiting > _WAITING:
                best = _best(found, most)
                found, waiting = [best], 0
                last = np.flatnonzero(_ranks(best) == most - 1)
                floors[best.probes[last], 0] = best.scores[last]
    return _best(found, most)


_NOTHING = _Hits(
    np.empty(0, np.intp),
    np.empty(0, np.intp),
    np.empty(0, np.intp),
    np.empty(0, np.uint32),
    np.empty(0, np.float32),
)


def _best(found: Sequence[_Hits], most: int) -> _Hits:
    """For each probe the best vector of each record, and of those the best."""
    hits = _Hits(
        np.concatenate([each.probes for each in found]),
        np.concatenate([each.blocks for each in found]),
        np.concatenate([each.rows for each in found]),
        np.concatenate([each.records for each in found]),
        np.concatenate([each.scores for each in found]),
    )
    hits = hits.taken(np.lexsort((-hits.scores, hits.records, hits.probes)))
    again = (hits.probes[1:] == hits.probes[:-1]) & (hits.records[1:] == hits.records[:-1])
    hits = hits.taken(np.flatnonzero(np.append([True], ~again)[: len(hits.probes)]))
    hits = hits.taken(np.lexsort((hits.records, -hits.scores, hits.probes)))
    return hits.taken(np.flatnonzero(_ranks(hits) < most))


def _ranks(hits: _Hits) -> NDArray[np.intp]:
    """The place of each hit among those of its probe, from 0; hits are sorted by probe and score."""
    return np.arange(len(hits.probes)) - np.searchsorted(hits.probes, hits.probes)


def _listed(probe: Vector, hits: _Hits, blocks: Blocks, limit: int) -> CandidateList:
    """One probe's candidates."""
    best = hits.taken(slice(limit))
    # The rounding of a product of matrices depends on its size; a score must not depend on who else asks.
    scores = [
        float(np.sum(blocks[block].vectors[row].astype(np.float64) * probe))
        for block, row in zip(best.blocks.tolist(), best.rows.tolist(), strict=True)
    ]
    candidates = map(Candidate, best.records.tolist(), scores)
    ordered = sorted(candidates, key=lambda each: (-each.score, each.record_id))
    return CandidateList(tuple(ordered), cut=len(hits.records) > limit)


def _without(block: Block, records: NDArray[np.uint32]) -> Block:
    superseded = np.isin(block.records, records)
    return block._replace(counts=block.counts & ~superseded) if superseded.any() else block


def _with(blocks: list[Block], new: Block) -> Blocks:
    """Join the new block with older ones that are not twice as large, so that there are ever few.

    What no longer counts is dropped on the way.
    """
    joined = [new]
    while blocks and blocks[-1].counts.sum() < 2 * sum(len(block.records) for block in joined):
        joined.append(blocks.pop())
    if len(joined) > 1:
        new = Block(
            np.concatenate([block.vectors[block.counts] for block in joined]),
            np.concatenate([block.records[block.counts] for block in joined]),
            np.ones(sum(int(block.counts.sum()) for block in joined), np.bool_),
        )
    return (*blocks, new) if len(new.records) else tuple(blocks)
