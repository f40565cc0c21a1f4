"""Contents and their padding."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sealing import THREAD

from allpoints.bureau.sealed import Content
from allpoints.bureau.sealed.content import padded, read_content, write_content
from allpoints.errors import InvalidValue, MalformedInput, TooLarge
from allpoints.wire.envelopes import MAX_CONTENT


@given(size=st.integers(1, 1 << 27))
def test_padding_adds_at_most_twelve_percent(size: int) -> None:
    length = padded(size, least=1)
    assert size <= length <= size * 1.12 + 1
    assert padded(length, least=1) == length


def test_padding_is_that_of_the_paper() -> None:
    # Algorithm 1: E = floor(log2 L), S = floor(log2 E) + 1, round up to a multiple of 2^(E - S).
    known = {9: 10, 1_000: 1_024, 1_025: 1_088, 65_537: 67_584, 1_000_000: 1_015_808}
    assert {size: padded(size, least=1) for size in known} == known


def test_there_are_few_sizes() -> None:
    assert len({padded(size, least=4096) for size in range(MAX_CONTENT)}) < 130
    assert padded(MAX_CONTENT, least=4096) == MAX_CONTENT


def test_the_longest_content_fits_and_a_longer_one_is_refused() -> None:
    empty = len(write_content(Content(kind="message", thread=THREAD)).rstrip(b"\0"))
    room = MAX_CONTENT - empty - 10
    assert len(write_content(Content(kind="message", thread=THREAD, text="x" * room))) == MAX_CONTENT
    with pytest.raises(TooLarge, match="at most"):
        write_content(Content(kind="message", thread=THREAD, text="x" * (room + 20)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "Message!"},
        {"thread": "short"},
        {"subject": "x" * 301},
        {"references": ("x",) * 51},
        {"in_reply_to": ""},
        {"recalls": "<script>"},
    ],
)
def test_what_no_recipient_would_read_is_not_sealed(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        write_content(Content(**{"kind": "message", "thread": THREAD, **wrong}))


@given(body=st.binary(max_size=300))
def test_what_is_no_content_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedInput):
        read_content(body)


def test_nothing_hides_in_the_padding() -> None:
    body = write_content(Content(kind="message", thread=THREAD))
    with pytest.raises(MalformedInput):
        read_content(body[:-1] + b"x")
    with pytest.raises(MalformedInput):
        read_content(body[:20])


def test_deep_nesting_is_refused() -> None:
    nested = b"\x81\xa6fields" + b"\x81\xa1x" * 100_000 + b"\xc0"
    with pytest.raises(MalformedInput):
        read_content(len(nested).to_bytes(4, "big") + nested)
