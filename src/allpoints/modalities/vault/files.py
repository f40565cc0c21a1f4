"""A vault's data file: sealed entries one after the other, and zeros where one was wiped.

Each entry is bound to its record and its place, so that none can be moved, exchanged or replayed unnoticed.
"""

import os
from collections.abc import Iterable, Iterator
from struct import Struct
from typing import BinaryIO, NamedTuple

import msgspec

from allpoints.errors import InvalidValue, TooLarge, Unavailable
from allpoints.modalities.base import checked_record_id
from allpoints.modalities.vault.sealing import OVERHEAD, Sealer

MAX_ENTRY = 16 << 20
"""Bytes that one record's payloads may take up, sealed."""

REBUILD = "Check that the key is the one it was made with, or run `allpoints hub reindex` to make it anew."

_HEADER = Struct("<II")
"""Before each sealed entry: its record, 0 once it is wiped, and its length."""
_BOUND_TO = Struct("<QII")
"""What an entry is bound to: its offset, its record and its length."""


class Entry(NamedTuple):
    """What a vault keeps of a record. Without payloads: the record is gone."""

    record_id: int
    payloads: tuple[bytes, ...]


class Place(NamedTuple):
    """Where an entry stands in the file; its header is counted in."""

    offset: int
    length: int
    gone: bool


class Frame(NamedTuple):
    """An entry as it stands in the file."""

    offset: int
    record_id: int
    sealed: bytes

    def opened(self, sealer: Sealer) -> Entry:
        """Raises `Unavailable` for another key, or a changed byte."""
        body = sealer.open(self.sealed, _BOUND_TO.pack(self.offset, self.record_id, len(self.sealed)))
        return Entry(self.record_id, msgspec.msgpack.decode(body, type=tuple[bytes, ...]))

    def place(self, entry: Entry) -> Place:
        """Where `entry`, which this frame held, stands."""
        return Place(self.offset, _HEADER.size + len(self.sealed), not entry.payloads)


def frames(file: BinaryIO, start: int, stop: int) -> Iterator[Frame]:
    """Walk the entries, without those that were wiped. Raises `Unavailable` where one is cut off."""
    file.seek(start)
    while start < stop:
        header = file.read(_HEADER.size)
        record_id, length = _HEADER.unpack(header) if len(header) == _HEADER.size else (0, 0)
        sealed = file.read(length) if OVERHEAD < length <= min(stop - start, MAX_ENTRY) else b""
        if len(sealed) < length or not length:
            raise Unavailable("the vault is damaged", remedy=REBUILD)
        if record_id:
            yield Frame(start, record_id, sealed)
        start += _HEADER.size + length
    if start != stop:
        raise Unavailable("the vault is damaged", remedy=REBUILD)


def write(file: BinaryIO, sealer: Sealer, entries: Iterable[Entry]) -> dict[int, Place]:
    """Append entries, each of another record; durable on return. Returns where each record's stands.

    Raises `TooLarge` for payloads that take up too much, `InvalidValue` for a record that comes twice.
    """
    places: dict[int, Place] = {}
    offset = file.seek(0, os.SEEK_END)
    for record_id, payloads in entries:
        body = msgspec.msgpack.encode(payloads)
        length = len(body) + OVERHEAD
        if length > MAX_ENTRY:
            raise TooLarge(f"a record's templates take up {length} bytes, more than {MAX_ENTRY}")
        if checked_record_id(record_id) in places:
            raise InvalidValue(f"record {record_id} comes twice", field="record_id")
        file.write(_HEADER.pack(record_id, length))
        file.write(sealer.seal(body, _BOUND_TO.pack(offset, record_id, length)))
        places[record_id] = Place(offset, _HEADER.size + length, not payloads)
        offset += _HEADER.size + length
    synced(file)
    return places


def wipe(file: BinaryIO, offsets: Iterable[int]) -> None:
    """Overwrite these entries with zeros; durable on return. To wipe twice does no harm."""
    for offset in offsets:
        _, length = _HEADER.unpack(os.pread(file.fileno(), _HEADER.size, offset))
        os.pwrite(file.fileno(), _HEADER.pack(0, length) + bytes(length), offset)
    os.fsync(file.fileno())


def wiped(file: BinaryIO, offset: int) -> bool:
    """Whether the entry is wiped now, whatever was buffered of it."""
    record_id, _ = _HEADER.unpack(os.pread(file.fileno(), _HEADER.size, offset))
    return not record_id


def synced(file: BinaryIO) -> None:
    """Make durable what was written."""
    file.flush()
    os.fsync(file.fileno())
