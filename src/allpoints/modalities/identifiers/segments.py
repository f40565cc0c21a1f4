"""Immutable sorted segments in a folder, and the manifest that says which of them count.

A segment is one file: for each table its sorted keys, the record ids beside them and, where the table has
any, a text of fixed width in columns; and the sorted ids of removed records, which hide these records in all
older segments. The manifest is replaced in one atomic step after everything it names is on the disk, so that
a crash at any moment leaves the old state valid; what the crash left over is swept at the next write. The
files belong to this machine (its byte order) and can be made again at any time.

Segments are merged by size as in a log-structured merge tree (O'Neil, Cheng, Gawlick, O'Neil: The
log-structured merge-tree, Acta Informatica 33, 1996).
"""

import fcntl
import mmap
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import Conflict, Unavailable

Keys = NDArray[np.uint64]
Ids = NDArray[np.uint32]
Text = NDArray[np.uint8]

FORMAT = 1
MERGE_RATIO = 4
"""A newer run is merged with the segment before it while that is less than so many times its size."""
RUN_BYTES = 200_000_000
"""Of rows that are sorted in memory at once; joining, sorting and writing them takes four times as much."""
CHUNK = 2_000_000
"""Rows merged in memory at once."""
TOP_SHIFT = 58
"""Above it, a key's top six bits tell groups apart that are counted separately: the schemes."""
_STRIDE = 4_096

_MANIFEST = "MANIFEST.json"
_NEW_MANIFEST = "MANIFEST.json.new"
_LOCK = "writer.lock"
_SUFFIX = ".segment"

_REBUILD = "Run `allpoints hub reindex`: the index is made anew from the database."


class Table(NamedTuple):
    """What a segment holds under sorted keys: an id for each and `width` bytes of text."""

    name: str
    width: int = 0


class Rows(NamedTuple):
    """Rows of one table, sorted by key. `text` has one row for each character position, one column a key."""

    keys: Keys
    ids: Ids
    text: Text

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def nbytes(self) -> int:
        """The bytes of all columns."""
        return sum(column.nbytes for column in self)

    def part(self, start: int, stop: int) -> "Rows":
        """Rows `start` to `stop`, without copying."""
        return Rows(self.keys[start:stop], self.ids[start:stop], self.text[:, start:stop])

    def taken(self, order: NDArray[np.intp] | NDArray[np.bool_]) -> "Rows":
        """The rows at these positions, in this order."""
        return Rows(self.keys[order], self.ids[order], self.text[:, order])

    def ordered(self) -> "Rows":
        """The rows sorted by key; equal keys stay as they stood."""
        return self.taken(np.argsort(self.keys, kind="stable"))


def no_rows(table: Table) -> Rows:
    """An empty table."""
    return Rows(np.empty(0, np.uint64), np.empty(0, np.uint32), np.empty((table.width, 0), np.uint8))


class Segment:
    """Sorted tables and the removed ids that hide older rows; mapped from a file or held in memory."""

    def __init__(self, tables: Sequence[Rows], removed: Ids, entry: "Entry | None" = None) -> None:
        self.tables = tuple(tables)
        self.removed = removed
        self.entry = entry
        tops = np.arange(1, 64, dtype=np.uint64) << np.uint64(TOP_SHIFT)
        bounds = [(0, *rows.keys.searchsorted(tops).tolist(), len(rows)) for rows in self.tables]
        self.counts = tuple(tuple(b - a for a, b in pairwise(table)) for table in bounds)
        """For each table, how many rows there are of each group."""
        # bisect reads a memoryview without making a numpy scalar at each step: a third of the time
        self._keys = tuple(rows.keys.data for rows in self.tables)
        self._removed = removed.data

    def __len__(self) -> int:
        return sum(map(len, self.tables)) + len(self.removed)

    @property
    def nbytes(self) -> int:
        """The size of its file."""
        return sum(rows.nbytes for rows in self.tables) + self.removed.nbytes

    def span(self, table: int, first: int, last: int) -> tuple[int, int]:
        """The positions in a table whose keys are from `first` to `last`, as start and stop."""
        keys = self._keys[table]
        start = bisect_left(keys, first)
        if start == len(keys) or keys[start] > last:
            return start, start
        return start, bisect_right(keys, last, start)

    def hides(self, record_id: int) -> bool:
        """Whether what older segments say of the record no longer holds."""
        position = bisect_left(self._removed, record_id)
        return position < len(self._removed) and self._removed[position] == record_id


