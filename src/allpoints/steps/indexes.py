"""The indexes of all modalities, side by side in one folder and fed by one change feed."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import structlog

from allpoints.errors import Unavailable
from allpoints.modalities import IDENTIFIERS, MODALITIES, TEMPLATED, Index, Modality
from allpoints.modalities.identifiers import Batch, IdentifierIndex
from allpoints.records import SCHEMES, Identifier
from allpoints.records.identifiers import Pattern
from allpoints.steps.templates import loaded
from allpoints.store import feed

_MODALITIES = {modality.name: modality for modality in MODALITIES}
_log = structlog.get_logger("allpoints.index")
_TEMPLATED = {modality.name: modality for modality in TEMPLATED}
_PARTIAL = {scheme.name: scheme.number for scheme in SCHEMES if scheme.partial}


class Indexes:
    """One process's view of every index. Feeding a change twice does no harm."""

    def __init__(self, by_modality: dict[str, Index[Any]]) -> None:
        self._by_modality = by_modality

    @classmethod
    def open(cls, folder: Path, secret: bytes) -> "Indexes":
        """Open the index of each modality, an empty one where there is none. Raises `Unavailable`."""
        return cls({m.name: m.open_index(folder / m.name, secret) for m in MODALITIES})

    @classmethod
    def open_whole(cls, folder: Path, secret: bytes, conninfo: str) -> "Indexes":
        """Open the index of each modality, built from the database where it is missing or damaged."""
        return cls({m.name: _open_whole(m, folder, secret, conninfo) for m in MODALITIES})

    def reopened(self, folder: Path, secret: bytes) -> "Indexes":
        """Open anew what another process has written; what is current stays."""
        return Indexes(
            {
                name: _MODALITIES[name].open_index(folder / name, secret) if index.outdated() else index
                for name, index in self._by_modality.items()
            }
        )

    def warm_up(self) -> None:
        """Search once for an example, so that what is compiled at its first use does not keep an officer waiting."""
        for modality in TEMPLATED:
            template = modality.encode(modality.examples()[0])
            self.of(modality.name).search(template, 1)
            modality.explain(template, template)

    @property
    def outdated(self) -> bool:
        """Whether another process has written newer segments of any of them."""
        return any(index.outdated() for index in self._by_modality.values())

    @property
    def cursor(self) -> str:
        """From where in the feed all of them are complete; empty where one was never built."""
        cursors = [index.cursor for index in self._by_modality.values()]
        return min(cursors, key=feed.age) if all(cursors) else ""

    @property
    def identifiers(self) -> Index[Identifier | Pattern]:
        """The one that every check asks."""
        return self._by_modality[IDENTIFIERS.name]

    def of(self, modality: str) -> Index[Any]:
        """The index of the modality."""
        return self._by_modality[modality]

    def apply(self, changes: Iterable[feed.Change]) -> None:
        """Bring what changed into every index. A template that its index cannot take is left out and logged."""
        for change in changes:
            if change.identifiers:
                self.identifiers.add(change.record_id, change.identifiers)
            else:
                self.identifiers.remove(change.record_id)
            for modality in TEMPLATED:
                try:
                    self._apply_templates(modality.name, change)
                except (Unavailable, OSError, MemoryError):
                    raise
                except Exception as error:
                    # One record must not keep the feed from all that come after it.
                    _log.error(
                        "template.unusable",
                        modality=modality.name,
                        record=change.record_id,
                        error=type(error).__name__,
                    )

    def _apply_templates(self, modality: str, change: feed.Change) -> None:
        templates = [loaded(modality, body) for body in change.templates.get(modality, ())]
        if readable := [template for template in templates if template is not None]:
            self.of(modality).add(change.record_id, readable)
        elif change.version != 1:
            # What is new and has no template never had one: the index need not be told.
            self.of(modality).remove(change.record_id)

    def flush(self, cursor: str) -> None:
        """Write all tails, so that all of them go on from the same place in the feed."""
        for index in self._by_modality.values():
            index.flush(cursor)


def rebuild(folder: Path, secret: bytes, conninfo: str) -> Indexes:
    """Make every index anew from the database; the old ones answer until the new ones are complete."""
    return Indexes({m.name: _rebuild(m, folder, secret, conninfo) for m in MODALITIES})


def _open_whole(modality: Modality[Any, Any], folder: Path, secret: bytes, conninfo: str) -> Index[Any]:
    try:
        index = modality.open_index(folder / modality.name, secret)
    except Unavailable as damaged:
        _log.warning("index.unusable", modality=modality.name, reason=damaged.detail)
    else:
        if index.cursor:
            return index
    _log.info("index.building", modality=modality.name)
    return _rebuild(modality, folder, secret, conninfo)


def _rebuild(modality: Modality[Any, Any], folder: Path, secret: bytes, conninfo: str) -> Index[Any]:
    here = folder / modality.name
    if templated := _TEMPLATED.get(modality.name):
        with feed.all_templates(conninfo, modality.name) as (cursor, records):
            return templated.build_index(here, secret, records, cursor)
    parts = feed.holdings(conninfo, _PARTIAL)
    cursor = str(next(parts))
    return IdentifierIndex.build(here, secret, _batches(parts), cursor)


def _batches(parts: Iterator[str | feed.Holdings]) -> Iterator[Batch]:
    for part in parts:
        if isinstance(part, feed.Holdings):
            yield Batch(part.keys, part.ids, part.partial_ids, part.partial)
