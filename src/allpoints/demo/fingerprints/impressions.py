"""A drawn finger laid on a sensor, or left on a surface: no two impressions of it are alike.

- Cappelli, Maio and Maltoni, *Modelling plastic distortion in fingerprint images*, ICAPR 2001, LNCS 2013, 369–376:
  skin sticks where it is pressed most, follows the finger's push and turn outside, and stretches in between.
- Cappelli, *SFinGe: synthetic fingerprint generation*, in Handbook of Fingerprint Recognition (Maltoni et al. 2009),
  section 6.4: pressure and moisture thicken the ridges; noise, pores, scratches and a ragged edge; a background.
"""

from io import BytesIO

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from allpoints.demo.fingerprints import ridges
from allpoints.demo.fingerprints.ridges import Finger, smooth

DPI = 500
WIDTH, HEIGHT = 360, 400
"""Pixels of an impression: a sensor of 18 by 20 mm."""

Grey = NDArray[np.uint8]
Surface = NDArray[np.float32]


class _Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """How a finger touches: drawn anew for each impression."""

    push: tuple[float, float]
    """From the middle of the finger to that of the picture, in pixels."""
    turn: float
    """Radians."""
    slide: tuple[float, float]
    """How far the finger moves while its middle sticks: what distorts the skin."""
    twist: float
    half_axes: tuple[float, float]
    """Of the skin that touches, across and along the finger, in pixels."""
    moisture: float
    """-1 dry (thin broken ridges) to 1 wet (ridges run together)."""
    noise: float
    scratches: int


def impression(of: Finger, seed: int) -> Grey:
    """Return one impression as grey pixels (HEIGHT x WIDTH, at `DPI`, ridges dark); another for each seed."""
    chance = np.random.default_rng((*of.seed, seed, 0))
    conditions = _Conditions(
        push=(chance.normal(0, 14), chance.normal(0, 16)),
        turn=chance.normal(0, 0.16),
        slide=(chance.normal(0, 5), chance.normal(0, 7)),
        twist=chance.normal(0, 0.05),
        half_axes=(chance.uniform(95, 145), chance.uniform(125, 185)),
        moisture=float(np.clip(chance.normal(0, 0.45), -1, 1)),
        noise=chance.uniform(0.5, 1.1),
        scratches=int(chance.poisson(1.5)),
    )
    ink, contact = _touch(of, conditions, chance)
    paper = chance.uniform(215, 250)
    dark = chance.uniform(35, 95)
    grey = paper - (paper - dark) * ink * contact + chance.normal(0, 4, ink.shape)
    return _pixels(grey)


def trace(of: Finger, seed: int) -> Grey:
    """Return what the finger left on a surface: a part, faint and smeared, on a ground with lines of its own."""
    chance = np.random.default_rng((*of.seed, seed, 1))
    conditions = _Conditions(
        push=(chance.normal(0, 30), chance.normal(0, 35)),
        turn=chance.uniform(-1, 1),
        slide=(chance.normal(0, 7), chance.normal(0, 9)),
        twist=chance.normal(0, 0.07),
        half_axes=(chance.uniform(75, 110), chance.uniform(95, 140)),
        moisture=float(chance.uniform(-0.6, 0.8)),
        noise=chance.uniform(1.0, 1.6),
        scratches=int(chance.poisson(2)),
    )
    ink, contact = _touch(of, conditions, chance)
    faint = np.clip(0.7 + 0.3 * smooth(chance, ink.shape, 70), 0.15, 1)
    grey = _ground(chance) - chance.uniform(60, 95) * ink * contact * faint + chance.normal(0, 7, ink.shape)
    return _pixels(grey)


def png(pixels: Grey) -> bytes:
    """Write grey pixels as a PNG file that states its resolution."""
    written = BytesIO()
    Image.fromarray(pixels).save(written, "PNG", dpi=(DPI, DPI))
    return written.getvalue()


