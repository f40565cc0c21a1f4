"""What an index of biometrics keeps in its folder: an append-only file of sealed entries.

What an append supersedes is named in the new manifest first and overwritten with zeros then, so that a crash
between the two is made good by whoever opens the vault next. Once more than half of the file is waste, what
counts moves to a new one. Overwriting reaches the file's own blocks: a file system that copies on write, or
its snapshots, keep older ones, which only the loss of the key makes unreadable.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, NamedTuple, Self

import msgspec

from allpoints.errors import Conflict, Unavailable
from allpoints.modalities.base import checked_record_id
from allpoints.modalities.vault.files import REBUILD, Entry, Frame, Place, frames, wipe, wiped, write
from allpoints.modalities.vault.folder import Manifest, Stamp, VaultFolder
from allpoints.modalities.vault.sealing import Sealer

__all__ = ["Entry", "Read", "Vault"]

_GENERATION_BYTES = 16


class Read(NamedTuple):
    """What a vault holds that was not yet read.

    `anew` says to forget all that was read before and to take this as everything. A record that comes twice
    counts as it comes last. The vault has been read once the entries have all been taken.
    """

    anew: bool
    entries: Iterator[Entry]


class Vault:
    """The vault in one folder, as one process sees it; read by any number of them, written by one at a time.

    The folder is private to its user (0700, files 0600).
    """

    def __init__(self, folder: Path, key: bytes) -> None:
        """Raises `Unavailable` where the vault is damaged or was sealed with another key."""
        self._folder = VaultFolder(folder, key)
        self._places: dict[int, Place] = {}
        """Where each record's entry stands, as far as the vault was read."""
        self._manifest, self._stamp = self._folder.manifest()
        self._read_from = Manifest()
        """The manifest up to whose length the file was read."""
        if self._manifest.superseded or self._folder.leftovers(self._manifest):
            self._make_good()

    @classmethod
    def build(cls, folder: Path, key: bytes, entries: Iterable[Entry], cursor: str) -> Self:
        """Put these entries, each of another record, in place of all there was; the old answer until then.

        Returns the new vault, unread. Raises `Conflict` where another process writes.
        """
        new = VaultFolder(folder, key)
        with new.writing():
            _write_generation(new, entries, cursor)
        return cls(folder, key)

    @property
    def cursor(self) -> str:
        """How far in the change feed the vault was complete when this process read or wrote it last."""
        return self._manifest.cursor

    def outdated(self) -> bool:
        """Whether another process has written what this one has not read."""
        return self._folder.stamp() != self._stamp

    def read(self) -> Read:
        """Everything the first time, later only what was appended since, or everything again.

        This and taking the entries raise `Unavailable` where the vault is damaged or was sealed with another
        key. An entry that another process supersedes meanwhile may be left out: the vault is outdated then.
        """
        while True:
            manifest, stamp = self._folder.manifest()
            anew = not manifest.generation or manifest.generation != self._read_from.generation
            try:
                file = self._folder.opened(manifest, "rb") if manifest.generation else BytesIO()
            except Unavailable:
                # another process put another file in its place after we read the name of this one
                if stamp == self._folder.stamp():
                    raise
                continue
            return Read(anew, self._entries(file, manifest, stamp, anew=anew))

    def append(self, entries: Iterable[Entry], cursor: str) -> None:
        """Keep these, in place of what was known of their records, and wipe what they supersede.

        Durable on return. `cursor` says how far in the change feed the vault is complete now. Raises
        `Conflict` where another process writes, or has written what this one has not read.
        """
        latest = {checked_record_id(entry.record_id): entry for entry in entries}
        for record_id in [each for each, entry in latest.items() if not entry.payloads]:
            if record_id not in self._places or self._places[record_id].gone:
                del latest[record_id]  # what was never there needs no wiping
        with self._folder.writing():
            manifest, _ = self._folder.manifest()
            if manifest != self._read_from:
                raise Conflict("the vault holds what was not read yet", remedy="Read it and append again.")
            if not manifest.generation:
                self._written(*_write_generation(self._folder, latest.values(), cursor))
                return
            with self._folder.opened(manifest, "r+b") as file:
                file.truncate(manifest.length)  # what a crash left over
                wipe(file, manifest.superseded)  # and what it or a failing disk left unwiped
                places = write(file, self._folder.sealer(manifest), latest.values())
                old = [self._places[record_id] for record_id in latest if record_id in self._places]
                manifest = Manifest(
                    generation=manifest.generation,
                    cursor=cursor,
                    length=file.tell(),
                    records=manifest.records + len(places) - len(old),
                    kept=manifest.kept + _kept(places.values()) - _kept(old),
                    superseded=tuple(place.offset for place in old),
                )
                self._written(manifest, self._folder.commit(manifest), self._places | places)
                wipe(file, manifest.superseded)
            if manifest.length > 2 * manifest.kept:
                self._compact()

    def _compact(self) -> None:
        sealer = self._folder.sealer(self._manifest)
        with self._folder.opened(self._manifest, "rb") as file:
            opened = (frame.opened(sealer) for frame in frames(file, 0, self._manifest.length))
            held = (entry for entry in opened if entry.payloads)
            self._written(*_write_generation(self._folder, held, self._manifest.cursor))

    def _written(self, manifest: Manifest, stamp: Stamp, places: dict[int, Place]) -> None:
        """Note a state that this process knows all of."""
        self._manifest = self._read_from = manifest
        self._stamp, self._places = stamp, places

    def _entries(self, file: BinaryIO, manifest: Manifest, stamp: Stamp, *, anew: bool) -> Iterator[Entry]:
        places = {} if anew else self._places.copy()
        sealer, gone = self._folder.sealer(manifest), frozenset(manifest.superseded)
        with file:
            for frame in frames(file, 0 if anew else self._read_from.length, manifest.length):
                if frame.offset in gone or not (entry := self._opened(frame, sealer, file, manifest)):
                    continue
                places[frame.record_id] = frame.place(entry)
                yield entry
        if stamp == self._folder.stamp() and len(places) != manifest.records:
            raise Unavailable("entries of the vault are missing", remedy=REBUILD)
        self._written(manifest, stamp, places)

    def _opened(self, frame: Frame, sealer: Sealer, file: BinaryIO, manifest: Manifest) -> Entry | None:
        """The frame's entry; none where another process has wiped it since `manifest`, or is about to."""
        try:
            return frame.opened(sealer)
        except Unavailable:
            # who wipes names it in the manifest first
            now, _ = self._folder.manifest()
            named = now.generation == manifest.generation and frame.offset in now.superseded
            if named or wiped(file, frame.offset):
                return None
            raise

    def _make_good(self) -> None:
        """Finish what a crash cut short, unless another process is writing: that one does it."""
        try:
            with self._folder.writing():
                manifest, _ = self._folder.manifest()
                self._folder.sweep(manifest)
                if manifest.superseded:
                    with self._folder.opened(manifest, "r+b") as file:
                        wipe(file, manifest.superseded)
        except Conflict:
            return


def _write_generation(
    folder: VaultFolder, entries: Iterable[Entry], cursor: str
) -> tuple[Manifest, Stamp, dict[int, Place]]:
    """Write a new data file and make it the one that counts; the caller is the only writer."""
    manifest = Manifest(generation=token_hex(_GENERATION_BYTES), cursor=cursor)
    with folder.created(manifest) as file:
        places = write(file, folder.sealer(manifest), entries)
        manifest = msgspec.structs.replace(
            manifest, length=file.tell(), records=len(places), kept=_kept(places.values())
        )
    stamp = folder.commit(manifest)
    folder.sweep(manifest)
    return manifest, stamp, places


def _kept(places: Iterable[Place]) -> int:
    return sum(place.length for place in places if not place.gone)
