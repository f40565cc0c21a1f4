import numpy as np
import pytest

from allpoints.errors import InvalidValue
from allpoints.formats import pictures
from allpoints.modalities.faces import side_by_side
from allpoints.modalities.faces.detection import LANDMARKS


def test_both_faces_stand_beside_each_other_with_their_landmarks_numbered(images: tuple[bytes, ...]) -> None:
    shown = side_by_side(images[0], images[1])
    height, width, colours = pictures.colour(shown.picture).pixels.shape
    assert colours == 3
    assert (shown.size, shown.reference_x) == ((width, height), width // 2)
    assert [(each.number, each.what) for each in shown.correspondences] == list(enumerate(LANDMARKS, 1))
    for each in shown.correspondences:
        for x, y in (each.probe, each.reference):
            assert 0 < x < width / 2
            assert 0 < y < height
        assert 0 <= each.certainty <= 1


def test_a_picture_beside_itself_agrees_everywhere(images: tuple[bytes, ...]) -> None:
    shown = side_by_side(images[0], images[0])
    pixels = pictures.colour(shown.picture).pixels
    half = pixels.shape[1] // 2
    assert all(each.certainty == 1 for each in shown.correspondences)
    assert np.array_equal(pixels[:400, :half], pixels[:400, half:])


def test_quality_and_error_rates_are_told(images: tuple[bytes, ...]) -> None:
    told = " ".join(side_by_side(images[0], images[1]).remarks)
    for said in ("similarity", "LLR", "comparisons of two people", "probe: eyes", "reference: sharpness"):
        assert said in told


def test_a_picture_without_a_face_is_refused(images: tuple[bytes, ...]) -> None:
    with pytest.raises(InvalidValue, match="no face found"):
        side_by_side(images[0], pictures.png(np.zeros((90, 90), np.uint8)))
