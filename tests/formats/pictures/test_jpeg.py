import io

import pytest
from PIL import Image

from allpoints.errors import MalformedInput, TooLarge
from allpoints.formats.pictures.jpeg import MAX_SCANS, read_segments

JFIF = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x02"
SCAN = b"\xff\xda\x00\x02"


def test_jfif_densities_are_told_in_inches() -> None:
    assert read_segments(JFIF + b"\x01\x01\xf4\x01\xf4\0\0" + SCAN, field="image").dpi == (500, 500)
    assert read_segments(JFIF + b"\x02\x00\xc5\x00\xc5\0\0" + SCAN, field="image").dpi == pytest.approx(
        (500, 500), abs=1
    )


def test_a_shape_of_pixels_is_no_resolution() -> None:
    assert read_segments(JFIF + b"\x00\x00\x01\x00\x01\0\0" + SCAN, field="image").dpi is None


def test_without_jfif_the_resolution_of_exif_counts() -> None:
    exif = Image.Exif()
    exif[282], exif[283], exif[296], exif[274] = 500.0, 500.0, 2, 6
    body = b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")
    segment = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    stated = read_segments(b"\xff\xd8" + segment + SCAN, field="image")
    assert stated.dpi == (500, 500)
    assert stated.orientation == 6


def test_more_scans_than_any_picture_has_are_refused() -> None:
    with pytest.raises(TooLarge, match="scans"):
        read_segments(JFIF + b"\x01\x01\xf4\x01\xf4\0\0" + SCAN * (MAX_SCANS + 1), field="image")


def test_a_progressive_picture_is_not() -> None:
    to = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(to, "JPEG", progressive=True)
    assert read_segments(to.getvalue(), field="image").orientation == 1


@pytest.mark.parametrize("bad", [b"\xff\xd8", b"\xff\xd8\xff\xe0\x00", b"\xff\xd8abc", JFIF])
def test_what_ends_in_the_middle_is_refused(bad: bytes) -> None:
    with pytest.raises(MalformedInput):
        read_segments(bad, field="image")
