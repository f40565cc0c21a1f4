import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput
from allpoints.formats.ndjson import read_ndjson


class Thing(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    size: int


things = st.builds(Thing, name=st.text(), size=st.integers(-(2**53), 2**53))


@given(st.lists(things | st.none()))
def test_each_line_is_a_value_and_empty_lines_are_none(values: list[Thing | None]) -> None:
    data = b"\n".join(b"" if value is None else msgspec.json.encode(value) for value in values)
    read = list(read_ndjson([data], Thing))
    assert [(r.line, r.value) for r in read] == [(n, v) for n, v in enumerate(values, 1) if v is not None]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_line_by_line(data: bytes) -> None:
    for read in read_ndjson([data], Thing):
        assert isinstance(read.value, (Thing, AllpointsError))


def test_a_bad_line_names_its_field_and_spares_the_others() -> None:
    lines = [
        '{"name": "a", "size": 1}',
        '{"name": "a", "size": "1"}',
        "{",
        "\udcff",
        '{"name": "b", "size": 2}',
    ]
    data = "\n".join(lines).encode(errors="surrogateescape")
    first, second, third, fourth, fifth = (read.value for read in read_ndjson([data], Thing))
    assert first == Thing("a", 1)
    assert isinstance(second, InvalidValue)
    assert second.field == "size"
    assert isinstance(third, MalformedInput)
    assert isinstance(fourth, MalformedInput)
    assert fifth == Thing("b", 2)


def test_a_depth_that_no_value_has_is_refused() -> None:
    [read] = read_ndjson([b'{"name": ' + b"[" * 100_000], Thing)
    assert isinstance(read.value, AllpointsError)


def test_a_field_that_nobody_knows_is_refused() -> None:
    [read] = read_ndjson([json.dumps({"name": "a", "size": 1, "colour": "red"}).encode()], Thing)
    assert isinstance(read.value, InvalidValue)
