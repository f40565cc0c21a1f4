"""How the ridges of a finger flow: the pattern, its cores and deltas, and the direction everywhere around them.

Positions are in pixels at 500 dpi from the middle of the finger, x to the right and y upwards; as complex numbers
x + iy.

- Sherlock and Monro, *A model for interpreting fingerprint topology*, Pattern Recognition 26 (1993) 1047–1055: the
  zero-pole model. Half the argument of the product of (z - core) over the product of (z - delta) turns by half a
  turn around a core, by half a turn the other way around a delta, and is level far from both.
- Cappelli, *SFinGe: synthetic fingerprint generation*, in Handbook of Fingerprint Recognition (Maltoni et al. 2009),
  section 6.4: where singular points lie, and the field of a plain arch.
- Wilson, Candela and Watson, *Neural network fingerprint classification*, Journal of Artificial Neural Networks 1
  (1993) 203–228: how frequent the patterns are.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

RIDGE_PERIOD = 9.0
"""Pixels from ridge to ridge, at 500 dpi; about 0.46 mm."""


class Pattern(IntEnum):
    """The class of a fingerprint, with loops named by the side on which they open in the picture."""

    LEFT_LOOP = 0
    RIGHT_LOOP = 1
    WHORL = 2
    PLAIN_ARCH = 3
    TENTED_ARCH = 4


FREQUENCIES = (0.338, 0.317, 0.279, 0.037, 0.029)
"""The share of each `Pattern` among fingers (Wilson et al. 1993)."""

_CUMULATED = np.cumsum(np.array(FREQUENCIES))
_FIRST_DELTA = np.array([1.0, -1.0, -1.0, 0.0, 0.0])
_HALF_WIDTH = 220.0


class Flow(NamedTuple):
    """What decides the direction of the ridges in one finger."""

    pattern: int
    cores: NDArray[np.complex128]
    deltas: NDArray[np.complex128]
    arch: float
    """Rise of the ridges towards the middle, as a tangent."""
    bend: NDArray[np.float64]
    """What makes no two fingers of a pattern alike: turns in radians along x, y, x², xy and y², each over 150
    px."""


@njit(nogil=True, cache=True)
def drawn_flow(chance: np.random.Generator) -> Flow:
    """Draw a finger's pattern by its frequency among fingers, and where its cores and deltas lie."""
    pattern = int(np.searchsorted(_CUMULATED[:-1], chance.random()))
    middle = complex(chance.normal(0, 8), chance.normal(20, 15))
    cores = np.empty(0, np.complex128)
    deltas = np.empty(0, np.complex128)
    arch = chance.uniform(0.05, 0.3)
    if pattern == Pattern.WHORL:
        half = complex(chance.normal(0, 5), chance.uniform(6, 32))
        cores = np.array([middle + half, middle - half])
        deltas = np.array([_drawn_delta(chance, middle, -1.0), _drawn_delta(chance, middle, 1.0)])
    elif pattern == Pattern.PLAIN_ARCH:
        arch = chance.uniform(0.35, 0.9)
    elif pattern == Pattern.TENTED_ARCH:
        cores = np.array([middle])
        deltas = np.array([middle - complex(chance.normal(0, 5), chance.uniform(45, 100))])
    else:
        cores = np.array([middle])
        deltas = np.array([_drawn_delta(chance, middle, _FIRST_DELTA[pattern])])
    bend = np.empty(5)
    for term in range(len(bend)):
        bend[term] = chance.normal(0, 0.07)
    return Flow(pattern, cores, deltas, arch, bend)


@njit(nogil=True, cache=True)
def _drawn_delta(chance: np.random.Generator, middle: complex, side: float) -> complex:
    return complex(middle + complex(side * chance.uniform(60, 125), -chance.uniform(60, 150)))


@njit(nogil=True, cache=True)
def direction(flow: Flow, x: float, y: float) -> float:
    """Return the angle of the ridge at x, y in radians, counter-clockwise from x; it holds modulo half a turn."""
    z = complex(x, y)
    turned = complex(1.0, 0.0)
    for core in flow.cores:
        turned *= _unit(z - core)
    for delta in flow.deltas:
        turned *= _unit(z - delta).conjugate()
    rise = flow.arch * min(max(1 + y / 150, 0.0), 1.5)
    u, v = x / 150, y / 150
    bend = flow.bend
    return float(
        0.5 * np.angle(turned)
        - np.arctan(rise * np.sin(np.pi * min(max(x / _HALF_WIDTH, -1.0), 1.0)))
        + bend[0] * u
        + bend[1] * v
        + bend[2] * u * u
        + bend[3] * u * v
        + bend[4] * v * v
    )


@njit(nogil=True, cache=True)
def spreading(flow: Flow, x: float, y: float) -> float:
    """Return by how much the ridges spread along `direction`, per pixel (the divergence of its unit vector).

    Ridges keep their distance, so where they spread new ones begin: divided by the ridge period it is the number of
    minutiae per square pixel that the flow alone demands, and its sign says which way they point.
    """
    step = 2.0
    across_x = _turn(direction(flow, x + step, y) - direction(flow, x - step, y)) / (2 * step)
    across_y = _turn(direction(flow, x, y + step) - direction(flow, x, y - step)) / (2 * step)
    angle = direction(flow, x, y)
    return float(np.cos(angle) * across_y - np.sin(angle) * across_x)


@njit(nogil=True, cache=True)
def _unit(z: complex) -> complex:
    return z / max(abs(z), 1e-6)


@njit(nogil=True, cache=True)
def _turn(angle: float) -> float:
    """The same ridge's angle in ±a quarter turn."""
    return float(angle - np.pi * np.round(angle / np.pi))
