"""Two faces beside each other for an examiner: aligned, the landmarks numbered, the quality below."""

import cv2
import numpy as np

from allpoints.formats import pictures
from allpoints.modalities.base import Correspondence, SideBySide
from allpoints.modalities.faces.alignment import SIDE
from allpoints.modalities.faces.comparing import captions, compare, error_rates
from allpoints.modalities.faces.detection import LANDMARKS, Pixels, Points
from allpoints.modalities.faces.template import Portrait, portrait, template_of

_SCALE = 4
_PICTURE = SIDE * _SCALE
_LINE = 18
_MARGIN = 6
_BORDER = 2
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_FAR = 0.15
"""The distance of two landmarks, in widths of the aligned face, at which nothing says that they correspond."""


def side_by_side(probe_image: bytes, reference_image: bytes) -> SideBySide:
    """Align both faces, draw them beside each other and number their landmarks.

    A landmark's certainty says how closely its places in the two aligned faces agree, which expression and pose
    change: it is no evidence of who it is. Raises as `template.encode`.
    """
    sides = portrait(probe_image), portrait(reference_image)
    found = compare(*map(template_of, sides))
    correspondences = _correspondences(sides[0].landmarks, sides[1].landmarks)
    names = "probe", "reference"
    drawn = [
        _drawn(name, side, correspondences, number)
        for number, (name, side) in enumerate(zip(names, sides, strict=True))
    ]
    canvas = np.hstack(drawn)
    return SideBySide(
        picture=pictures.png(canvas),
        size=(canvas.shape[1], canvas.shape[0]),
        reference_x=drawn[0].shape[1],
        correspondences=correspondences,
        remarks=(
            f"similarity {found.score:.2f}, LLR {found.llr:.1f}",
            error_rates(found.llr),
            *(
                f"{name}: {said}"
                for name, side in zip(names, sides, strict=True)
                for said in (*captions(side.quality), *side.quality.advice)
            ),
        ),
    )


def _correspondences(probe: Points, reference: Points) -> tuple[Correspondence, ...]:
    distances = np.hypot(*(probe - reference).T) / SIDE
    return tuple(
        Correspondence(
            number=number,
            probe=_enlarged(one),
            reference=_enlarged(other),
            certainty=max(0.0, 1 - float(distance) / _FAR),
            what=what,
        )
        for number, (what, one, other, distance) in enumerate(
            zip(LANDMARKS, probe, reference, distances, strict=True), 1
        )
    )


def _enlarged(point: Points) -> tuple[float, float]:
    x, y = ((point + 0.5) * _SCALE + _BORDER).round(1).tolist()
    return x, y


def _drawn(name: str, side: Portrait, correspondences: tuple[Correspondence, ...], half: int) -> Pixels:
    """One half of the picture: the face, and below it what is to be known of its quality."""
    face = cv2.resize(side.face, (_PICTURE, _PICTURE), interpolation=cv2.INTER_CUBIC)
    face = np.pad(face, ((_BORDER, _BORDER), (_BORDER, _BORDER), (0, 0)))
    for each in correspondences:
        x, y = map(round, each.reference if half else each.probe)
        colour = _colour(each.certainty)
        cv2.circle(face, (x, y), 5, _BLACK, 3, cv2.LINE_AA)
        cv2.circle(face, (x, y), 5, colour, 2, cv2.LINE_AA)
        for ink, width in ((_BLACK, 3), (colour, 1)):
            cv2.putText(face, str(each.number), (x + 8, y - 6), _FONT, 0.6, ink, width, cv2.LINE_AA)
    # OpenCV's letters are ASCII.
    lines = [name, *(said.replace("°", " deg") for said in captions(side.quality))]
    caption = np.full((_LINE * len(lines) + 2 * _MARGIN, face.shape[1], 3), 255, np.uint8)
    for number, line in enumerate(lines, 1):
        cv2.putText(caption, line, (_MARGIN, _LINE * number), _FONT, 0.45, _BLACK, 1, cv2.LINE_AA)
    return np.asarray(np.vstack([face, caption]), np.uint8)


def _colour(certainty: float) -> tuple[int, int, int]:
    """From red over yellow to green."""
    return round(255 * min(1, 2 - 2 * certainty)), round(255 * min(1, 2 * certainty)), 0
