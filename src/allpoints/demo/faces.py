"""Faces that are drawn: nobody looks like that, yet the networks find them and tell them apart.

A face is a landscape of heights (skull, brow, nose, cheeks, lips, chin) with colours on it, seen under a lamp and a
little from the side. Who it is settles proportions and colours; each picture has its own pose, light and expression.
"""

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from allpoints.formats import pictures

Field = NDArray[np.float64]
Paint = Callable[[Field, Field], None]

APART = (60, 118, 164, 170)
"""Seeds of people whom SFace tells apart as it does people on photographs: their cosines are under 0.33. Any two drawn
people are more alike, 0.5 in the median and 0.9 at most: all of them are drawn by one hand."""
WIDTH, HEIGHT = 200, 240
_UNIT = 87.0
"""Pixels that are 1: about half a face's height."""
_BACKGROUND = np.array([0.72, 0.76, 0.80])
_EYE_WHITE = np.array([0.93, 0.91, 0.89])
_PUPIL = np.array([0.05, 0.04, 0.04])


class Person(NamedTuple):
    """What stays the same in every picture of somebody. Lengths in units, colours from 0 to 1."""

    width: float
    jaw: float
    """From round, 2, to square, 4."""
    eye_distance: float
    eye_height: float
    eye_size: float
    eye_slant: float
    brow_gap: float
    brow_weight: float
    brow_slant: float
    nose_length: float
    nose_width: float
    nose_height: float
    mouth_width: float
    mouth_height: float
    lips: float
    cheeks: float
    hairline: float
    hair_sides: float
    beard: float
    moustache: float
    glasses: float
    """How thick the frame is; 0 for none."""
    wrinkles: float
    skin: Field
    hair: Field
    iris: Field


class Sight(NamedTuple):
    """What is different in every picture."""

    yaw: float
    pitch: float
    roll: float
    light: Field
    smile: float
    open: float
    shift: Field
    noise: int


def drawn_face(person_seed: int, picture_seed: int) -> bytes:
    """Draw a picture (PNG, 200 × 240, RGB) of a person; other seeds of the picture show the same one anew."""
    sight = _sight(np.random.default_rng([person_seed, picture_seed]))
    return pictures.png(_drawn(_person(np.random.default_rng([person_seed])), sight))


def _person(random: np.random.Generator) -> Person:
    def some(least: float, most: float) -> float:
        return float(random.uniform(least, most))

    tone = some(0.0, 1.0)
    light, dark = np.array([0.93, 0.76, 0.66]), np.array([0.36, 0.23, 0.16])
    hairs = np.array([[0.08, 0.06, 0.05], [0.27, 0.17, 0.10], [0.62, 0.47, 0.26], [0.55, 0.53, 0.52]])
    irises = np.array([[0.23, 0.13, 0.07], [0.33, 0.45, 0.55], [0.35, 0.40, 0.25]])
    return Person(
        width=some(0.60, 0.86),
        jaw=some(1.8, 3.6),
        eye_distance=some(0.25, 0.38),
        eye_height=some(-0.22, -0.04),
        eye_size=some(0.09, 0.16),
        eye_slant=some(-0.22, 0.22),
        brow_gap=some(0.10, 0.22),
        brow_weight=some(0.010, 0.055),
        brow_slant=some(-0.25, 0.35),
        nose_length=some(0.28, 0.52),
        nose_width=some(0.08, 0.20),
        nose_height=some(0.14, 0.36),
        mouth_width=some(0.17, 0.36),
        mouth_height=some(0.19, 0.30),
        lips=some(0.02, 0.085),
        cheeks=some(-0.02, 0.12),
        hairline=some(-1.05, -0.45),
        hair_sides=some(0.0, 2.5),
        beard=max(some(-1.0, 1.0), 0.0),
        moustache=max(some(-1.5, 1.0), 0.0),
        glasses=max(some(-0.03, 0.022), 0.0),
        wrinkles=max(some(-1.0, 1.0), 0.0),
        skin=light + tone * (dark - light),
        hair=hairs[random.integers(3 if tone < 0.6 else 1)] if some(0, 1) < 0.85 else hairs[3],
        iris=irises[random.integers(3) if tone < 0.4 else 0],
    )


def _sight(random: np.random.Generator) -> Sight:
    def some(most: float) -> float:
        return float(random.uniform(-most, most))

    light = np.array([some(0.5), -0.35 + some(0.25), 1.0])
    return Sight(
        yaw=some(0.22),
        pitch=some(0.12),
        roll=some(0.08),
        light=light / np.linalg.norm(light) * (1 + some(0.15)),
        smile=float(random.uniform(0, 1)),
        open=float(random.uniform(0.75, 1.0)),
        shift=random.uniform(-0.06, 0.06, 2),
        noise=int(random.integers(1 << 31)),
    )