def _touch(of: Finger, conditions: _Conditions, chance: np.random.Generator) -> tuple[Surface, Surface]:
    """Where there is ink of the ridges, and where skin touches at all: both 0 to 1."""
    x, y, inside = _skin(conditions)
    remapped = cv2.remap(of.ridges, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=-1)
    printed = np.asarray(remapped, np.float32)
    shape = printed.shape
    moist = conditions.moisture + 0.3 * smooth(chance, shape, 60)
    fine = smooth(chance, shape, 2.5)
    coarse = smooth(chance, shape, 7)
    height = printed + 0.55 * moist + conditions.noise * (0.45 * fine + 0.25 * coarse)
    ink = np.asarray(1 / (1 + np.exp(-3.2 * height)), np.float32)
    _take_pores(ink, printed, chance)
    _scratch(ink, conditions.scratches, chance)
    edge = 1.05 - inside + 0.05 * smooth(chance, shape, 40) + 0.05 * fine
    contact = np.clip(edge * 9, 0, 1).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), 0.8), np.float32), contact


def _skin(conditions: _Conditions) -> tuple[Surface, Surface, Surface]:
    """The point of the finger that lies on each pixel, and how far out it is: 1 is the edge of what touches.

    Cappelli et al. 2001: within half the way to the edge the skin sticks; from there the slide and the twist come
    in along a raised cosine.
    """
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    away_x = columns - WIDTH / 2 - conditions.push[0]
    away_y = rows - HEIGHT / 2 - conditions.push[1]
    cos, sin = np.cos(conditions.turn), np.sin(conditions.turn)
    u, v = cos * away_x - sin * away_y, sin * away_x + cos * away_y
    inside = np.hypot(u / conditions.half_axes[0], v / conditions.half_axes[1])
    free = (1 - np.cos(np.pi * np.clip((inside - 0.4) / 0.8, 0, 1))) / 2
    cos, sin = np.cos(conditions.twist), np.sin(conditions.twist)
    moved_u = cos * u - sin * v + conditions.slide[0] - u
    moved_v = sin * u + cos * v + conditions.slide[1] - v
    x = u + moved_u * free + ridges.WIDTH / 2
    y = v + moved_v * free + ridges.HEIGHT / 2
    return x.astype(np.float32), y.astype(np.float32), inside.astype(np.float32)


def _take_pores(ink: Surface, printed: Surface, chance: np.random.Generator) -> None:
    """Open pores along the ridges: small light spots about one to every millimetre or two of ridge."""
    rows, columns = (chance.integers(1, side - 1, 2_500) for side in ink.shape)
    on_ridge = printed[rows, columns] > 0.9
    for down, right in ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0)):
        ink[rows[on_ridge] + down, columns[on_ridge] + right] *= 0.55


def _scratch(ink: Surface, number: int, chance: np.random.Generator) -> None:
    """Draw thin light lines, as cuts and creases leave them."""
    for _ in range(number):
        at = chance.uniform(0.2, 0.8, 2) * (WIDTH, HEIGHT)
        angle, length = chance.uniform(0, np.pi), chance.uniform(20, 90)
        along = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        start, end = ((at + side * along).astype(int).tolist() for side in (-1, 1))
        cv2.line(ink, start, end, 0.0, int(chance.integers(1, 3)), cv2.LINE_AA)


def _ground(chance: np.random.Generator) -> Surface:
    """A surface that is not blank: unevenly lit, with grain, and printed or scratched with straight lines."""
    ground = chance.uniform(165, 200) + 14 * smooth(chance, (HEIGHT, WIDTH), 150)
    ground += 6 * smooth(chance, (HEIGHT, WIDTH), 4)
    lines = np.zeros_like(ground)
    angle, apart = chance.uniform(0, np.pi), chance.uniform(35, 80)
    across = np.array([-np.sin(angle), np.cos(angle)])
    along = np.array([np.cos(angle), np.sin(angle)]) * (WIDTH + HEIGHT)
    for number in range(-12, 13):
        middle = np.array([WIDTH, HEIGHT]) / 2 + across * apart * number
        start, end = ((middle + side * along).astype(int).tolist() for side in (-1, 1))
        cv2.line(lines, start, end, 1.0, 2, cv2.LINE_AA)
    return np.asarray(ground - 30 * lines, np.float32)


def _pixels(grey: NDArray[np.floating]) -> Grey:
    return np.clip(np.round(grey), 0, 255).astype(np.uint8)
