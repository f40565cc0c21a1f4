"""What others wrote is read or refused, whatever it is: spoilt examples first, since random bytes rarely get far."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fuzz.parsers import PARSERS, Parser, attempt

BY_NAME = pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
ODD = st.sampled_from([*b'\x00\n\r\t "\\,:;=<>?*[]{}()0AZaz\x7f\x80\xc3\xff', *map(ord, "1-+.")])


@st.composite
def spoilt(draw: st.DrawFn, examples: Sequence[bytes]) -> bytes:
    """An example with a few places changed, taken out, put in twice, or cut off."""
    data = bytearray(draw(st.sampled_from(examples)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        how = draw(st.sampled_from(("change", "insert", "remove", "repeat", "cut")))
        length = draw(st.integers(1, 12))
        if how == "change":
            data[at : at + 1] = bytes([draw(ODD)])
        elif how == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=8))
        elif how == "remove":
            del data[at : at + length]
        elif how == "repeat":
            data[at:at] = data[at : at + length] * draw(st.sampled_from((1, 2, 300)))
        else:
            del data[at:]
    return bytes(data)


@BY_NAME
def test_good_examples_are_read(parser: Parser) -> None:
    for example in parser.examples:
        assert attempt(parser, example) is not None, example


@BY_NAME
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_spoilt_example_is_read_or_refused(parser: Parser, data: st.DataObject) -> None:
    attempt(parser, data.draw(spoilt(parser.examples)))


@BY_NAME
@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_read_or_refused(parser: Parser, data: bytes) -> None:
    attempt(parser, data)


@BY_NAME
def test_what_is_far_too_long_is_refused_or_read_in_little_time(parser: Parser) -> None:
    for piece in (b"<", b"[", b'{"a":', b"9", b"A,", b"\n", b"(", b"\xc3\xa9"):
        attempt(parser, piece * 100_000)
