"""Every print at 500 dpi, the resolution at which minutiae are found and compared."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue, TooLarge
from allpoints.modalities.fingerprints.minutiae import MAX_SIDE

DPI = 500
LEAST_DPI, MOST_DPI = 250, 2_000
"""Below, ridges of 0.2 mm can no longer be told apart; above is no scanner of fingers."""
LEAST_SIDE = 64
"""Pixels at 500 dpi, 3 mm of skin."""
MAX_PIXELS = 1_500_000
"""Pixels at 500 dpi: 7 cm by 5.5 cm. A rolled print of a card has 40 mm by 40 mm, 640,000."""

RIDGE_PERIOD = 8.2
"""Pixels at 500 dpi from ridge to ridge in most adults, as `ridge_period` measures them (0.42 mm)."""
_WIDE = 1.6
"""Times the usual period from which ridges are nobody's, so that the resolution must be higher than 500 dpi. Below, an
unstated one is taken for 500: people differ more than scanners in use do, and what seems finer is mostly noise."""
_WINDOW = 64
_PERIODS = 2.5, 24.0
"""Pixels from ridge to ridge that are looked for."""
_LIVELY = 10.0
"""Deviation of the grey values from which a window shows more than noise."""
_LEAST_PEAK = 0.15
"""Share of a window's energy in its strongest wave from which it shows ridges."""
_LEAST_WINDOWS = 5
_AGREEING = 1.4
"""How much longer the waves of the third quartile of windows may be than those of the first."""


class At500(NamedTuple):
    """A print's grey pixels at 500 dpi, and what was assumed about its resolution, where something was."""

    pixels: NDArray[np.uint8]
    remark: str = ""


def at_500_dpi(pixels: NDArray[np.uint8], dpi: float | None) -> At500:
    """Resample grey pixels (height × width) of a resolution to 500 dpi; without one it is estimated from the ridges.

    Raises `InvalidValue` for a resolution out of range, and for a picture that is too small for a print; `TooLarge`.
    """
    if dpi is not None:
        return At500(_resampled(pixels, checked_dpi(dpi)))
    period = ridge_period(pixels)
    if period is None or period < _WIDE * RIDGE_PERIOD:
        return At500(_resampled(pixels, DPI), "The picture states no resolution; 500 dpi was assumed.")
    estimated = checked_dpi(DPI * period / RIDGE_PERIOD)
    return At500(
        _resampled(pixels, estimated),
        f"The picture states no resolution; its ridges suggest about {estimated:.0f} dpi.",
    )


def ridge_period(pixels: NDArray[np.uint8]) -> float | None:
    """Estimate the pixels from ridge to ridge: the median over windows of the strongest wave's length.

    Energies are weighed by the square of the frequency, or else what is smeared or unevenly lit would seem wide.
    None where too few windows show ridges, or they do not agree.
    """
    taper = np.outer(np.hanning(_WINDOW), np.hanning(_WINDOW))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(_WINDOW), np.fft.rfftfreq(_WINDOW), indexing="ij"))
    weight = frequency**2 * ((frequency >= 1 / _PERIODS[1]) & (frequency <= 1 / _PERIODS[0]))
    step = max(_WINDOW // 2, max(pixels.shape) // 32)
    periods: list[float] = []
    for top in range(0, pixels.shape[0] - _WINDOW + 1, step):
        for left in range(0, pixels.shape[1] - _WINDOW + 1, step):
            window = pixels[top : top + _WINDOW, left : left + _WINDOW].astype(np.float64)
            energy = np.abs(np.fft.rfft2((window - window.mean()) * taper)) ** 2 * weight
            near = energy * (energy > energy.max() / 2)
            if window.std() > _LIVELY and near.sum() > _LEAST_PEAK * energy.sum():
                periods.append(float(near.sum() / (near * frequency).sum()))
    if len(periods) < _LEAST_WINDOWS:
        return None
    short, median, long = np.quantile(periods, [0.25, 0.5, 0.75])
    return float(median) if long <= _AGREEING * short else None


def checked_dpi(dpi: float) -> float:
    """Return the resolution. Raises `InvalidValue` for one at which ridges cannot be told apart, or no scanner's."""
    if LEAST_DPI <= dpi <= MOST_DPI:
        return dpi
    raise InvalidValue(
        f"a resolution of {dpi:.0f} dpi",
        field="dpi",
        remedy=f"Scan fingerprints at 500 or 1000 dpi; from {LEAST_DPI} to {MOST_DPI} dpi can be used.",
    )


def _resampled(pixels: NDArray[np.uint8], dpi: float) -> NDArray[np.uint8]:
    height, width = (max(round(side * DPI / dpi), 1) for side in pixels.shape)
    if min(height, width) < LEAST_SIDE:
        raise InvalidValue(
            f"{width} × {height} pixels at 500 dpi are too few for a print",
            field="image",
            remedy="Scan more of the finger, at 500 dpi or more.",
        )
    if max(height, width) > MAX_SIDE or height * width > MAX_PIXELS:
        raise TooLarge(
            f"{width} × {height} pixels at 500 dpi; a print has at most {MAX_PIXELS:,}, and {MAX_SIDE:,} a side",
            field="image",
            remedy="Cut out one finger, and state the resolution if it is not 500 dpi.",
        )
    if (height, width) == pixels.shape:
        return pixels
    how = cv2.INTER_AREA if dpi > DPI else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)
