"""How well a picture of a face can be compared, measured, and what would make it better.

What is measured follows ISO/IEC 29794-5 (face image quality); only a face that is too small to be compared is refused.
"""

from math import asin, atan2, degrees, hypot

import cv2
import msgspec
import numpy as np

from allpoints.errors import InvalidValue
from allpoints.modalities.faces.alignment import PLACES
from allpoints.modalities.faces.detection import Pixels, Points, Subject

LEAST_EYE_DISTANCE = 10.0
"""Pixels between the eyes under which a face is refused."""
GOOD_EYE_DISTANCE = 30.0
"""What the network sees: a face with less is enlarged for it."""
LEAST_SHARPNESS = 0.03
MOST_YAW, MOST_PITCH, MOST_ROLL = 30.0, 25.0, 30.0
DARK, BRIGHT = 0.12, 0.85
LEAST_CONTRAST = 0.12
MOST_ASYMMETRY = 0.2

_MODEL: Points = np.array(
    [[-31.5, 0, 0], [31.5, 0, 0], [0, 36, -27], [-25, 71, -6], [25, 71, -6]],
)
"""The landmarks of a head from the front in millimetres: x to the picture's right, y down, z away from the camera."""


class Quality(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How good a picture of a face is."""

    certainty: float
    """That it is a face, from 0 to 1."""
    eye_distance: float
    """Pixels between the eyes in the picture that was sent."""
    sharpness: float
    """Variance of the Laplacian of the aligned face over its grey values' own: less where it is blurred."""
    yaw: float
    """Degrees by which the head is turned; positive to the picture's right."""
    pitch: float
    """Degrees by which it is bent; positive downwards."""
    roll: float
    """Degrees by which it leans; positive clockwise, as one sees it."""
    brightness: float
    """Mean grey of the face, from 0 to 1."""
    contrast: float
    """Standard deviation of its grey over the mean, so that dark skin is no fault."""
    asymmetry: float
    """How differently its two halves are lit: the difference of their mean greys over their sum."""
    others: int
    """Faces in the picture beside it."""
    turned: bool
    """Whether the picture had to be turned to find the face."""

    @property
    def advice(self) -> tuple[str, ...]:
        """What would make the picture better; nothing for a good one."""
        checks = (
            (
                self.eye_distance < GOOD_EYE_DISTANCE,
                f"the face is small, {self.eye_distance:.0f} pixels between the eyes: "
                f"send one with {GOOD_EYE_DISTANCE:.0f} or more",
            ),
            (self.sharpness < LEAST_SHARPNESS, "the face is blurred: send a sharper picture"),
            (
                abs(self.yaw) > MOST_YAW,
                f"the head is turned by {abs(self.yaw):.0f}°: send a picture from the front",
            ),
            (
                abs(self.pitch) > MOST_PITCH,
                f"the head is bent by {abs(self.pitch):.0f}°: send a picture at the height of the eyes",
            ),
            (
                abs(self.roll) > MOST_ROLL,
                f"the head leans by {abs(self.roll):.0f}°: turn the picture upright",
            ),
            (self.brightness < DARK, "the face is dark: send a picture with more light"),
            (self.brightness > BRIGHT, "the face is overexposed: send a picture with less light"),
            (
                self.contrast < LEAST_CONTRAST,
                "the face has little contrast: send a picture with better light",
            ),
            (
                self.asymmetry > MOST_ASYMMETRY,
                "the face is lit from one side: send one that is lit from the front",
            ),
            (
                self.others > 0,
                f"the largest of {self.others + 1} faces was taken: cut out the one that is meant",
            ),
            (self.turned, "the picture does not stand upright and was turned: send it upright"),
        )
        return tuple(said for holds, said in checks if holds)


def quality(subject: Subject, face: Pixels, landmarks: Points) -> Quality:
    """Measure a face in its picture, and as it was aligned with its landmarks.

    Raises `InvalidValue` for a face that is too small to be compared.
    """
    right_eye, left_eye = subject.face.landmarks[:2].tolist()
    across, down = left_eye[0] - right_eye[0], left_eye[1] - right_eye[1]
    eye_distance = hypot(across, down)
    if eye_distance < LEAST_EYE_DISTANCE:
        raise InvalidValue(
            f"the face is too small: {eye_distance:.0f} pixels between the eyes",
            field="image",
            remedy=f"Send a picture with at least {LEAST_EYE_DISTANCE:.0f} pixels between the eyes, "
            f"better {GOOD_EYE_DISTANCE:.0f}.",
        )
    grey = _within(face)
    yaw, pitch = _pose(landmarks)
    left, right = (float(half.mean()) for half in np.array_split(grey, 2, axis=1))
    laplacian = cv2.Laplacian(grey, cv2.CV_64F)
    return Quality(
        certainty=_rounded(subject.face.certainty),
        eye_distance=_rounded(eye_distance),
        sharpness=_rounded(float(laplacian.var() / max(grey.var(), 1e-6))),
        yaw=_rounded(yaw),
        pitch=_rounded(pitch),
        roll=_rounded(degrees(atan2(down, across))),
        brightness=_rounded(float(grey.mean())),
        contrast=_rounded(float(grey.std() / max(grey.mean(), 1e-6))),
        asymmetry=_rounded(abs(left - right) / max(left + right, 1e-6)),
        others=subject.others,
        turned=subject.turned,
    )


def _within(face: Pixels) -> Points:
    """The grey values, from 0 to 1, of the part of an aligned face that hair and background seldom reach."""
    left, top = PLACES.min(axis=0).astype(int) - 12
    right, bottom = PLACES.max(axis=0).astype(int) + 12
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)[top:bottom, left:right]
    return np.asarray(grey, np.float64) / 255


def _pose(landmarks: Points) -> tuple[float, float]:
    """Yaw and pitch in degrees of a head that does not lean, from a scaled orthographic view of a mean head.

    The first step of DeMenthon and Davis (1995): the picture's axes in the head's own coordinates, by linear least
    squares. Five landmarks give no better than about ten degrees.
    """
    model = np.column_stack([_MODEL, np.ones(len(_MODEL))])
    axes, *_ = np.linalg.lstsq(model, landmarks)
    across, down = (axis / np.linalg.norm(axis) for axis in axes[:3].T)
    return degrees(asin(-across[2])), degrees(asin(-down[2]))


def _rounded(value: float) -> float:
    """Three places: more would say nothing, and a stored template stays what it was."""
    return round(value, 3)
