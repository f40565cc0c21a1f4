import cv2
import numpy as np
import pytest

from allpoints.errors import InvalidValue
from allpoints.modalities.faces.detection import LANDMARKS, Pixels, Points, subject


def canvas(height: int, width: int) -> Pixels:
    return np.full((height, width, 3), 200, np.uint8)


def landmarks(pixels: Pixels) -> Points:
    return subject(pixels).face.landmarks


def test_the_landmarks_lie_as_in_a_face(face: Pixels) -> None:
    right_eye, left_eye, nose, right_corner, left_corner = landmarks(face)
    assert len(LANDMARKS) == 5
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_corner[0] < left_corner[0]
    assert max(right_eye[1], left_eye[1]) < nose[1] < min(right_corner[1], left_corner[1])


@pytest.mark.parametrize("scale", [0.4, 3.0])
def test_small_and_large_pictures_have_their_landmarks_at_the_same_places(face: Pixels, scale: float) -> None:
    resized = np.asarray(cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    assert landmarks(resized) / scale == pytest.approx(landmarks(face), abs=5)


def test_a_face_that_is_small_in_a_large_photograph_is_found_exactly(face: Pixels) -> None:
    photograph = canvas(3000, 4000)
    photograph[1700:1940, 2900:3100] = face
    assert landmarks(photograph) - (2900, 1700) == pytest.approx(landmarks(face), abs=8)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_picture_that_does_not_stand_upright_is_turned(face: Pixels, turns: int) -> None:
    found = subject(np.ascontiguousarray(np.rot90(face, turns)))
    assert found.turned
    assert np.array_equal(found.pixels, face)
    assert found.face.landmarks == pytest.approx(landmarks(face), abs=1)


def test_of_two_people_none_is_guessed(face: Pixels) -> None:
    with pytest.raises(InvalidValue, match="2 faces") as refused:
        subject(np.hstack([face, face]))
    assert refused.value.field == "image"
    assert "one person" in (refused.value.remedy or "")


def test_a_face_that_is_clearly_the_largest_is_meant(face: Pixels) -> None:
    scene = canvas(480, 700)
    scene[:, :400] = cv2.resize(face, (400, 480))
    scene[100:220, 550:650] = cv2.resize(face, (100, 120))
    found = subject(scene)
    assert found.others == 1
    assert found.face.x < 400


@pytest.mark.parametrize("shape", [(1, 1), (300, 300), (3, 2000), (2000, 3)])
def test_a_blank_picture_shows_no_face(shape: tuple[int, int]) -> None:
    with pytest.raises(InvalidValue, match="no face found"):
        subject(canvas(*shape))


def test_neither_ridges_nor_noise_are_a_face(stripes: Pixels) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3)).astype(np.uint8)
    for pixels in (stripes, noise):
        with pytest.raises(InvalidValue, match="no face found"):
            subject(pixels)
