"""Finding the people whom a face may show: every embedding is compared, none is skipped.

The folder holds the embeddings sealed; each process keeps them in memory, with a tail of what changed since.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Self

import numpy as np

from allpoints.modalities.base import DEFAULT_LIMIT, CandidateList, checked_limit, checked_record_id
from allpoints.modalities.faces import blocks
from allpoints.modalities.faces.template import FaceTemplate, vector
from allpoints.modalities.vault import Entry, Vault

_READ_AT_ONCE = 20_000
"""Entries that become a block together."""

Payloads = tuple[bytes, ...]
"""The embeddings of a record's templates."""


class FaceIndex:
    """The index in one folder, as one process sees it. `modalities.base.Index` tells its doors."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        """Raises `Unavailable` where the folder is damaged or was sealed with another key."""
        self._vault = Vault(folder, secret)
        self._sealed = _read(self._vault, ())
        """What the folder holds."""
        self._changes: dict[int, Payloads] = {}
        """The tail: what changed since."""
        self._current = self._sealed
        """Both together."""
        self._changing = Lock()
        """Held while a change is noted: never for long."""
        self._flushing = Lock()

    @classmethod
    def build(cls, folder: Path, secret: bytes, records: Iterable[tuple[int, Payloads]], cursor: str) -> Self:
        """Make the index in `folder` anew from record ids with their embeddings, as templates hold them.

        The old one answers until the new one is complete. Raises `Conflict` where another process writes.
        """
        Vault.build(folder, secret, (Entry(*record) for record in records), cursor)
        return cls(folder, secret)

    @property
    def cursor(self) -> str:
        """From where in the change feed this index must be fed to be complete; empty at first."""
        return self._vault.cursor

    @property
    def size(self) -> int:
        """How many embeddings are held."""
        return sum(int(block.counts.sum()) for block in self._current)

    def add(self, record_id: int, templates: Sequence[FaceTemplate]) -> None:
        """Make these the templates of the record, in place of all that were known of it."""
        self._change(checked_record_id(record_id), tuple(template.embedding for template in templates))

    def remove(self, record_id: int) -> None:
        """Forget the record."""
        self._change(checked_record_id(record_id), ())

    def search(self, template: FaceTemplate, limit: int = DEFAULT_LIMIT) -> CandidateList:
        """Return the records with a face like this, best first; the score is the best cosine of its templates."""
        return self.search_many([template], limit)[0]

    def search_many(
        self, templates: Sequence[FaceTemplate], limit: int = DEFAULT_LIMIT
    ) -> list[CandidateList]:
        """Search for each template, all in one go; `limit` holds for each."""
        checked_limit(limit)
        probes = np.array([template.vector for template in templates])
        return list(blocks.search(probes, self._current, limit))

    def outdated(self) -> bool:
        """Whether another process has written what this index does not hold."""
        return self._vault.outdated()

    def reopened(self) -> Self:
        """This index as other processes have left its folder; blocks that are unchanged are shared."""
        fresh = copy.copy(self)
        fresh._changing, fresh._flushing, fresh._changes = Lock(), Lock(), {}
        with self._flushing:
            fresh._vault, fresh._sealed = copy.copy(self._vault), self._sealed
        fresh._sealed = fresh._current = _read(fresh._vault, fresh._sealed)
        return fresh

    def flush(self, cursor: str) -> None:
        """Seal the tail into the folder; `cursor` is the feed's position up to which the tail is complete.

        Raises `Conflict` where another process has written, `Unavailable` where the folder cannot be written; the
        tail is kept then.
        """
        with self._flushing:
            changes = self._changes.copy()
            self._vault.append((Entry(*change) for change in changes.items()), cursor)
            self._sealed = _changed(self._sealed, changes)
            with self._changing:
                self._changes = {
                    record_id: payloads
                    for record_id, payloads in self._changes.items()
                    if changes.get(record_id) is not payloads
                }
                self._current = _changed(self._sealed, self._changes)

    def _change(self, record_id: int, payloads: Payloads) -> None:
        with self._changing:
            self._changes[record_id] = payloads
            self._current = _changed(self._current, {record_id: payloads})


def _read(vault: Vault, known: blocks.Blocks) -> blocks.Blocks:
    """What the vault holds, where `known` is what was read of it before."""
    anew, entries = vault.read()
    found = () if anew else known
    for batch in _batches(entries):
        found = _changed(found, batch)
    return found


def _batches(entries: Iterator[Entry]) -> Iterator[dict[int, Payloads]]:
    batch: dict[int, Payloads] = {}
    for record_id, payloads in entries:
        batch[record_id] = payloads
        if len(batch) == _READ_AT_ONCE:
            yield batch
            batch = {}
    yield batch


def _changed(known: blocks.Blocks, changes: dict[int, Payloads]) -> blocks.Blocks:
    return blocks.changed(known, {record: [*map(vector, payloads)] for record, payloads in changes.items()})
