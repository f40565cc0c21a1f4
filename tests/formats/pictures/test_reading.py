import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.formats.pictures.files import FORMATS, GOOD, ramp, saved

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput, TooLarge
from allpoints.formats.pictures import MAX_PIXELS, MAX_SIDE, colour, grey, jpeg, png
from allpoints.records.biometrics import MAX_PICTURE


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_read_in_colour_and_in_grey(form: str) -> None:
    found = colour(GOOD[form]).pixels
    assert found.shape == (40, 60, 3)
    assert np.abs(found.astype(int) - np.asarray(ramp())).mean() < 3
    # ITU-R BT.601, as JPEG and Pillow have it.
    luma = np.asarray(ramp()) @ np.array([0.299, 0.587, 0.114])
    assert np.abs(grey(GOOD[form]).pixels - luma).mean() < 2


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "JPEG2000"])
def test_the_stated_resolution_is_read(form: str) -> None:
    assert grey(GOOD[form]).dpi == pytest.approx(500, rel=0.001)


def test_a_tiff_states_it_in_centimetres_too() -> None:
    data = saved(ramp("L"), "TIFF", resolution_unit=3, x_resolution=196.85, y_resolution=196.85)
    assert grey(data).dpi == pytest.approx(500, abs=0.1)


@pytest.mark.parametrize("dpi", [(1, 1), (72_000, 72_000), (500, 250)])
def test_a_resolution_that_cannot_be_meant_is_none(dpi: tuple[int, int]) -> None:
    assert grey(saved(ramp(), "TIFF", dpi=dpi)).dpi is None


def test_no_resolution_is_made_up() -> None:
    assert grey(saved(ramp(), "PNG")).dpi is None
    assert grey(saved(ramp(), "JPEG")).dpi is None


def test_sixteen_bits_are_scaled_over_their_whole_range() -> None:
    values = np.array([[0, 128, 129, 257, 32_768, 65_534, 65_535]], np.uint16)
    for form in ("PNG", "TIFF"):
        assert grey(saved(Image.fromarray(values), form)).pixels.tolist() == [[0, 0, 1, 1, 128, 255, 255]]


def test_sixteen_bits_where_white_is_zero_are_inverted() -> None:
    data = saved(Image.fromarray(np.array([[0, 65_535]], np.uint16)), "TIFF", tiffinfo={262: 0})
    assert grey(data).pixels.tolist() == [[255, 0]]


@pytest.mark.parametrize("form", ["TIFF", "JPEG"])
def test_cmyk_is_converted(form: str) -> None:
    black, white, cyan = (0, 0, 0, 255), (0, 0, 0, 0), (255, 0, 0, 0)
    image = Image.new("CMYK", (48, 16))
    for n, ink in enumerate((black, white, cyan)):
        image.paste(ink, (16 * n, 0, 16 * n + 16, 16))
    found = colour(saved(image, form)).pixels[8, [8, 24, 40]].astype(int)
    assert np.abs(found - [[0, 0, 0], [255, 255, 255], [0, 255, 255]]).max() < 8


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "YCbCr"])
def test_other_kinds_of_pixels_are_converted(mode: str) -> None:
    form = "JPEG" if mode == "YCbCr" else "PNG"
    assert colour(saved(Image.new("RGB", (8, 8), "white").convert(mode), form)).pixels.min() > 250


def test_what_is_transparent_is_white() -> None:
    image = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    image.putpixel((1, 0), (0, 0, 0, 255))
    assert grey(saved(image, "PNG")).pixels.tolist() == [[255, 0]]
    assert grey(saved(Image.new("L", (1, 1), 7), "PNG", transparency=7)).pixels.tolist() == [[255]]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_pictures_rotated_by_exif_stand_upright(form: str, orientation: int) -> None:
    # EXIF 2.32, tag 274: which side of the picture the stored row 0 and column 0 are.
    stored = {
        1: lambda upright: upright,
        2: np.fliplr,
        3: lambda upright: upright[::-1, ::-1],
        4: np.flipud,
        5: lambda upright: upright.T,
        6: lambda upright: np.rot90(upright, 1),
        7: lambda upright: upright[::-1, ::-1].T,
        8: lambda upright: np.rot90(upright, -1),
    }[orientation]
    upright = np.asarray(ramp("L"))
    exif = Image.Exif()
    exif[274] = orientation
    data = saved(Image.fromarray(np.ascontiguousarray(stored(upright))), form, exif=exif)
    found = grey(data).pixels
    assert found.shape == upright.shape
    assert np.abs(found.astype(int) - upright).mean() < 2


def test_animated_and_multi_page_files_are_refused_with_advice() -> None:
    pages = [Image.new("L", (8, 8), n) for n in (10, 200)]
    for form in ("PNG", "TIFF"):
        with pytest.raises(InvalidValue, match=r"animated|pages") as refused:
            grey(saved(pages[0], form, save_all=True, append_images=pages[1:]))
        assert "file of its own" in refused.value.remedy


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PPM", "ICO", "PDF"])
def test_other_formats_are_refused_by_name_of_what_is_read(form: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        grey(saved(ramp(), form))
    assert "WSQ" in refused.value.remedy


@pytest.mark.parametrize("data", [b"", b"\xff", b"hello", b"<svg/>", b"%PDF-1.7", bytes(1000)])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidValue):
        grey(data)


def test_the_field_is_named() -> None:
    with pytest.raises(InvalidValue) as refused:
        grey(b"", field="evidence.0.image")
    assert refused.value.field == "evidence.0.image"


