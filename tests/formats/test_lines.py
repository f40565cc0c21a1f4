import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allpoints.errors import MalformedInput, TooLarge
from allpoints.formats import lines
from allpoints.formats.lines import Read, decode_line, split_lines


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(st.lists(st.binary().filter(lambda b: b"\n" not in b and b"\r" not in b)), st.lists(st.integers(0)))
def test_lines_are_the_same_in_whatever_pieces_they_come(content: list[bytes], cuts: list[int]) -> None:
    data = b"\r\n".join(content)
    expected = content if not content or content[-1] else content[:-1]
    assert list(split_lines(pieces(data, cuts))) == list(enumerate(expected, 1))


def test_a_last_line_needs_no_end() -> None:
    assert list(split_lines([b"a\nb"])) == list(split_lines([b"a\nb\n"])) == [(1, b"a"), (2, b"b")]


def test_a_line_without_end_is_refused_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_LINE", 10)
    with pytest.raises(TooLarge, match="line 2"):
        list(split_lines([b"a\n", b"12345", b"678901", b"23"]))
    assert len(list(split_lines([b"a\n1234567890\nb"]))) == 3


def test_bytes_that_are_no_utf8_name_their_line_and_place() -> None:
    with pytest.raises(MalformedInput, match="line 7: byte 3"):
        decode_line(b"ab\xff", 7)


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert decode_line("\ufeffa".encode(), 1) == "a"


def test_a_field_is_known_by_the_column_that_it_came_from() -> None:
    read = Read(1, "x", {"identifiers[0]": "Plate", "particulars.reason": "Why"})
    assert read.column("identifiers[0].value") == "Plate"
    assert read.column("particulars.reason") == "Why"
    assert read.column("identifiers") == "identifiers"
    assert read.column("conditions.purposes[1]") == "conditions.purposes[1]"
    assert read.column(None) == ""
