"""The files of the name index: one for each segment, and a manifest that says which of them count.

The manifest is replaced in one atomic step after everything it names is on the disk, so that a crash at any
moment leaves the old state valid; what the crash left over is swept at the next write. The files belong to
this machine (its byte order) and can be made again at any time.

Segments are merged by size as in a log-structured merge tree (O'Neil, Cheng, Gawlick, O'Neil: The
log-structured merge-tree, Acta Informatica 33, 1996).
"""

import fcntl
import hashlib
import mmap
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
import numpy as np

from allpoints.errors import Conflict, Unavailable
from allpoints.modalities.names.retrieval.segments import DTYPES, Columns, merged

FORMAT = 2
MERGE_RATIO = 4
"""A newer run is merged with the segment before it while that is less than so many times its size."""

_MANIFEST = "MANIFEST.json"
_NEW_MANIFEST = "MANIFEST.json.new"
_LOCK = "writer.lock"
_SUFFIX = ".segment"
_ALIGNED = 8

_REBUILD = "Run `allpoints hub reindex`: the index is made anew from the database."


class File(msgspec.Struct, frozen=True):
    """A segment in the manifest: its file, the length of each column, and a digest of both."""

    name: str
    lengths: tuple[int, ...]
    digest: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which segments count, oldest first, and how far in the change feed they reach."""

    format: int = FORMAT
    fingerprint: str = ""
    """Of the words' keys and sounds: words that are keyed otherwise could never be found."""
    cursor: str = ""
    serial: int = 0
    segments: tuple[File, ...] = ()


class Snapshot(NamedTuple):
    """The folder as it stood at one moment, mapped: its segments, oldest first."""

    manifest: Manifest
    segments: tuple[Columns, ...]
    stamp: tuple[int, int] | None


class NameFolder:
    """A folder of segments: read by any number of processes, written by one at a time."""

    def __init__(self, path: Path, fingerprint: str) -> None:
        self.path = path
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
                segments = tuple(self._mapped(file) for file in manifest.segments)
            except FileNotFoundError:
                # a writer merged the file away after we read its name: its manifest is a newer one
                if (now := self.stamp()) == stamp:
                    raise Unavailable("a segment of the index is missing", remedy=_REBUILD) from None
                stamp = now
                continue
            return Snapshot(manifest, segments, stamp)

    def append(self, run: Columns, cursor: str, base: Snapshot) -> Snapshot:
        """Add a newest run, merging what the merge ratio asks for.

        Raises `Conflict` where another process is writing or has written since `base`, `Unavailable` where
        the disk refuses.
        """
        with self._writing():
            if self.stamp() != base.stamp:
                raise Conflict("another process has written the index", remedy="Open the index anew.")
            older, size = len(base.segments), _size(run)
            while older and _size(base.segments[older - 1]) < MERGE_RATIO * size:
                older -= 1
                size += _size(base.segments[older])
            segment = merged([*base.segments[older:], run], oldest=older == 0)
            files = list(base.manifest.segments[:older])
            segments = list(base.segments[:older])
            if _size(segment):
                files.append(self._written(segment, base.manifest.serial))
                segments.append(self._mapped(files[-1]))
            return self._committed(files, tuple(segments), cursor, base.manifest.serial + 1)

    def replace(self, runs: Iterable[Columns], cursor: str) -> Snapshot:
        """Replace everything by these runs, of which none hides another; raises as `append` does.

        The old segments stay valid and readable until the end.
        """
        with self._writing():
            serial = self._last_serial()
            files: list[File] = []
            for run in runs:
                if _size(run):
                    files.append(self._written(run, serial))
                    serial += 1
            if len(files) > 1:
                whole = merged([self._mapped(file) for file in files], oldest=True)
                files = [self._written(whole, serial)]
            segments = tuple(self._mapped(file) for file in files)
            return self._committed(files, segments, cursor, serial + 1)

    def _manifest(self) -> Manifest:
        try:
            manifest = self._decoded()
        except msgspec.MsgspecError:
            raise Unavailable("the index's manifest cannot be read", remedy=_REBUILD) from None
        if manifest.format != FORMAT:
            raise Unavailable(f"the index has format {manifest.format}, not {FORMAT}", remedy=_REBUILD)
        if manifest.fingerprint != self._fingerprint:
            raise Unavailable("the index was made by other rules for names", remedy=_REBUILD)
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

    def _mapped(self, file: File) -> Columns:
        offsets = _offsets(file.lengths)
        path = self.path / file.name
        with path.open("rb") as opened:
            status = os.fstat(opened.fileno())
            if status.st_size != offsets[-1]:
                raise Unavailable("a segment of the index has the wrong size", remedy=_REBUILD)
            # kernels do not check bounds: a wrong number would kill the process
            if _digest(path, file.lengths, status.st_ino, status.st_mtime_ns) != file.digest:
                raise Unavailable("a segment of the index is damaged", remedy=_REBUILD)
            mapped = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        return Columns(
            *(
                np.frombuffer(mapped, dtype, length, offset)
                for dtype, length, offset in zip(DTYPES, file.lengths, offsets[:-1], strict=True)
            )
        )

    def _written(self, columns: Columns, serial: int) -> File:
        name, lengths = f"{serial:010d}{_SUFFIX}", tuple(map(len, columns.arrays))
        path = self.path / name
        # a new file each time: truncating one that somebody has mapped would kill that process
        path.unlink(missing_ok=True)
        offsets, digest = _offsets(lengths), _digest_of(lengths)
        with _created(path) as opened:
            for start, stop, column in zip(offsets[:-1], offsets[1:], columns.arrays, strict=True):
                for octets in (
                    column.data.cast("B") if len(column) else b"",
                    bytes(stop - start - column.nbytes),
                ):
                    opened.write(octets)
                    digest.update(octets)
            opened.flush()
            os.fsync(opened.fileno())
        return File(name, lengths, digest.hexdigest())

    def _committed(
        self, files: Sequence[File], segments: tuple[Columns, ...], cursor: str, serial: int
    ) -> Snapshot:
        manifest = Manifest(
            fingerprint=self._fingerprint, cursor=cursor, serial=serial, segments=tuple(files)
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
        """Remove what the manifest does not name; processes that have a segment mapped keep it."""
        try:
            named = {file.name for file in self._decoded().segments}
        except msgspec.MsgspecError:
            named = set()
        for path in self.path.glob(f"*{_SUFFIX}"):
            if path.name not in named:
                path.unlink(missing_ok=True)


def _size(columns: Columns) -> int:
    return len(columns.records) + len(columns.hidden)


@lru_cache(maxsize=1_024)
def _digest(path: Path, lengths: tuple[int, ...], inode: int, modified: int) -> str:
    """The digest of a segment as it is on the disk. A file is never changed, so that once is enough."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: _digest_of(lengths)).hexdigest()


def _digest_of(lengths: tuple[int, ...]) -> hashlib.blake2b:
    return hashlib.blake2b(repr(lengths).encode(), digest_size=16)


def _offsets(lengths: tuple[int, ...]) -> list[int]:
    """Where each column begins, and where the last one ends."""
    offsets = [0]
    for dtype, length in zip(DTYPES, lengths, strict=True):
        offsets.append(offsets[-1] + -(-dtype.itemsize * length // _ALIGNED) * _ALIGNED)
    return offsets


def _created(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
