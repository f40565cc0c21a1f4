"""Files of ANSI/NIST-ITL for tests: one by another program, and parts to build others by hand from."""

from collections.abc import Sequence

from allpoints.formats.nist import Field, Record, Transaction

BY_NISTITL = (
    b"1.001:149\x1d1.002:0400\x1d1.003:1\x1f4\x1e2\x1f0\x1e4\x1f1\x1e14\x1f2\x1e10\x1f3\x1d1.004:CAR"
    b"\x1d1.005:20261122\x1d1.007:ITA/HUB\x1d1.008:ALB/POLICE\x1d1.009:ALB-2026-0001\x1d1.011:19.69"
    b"\x1d1.012:19.69\x1c"
    b"2.001:42\x1d2.002:0\x1d2.018:DOE\x1fJOHN\x1d2.067:a\x1eb\x1c"
    b"\x00\x00\x00\x1e\x01\x01\x01\xff\xff\xff\xff\xff\x00\x00\x04\x00\x03\x00"
    b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b"
    b"14.001:151\x1d14.002:2\x1d14.003:0\x1d14.004:ALB\x1d14.005:20261122\x1d14.006:4\x1d14.007:2\x1d14.008:1"
    b"\x1d14.009:500\x1d14.010:500\x1d14.011:NONE\x1d14.012:8\x1d14.013:7\x1d14.999:"
    b"\x1c\x1d\x1e\x1f\x00\x01\x02\x03\x1c"
    b"10.001:151\x1d10.002:3\x1d10.003:FACE\x1d10.004:ALB\x1d10.005:20261122\x1d10.006:2\x1d10.007:1\x1d10.008:0"
    b"\x1d10.009:1\x1d10.010:1\x1d10.011:NONE\x1d10.012:SRGB\x1d10.013:0\x1d10.999:\xff\x00\x00\x00\xff\x00\x1c"
)
"""Written by nistitl 0.6: types 1, 2, 4 (right thumb, 4 × 3), 14 (left index finger, 4 × 2), 10 (a face, 2 × 1).

The pixels of type 14 are separators, to lead a reader astray who looks for them.
"""


def tagged(kind: int, *fields: bytes, length: int | None = None) -> bytes:
    """A record of tagged fields, each without its type (`b"002:00"`), with its length, right or the one given."""
    body = b"".join(b"\x1d%d.%s" % (kind, field) for field in fields) + b"\x1c"
    label = b"%d.001:" % kind
    right = (
        next(n for n in range(1, 1 << 24) if n == len(label) + len(str(n)) + len(body))
        if length is None
        else 0
    )
    return label + str(length or right).encode() + body


def header(content: bytes, *more: bytes) -> bytes:
    """A record of type 1 with this field 1.003, given with `,` for items and `;` for subfields."""
    listed = content.translate(bytes.maketrans(b",;", b"\x1f\x1e"))
    agencies = (b"004:CAR", b"005:20261122", b"007:HUB", b"008:ALB", b"009:T-1", b"011:19.69", b"012:19.69")
    return tagged(1, b"002:0502", b"003:" + listed, *agencies, *more)


def transaction(*records: Record, fields: Sequence[Field] = ()) -> Transaction:
    """A transaction with these records behind that of type 1."""
    known = {2: "0502", 4: "CAR", 5: "20261122", 7: "HUB", 8: "ALB", 9: "T-1", 11: "19.69", 12: "19.69"}
    first = tuple(Field.of(number, value) for number, value in known.items())
    return Transaction((Record(kind=1, fields=(*first, *fields)), *records))


def record(kind: int, fields: dict[int, str | int], *, idc: int = 1, data: bytes | None = None) -> Record:
    """A record whose fields have one plain value each."""
    return Record(
        kind=kind, idc=idc, fields=tuple(Field.of(n, value) for n, value in fields.items()), data=data
    )


WITH_MINUTIAE = (
    header(b"1,2;9,01;9,02")
    + tagged(
        9,
        b"002:01",
        b"003:0",
        b"004:U",
        b"128:400",
        b"129:500",
        b"130:1",
        b"131:500",
        b"132:500",
        b"134:2",
        b"135:70\x1f00FF\x1f1",
        b"136:2",
        b"137:1\x1f100\x1f200\x1f45\x1f1\x1f60\x1e2\x1f399\x1f499\x1f179\x1f2\x1f0",
    )
    + tagged(
        9,
        b"002:02",
        b"003:0",
        b"004:S",
        b"006:07",
        b"010:2",
        b"012:001\x1f01000200090\x1f0\x1fA\x1e002\x1f02540708359\x1f1\x1fB",
    )
)
"""Minutiae in the terms of INCITS 378 and in the standard's own."""
