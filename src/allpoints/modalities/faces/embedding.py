"""An embedding: where a network places a face among all faces."""

import cv2
import numpy as np
from numpy.typing import NDArray

from allpoints.modalities.faces.alignment import aligned
from allpoints.modalities.faces.detection import Pixels, Points
from allpoints.modalities.faces.networks import networks

DIMENSIONS = 128
ZOOMS = 0.94, 1.06
"""Of the two views: about as far as landmarks of one face, found twice, are off."""

Vector = NDArray[np.float32]


def embedding(pixels: Pixels, landmarks: Points) -> Vector:
    """Return the embedding of a face in a picture (RGB), of length 1: the sum of those of two views of it.

    One view is a little farther away, the other one a little nearer and mirrored. They show one person, so that
    what the network says of only one of them is noise.
    """
    farther, nearer = (aligned(pixels, landmarks, zoom)[0][..., ::-1] for zoom in ZOOMS)
    views = np.ascontiguousarray(farther), cv2.flip(np.ascontiguousarray(nearer), 1)
    with networks() as lent:
        # `feature` hands out the network's own memory, which the next call overwrites.
        both = [np.array(lent.recogniser.feature(view), np.float32).ravel() for view in views]
    vector: Vector = both[0] + both[1]
    return vector / np.linalg.norm(vector)
