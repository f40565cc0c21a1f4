"""Rows in PostgreSQL's binary COPY format, read back by hand."""

import json
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime

import msgspec

from allpoints.demo.bulk_identifiers import identifier_of
from allpoints.demo.bulk_rows import HEADER, TRAILER, RowMaker, Times
from allpoints.modalities.identifiers import Keyring, signed
from allpoints.records import Identifier, Particulars, parse_identifier

SECRET = bytes(range(32))
TIMES = Times(datetime(2026, 1, 2, tzinfo=UTC), date(2031, 1, 1), date(2027, 1, 1))


def fields(blocks: list[bytes]) -> Iterator[list[bytes]]:
    """The rows of a COPY stream (PostgreSQL's documentation of COPY, Binary Format)."""
    data = b"".join(blocks)
    assert data.startswith(HEADER)
    at = 19
    while (count := struct.unpack_from(">h", data, at)[0]) != -1:
        at += 2
        row = []
        for _ in range(count):
            (size,) = struct.unpack_from(">i", data, at)
            row.append(data[at + 4 : at + 4 + size])
            at += 4 + size
        yield row
    assert data[at:] == TRAILER


def made(per_record: int) -> tuple[dict[int, list[bytes]], dict[int, bytes]]:
    maker = RowMaker(secret=SECRET, condition_sets=[5, 6], times=TIMES, per_record=per_record, seed="seed")
    records, particulars = maker.blocks(100, 400)
    by_id = {struct.unpack(">q", row[0])[0]: row for row in fields(records)}
    return by_id, {struct.unpack(">q", row[0])[0]: row[1] for row in fields(particulars)}


def test_a_row_holds_the_records_identifiers_and_their_keys() -> None:
    keyring = Keyring(SECRET)
    records, _ = made(4)
    assert sorted(records) == list(range(101, 401))
    for number, row in records.items():
        held = msgspec.json.decode(row[4], type=tuple[Identifier, ...])
        assert held == tuple(
            parse_identifier(identifier_of(number - 1, place), field="") for place in range(len(held))
        )
        dimensions, _, _, size, first, *sized = struct.unpack(f">5i{len(held) * 'iq'}", row[5])
        assert (dimensions, size, first) == (1, len(held), 1)
        assert sized[1::2] == [signed(keyring.key(identifier)) for identifier in held]


def test_a_row_holds_dates_conditions_and_owner() -> None:
    records, _ = made(1)
    assert {struct.unpack(">i", row[6])[0] for row in records.values()} == {5, 6}
    for number, row in records.items():
        assert row[2] == b"SYN-%010d" % (number - 1)
        assert len(row[1]) == 3
        assert struct.unpack(">i", row[8])[0] == (TIMES.valid_until - date(2000, 1, 1)).days
        since = (TIMES.contributed_at - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds()
        assert struct.unpack(">q", row[11])[0] == since * 1_000_000


def test_particulars_are_read_as_the_hub_reads_them_and_are_synthetic() -> None:
    _, particulars = made(1)
    assert len(particulars) == 300
    for body in particulars.values():
        assert msgspec.json.decode(body, type=Particulars).synthetic
        assert json.loads(body)["reason"]