class Entry(msgspec.Struct, frozen=True):
    """A segment in the manifest: its file and how many rows each table and the removed ids have."""

    name: str
    rows: tuple[int, ...]
    removed: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which segments count, oldest first, and how far in the change feed they reach."""

    format: int = FORMAT
    fingerprint: str
    """Of the secret: keys made with another one could never be found."""
    cursor: str = ""
    serial: int = 0
    segments: tuple[Entry, ...] = ()


class Snapshot(NamedTuple):
    """The folder as it stood at one moment, mapped."""

    manifest: Manifest
    segments: tuple[Segment, ...]
    stamp: tuple[int, int] | None


class SegmentFolder:
    """A folder of segments: read by any number of processes, written by one at a time."""

    def __init__(self, path: Path, tables: Sequence[Table], fingerprint: str) -> None:
        self.path = path
        self._tables = tuple(tables)
        self._fingerprint = fingerprint

    def stamp(self) -> tuple[int, int] | None:
        """Something that differs whenever the manifest does; None where there is none."""
        try:
            status = (self.path / _MANIFEST).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns

    def snapshot(self) -> Snapshot:
        """Map the segments. Raises `Unavailable` for a folder that must be rebuilt."""
        stamp = self.stamp()
        while True:
            manifest = self._manifest()
            try:
                segments = tuple(self._mapped(entry) for entry in manifest.segments)
            except FileNotFoundError:
                # a writer merged the file away after we read its name: its manifest is a newer one
                if (now := self.stamp()) == stamp:
                    raise Unavailable("a segment of the index is missing", remedy=_REBUILD) from None
                stamp = now
                continue
            return Snapshot(manifest, segments, stamp)

    def append(self, run: Segment, cursor: str, base: Snapshot) -> Snapshot:
        """Add a newest run of rows, merging what the merge ratio asks for.

        Raises `Conflict` where another process is writing or has written since `base`, `Unavailable` where
        the disk refuses.
        """
        with self._writing():
            if self.stamp() != base.stamp:
                raise Conflict("another process has written the index", remedy="Open the index anew.")
            older, size = len(base.segments), len(run)
            while older and len(base.segments[older - 1]) < MERGE_RATIO * size:
                older -= 1
                size += len(base.segments[older])
            kept = base.segments[:older]
            entry = self._written([*base.segments[older:], run], base.manifest.serial, oldest=not kept)
            added = () if entry is None else (self._mapped(entry),)
            return self._committed((*kept, *added), cursor, base.manifest.serial + 1)

    def replace(self, batches: Iterable[Sequence[Rows]], cursor: str) -> Snapshot:
        """Replace everything by these tables of unsorted rows, in batches of any size.

        The old segments stay valid and readable until the end. Raises as `append` does.
        """
        with self._writing():
            serial = self._last_serial()
            written: list[Segment] = []
            for run in _runs(batches):
                if entry := self._written([run], serial, oldest=True):
                    written.append(self._mapped(entry))
                serial += 1
            if len(written) > 1:
                entry = self._written(written, serial, oldest=True)
                written = [self._mapped(entry)] if entry else []
            return self._committed(tuple(written), cursor, serial + 1)

    def _manifest(self) -> Manifest:
        try:
            manifest = self._decoded()
        except msgspec.MsgspecError:
            raise Unavailable("the index's manifest cannot be read", remedy=_REBUILD) from None
        if manifest.format != FORMAT:
            raise Unavailable(f"the index has format {manifest.format}, not {FORMAT}", remedy=_REBUILD)
        if manifest.fingerprint != self._fingerprint:
            raise Unavailable("the index was made with another secret", remedy=_REBUILD)
        return manifest

    def _decoded(self) -> Manifest:
        try:
            return msgspec.json.decode((self.path / _MANIFEST).read_bytes(), type=Manifest)
        except FileNotFoundError:
            return Manifest(fingerprint=self._fingerprint)

    def _last_serial(self) -> int:
        """The serial to go on from; a manifest that must be rebuilt does not say, but its files do."""
        names = [path.stem for path in self.path.glob(f"*{_SUFFIX}")]
        return 1 + max((int(name) for name in names if name.isdecimal()), default=0)

    def _mapped(self, entry: Entry) -> Segment:
        layout = _layout(self._tables, entry)
        with (self.path / entry.name).open("rb") as file:
            if os.fstat(file.fileno()).st_size != layout.size:
                raise Unavailable("a segment of the index has the wrong size", remedy=_REBUILD)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return Segment(
            [
                Rows(
                    np.frombuffer(mapped, np.uint64, rows, keys),
                    np.frombuffer(mapped, np.uint32, rows, ids),
                    np.frombuffer(mapped, np.uint8, rows * table.width, text).reshape(table.width, rows),
                )
                for table, rows, keys, ids, text in zip(
                    self._tables, entry.rows, layout.keys, layout.ids, layout.text, strict=True
                )
            ],
            np.frombuffer(mapped, np.uint32, entry.removed, layout.removed),
            entry,
        )

    def _written(self, sources: Sequence[Segment], serial: int, *, oldest: bool) -> Entry | None:
        """Merge the sources, oldest first, into one new file; None where nothing is left of them."""
        removed = _NO_IDS if oldest else _union([source.removed for source in sources])
        hidden = [_union([newer.removed for newer in sources[i + 1 :]]) for i in range(len(sources))]
        merges = [
            _Merge([source.tables[number] for source in sources], hidden)
            for number in range(len(self._tables))
        ]
        entry = Entry(f"{serial:010d}{_SUFFIX}", tuple(merge.rows for merge in merges), len(removed))
        layout = _layout(self._tables, entry)
        if layout.size == 0:
            return None
        path = self.path / entry.name
        # a new file each time: truncating one that somebody has mapped would kill that process
        path.unlink(missing_ok=True)
        with _created(path) as file:
            _put(file, layout.removed, removed)
            for number, (table, merge) in enumerate(zip(self._tables, merges, strict=True)):
                done = 0
                for rows in merge.chunks():
                    _put(file, layout.keys[number] + 8 * done, rows.keys)
                    _put(file, layout.ids[number] + 4 * done, rows.ids)
                    for column in range(table.width):
                        _put(file, layout.text[number] + column * merge.rows + done, rows.text[column])
                    done += len(rows)
            file.flush()
            os.fsync(file.fileno())
        return entry

    def _committed(self, segments: tuple[Segment, ...], cursor: str, serial: int) -> Snapshot:
        manifest = Manifest(
            fingerprint=self._fingerprint,
            cursor=cursor,
            serial=serial,
            segments=tuple(segment.entry for segment in segments if segment.entry),
        )
        new = self.path / _NEW_MANIFEST
        new.unlink(missing_ok=True)
        with _created(new) as file:
            file.write(msgspec.json.encode(manifest))
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self.path / _MANIFEST)  # noqa: PTH105  the fault tests break this very call
        self._sync_folder()
        return Snapshot(manifest, segments, self.stamp())

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.path / _LOCK).open("ab") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise Conflict(
                        "another process is writing the index", remedy="Try again shortly."
                    ) from None
                self._sweep()
                yield
                self._sweep()
        except OSError as error:
            raise Unavailable(f"the index cannot be written: {error.strerror}") from error

    def _sync_folder(self) -> None:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _sweep(self) -> None:
        """Remove what the manifest does not name: merged segments, and what a crash left over.

        Processes that have a segment mapped keep it; one that has only read its name reads the manifest
        again.
        """
        try:
            named = {entry.name for entry in self._decoded().segments}
        except msgspec.MsgspecError:
            named = set()
        for path in self.path.glob(f"*{_SUFFIX}"):
            if path.name not in named:
                path.unlink(missing_ok=True)


def _runs(batches: Iterable[Sequence[Rows]]) -> Iterator[Segment]:
    """The batches, cut and put together to sorted runs of about `RUN_BYTES`."""
    pieces: list[list[Rows]] = []
    size = 0
    for tables in batches:
        for start in range(0, max(map(len, tables)), CHUNK):
            pieces.append([rows.part(start, start + CHUNK) for rows in tables])
            size += sum(rows.nbytes for rows in pieces[-1])
            if size >= RUN_BYTES:
                yield _sorted_run(pieces)
                pieces, size = [], 0
    if pieces:
        yield _sorted_run(pieces)


def _sorted_run(pieces: Sequence[Sequence[Rows]]) -> Segment:
    return Segment([joined(parts).ordered() for parts in zip(*pieces, strict=True)], _NO_IDS)


class _Merge:
    """The rows of several sources as one sorted table, made a chunk at a time."""

    def __init__(self, sources: Sequence[Rows], hidden: Sequence[Ids]) -> None:
        self._sources = sources
        self._keep = [
            ~contains(ids, rows.ids) if len(ids) else None for rows, ids in zip(sources, hidden, strict=True)
        ]
        self.rows = sum(
            len(rows) if keep is None else int(np.count_nonzero(keep))
            for rows, keep in zip(sources, self._keep, strict=True)
        )

    def chunks(self) -> Iterator[Rows]:
        """About `CHUNK` rows at a time: the sources are split at the same keys, each piece is sorted."""
        starts = [0] * len(self._sources)
        for split in self._splits():
            stops = [
                len(rows) if split is None else int(rows.keys.searchsorted(split)) for rows in self._sources
            ]
            pieces = [self._kept(i, starts[i], stops[i]) for i in range(len(starts))]
            yield joined(pieces).ordered() if len(pieces) > 1 else pieces[0]
            starts = stops

    def _kept(self, source: int, start: int, stop: int) -> Rows:
        rows, keep = self._sources[source].part(start, stop), self._keep[source]
        return rows if keep is None else rows.taken(keep[start:stop])

    def _splits(self) -> Iterator[np.uint64 | None]:
        sample = np.sort(np.concatenate([rows.keys[::_STRIDE] for rows in self._sources]))
        yield from np.unique(sample[CHUNK // _STRIDE :: CHUNK // _STRIDE])
        yield None  # the end


class _Layout(NamedTuple):
    """Where each part of a segment's file begins; the widest values first, so that all are aligned."""

    keys: tuple[int, ...]
    ids: tuple[int, ...]
    removed: int
    text: tuple[int, ...]
    size: int


