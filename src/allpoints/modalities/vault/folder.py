"""A vault's folder: one data file that counts, and a sealed manifest that says how much of it does.

The manifest is replaced in one atomic step after everything it tells of is on the disk, so that a crash at
any moment leaves the old state or the new one. What a crash left over is swept by whoever writes next.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from allpoints.errors import Conflict, Unavailable
from allpoints.modalities.vault.files import REBUILD, synced
from allpoints.modalities.vault.sealing import Sealer

FORMAT = 1

_MANIFEST = "MANIFEST"
_NEW_MANIFEST = "MANIFEST.new"
_LOCK = "writer.lock"
_SUFFIX = ".vault"
_BUFFER = 1 << 20

Stamp = tuple[int, int] | None


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of the folder counts. The default is the manifest of a folder that holds nothing."""

    format: int = FORMAT
    generation: str = ""
    """Names the data file and makes its key; hexadecimal, empty while there is no file."""
    cursor: str = ""
    length: int = 0
    records: int = 0
    """How many records have an entry, be it that they are gone."""
    kept: int = 0
    """Bytes of the entries that hold payloads; the rest of the length is waste."""
    superseded: tuple[int, ...] = ()
    """Offsets of the entries that the last append superseded: wiped, or about to be."""


class VaultFolder:
    """The files of a vault; read by any number of processes, written by one at a time."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key
        self._manifest_sealer = Sealer.derived(key, b"vault manifest")

    def sealer(self, manifest: Manifest) -> Sealer:
        """What seals the entries of this manifest's file."""
        return Sealer.derived(self._key, b"vault entries", bytes.fromhex(manifest.generation))

    def stamp(self) -> Stamp:
        """Something that differs whenever the manifest does; None where there is none."""
        try:
            status = (self.path / _MANIFEST).stat()
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns

    def manifest(self) -> tuple[Manifest, Stamp]:
        """The manifest as it is now. Raises `Unavailable` for one that is damaged or of another key."""
        while (stamp := self.stamp()) is not None:
            sealed = (self.path / _MANIFEST).read_bytes()
            if stamp == self.stamp():
                return self._decoded(sealed), stamp
        return Manifest(), None

    def opened(self, manifest: Manifest, mode: Literal["rb", "r+b"]) -> BinaryIO:
        """Open the data file. Raises `Unavailable` where it is missing or cut off."""
        try:
            file = (self.path / f"{manifest.generation}{_SUFFIX}").open(mode, buffering=_BUFFER)
        except FileNotFoundError:
            raise Unavailable("the vault's file is missing", remedy=REBUILD) from None
        if os.fstat(file.fileno()).st_size < manifest.length:
            file.close()
            raise Unavailable("the vault's file is cut off", remedy=REBUILD)
        return file

    def created(self, manifest: Manifest) -> BinaryIO:
        """Create the data file of a new generation."""
        file = _private(self.path / f"{manifest.generation}{_SUFFIX}", os.O_CREAT | os.O_EXCL)
        self._sync()
        return file

    def commit(self, manifest: Manifest) -> Stamp:
        """Make this the manifest; everything it tells of is durable already."""
        new = self.path / _NEW_MANIFEST
        new.unlink(missing_ok=True)
        with _private(new, os.O_CREAT | os.O_EXCL) as file:
            file.write(self._manifest_sealer.seal(msgspec.json.encode(manifest), b""))
            synced(file)
        os.replace(new, self.path / _MANIFEST)  # noqa: PTH105  the fault tests break this very call
        self._sync()
        return self.stamp()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer. Raises `Conflict` where there is another, `Unavailable` where the disk refuses."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.path.chmod(0o700)
            with _private(self.path / _LOCK, os.O_CREAT) as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise Conflict(
                        "another process is writing the vault", remedy="Try again shortly."
                    ) from None
                yield
        except OSError as error:
            raise Unavailable(f"the vault cannot be written: {error.strerror}") from error

    def leftovers(self, manifest: Manifest) -> list[Path]:
        """Data files that do not count, or are just being written."""
        return [path for path in self.path.glob(f"*{_SUFFIX}") if path.stem != manifest.generation]

    def sweep(self, manifest: Manifest) -> None:
        """Remove the data files that do not count; the caller is the only writer."""
        for path in self.leftovers(manifest):
            path.unlink(missing_ok=True)

    def _decoded(self, sealed: bytes) -> Manifest:
        try:
            manifest = msgspec.json.decode(self._manifest_sealer.open(sealed, b""), type=Manifest)
        except msgspec.MsgspecError:
            raise Unavailable("the vault has another format", remedy=REBUILD) from None
        except Unavailable as error:
            raise Unavailable(error.detail, remedy=REBUILD) from None
        if manifest.format != FORMAT:
            raise Unavailable(f"the vault has format {manifest.format}, not {FORMAT}", remedy=REBUILD)
        return manifest

    def _sync(self) -> None:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _private(path: Path, flags: int) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | flags, 0o600), "wb", buffering=_BUFFER)
