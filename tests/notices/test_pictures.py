"""Pictures are read within limits and written anew."""

import io
from typing import Any

import pytest
from msgspec.structs import replace
from PIL import Image
from tests.announcing import picture

from allpoints.errors import AllpointsError
from allpoints.notices.pictures import SIDE, shown


def test_a_picture_is_written_anew_without_metadata_and_no_larger_than_needed() -> None:
    [small, large] = shown((picture(), picture(size=(400, 4_000), public=True, caption="The scar")))
    assert (small.width, small.height, small.caption, small.public) == (60, 40, "In 2025", False)
    assert (large.width, large.height, large.caption, large.public) == (SIDE // 10, SIDE, "The scar", True)
    for one in (small, large):
        read: Any = Image.open(io.BytesIO(one.jpeg))
        assert (read.format, read.size, dict(read.getexif())) == ("JPEG", (one.width, one.height), {})
        assert b"taken at home" not in one.jpeg


def test_a_picture_with_colours_that_can_be_seen_through_becomes_plain() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (5, 5), (255, 0, 0, 0)).save(written, "PNG")
    [one] = shown((replace(picture(), image=written.getvalue()),))
    assert Image.open(io.BytesIO(one.jpeg)).getpixel((2, 2)) == (255, 255, 255)


@pytest.mark.parametrize(
    "image", [b"", b"<svg onload='alert(1)'/>", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7"]
)
def test_what_is_no_picture_is_refused_by_its_place(image: bytes) -> None:
    with pytest.raises(AllpointsError) as refused:
        shown((picture(), replace(picture(), image=image)))
    assert refused.value.field == "pictures[1].image"
