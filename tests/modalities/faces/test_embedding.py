import cv2
import numpy as np
import pytest

from allpoints.modalities.faces.detection import Pixels, subject
from allpoints.modalities.faces.embedding import DIMENSIONS, Vector, embedding
from allpoints.modalities.faces.networks import networks


def embedded(pixels: Pixels) -> Vector:
    found = subject(pixels)
    return embedding(found.pixels, found.face.landmarks)


def test_an_embedding_has_the_length_1(face: Pixels) -> None:
    vector = embedded(face)
    assert vector.shape == (DIMENSIONS,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_size_mirroring_and_light_change_little(face: Pixels) -> None:
    vector = embedded(face)
    larger = np.asarray(cv2.resize(face, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC), np.uint8)
    mirrored = np.ascontiguousarray(face[:, ::-1])
    darker = (face * 0.7).astype(np.uint8)
    for changed in (larger, mirrored, darker):
        assert float(embedded(changed) @ vector) > 0.85


def test_it_agrees_with_opencvs_own_way_from_a_picture_to_an_embedding(face: Pixels) -> None:
    """`alignCrop` and `feature` take blue, green, red."""
    blue_green_red = np.ascontiguousarray(face[..., ::-1])
    found = subject(face).face
    row = np.array(
        [found.x, found.y, found.width, found.height, *found.landmarks.ravel(), found.certainty], np.float32
    )
    with networks() as lent:
        theirs = lent.recogniser.feature(lent.recogniser.alignCrop(blue_green_red, row)).ravel().copy()
    ours = embedded(face)
    swapped = embedding(blue_green_red, found.landmarks)
    theirs /= np.linalg.norm(theirs)
    assert float(ours @ theirs) > 0.97
    assert float(swapped @ theirs) < float(ours @ theirs) - 0.01
