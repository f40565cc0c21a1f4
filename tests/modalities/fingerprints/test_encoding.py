"""Whatever was sent of a finger becomes a template, or is refused with advice."""

from math import pi

import numpy as np
import pytest

from allpoints.errors import AllpointsError, InvalidValue, MalformedInput
from allpoints.formats import minutiae_records as records
from allpoints.formats.pictures import png
from allpoints.modalities.fingerprints import compare, encode
from allpoints.modalities.fingerprints.minutiae import MinutiaKind


def record(count: int = 12, views: int = 1, dpi: int = 500) -> bytes:
    minutiae = tuple(records.Minutia(20 * k + 5, 10, k * pi / 128, "ending", 80) for k in range(count))
    return records.write(
        records.MinutiaeRecord(
            width=300, height=40, dpi_x=dpi, dpi_y=dpi, views=(records.View(3, 70, minutiae),) * views
        )
    )


def test_two_pictures_of_one_finger_agree(two_impressions) -> None:
    one, other = (encode(png(pixels), finger=2) for pixels in two_impressions)
    assert (one.finger, one.width, one.height) == (
        2,
        two_impressions[0].shape[1],
        two_impressions[0].shape[0],
    )
    assert 0 <= one.quality <= 100
    assert compare(one, other).llr > 2


def test_a_picture_of_another_resolution_gives_nearly_the_same(two_impressions) -> None:
    larger = np.repeat(np.repeat(two_impressions[0], 2, axis=0), 2, axis=1)
    assert compare(encode(png(two_impressions[0]), dpi=500), encode(png(larger), dpi=1_000)).llr > 2


def test_a_minutiae_record_is_taken_as_it_stands() -> None:
    made = encode(record())
    assert (made.finger, made.quality, made.width, len(made)) == (3, 70, 300, 12)
    assert {(m.x, m.y, m.kind) for m in made.minutiae} == {
        (20 * k + 5, 10, MinutiaKind.ENDING) for k in range(12)
    }
    assert sorted(m.angle for m in made.minutiae) == pytest.approx(
        [k * pi / 128 for k in range(12)], abs=0.02
    )


def test_a_record_at_another_resolution_is_brought_to_500_dpi() -> None:
    made = encode(record(dpi=1_000))
    assert (made.width, made.height) == (150, 20)
    assert {m.x for m in made.minutiae} <= {*range(2, 125)}


def test_who_sends_a_finger_position_is_believed_before_the_record() -> None:
    assert encode(record(), finger=8).finger == 8


@pytest.mark.parametrize(
    ("data", "why"),
    [(record(4), "minutiae were found"), (record(views=2), "2 impressions")],
)
def test_a_record_that_is_no_single_print_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(InvalidValue, match=why) as refused:
        encode(data)
    assert refused.value.remedy


@pytest.mark.parametrize("data", [b"", b"FMR\0", b"FMR\0 20\0\0\0", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_bytes_that_show_nothing_are_refused(data: bytes) -> None:
    with pytest.raises((MalformedInput, InvalidValue)):
        encode(data)


def test_a_blank_page_and_noise_are_no_fingerprints() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 300)).astype(np.uint8)
    for pixels in (np.full((300, 300), 255, np.uint8), noise):
        with pytest.raises(AllpointsError) as refused:
            encode(png(pixels))
        assert refused.value.remedy


def test_a_finger_that_nobody_has_is_refused_first() -> None:
    with pytest.raises(InvalidValue, match="no finger 11"):
        encode(b"", finger=11)
