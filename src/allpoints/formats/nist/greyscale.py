"""Record type 4: a greyscale fingerprint in a fixed binary layout, at the resolution of the whole file."""

import struct
from typing import Final

import msgspec

from allpoints.errors import InvalidValue, MalformedInput
from allpoints.formats.nist.transaction import Record, place

_LAYOUT: Final = struct.Struct(">B6sBHHB")
_UNUSED: Final = 255


class GreyscalePrint(msgspec.Struct, frozen=True, kw_only=True):
    """What a record of type 4 holds.

    `impression` (IMP) and `positions` (FGP, the possible finger positions, one to six) by the standard's tables;
    `native` (ISR): the resolution is that of field 1.011, else 500 dpi; `compression` (GCA): 0 none, 1 WSQ,
    2 and 3 JPEG, 4 and 5 JPEG 2000, 6 PNG.
    """

    impression: int
    positions: tuple[int, ...]
    native: bool
    width: int
    height: int
    compression: int
    image: bytes


def greyscale(record: Record, *, number: int) -> GreyscalePrint:
    """What a record of type 4 holds; `number` is its place in the file, for errors.

    Raises `MalformedInput` for a record that is too short, `InvalidValue` for one without finger position.
    """
    body = record.data or b""
    if len(body) < _LAYOUT.size:
        raise MalformedInput(
            f"{len(body)} bytes; {_LAYOUT.size} are needed", field=place(number, record.kind)
        )
    impression, fingers, native, width, height, compression = _LAYOUT.unpack_from(body)
    positions = tuple(position for position in fingers if position != _UNUSED)
    if not positions:
        raise InvalidValue("no finger position", field=place(number, record.kind, 4))
    return GreyscalePrint(
        impression=impression,
        positions=positions,
        native=bool(native),
        width=width,
        height=height,
        compression=compression,
        image=body[_LAYOUT.size :],
    )


def greyscale_record(finger_print: GreyscalePrint, *, idc: int) -> Record:
    """The record of type 4 that holds this print. Raises `InvalidValue` for what its fields cannot hold."""
    positions = finger_print.positions
    if not 1 <= len(positions) <= 6:
        raise InvalidValue("from one to six finger positions are possible", field="positions")
    try:
        head = _LAYOUT.pack(
            finger_print.impression,
            bytes(positions).ljust(6, bytes([_UNUSED])),
            finger_print.native,
            finger_print.width,
            finger_print.height,
            finger_print.compression,
        )
    except (struct.error, ValueError) as error:
        raise InvalidValue(f"does not fit its field of type 4: {error}", field="print") from None
    return Record(kind=4, idc=idc, data=head + finger_print.image)
