"""Two prints beside each other, the corresponding minutiae numbered, for an examiner's eyes.

Certainty is told twice, by colour and by line: the ramp goes from yellow over teal to dark violet (cividis-like, to be
told apart by the colour-blind and in print), and what is less certain is drawn thinner. A ring stands on the
minutia, a tick shows its direction.
"""

from math import cos, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from allpoints.formats.pictures import png
from allpoints.modalities.base import Correspondence, SideBySide
from allpoints.modalities.fingerprints.comparing import matched
from allpoints.modalities.fingerprints.encoding import Encoded
from allpoints.modalities.fingerprints.minutiae import Minutia, MinutiaKind

GAP = 24
"""Pixels between the two pictures."""
ENLARGED = 2
"""Times that a picture at 500 dpi is drawn larger, so that the marks hide few ridges."""
RADIUS, TICK = 11, 26
"""Pixels of a ring, and of the tick from its middle."""
RAMP = ((68, 1, 84), (49, 104, 142), (31, 158, 137), (217, 160, 0))
"""RGB from the most certain to the least."""

_NAMES = {
    MinutiaKind.ENDING: "ridge ending",
    MinutiaKind.BIFURCATION: "bifurcation",
    MinutiaKind.OTHER: "minutia",
}
_FONT = cv2.FONT_HERSHEY_SIMPLEX

Canvas = NDArray[np.uint8]


def side_by_side(probe: Encoded, reference: Encoded) -> SideBySide:
    """Draw the probe on the left and the reference on the right, both at 1000 dpi."""
    found = matched(probe.template, reference.template)
    ours, theirs = probe.template.minutiae, reference.template.minutiae
    left, right = _enlarged(probe.pixels), _enlarged(reference.pixels)
    correspondences = []
    for number, ((i, j), certainty) in enumerate(
        zip(found.pairs.tolist(), found.certainties.tolist(), strict=True), start=1
    ):
        correspondences.append(_correspondence(number, ours[i], theirs[j], certainty))
        for canvas, minutia in ((left, ours[i]), (right, theirs[j])):
            _mark(canvas, minutia, number, certainty)
    canvas = _beside(left, right)
    return SideBySide(
        picture=png(canvas),
        size=(canvas.shape[1], canvas.shape[0]),
        reference_x=left.shape[1] + GAP,
        correspondences=tuple(correspondences),
        remarks=(
            *(f"Probe: {remark}" for remark in probe.remarks),
            *(f"Reference: {remark}" for remark in reference.remarks),
        ),
    )


def _correspondence(number: int, ours: Minutia, theirs: Minutia, certainty: float) -> Correspondence:
    kind = ours.kind if ours.kind == theirs.kind else MinutiaKind.OTHER
    return Correspondence(
        number=number,
        probe=(float(ours.x * ENLARGED), float(ours.y * ENLARGED)),
        reference=(float(theirs.x * ENLARGED), float(theirs.y * ENLARGED)),
        certainty=certainty,
        what=_NAMES[kind],
    )


def _enlarged(pixels: NDArray[np.uint8]) -> Canvas:
    """Grey as colour, twice as large, and paler, so that what is drawn on it stands out."""
    pale = (pixels // 2 + 127).astype(np.uint8)
    large = cv2.resize(pale, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(np.repeat(large[..., None], 3, axis=2), np.uint8)


def _mark(canvas: Canvas, minutia: Minutia, number: int, certainty: float) -> None:
    x, y = minutia.x * ENLARGED, minutia.y * ENLARGED
    colour, width = _colour(certainty), 1 + round(2 * certainty)
    end = round(x + TICK * cos(minutia.angle)), round(y - TICK * sin(minutia.angle))
    cv2.circle(canvas, (x, y), RADIUS, colour, width, cv2.LINE_AA)
    cv2.line(canvas, (x, y), end, colour, width, cv2.LINE_AA)
    place = x + RADIUS + 2, y - RADIUS
    cv2.putText(canvas, str(number), place, _FONT, 0.55, (255, 255, 255), 4, cv2.LINE_AA)
    cv2.putText(canvas, str(number), place, _FONT, 0.55, colour, 2, cv2.LINE_AA)


def _colour(certainty: float) -> tuple[int, int, int]:
    at = (1 - certainty) * (len(RAMP) - 1)
    below = min(int(at), len(RAMP) - 2)
    share = at - below
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(RAMP[below], RAMP[below + 1], strict=True))
    return red, green, blue


def _beside(left: Canvas, right: Canvas) -> Canvas:
    height = max(len(left), len(right))
    return np.hstack(
        [
            _to_height(left, height),
            np.full((height, GAP, 3), 255, np.uint8),
            _to_height(right, height),
        ]
    )


def _to_height(canvas: Canvas, height: int) -> Canvas:
    return np.pad(canvas, ((0, height - len(canvas)), (0, 0), (0, 0)), constant_values=255)
