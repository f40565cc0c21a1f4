"""Drawn faces, and their templates."""

import cv2
import numpy as np
import pytest

from allpoints.formats import pictures
from allpoints.modalities.faces import Faces, FaceTemplate, encode
from allpoints.modalities.faces.detection import Pixels


@pytest.fixture(scope="session")
def images() -> tuple[bytes, ...]:
    return tuple(example.image for example in Faces().examples())


@pytest.fixture(scope="session")
def templates(images: tuple[bytes, ...]) -> list[FaceTemplate]:
    return [encode(image) for image in images]


@pytest.fixture(scope="session")
def face(images: tuple[bytes, ...]) -> Pixels:
    """A picture of one drawn face, 240 × 200."""
    return pictures.colour(images[0]).pixels


@pytest.fixture(scope="session")
def stripes() -> Pixels:
    """Something like the ridges of a finger."""
    y, x = np.mgrid[:300, :300]
    wave = np.sin(np.hypot(x - 150, y - 200) * 0.7)
    return np.repeat(((wave + 1) * 127).astype(np.uint8)[..., None], 3, axis=2)


@pytest.fixture(scope="session")
def blurred(face: Pixels) -> Pixels:
    return np.asarray(cv2.GaussianBlur(face, (0, 0), 4), np.uint8)
