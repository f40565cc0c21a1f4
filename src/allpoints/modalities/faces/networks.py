"""The two networks: YuNet finds faces and their landmarks, SFace makes an embedding of an aligned face.

Both run on OpenCV, which takes 16 ms for SFace on one core where ONNX Runtime takes 31. Their objects hold state
while they run, so that each is lent to one caller at a time.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import NamedTuple

import cv2

from allpoints import parts

CERTAIN = 0.8
"""From which certainty on YuNet's finding counts as a face: it gives 0.82 to one with a mask over mouth and nose."""
_OVERLAP = 0.3
_MOST_FACES = 100


class Networks(NamedTuple):
    """One of each, for one caller at a time."""

    detector: cv2.FaceDetectorYN
    recogniser: cv2.FaceRecognizerSF


@contextmanager
def networks() -> Iterator[Networks]:
    """Lend the networks; wait where as many are lent as there are processors.

    Raises `Unavailable` where they are not installed.
    """
    with _lent:
        try:
            pair = _idle.pop()
        except IndexError:
            pair = _loaded()
        try:
            yield pair
        finally:
            _idle.append(pair)


_lent = BoundedSemaphore(os.cpu_count() or 1)
_idle: list[Networks] = []


def _loaded() -> Networks:
    detector, recogniser = str(parts.path("yunet")), str(parts.path("sface"))
    # The new engine warns of a setting that FaceDetectorYN itself makes.
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    # More threads do not make such small networks faster.
    cv2.setNumThreads(min(2, os.cpu_count() or 1))
    return Networks(
        cv2.FaceDetectorYN.create(detector, "", (320, 320), CERTAIN, _OVERLAP, _MOST_FACES),
        cv2.FaceRecognizerSF.create(recogniser, ""),
    )
