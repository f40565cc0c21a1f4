"""Finding the face in a picture, with its five landmarks."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.modalities.faces.networks import networks

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]

LANDMARKS = ("right eye", "left eye", "nose tip", "right corner of the mouth", "left corner of the mouth")
"""Right and left are the person's own."""
CLEARLY_THE_SUBJECT = 4.0
"""How many times the area of any other face a face must have to be taken for the one that is meant."""
SURE = 0.92
"""The certainty from which a face stands upright: what YuNet finds by mistake in pictures of faces that are turned by a
quarter or a half stays under it."""
CERTAIN_TURNED = 0.9
"""The certainty that a face must have for which the picture is turned (OpenCV's own default): in three more positions
there are three times as many things that look like a face."""

_SIDES = (320, 640, 1280)
"""Lengths to which the longer side is brought, one after the other until a face is found.

YuNet finds faces from about 10 to 300 pixels: the first length finds portraits, the last one faces that take up a
hundredth of the picture's width."""
_LARGE_ENOUGH = 96
"""Pixels of a face, as it was found, from which its landmarks are exact."""
_WINDOW = 320


class FoundFace(NamedTuple):
    """A face in a picture, in pixels, y downwards."""

    x: float
    y: float
    width: float
    height: float
    landmarks: Points
    """5 × 2, in the order of `LANDMARKS`."""
    certainty: float
    """YuNet's, from 0 to 1."""

    @property
    def area(self) -> float:
        return self.width * self.height


class Subject(NamedTuple):
    """The face that is meant, and the picture as it was turned to find it."""

    pixels: Pixels
    face: FoundFace
    others: int
    """Faces in the picture beside it."""
    turned: bool


def subject(pixels: Pixels) -> Subject:
    """Find the face that is meant in a picture (height × width × 3, RGB).

    A picture that does not stand upright is turned. Raises `InvalidValue` where there is no face, or several and
    none is clearly the subject.
    """
    upright, faces, turned = _upright(pixels)
    faces.sort(key=lambda each: each.area, reverse=True)
    face, *others = faces
    if others and face.area < CLEARLY_THE_SUBJECT * others[0].area:
        raise InvalidValue(
            f"{len(faces)} faces found, and none is clearly the one that is meant",
            field="image",
            remedy="Cut out the face of one person, with a margin of half its width, and send that.",
        )
    return Subject(upright, _refined(upright, face), len(others), turned)


def _upright(pixels: Pixels) -> tuple[Pixels, list[FoundFace], bool]:
    """The picture with its faces upright, the faces, and whether it had to be turned.

    YuNet takes parts of a face that does not stand upright for another one that does, so that a face it is not sure of
    is looked for in all four positions.
    """
    reduced = min(1.0, _SIDES[-1] / max(pixels.shape[:2]))
    small = _resized(pixels, reduced)
    by_turn = [_found(small)]
    if _certainty(by_turn[0]) < SURE:
        by_turn += [_surely_found(_turned(small, turns)) for turns in (1, 2, 3)]
    turns = max(range(len(by_turn)), key=lambda each: _certainty(by_turn[each]))
    if not by_turn[turns]:
        raise InvalidValue(
            "no face found",
            field="image",
            remedy="Send a sharp, evenly lit picture of one face from the front, with a margin about the head.",
        )
    return _turned(pixels, turns), [_moved(face, 1 / reduced) for face in by_turn[turns]], turns > 0


def _turned(pixels: Pixels, turns: int) -> Pixels:
    """The picture after so many quarters of a turn, counter-clockwise."""
    return np.ascontiguousarray(np.rot90(pixels, turns))


def _certainty(faces: list[FoundFace]) -> float:
    return max((face.certainty for face in faces), default=0.0)


def _surely_found(pixels: Pixels) -> list[FoundFace]:
    faces = _found(pixels)
    return faces if _certainty(faces) >= CERTAIN_TURNED else []


def _found(pixels: Pixels) -> list[FoundFace]:
    longer = max(pixels.shape[:2])
    for side in _SIDES:
        scale = side / longer
        if faces := _detected(_resized(pixels, scale)):
            return [_moved(face, 1 / scale) for face in faces]
        if scale >= 1:
            break
    return []


def _refined(pixels: Pixels, face: FoundFace) -> FoundFace:
    """The face with landmarks from a closer look, where it was small in the reduced picture that it was found in."""
    side = 2 * max(face.width, face.height)
    reduced = min(1.0, _SIDES[0] / max(pixels.shape[:2]))
    if reduced == 1.0 or face.width * reduced >= _LARGE_ENOUGH:
        return face
    left, top = (
        max(round(middle - side / 2), 0) for middle in (face.x + face.width / 2, face.y + face.height / 2)
    )
    window = pixels[top : top + round(side), left : left + round(side)]
    scale = _WINDOW / max(window.shape[:2])
    closer = [_moved(each, 1 / scale, left, top) for each in _detected(_resized(window, scale))]
    return max(closer, key=lambda each: _overlap(each, face), default=face)


def _detected(pixels: Pixels) -> list[FoundFace]:
    height, width = pixels.shape[:2]
    with networks() as lent:
        lent.detector.setInputSize((width, height))
        _, rows = lent.detector.detect(np.ascontiguousarray(pixels[..., ::-1]))
    return [] if rows is None else [_face(row) for row in np.asarray(rows, np.float64)]


def _face(row: Points) -> FoundFace:
    x, y, width, height = row[:4].tolist()
    return FoundFace(x, y, width, height, row[4:14].reshape(5, 2), float(row[14]))


def _moved(face: FoundFace, scale: float, left: float = 0, top: float = 0) -> FoundFace:
    """The face in a picture that is `scale` times as large, and of which this one begins at `left` and `top`."""
    return FoundFace(
        face.x * scale + left,
        face.y * scale + top,
        face.width * scale,
        face.height * scale,
        face.landmarks * scale + (left, top),
        face.certainty,
    )


def _overlap(one: FoundFace, other: FoundFace) -> float:
    """Intersection over union."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (one.area + other.area - shared)


def _resized(pixels: Pixels, scale: float) -> Pixels:
    height, width = (max(round(length * scale), 1) for length in pixels.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)
