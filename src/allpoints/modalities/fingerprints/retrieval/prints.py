"""Many prints side by side, as compiled code wants them; and one print as the vault keeps it.

Cylinders take some thirty times longer to build than to read, so that the vault keeps them beside the template they
were built of.
"""

from collections.abc import Iterable
from functools import cached_property
from hashlib import blake2b
from struct import Struct as Layout
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import MalformedInput, Unavailable
from allpoints.modalities.fingerprints import cylinders as code
from allpoints.modalities.fingerprints.cylinders import WORDS, Cylinders, cylinders
from allpoints.modalities.fingerprints.minutiae import FingerprintTemplate, dump, load

_HEADER = Layout("<4sH")
"""Before each print: how its cylinders were built, and how many bytes its template takes up."""
_BUILT = blake2b(
    repr(
        [
            (name, value)
            for name, value in sorted(vars(code).items())
            if name.isupper() and isinstance(value, int | float)
        ]
    ).encode(),
    digest_size=4,
).digest()
"""Of everything that the cylinders' bits depend on: a probe's say nothing beside others'."""


class Print(NamedTuple):
    """One print of a record."""

    record_id: int
    finger: int
    cylinders: Cylinders


def prepared(record_id: int, template: FingerprintTemplate) -> Print:
    """Build the cylinders."""
    return Print(record_id, template.finger, cylinders(template))


def pack(template: FingerprintTemplate, built: Cylinders) -> bytes:
    """Write a print for the vault: about 105 bytes a minutia."""
    body = dump(template)
    return _HEADER.pack(_BUILT, len(body)) + body + built.bits.tobytes()


def unpack(record_id: int, payload: bytes) -> Print:
    """Read what `pack` wrote. Raises `Unavailable` for cylinders that were built otherwise."""
    built, size = _HEADER.unpack_from(payload)
    if built != _BUILT:
        raise _other_rules()
    try:
        template = load(payload[_HEADER.size : _HEADER.size + size])
    except MalformedInput:
        raise _other_rules() from None
    bits = np.frombuffer(payload, np.uint64, offset=_HEADER.size + size).reshape(-1, WORDS)
    return Print(record_id, template.finger, Cylinders(template.geometry, bits))


def _other_rules() -> Unavailable:
    return Unavailable(
        "the index was made by other rules for fingerprints",
        remedy="Run `allpoints hub reindex`: the index is made anew from the database.",
    )


class Prints(msgspec.Struct, frozen=True, dict=True):
    """Prints one after the other; print p has the rows `offsets[p]` to `offsets[p + 1]` of the cylinders."""

    records: NDArray[np.uint32]
    fingers: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    cylinders: Cylinders

    @classmethod
    def of(cls, prints: Iterable[Print]) -> "Prints":
        """Put prints side by side."""
        each = list(prints)
        sizes = [len(one.cylinders.geometry) for one in each]
        empty = Cylinders(np.empty((0, 4), np.float32), np.empty((0, WORDS), np.uint64))
        return cls(
            records=np.array([one.record_id for one in each], np.uint32),
            fingers=np.array([one.finger for one in each], np.uint8),
            offsets=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
            cylinders=Cylinders(
                np.concatenate([empty.geometry, *(one.cylinders.geometry for one in each)]),
                np.concatenate([empty.bits, *(one.cylinders.bits for one in each)]),
            ),
        )

    @classmethod
    def joined(cls, parts: Iterable["Prints"]) -> "Prints":
        """Put galleries one after the other."""
        each = list(parts)
        ends = np.cumsum([0, *(part.offsets[-1] for part in each)])
        return cls(
            records=np.concatenate([part.records for part in each]),
            fingers=np.concatenate([part.fingers for part in each]),
            offsets=np.concatenate(
                [[0], *(part.offsets[1:] + end for part, end in zip(each, ends[:-1], strict=True))]
            ).astype(np.int64),
            cylinders=Cylinders(
                np.concatenate([part.cylinders.geometry for part in each]),
                np.concatenate([part.cylinders.bits for part in each]),
            ),
        )

    def __len__(self) -> int:
        return len(self.records)

    def part(self, first: int, last: int) -> "Prints":
        """The prints from `first` to below `last`, in the same memory."""
        offsets = self.offsets[first : last + 1]
        rows = slice(offsets[0], offsets[-1])
        return Prints(
            records=self.records[first:last],
            fingers=self.fingers[first:last],
            offsets=offsets - offsets[0],
            cylinders=Cylinders(self.cylinders.geometry[rows], self.cylinders.bits[rows]),
        )

    def only(self, kept: NDArray[np.bool_]) -> "Prints":
        """The prints that are kept."""
        if kept.all():
            return self
        sizes = np.diff(self.offsets)
        rows = np.repeat(kept, sizes)
        return Prints(
            records=self.records[kept],
            fingers=self.fingers[kept],
            offsets=np.concatenate([[0], np.cumsum(sizes[kept])]).astype(np.int64),
            cylinders=Cylinders(self.cylinders.geometry[rows], self.cylinders.bits[rows]),
        )

    @cached_property
    def print_of(self) -> NDArray[np.uint32]:
        """To which print each row of the cylinders belongs."""
        return np.repeat(np.arange(len(self), dtype=np.uint32), np.diff(self.offsets))

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        arrays = (self.records, self.fingers, self.offsets, *self.cylinders, self.print_of)
        return sum(array.nbytes for array in arrays)