def _drawn(who: Person, sight: Sight) -> NDArray[np.uint8]:
    x, y = _plane(sight)
    heights = _heights(who, sight, x, y)
    for _ in range(3):
        # Where a point of the picture lies on the face depends on the height there: a fixed point.
        seen_x = x / np.cos(sight.yaw) - heights * np.tan(sight.yaw)
        seen_y = y / np.cos(sight.pitch) - heights * np.tan(sight.pitch)
        heights = _heights(who, sight, seen_x, seen_y)
    colours = _colours(who, sight, seen_x, seen_y)
    lit = _shade(heights, sight)
    head = _head(who, seen_x, seen_y)[..., np.newaxis]
    picture = head * colours * lit[..., np.newaxis] + (1 - head) * _BACKGROUND
    picture = cv2.GaussianBlur(picture, (0, 0), 0.6)
    picture += np.random.default_rng(sight.noise).normal(0, 0.012, picture.shape[:2])[..., np.newaxis]
    return np.asarray(np.clip(picture, 0, 1) * 255, np.uint8)


def _plane(sight: Sight) -> tuple[Field, Field]:
    """Where each pixel lies on the face's own plane: x to the right, y down, the middle of the face at 0."""
    columns, rows = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    x = (columns - WIDTH / 2) / _UNIT - sight.shift[0]
    y = (rows - HEIGHT / 2) / _UNIT - sight.shift[1]
    cos, sin = np.cos(sight.roll), np.sin(sight.roll)
    return x * cos + y * sin, y * cos - x * sin


def _bump(x: Field, y: Field, wide: float, high: float) -> Field:
    return np.asarray(np.exp(-((x / wide) ** 2) - (y / high) ** 2))


def _edge(distance: Field, soft: float) -> Field:
    """1 where a signed distance is above 0, 0 below, soft between."""
    return np.asarray(1 / (1 + np.exp(-np.clip(distance / soft, -40, 40))))


def _outline(who: Person, x: Field, y: Field) -> Field:
    """Above 0 within the face: an ellipse above, a superellipse as square as the jaw below."""
    power = np.where(y > 0, who.jaw, 2.0)
    wide = who.width * np.where(y > 0, 1 - 0.16 * np.clip(y, 0, 1) ** 2, 1.0)
    return np.asarray(1 - np.abs(x / wide) ** power - np.abs(y / 1.0) ** power)


def _heights(who: Person, sight: Sight, x: Field, y: Field) -> Field:
    """How far each place stands out towards the camera."""
    nose = who.eye_height + who.nose_length
    mouth = nose + who.mouth_height
    aside = np.abs(x)
    return np.asarray(
        0.75 * np.sqrt(np.clip(_outline(who, x, y), 0.0, 1))
        + 0.55 * who.nose_height * _bump(x, y - (who.eye_height + nose) / 2, 0.07, who.nose_length * 0.55)
        + 0.75 * who.nose_height * _bump(x, y - nose + 0.05, who.nose_width * 0.62, 0.10)
        + 0.07 * _bump(aside - who.nose_width * 0.75, y - nose + 0.03, 0.055, 0.055)
        - 0.11 * _bump(aside - who.eye_distance, y - who.eye_height, 0.17, 0.12)
        + 0.05 * _bump(aside - who.eye_distance, y - who.eye_height + who.brow_gap, 0.22, 0.07)
        + (who.cheeks + 0.04 * sight.smile) * _bump(aside - who.width * 0.60, y - nose + 0.08, 0.17, 0.16)
        + 0.06 * _bump(x, y - mouth, who.mouth_width * 0.8, who.lips * 1.5)
        + 0.07 * _bump(x, y - 0.86, 0.18, 0.11)
    )


