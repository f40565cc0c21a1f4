import struct

import pytest

from allpoints.errors import MalformedInput
from allpoints.formats.pictures.tags import ORIENTATION, read_tags


def block(*entries: tuple[int, int, int, int], after: bytes = b"", order: str = "<") -> bytes:
    """One directory: tag, type, count, value or offset of each entry; `after` begins with the next one's offset."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}IH", 8, len(entries))
    return head + b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries) + after


END = bytes(4)


def test_a_resolution_in_centimetres_is_told_in_inches() -> None:
    place = 8 + 2 + 3 * 12 + 4
    entries = (282, 5, 1, place), (283, 5, 1, place + 8), (296, 3, 1, 3)
    tags = read_tags(
        block(*entries, after=END + struct.pack("<IIII", 19_685, 100, 19_685, 100)), field="image"
    )
    assert tags.dpi == pytest.approx((500, 500), abs=0.01)


def test_either_order_of_bytes_is_read() -> None:
    big = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, 6, 0, 0)
    assert read_tags(big, field="image").numbers[ORIENTATION] == 6
    assert read_tags(block((ORIENTATION, 3, 1, 6), after=END), field="image").numbers[ORIENTATION] == 6


def test_a_second_page_is_seen() -> None:
    assert read_tags(block((256, 3, 1, 5), after=struct.pack("<I", 8)), field="image").another
    assert not read_tags(block((256, 3, 1, 5), after=END), field="image").another


def test_values_that_overlap_to_more_than_the_file_are_refused() -> None:
    """The same kilobyte as the value of 500 tags: a decoder would copy it 500 times."""
    with pytest.raises(MalformedInput, match="claim more"):
        read_tags(block(*((n, 1, 1_000, 8) for n in range(500)), after=END + bytes(1_000)), field="image")


def test_a_directory_below_cannot_hide_them_nor_lead_in_circles() -> None:
    place = 8 + 2 + 12 + 4
    below = struct.pack("<H", 500) + b"".join(struct.pack("<HHII", n, 1, 1_000, 8) for n in range(500))
    with pytest.raises(MalformedInput, match="claim more"):
        read_tags(block((34665, 4, 1, place), after=END + below), field="image")
    assert read_tags(block((34665, 4, 1, 8), after=END), field="image").numbers[34665] == 8


@pytest.mark.parametrize(
    "bad", [b"", b"II", b"XX*\0\0\0\0\x08", b"II*\0\xff\xff\xff\xff", block((1, 3, 1, 1))[:-6]]
)
def test_what_leads_out_of_the_file_is_refused(bad: bytes) -> None:
    with pytest.raises(MalformedInput):
        read_tags(bad, field="image")
