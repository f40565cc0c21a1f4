"""A finger's ridges, grown along the directions of its pattern.

Cappelli, *SFinGe: synthetic fingerprint generation*, in Handbook of Fingerprint Recognition (Maltoni et al. 2009),
section 6.4: from a few random seeds, an oriented filter that fits the ridges' direction and period everywhere is
applied again and again. Where the ridges that grew from different seeds meet, minutiae come about by themselves.
"""

import cv2
import msgspec
import numpy as np
from numba import njit
from numpy.typing import NDArray

from allpoints.demo.fingerprints.pattern import RIDGE_PERIOD, Flow, Pattern, direction, drawn_flow

WIDTH, HEIGHT = 400, 500
"""Pixels of a finger, at 500 dpi: what a flat finger can touch and some more."""

Ridges = NDArray[np.float32]

_BETWEEN_SEEDS = 50
_ROUNDS = 16
_DIRECTIONS = 36
_PERIODS = np.linspace(7, 12, 11)
_REACH = 8
_SIDE = 2 * _REACH + 1


class Finger(msgspec.Struct, frozen=True):
    """A drawn finger. `ridges` is HEIGHT x WIDTH: 1 in the middle of a ridge, -1 in the middle of a valley."""

    seed: tuple[int, int]
    """Of the person and the position: what else is drawn of this finger starts from it."""
    pattern: Pattern
    ridges: Ridges


def finger(seed: int, position: int = 0) -> Finger:
    """Draw a finger; the same seed and position draw the same finger."""
    chance = np.random.default_rng((seed, position))
    flow = drawn_flow(chance)
    return Finger((seed, position), Pattern(flow.pattern), _grown(flow, chance))


def card(seed: int) -> dict[int, Finger]:
    """Draw the ten fingers of a person, by their positions in `records.biometrics.FINGERS`."""
    return {position: finger(seed, position) for position in range(1, 11)}


def smooth(chance: np.random.Generator, shape: tuple[int, int], size: float) -> Ridges:
    """Draw a smooth random surface whose bumps are about `size` pixels wide, with mean 0 and deviation 1."""
    coarse = tuple(int(np.ceil(side / size)) + 4 for side in shape)
    drawn = chance.standard_normal(coarse).astype(np.float32)
    across = cv2.resize(drawn, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)
    top, left = int(size), int(size)
    surface = across[top : top + shape[0], left : left + shape[1]]
    return np.asarray((surface - surface.mean()) / surface.std(), np.float32)


def _grown(flow: Flow, chance: np.random.Generator) -> Ridges:
    directions = _directions(flow)
    periods = _periods(chance)
    ridges = np.zeros((HEIGHT, WIDTH), np.float32)
    places = np.mgrid[0:HEIGHT:_BETWEEN_SEEDS, 0:WIDTH:_BETWEEN_SEEDS].reshape(2, -1)
    rows, columns = places + chance.integers(_BETWEEN_SEEDS, size=places.shape)
    ridges[rows, columns] = 1
    for _ in range(_ROUNDS):
        ridges = np.tanh(4 * _filtered(np.pad(ridges, _REACH), directions, periods, _KERNELS))
    return ridges


def _periods(chance: np.random.Generator) -> NDArray[np.intp]:
    """The period of every pixel, as an index of `_PERIODS`: wider towards the joint than at the tip."""
    own = chance.normal(RIDGE_PERIOD, 0.5)
    down = np.linspace(-0.07, 0.1, HEIGHT, dtype=np.float32)[:, None]
    period = own * (1 + down + 0.05 * smooth(chance, (HEIGHT, WIDTH), 110))
    return np.asarray(np.abs(period[..., None] - _PERIODS).argmin(axis=-1))


@njit(nogil=True, cache=True)
def _directions(flow: Flow) -> NDArray[np.intp]:
    """The direction of every pixel, in steps of half a turn through `_DIRECTIONS`."""
    steps = np.empty((HEIGHT, WIDTH), np.intp)
    for row in range(HEIGHT):
        for column in range(WIDTH):
            angle = direction(flow, column - WIDTH / 2, HEIGHT / 2 - row)
            steps[row, column] = round(angle / np.pi * _DIRECTIONS) % _DIRECTIONS
    return steps


def _kernels() -> Ridges:
    """Gabor filters by direction and period, each without a mean, with three ridges in sight (Cappelli 2009)."""
    y, x = np.mgrid[_REACH : -_REACH - 1 : -1, -_REACH : _REACH + 1]
    kernels = np.empty((_DIRECTIONS, len(_PERIODS), _SIDE, _SIDE), np.float32)
    for step in range(_DIRECTIONS):
        angle = np.pi * step / _DIRECTIONS
        across = y * np.cos(angle) - x * np.sin(angle)
        for at, period in enumerate(_PERIODS):
            envelope = np.exp(-(x**2 + y**2) / (2 * (0.4 * period) ** 2))
            wave = envelope * np.cos(2 * np.pi * across / period)
            wave -= envelope * wave.sum() / envelope.sum()
            kernels[step, at] = wave / np.abs(wave).sum()
    return kernels


_KERNELS = _kernels()


@njit(nogil=True, cache=True, fastmath=True)
def _filtered(
    padded: Ridges, directions: NDArray[np.intp], periods: NDArray[np.intp], kernels: Ridges
) -> Ridges:
    """Apply to each pixel the filter of its own direction and period."""
    rows, columns = directions.shape
    filtered = np.empty((rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            kernel = kernels[directions[row, column], periods[row, column]]
            total = np.float32(0)
            for i in range(_SIDE):
                for j in range(_SIDE):
                    total += kernel[i, j] * padded[row + i, column + j]
            filtered[row, column] = total
    return filtered
