"""Two prints are shown beside each other with what corresponds."""

import io

import numpy as np
import pytest
from PIL import Image

from allpoints.modalities.fingerprints.drawing import GAP, RAMP, side_by_side
from allpoints.modalities.fingerprints.encoding import Encoded


@pytest.fixture
def shown(scattered, set_down):
    probe, reference = set_down(scattered(1)), set_down(scattered(1), turn=0.3, shift=(10, 5), off=1)
    blank = np.full((500, 500), 255, np.uint8)
    return (
        probe,
        reference,
        side_by_side(Encoded(probe, blank, ("dry",)), Encoded(reference, blank[:480], ())),
    )


def test_the_picture_holds_both_at_twice_their_size(shown) -> None:
    picture = Image.open(io.BytesIO(shown[2].picture))
    assert picture.format == "PNG"
    assert picture.size == shown[2].size == (2_000 + GAP, 1_000)
    assert shown[2].reference_x == 1_000 + GAP


def test_every_correspondence_is_numbered_and_lies_on_its_minutiae(shown) -> None:
    probe, reference, told = shown
    assert [each.number for each in told.correspondences] == list(range(1, len(told.correspondences) + 1))
    assert len(told.correspondences) > 30
    ours = {(2.0 * m.x, 2.0 * m.y) for m in probe.minutiae}
    theirs = {(2.0 * m.x, 2.0 * m.y) for m in reference.minutiae}
    assert all(each.probe in ours and each.reference in theirs for each in told.correspondences)
    certainties = [each.certainty for each in told.correspondences]
    assert certainties == sorted(certainties, reverse=True)
    assert 0 <= certainties[-1] <= certainties[0] <= 1


def test_marks_are_drawn_in_colour_where_they_are_said_to_be(shown) -> None:
    pixels = np.asarray(Image.open(io.BytesIO(shown[2].picture)).convert("RGB")).astype(int)
    x, y = map(int, shown[2].correspondences[0].probe)
    about = pixels[y - 14 : y + 15, x - 14 : x + 15]
    assert (about.max(axis=2) - about.min(axis=2)).max() > 40


def test_remarks_say_which_picture_they_are_of(shown) -> None:
    assert shown[2].remarks == ("Probe: dry",)


def test_the_ramp_darkens_with_certainty_so_that_grey_prints_tell_it_too() -> None:
    light = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in RAMP]
    assert light == sorted(light)
