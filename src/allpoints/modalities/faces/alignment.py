"""Bringing a face into the one position that the network knows: 112 × 112 pixels, eyes and mouth at fixed places."""

import cv2
import numpy as np

from allpoints.modalities.faces.detection import Pixels, Points

SIDE = 112
"""Pixels of an aligned face, either way."""
PLACES: Points = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Where the landmarks of a face from the front lie once it is aligned (ArcFace: Deng, Guo, Xue and Zafeiriou 2019;
SFace was trained on such faces)."""


def aligned(pixels: Pixels, landmarks: Points, zoom: float = 1.0) -> tuple[Pixels, Points]:
    """Return the aligned face and where its landmarks came to lie.

    Turned, scaled and moved, never sheared, so that the squared distances of the landmarks from `PLACES` are
    least (Umeyama 1991). `zoom` enlarges the face about the middle of its landmarks.
    """
    middle = PLACES.mean(axis=0)
    places = middle + zoom * (PLACES - middle)
    matrix = _similarity(landmarks, places)
    # Bilinear sampling looks at four pixels: what is much larger is reduced first, or it would alias.
    scale = min(1.0, 2 * float(np.hypot(*matrix[:, 0])))
    if scale < 1:
        pixels = np.asarray(
            cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
        )
        landmarks = landmarks * scale
        matrix = _similarity(landmarks, places)
    face = cv2.warpAffine(pixels, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    return np.asarray(face, np.uint8), landmarks @ matrix[:, :2].T + matrix[:, 2]


def _similarity(landmarks: Points, places: Points) -> Points:
    """The 2 × 3 matrix: a point (x, y) goes to (a x - b y + c, b x + a y + d), by linear least squares."""
    x, y = landmarks.T
    one, none = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate([np.stack([x, -y, one, none], 1), np.stack([y, x, none, one], 1)])
    (a, b, c, d), *_ = np.linalg.lstsq(rows, places.T.ravel())
    return np.array([[a, -b, c], [b, a, d]])
