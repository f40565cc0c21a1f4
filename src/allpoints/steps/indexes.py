"""The indexes of all modalities, side by side in one folder and fed by one change feed."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import structlog

from allpoints.errors import Unavailable
from allpoints.modalities import (
    BIOMETRIC,
    FINGERPRINTS,
    IDENTIFIERS,
    MODALITIES,
    TEMPLATED,
    TEMPLATED_BY_NAME,
    Index,
    Modality,
)
from allpoints.modalities.identifiers import Batch, IdentifierIndex
from allpoints.records import SCHEMES, Identifier
from allpoints.records.identifiers import Pattern
from allpoints.steps.templates import loaded
from allpoints.store import feed
from allpoints.store.seals import Seals

_log = structlog.get_logger("allpoints.index")
_PARTIAL = {scheme.name: scheme.number for scheme in SCHEMES if scheme.partial}


class Place(msgspec.Struct, frozen=True):
    """Where the indexes are, and what keeps their files from whoever may not read them."""

    folder: Path
    secret: bytes
    """The hub's index secret."""
    seals: Seals

    def of(self, modality: str) -> tuple[Path, bytes]:
        """The modality's own folder, and its key."""
        return self.folder / modality, self.seals.index_secret(modality, self.secret)


class Indexes:
    """One process's view of every index. Feeding a change twice does no harm."""

    def __init__(self, by_modality: dict[str, Index[Any]], seals: Seals) -> None:
        self._by_modality = by_modality
        self.seals = seals
        """They open what the feed and the database hold sealed."""

    @classmethod
    def open(cls, place: "Place") -> "Indexes":
        """Open the index of each modality, an empty one where there is none. Raises `Unavailable`."""
        return cls({m.name: _opened(m, place) for m in MODALITIES}, place.seals)

    @classmethod
    def open_whole(cls, place: "Place", conninfo: str) -> "Indexes":
        """Open the index of each modality, built from the database where it is missing or damaged."""
        return cls({m.name: _open_whole(m, place, conninfo) for m in MODALITIES}, place.seals)

    def reopened(self) -> "Indexes":
        """Open anew what another process has written; what is current stays."""
        return Indexes(
            {n: index.reopened() if index.outdated() else index for n, index in self._by_modality.items()},
            self.seals,
        )

    def warm_up(self) -> None:
        """Search once for an example, so that what is compiled at its first use does not keep an officer waiting.

        What a biometric check needs is loaded when somebody brings one: it takes seconds, and many hubs never do.
        """
        for modality in TEMPLATED:
            if modality in BIOMETRIC:
                continue
            template = modality.encode(modality.examples()[0])
            self.of(modality.name).search(template, 1)
            modality.explain(template, template)

    def compile_ahead(self) -> None:
        """Compare and search drawn prints, so that what a machine compiles once, for half a minute, is there before
        somebody waits for it. For the process that nobody waits for. The networks are loaded with the first picture.
        """
        one, other = (FINGERPRINTS.encode(example) for example in FINGERPRINTS.examples()[:2])
        FINGERPRINTS.compare(one, other)
        self.of(FINGERPRINTS.name).search(one, 1)

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
        sealed = {modality: change.templates.get(modality, ())}
        opened = self.seals.opened_all(change.record_id, sealed)[modality]
        templates = [loaded(modality, body) for body in opened]
        if readable := [template for template in templates if template is not None]:
            self.of(modality).add(change.record_id, readable)
        elif change.version != 1:
            # What is new and has no template never had one: the index need not be told.
            self.of(modality).remove(change.record_id)

    def flush(self, cursor: str) -> None:
        """Write all tails, so that all of them go on from the same place in the feed."""
        for index in self._by_modality.values():
            index.flush(cursor)


def rebuild(place: Place, conninfo: str) -> Indexes:
    """Make every index anew from the database; the old ones answer until the new ones are complete."""
    return Indexes({m.name: _rebuild(m, place, conninfo) for m in MODALITIES}, place.seals)


def _opened(modality: Modality[Any, Any], place: Place) -> Index[Any]:
    return modality.open_index(*place.of(modality.name))


def _open_whole(modality: Modality[Any, Any], place: Place, conninfo: str) -> Index[Any]:
    try:
        index = _opened(modality, place)
    except Unavailable as damaged:
        _log.warning("index.unusable", modality=modality.name, reason=damaged.detail)
    else:
        if index.cursor:
            return index
    _log.info("index.building", modality=modality.name)
    return _rebuild(modality, place, conninfo)


def _rebuild(modality: Modality[Any, Any], place: Place, conninfo: str) -> Index[Any]:
    name = modality.name
    if templated := TEMPLATED_BY_NAME.get(name):
        with feed.all_templates(conninfo, name) as (cursor, records):
            opened = (
                (record_id, place.seals.opened_all(record_id, {name: bodies})[name])
                for record_id, bodies in records
            )
            return templated.build_index(*place.of(name), opened, cursor)
    parts = feed.holdings(conninfo, _PARTIAL)
    cursor = str(next(parts))
    return IdentifierIndex.build(*place.of(name), _batches(parts), cursor)


def _batches(parts: Iterator[str | feed.Holdings]) -> Iterator[Batch]:
    for part in parts:
        if isinstance(part, feed.Holdings):
            yield Batch(part.keys, part.ids, part.partial_ids, part.partial)
