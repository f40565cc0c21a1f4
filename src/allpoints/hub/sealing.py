"""Sealing the log: what was committed since the last checkpoint enters the tree, and the new head is signed."""

from datetime import UTC, datetime

from nacl.signing import SigningKey

from allpoints.audit.checkpoint import Checkpoint, sign_checkpoint
from allpoints.audit.merkle import Frontier, append, frontier_tiles, leaf_hash, resume
from allpoints.store import ledger
from allpoints.store.database import Connection, Database, only_one

SEAL_LOCK = 0x616C6C5365616C  # one sealer at a time, on however many machines
SEAL_EVERY_S = 0.5


class Sealer:
    """Seals groups in the order in which they are found; the frontier of the tree is kept between calls."""

    def __init__(self, database: Database, name: str, signing_key: SigningKey) -> None:
        self._database = database
        self._name = name
        self._signing_key = signing_key
        self._frontier: Frontier | None = None

    async def seal(self) -> int:
        """Seal what is new in one transaction; return the size of the log. Another sealer at work is left alone."""
        async with self._database.system() as connection:
            if not await only_one(connection, SEAL_LOCK):
                self._frontier = None
                return 0
            head = await ledger.head(connection)
            frontier = await self._resume(connection, head.size)
            snapshot, groups = await ledger.unsealed(connection, head.snapshot)
            if not groups and head.note:
                return head.size
            places: dict[int, int] = {}
            leaves: list[bytes] = []
            for number, entries in groups:
                places[number] = head.size + len(leaves)
                leaves.extend(leaf_hash(entry) for entry in entries)
            growth = append(frontier, leaves)
            checkpoint = sign_checkpoint(
                self._name, growth.size, growth.root, _not_before(head.note), self._signing_key
            )
            await ledger.seal(
                connection,
                places=places,
                changed={(tile.level, tile.index): hashes for tile, hashes in growth.tiles.items()},
                checkpoint=ledger.Head(growth.size, checkpoint.text, snapshot),
            )
        self._frontier = growth.frontier
        return growth.size

    async def _resume(self, connection: Connection, size: int) -> Frontier:
        if self._frontier is not None and self._frontier.size == size:
            return self._frontier
        stored = await ledger.tiles(connection, [(t.level, t.index) for t in frontier_tiles(size)])
        return resume(size, lambda wanted: {tile: stored[tile.level, tile.index] for tile in wanted})


def _not_before(last_note: str) -> datetime:
    """Now, but never before the last checkpoint: a clock set back must not look like tampering."""
    now = datetime.now(UTC)
    return max(now, Checkpoint.parse(last_note).time) if last_note else now
