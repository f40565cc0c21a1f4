"""Attachments: whole, in their order and their sender's, or refused."""

import hashlib
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.bureau.sealed import (
    Attachment,
    CutAttachment,
    new_attachment,
    open_part,
    open_parts,
    seal_part,
    sealed_size,
)
from allpoints.bureau.sealed.attachments import count_parts
from allpoints.errors import InvalidValue, TooLarge
from allpoints.wire.envelopes import MAX_ATTACHMENT, MAX_SEALED_ATTACHMENT, PART


def described(file: bytes) -> Attachment:
    """The attachment that a file becomes."""
    return new_attachment(
        name="boat.jpg", media_type="image/jpeg", size=len(file), digest=hashlib.sha256(file).digest()
    )


def parts_of(attachment: Attachment, file: bytes) -> list[bytes]:
    """All sealed parts."""
    return [
        seal_part(attachment, number, file[number * PART : (number + 1) * PART])
        for number in range(count_parts(attachment))
    ]


FILE = bytes(range(256)) * (PART // 256) * 3 + b"the end"
ATTACHMENT = described(FILE)
PARTS = parts_of(ATTACHMENT, FILE)


@settings(max_examples=25, deadline=None)
@given(file=st.binary(max_size=5_000) | st.integers(0, 3 * PART).map(lambda n: b"x" * n))
def test_any_file_comes_back(file: bytes) -> None:
    attachment = described(file)
    parts = parts_of(attachment, file)
    assert b"".join(open_parts(attachment, parts)) == file
    assert sum(map(len, parts)) == sealed_size(len(file))
    assert len(parts) == count_parts(attachment)


def test_a_part_can_be_sealed_and_opened_again_after_an_interruption() -> None:
    again = seal_part(ATTACHMENT, 2, FILE[2 * PART : 3 * PART])
    assert again != PARTS[2], "no two parts are sealed with one nonce"
    assert open_part(ATTACHMENT, 2, again) == open_part(ATTACHMENT, 2, PARTS[2]) == FILE[2 * PART : 3 * PART]
    assert b"".join(open_parts(ATTACHMENT, [*PARTS[:2], again, *PARTS[3:]])) == FILE


@pytest.mark.parametrize("kept", range(len(PARTS)))
def test_one_cut_in_half_is_noticed(kept: int) -> None:
    with pytest.raises(CutAttachment, match=rf"{kept} of {len(PARTS)} parts"):
        list(open_parts(ATTACHMENT, PARTS[:kept]))


def test_a_cut_part_is_noticed() -> None:
    for part in (b"", PARTS[-1][:11], PARTS[-1][:-1]):
        with pytest.raises(CutAttachment):
            list(open_parts(ATTACHMENT, [*PARTS[:-1], part]))


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(len(PARTS))).filter(lambda order: order != sorted(order)))
def test_swapped_parts_are_noticed(order: list[int]) -> None:
    with pytest.raises(CutAttachment):
        list(open_parts(ATTACHMENT, [PARTS[number] for number in order]))


def test_parts_left_out_doubled_or_added_are_noticed() -> None:
    for parts in ([*PARTS[:1], *PARTS[2:]], [PARTS[0], *PARTS], [*PARTS, PARTS[-1]]):
        with pytest.raises(CutAttachment):
            list(open_parts(ATTACHMENT, parts))


def test_a_part_of_another_attachment_is_noticed() -> None:
    # Even under the same key, as somebody would have to make it who knows the key.
    other = msgspec.structs.replace(ATTACHMENT, id="another-attachment-0001")
    with pytest.raises(CutAttachment):
        open_part(ATTACHMENT, 0, seal_part(other, 0, FILE[:PART]))


@settings(max_examples=40, deadline=None)
@given(place=st.integers(0, len(PARTS[0]) - 1), bit=st.integers(0, 7))
def test_a_changed_bit_is_noticed(place: int, bit: int) -> None:
    part = PARTS[0]
    with pytest.raises(CutAttachment):
        open_part(ATTACHMENT, 0, part[:place] + bytes([part[place] ^ 1 << bit]) + part[place + 1 :])


def test_a_recipient_who_knows_the_key_cannot_put_another_file_in_its_place() -> None:
    other = b"x" * len(FILE)
    forged = parts_of(ATTACHMENT, other)
    with pytest.raises(CutAttachment, match="not the file"):
        list(open_parts(ATTACHMENT, forged))


def test_opening_keeps_one_part_at_a_time() -> None:
    taken: list[int] = []

    def coming() -> Iterator[bytes]:
        for number, part in enumerate(PARTS):
            taken.append(number)
            yield part

    opened = open_parts(ATTACHMENT, coming())
    assert next(opened) == FILE[:PART]
    assert taken == [0]


def test_a_file_that_changed_meanwhile_is_not_sealed_further() -> None:
    with pytest.raises(InvalidValue, match="part 1 of the file has 2097152 bytes and not 7"):
        seal_part(ATTACHMENT, 1, b"shorter")
    with pytest.raises(CutAttachment, match="no part 99"):
        seal_part(ATTACHMENT, 99, b"")


def test_sizes_tell_little() -> None:
    assert len({sealed_size(size) for size in range(1_025)}) == 1
    assert len({sealed_size(size) for size in range(1_000_000, 1_010_000)}) <= 2


def test_what_is_too_large_is_not_attached() -> None:
    with pytest.raises(TooLarge):
        new_attachment(name="a", media_type="", size=MAX_ATTACHMENT + 1, digest=b"d" * 32)
    assert sealed_size(MAX_ATTACHMENT) == MAX_SEALED_ATTACHMENT


def test_the_key_does_not_show() -> None:
    assert repr(ATTACHMENT.key) not in repr(ATTACHMENT)