def _shade(heights: Field, sight: Sight) -> Field:
    """Lambert's law, with some light from everywhere, and less of that in hollows."""
    down, across = np.gradient(cv2.GaussianBlur(heights, (0, 0), 1.0) * _UNIT)
    normal = np.stack([-across, -down, np.ones_like(heights)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    hollow = np.clip(cv2.GaussianBlur(heights, (0, 0), 6) - heights, 0, 0.1)
    return np.asarray(0.38 + 0.72 * np.clip(normal @ sight.light, 0, None) - 2.2 * hollow)


def _colours(who: Person, sight: Sight, x: Field, y: Field) -> Field:
    """The colour of each place under white light."""
    nose = who.eye_height + who.nose_length
    mouth = nose + who.mouth_height
    aside = np.abs(x)
    colours = np.broadcast_to(who.skin, (*x.shape, 3)).copy()

    def paint(where: Field, colour: Field) -> None:
        colours[:] += where[..., np.newaxis] * (colour - colours)

    flush = _bump(aside - who.width * 0.55, y - nose + 0.05, 0.18, 0.16)
    paint(0.25 * flush, who.skin * [1.0, 0.72, 0.70])
    paint(0.8 * who.beard * _edge(y - nose - 0.05 - 0.6 * np.clip(0.45 - np.abs(x), 0, None), 0.04), who.hair)
    under_nose = _bump(x, y - (nose + mouth - who.lips) / 2 - 0.2 * x**2, who.mouth_width, 0.05)
    paint(0.9 * who.moustache * np.clip(1.5 * under_nose, 0, 1), who.hair)
    fold = np.abs(aside - 0.12 - 0.55 * (y - nose + 0.06))
    paint(0.5 * who.wrinkles * _bump(fold, y - (nose + mouth) / 2, 0.02, 0.13), who.skin * 0.45)
    for line in (-0.50, -0.42, -0.34):
        paint(0.35 * who.wrinkles * _bump(x, y - line + 0.1 * x**2, 0.35, 0.012), who.skin * 0.45)
    nostrils = _bump(aside - who.nose_width * 0.42, y - nose - 0.035, 0.035, 0.018)
    paint(0.75 * nostrils, who.skin * 0.25)
    bow = y - mouth + (0.05 + 0.35 * sight.smile) * x**2
    within = _edge(who.mouth_width * (1 + 0.15 * sight.smile) - np.abs(x), 0.02)
    taper = np.sqrt(np.clip(1 - (x / (who.mouth_width * 1.15)) ** 2, 0.01, 1))
    paint(within * _edge(who.lips * taper - np.abs(bow), 0.008), who.skin * [0.85, 0.52, 0.52])
    paint(within * _bump(x * 0, bow, 1, 0.012), who.skin * 0.30)
    _paint_eyes(who, sight, aside - who.eye_distance, y - who.eye_height, paint)
    if who.glasses:
        _paint_glasses(who, x, y, paint)
    fringe = who.hairline + 0.25 * x**2 * (0.4 + 0.5 * who.hair_sides)
    paint(_edge(fringe - y, 0.02), who.hair)
    at_side = np.abs(x) - who.width * (0.97 - 0.05 * who.hair_sides) + 0.2 * np.clip(y, 0, None)
    paint(_edge(at_side, 0.02) * _edge(0.5 * who.hair_sides - 0.2 - y, 0.05), who.hair)
    return colours


def _paint_eyes(who: Person, sight: Sight, x: Field, y: Field, paint: Paint) -> None:
    """An eye about (0, 0), x away from the nose: white, iris, pupil, lids and brow."""
    y = y + who.eye_slant * x
    opening = who.eye_size * 0.42 * sight.open
    lid = opening * np.clip(1 - (x / who.eye_size) ** 2, 0, 1)
    eye = _edge(lid - np.abs(y), 0.008) * _edge(who.eye_size - np.abs(x), 0.01)
    paint(eye, _EYE_WHITE)
    distance = np.hypot(x, y)
    paint(eye * _edge(who.eye_size * 0.42 - distance, 0.008), who.iris)
    paint(eye * _edge(who.eye_size * 0.20 - distance, 0.006), _PUPIL)
    paint(eye * _bump(x - 0.015, y + 0.018, 0.012, 0.012), _EYE_WHITE)
    beside = _edge(who.eye_size * 1.1 - np.abs(x), 0.015)
    paint(0.85 * beside * _bump(x * 0, y + lid, 1, 0.014), who.hair * 0.35)
    paint(0.45 * beside * _bump(x * 0, y - lid, 1, 0.010), who.skin * 0.45)
    paint(0.35 * beside * _bump(x * 0, y + lid + 0.045, 1, 0.012), who.skin * 0.5)
    brow = y + who.brow_gap + who.brow_slant * x + 0.9 * x**2 - 0.02
    within = _edge(who.eye_size * 1.35 - np.abs(x), 0.02)
    paint(0.85 * within * _bump(x * 0, brow, 1, who.brow_weight), who.hair * 0.8)


def _paint_glasses(who: Person, x: Field, y: Field, paint: Paint) -> None:
    radius = 0.78 * who.eye_distance
    rim = np.hypot(np.abs(x) - who.eye_distance * 1.06, (y - who.eye_height - 0.02) * 1.2) - radius
    paint(0.12 * _edge(-rim, 0.01), _EYE_WHITE)
    paint(_edge(who.glasses - np.abs(rim), 0.006), _PUPIL)
    bridge = _edge(who.eye_distance * 0.30 - np.abs(x), 0.01)
    paint(bridge * _edge(who.glasses - np.abs(y - who.eye_height + 0.04), 0.006), _PUPIL)


def _head(who: Person, x: Field, y: Field) -> Field:
    """Where the head is, hair and neck with it."""
    hair = _edge(1 - (x / (who.width * 1.08)) ** 2 - (np.clip(y, None, 0.0) / 1.1) ** 2, 0.03) * _edge(
        0.1 - y, 0.02
    )
    face = _edge(_outline(who, x, y), 0.03)
    neck = _edge(who.width * 0.62 - np.abs(x), 0.02) * _edge(y - 0.5, 0.02)
    return np.maximum(np.maximum(hair, face), neck)
