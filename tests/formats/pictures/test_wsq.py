import io
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from allpoints.errors import AllpointsError, MalformedInput, TooLarge
from allpoints.formats.pictures import grey

wsq = pytest.importorskip("wsq", reason="no wheel for this processor")


def ridges(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return (127 + 90 * np.sin((x * np.cos(y / 90) + y * np.sin(x / 70)) / 1.5)).astype(np.uint8)


def written(pixels: np.ndarray) -> bytes:
    """By NIST's encoder, which is not ours."""
    to = io.BytesIO()
    Image.fromarray(pixels).save(to, "WSQ")
    return to.getvalue()


GOOD = written(ridges(203, 161))
BEHIND_FRAME = GOOD.index(b"\xff\xa2") + 4
"""Where the frame header's two bytes of black and white, its height and its width stand."""


@pytest.mark.parametrize("size", [(203, 161), (256, 256), (97, 130), (300, 255), (64, 91)])
def test_it_reads_what_nists_decoder_reads(size: tuple[int, int]) -> None:
    import _wsq

    data = written(ridges(*size))
    greys, width, height, ppi = _wsq.decompress(data)
    expected = np.frombuffer(bytes(greys), np.uint8).reshape(height, width).astype(int)
    picture = grey(data)
    assert picture.pixels.shape == size
    # Both compute in single precision, in another order.
    assert np.abs(expected - picture.pixels).max() <= 1
    assert (expected != picture.pixels).mean() < 0.001
    assert picture.dpi == ppi == 500


def test_a_header_that_claims_60000_by_60000_is_refused_at_once() -> None:
    lying = bytearray(GOOD)
    lying[BEHIND_FRAME + 2 : BEHIND_FRAME + 6] = struct.pack(">HH", 60_000, 60_000)
    with pytest.raises(TooLarge, match="60,000 × 60,000"):
        grey(bytes(lying))


@pytest.mark.parametrize("size", [(0, 0), (0, 161), (400, 300), (100, 100), (1, 1)])
def test_another_size_than_the_coded_one_is_refused(size: tuple[int, int]) -> None:
    lying = bytearray(GOOD)
    lying[BEHIND_FRAME + 2 : BEHIND_FRAME + 6] = struct.pack(">HH", *size)
    with pytest.raises(AllpointsError):
        grey(bytes(lying))


def test_a_truncated_file_is_refused_wherever_it_ends() -> None:
    for end in range(2, len(GOOD) - 2, 37):
        with pytest.raises(MalformedInput):
            grey(GOOD[:end])


def test_endless_segments_are_refused() -> None:
    with pytest.raises(MalformedInput, match="segments"):
        grey(b"\xff\xa0" + b"\xff\xa8\x00\x02" * 100_000)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_spoilt_bytes_are_read_or_refused(data: st.DataObject) -> None:
    spoilt = bytearray(GOOD)
    tables = GOOD.index(b"\xff\xa3")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(2, tables) | st.integers(2, len(GOOD) - 1))
        spoilt[place] = data.draw(st.integers(0, 255))
    with suppress(AllpointsError):
        assert grey(bytes(spoilt)).pixels.dtype == np.uint8