@pytest.mark.parametrize("form", GOOD)
def test_truncated_files_are_refused(form: str) -> None:
    data = GOOD[form]
    for end in range(0, len(data) * 9 // 10, max(1, len(data) // 40)):
        with pytest.raises((InvalidValue, MalformedInput)):
            grey(data[:end])


def png_of(width: int, height: int, body: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    every = [(b"IHDR", header), *chunks, (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in every
    )


def test_headers_that_claim_60000_by_60000_are_refused_at_once() -> None:
    bmp = b"BM" + struct.pack("<IIIIiiHHIIIIII", 54, 0, 54, 40, 60_000, 60_000, 1, 24, 0, 0, 0, 0, 0, 0)
    jpeg = b"\xff\xd8\xff\xc0\x00\x0b\x08\xea\x60\xea\x60\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    entries = [
        (256, 60_000),
        (257, 60_000),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 60_000),
        (279, 8),
    ]
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries))
    tiff += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries) + bytes(4)
    jp2 = b"\xff\x4f\xff\x51\x00\x29\x00\x00" + struct.pack(
        ">8IH3B", 60_000, 60_000, 0, 0, 60_000, 60_000, 0, 0, 1, 7, 1, 1
    )
    for data in (png_of(60_000, 60_000, b""), bmp, jpeg, tiff, jp2):
        with pytest.raises(TooLarge, match="60,000 × 60,000"):
            grey(data)


@pytest.mark.parametrize(
    ("width", "height"), [(MAX_SIDE + 1, 1), (1, MAX_SIDE + 1), (6_400, MAX_PIXELS // 6_400 + 1)]
)
def test_no_side_and_no_area_is_above_the_limit(width: int, height: int) -> None:
    with pytest.raises(TooLarge):
        grey(png_of(width, height, b""))


def test_more_bytes_than_a_picture_may_have_are_refused_unread() -> None:
    with pytest.raises(TooLarge, match="bytes"):
        grey(GOOD["PNG"] + bytes(MAX_PICTURE))


def test_pixels_that_inflate_beyond_the_size_stated_are_not_kept() -> None:
    body = zlib.compress(bytes(200_000_000), 9)
    assert grey(png_of(10, 10, body)).pixels.shape == (10, 10)


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt", b"iTXt"])
def test_chunks_beside_the_pixels_that_inflate_are_bounded(kind: bytes) -> None:
    bomb = zlib.compress(bytes(100_000_000), 9)
    before = b"name\0\0" if kind != b"iTXt" else b"name\0\x01\0\0\0"
    with pytest.raises(MalformedInput):
        grey(png_of(1, 1, zlib.compress(b"\0\0"), *[(kind, before + bomb)] * 20))


def test_endless_chunks_and_segments_are_refused() -> None:
    with pytest.raises(TooLarge, match="chunks"):
        grey(png_of(1, 1, b"", *[(b"tEXt", b"")] * 30_000))
    with pytest.raises(TooLarge, match="segments"):
        grey(b"\xff\xd8" + b"\xff\xfe\x00\x02" * 30_000)
    boxes = b"\0\0\0\x08free" * 30_000
    with pytest.raises(MalformedInput, match="header"):
        grey(b"\0\0\0\x0cjP  \r\n\x87\n" + boxes)


def test_a_tiff_whose_tags_share_megabytes_is_refused() -> None:
    """Ten thousand tags with the same two megabytes: Pillow would copy twenty gigabytes."""
    entries = b"".join(struct.pack("<HHII", tag, 1, 2_000_000, 8) for tag in range(10_000))
    data = b"II*\0\x08\0\0\0" + struct.pack("<H", 10_000) + entries + bytes(2_000_004)
    with pytest.raises(MalformedInput, match="tags"):
        grey(data)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_pixels_without_a_range_are_refused(mode: str) -> None:
    with pytest.raises(InvalidValue, match="kind"):
        grey(saved(Image.new(mode, (4, 4)), "TIFF"))


def test_what_is_written_is_read_again() -> None:
    pixels = np.asarray(ramp())
    assert (colour(png(pixels)).pixels == pixels).all()
    assert (grey(png(pixels[..., 0])).pixels == pixels[..., 0]).all()


def test_a_written_jpeg_has_the_pixels_in_the_size_that_is_asked_for_and_nothing_else() -> None:
    pixels = np.asarray(ramp())
    written, width, height = jpeg(pixels, side=1_000)
    assert (width, height) == (60, 40)
    assert np.abs(colour(written).pixels.astype(int) - pixels).mean() < 3
    smaller, width, height = jpeg(pixels, side=30)
    assert (width, height) == (30, 20)
    assert colour(smaller).pixels.shape == (20, 30, 3)
    assert b"Exif" not in written


def test_threads_do_not_disturb_each_other() -> None:
    with ThreadPoolExecutor(4) as pool:
        for form in FORMATS:
            found = list(pool.map(colour, [GOOD[form]] * 16))
            assert all((each.pixels == found[0].pixels).all() for each in found)


@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("form", GOOD)
@given(data=st.data())
def test_spoilt_bytes_are_read_or_refused(form: str, data: st.DataObject) -> None:
    spoilt = bytearray(GOOD[form])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, min(200, len(spoilt) - 1)) | st.integers(0, len(spoilt) - 1))
        spoilt[place] = data.draw(st.integers(0, 255))
    with suppress(AllpointsError):
        assert colour(bytes(spoilt)).pixels.size <= 3 * MAX_PIXELS
