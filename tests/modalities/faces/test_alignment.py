import numpy as np
import pytest

from allpoints.modalities.faces.alignment import PLACES, SIDE, aligned

BLANK = np.zeros((900, 900, 3), np.uint8)


@pytest.mark.parametrize("turn", [-1.0, 0.0, 0.4, 3.0])
@pytest.mark.parametrize("scale", [0.3, 1.0, 5.0])
def test_a_face_from_the_front_comes_to_lie_at_its_places(turn: float, scale: float) -> None:
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    face, landmarks = aligned(BLANK, scale * PLACES @ rotation.T + (300, 250))
    assert face.shape == (SIDE, SIDE, 3)
    assert landmarks == pytest.approx(PLACES, abs=0.01)


def test_a_face_is_never_sheared_or_stretched() -> None:
    wide = PLACES * (1.5, 1.0)
    _, landmarks = aligned(BLANK, wide)
    assert np.hypot(*(landmarks[1] - landmarks[0])) / np.hypot(
        *(landmarks[3] - landmarks[0])
    ) == pytest.approx(np.hypot(*(wide[1] - wide[0])) / np.hypot(*(wide[3] - wide[0])))


def test_zoom_enlarges_about_the_middle() -> None:
    _, landmarks = aligned(BLANK, PLACES, zoom=2.0)
    assert landmarks.mean(axis=0) == pytest.approx(PLACES.mean(axis=0), abs=0.01)
    assert landmarks[1] - landmarks[0] == pytest.approx(2 * (PLACES[1] - PLACES[0]), abs=0.01)


def test_what_stands_at_a_landmark_stands_there_when_it_is_aligned() -> None:
    pixels = BLANK.copy()
    landmarks = PLACES * 4 + 100
    for x, y in landmarks.round().astype(int):
        pixels[y - 12 : y + 13, x - 12 : x + 13] = 255
    face, places = aligned(pixels, landmarks)
    for x, y in places.round().astype(int):
        assert face[y, x].min() > 200
    assert face[10, 10].max() < 20