def _layout(tables: Sequence[Table], entry: Entry) -> _Layout:
    sizes = [8 * rows for rows in entry.rows]
    sizes += [4 * rows for rows in entry.rows]
    sizes.append(4 * entry.removed)
    sizes += [table.width * rows for table, rows in zip(tables, entry.rows, strict=True)]
    offsets = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
    count = len(tables)
    return _Layout(
        keys=tuple(offsets[:count]),
        ids=tuple(offsets[count : 2 * count]),
        removed=offsets[2 * count],
        text=tuple(offsets[2 * count + 1 : -1]),
        size=offsets[-1],
    )


def contains(members: Ids, ids: Ids) -> NDArray[np.bool_]:
    """Whether each of `ids` stands in the sorted, non-empty `members`."""
    found = np.empty(len(ids), np.bool_)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        found[start : start + CHUNK] = (
            members[np.minimum(members.searchsorted(part), len(members) - 1)] == part
        )
    return found


def joined(parts: Sequence[Rows]) -> Rows:
    """The rows of several tables of one shape, one after the other."""
    return Rows(
        np.concatenate([rows.keys for rows in parts]),
        np.concatenate([rows.ids for rows in parts]),
        np.concatenate([rows.text for rows in parts], axis=1),
    )


def _union(parts: Sequence[Ids]) -> Ids:
    filled = [ids for ids in parts if len(ids)]
    return np.unique(np.concatenate(filled)) if filled else _NO_IDS


def _put(file: BinaryIO, offset: int, values: NDArray[np.generic]) -> None:
    file.seek(offset)
    file.write(np.ascontiguousarray(values).data.cast("B") if len(values) else b"")


def _created(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


_NO_IDS: Ids = np.empty(0, np.uint32)
