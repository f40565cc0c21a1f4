"""Whether a picture shows a fingerprint at all, how good it is, and what to do better next time.

- NFIQ 2 (Tabassi et al., *NFIQ 2 NIST Fingerprint Image Quality*, NISTIR 8382, 2021; ISO/IEC 29794-4) gives the
  quality. It rates whatever it gets, noise too, so what is no print is refused before.
- Ridges are told by their spectrum: within a small block they are nearly one wave, of a period that skin has, and
  from block to block the wave turns little (Hong, Wan and Jain, *Fingerprint image enhancement*, IEEE TPAMI 20, 1998).
  What people photograph has no such wave: its power falls with the square of the frequency (Field, *Relations
  between the statistics of natural images and the response properties of cortical cells*, JOSA A 4, 1987), so
  each block's power is weighed by that square before its wave is sought.
"""

from functools import cache

import msgspec
import nbis
import numpy as np
from numpy.typing import NDArray

from allpoints.errors import InvalidValue
from allpoints.modalities.fingerprints.minutiae import BEST_QUALITY, UNKNOWN_QUALITY

GOOD_AREA = 25_000
"""Square pixels of ridges, at 500 dpi, from which on an impression is large enough: 65 mm²."""
POOR, GOOD = 20, 45
"""NFIQ 2 below which an impression should be taken again, and from which on there is little to mend."""

_BLOCK, _STEP = 32, 16
_PERIODS = 4.5, 16.0
"""Pixels from ridge to ridge, at 500 dpi: from an infant's finger to a stretched thumb."""
_FAINTEST = 2.0
"""Deviation of the grey values from which on there is something to see in a block."""
_ONE_WAVE = 0.3
"""Share of a block's power in its wave, from which on the block may show ridges."""
_ONE_WAY = 0.2
"""How far a block's waves must lean one way (0 all ways alike, 1 one way alone): those of a chessboard lean two."""
_AGREE = 0.5
"""By how much the waves of neighbouring blocks may differ: 14° at one period, or a quarter in period at one angle."""
_LEAST_BLOCKS = 5
_LEAST_AGREEING = 0.42
"""Share of neighbouring blocks that agree: three quarters in prints, half in the poorest, a fifth in photographs."""
_ONE_DIRECTION = 0.97
"""Length of the mean direction from which on the lines are parallel, which no finger's are."""
_RATED_SIDE = 640
"""NFIQ 2 rates no more than the middle of a larger picture: its time grows fast, and from 1,000 pixels on it fails."""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """How good an impression is."""

    nfiq2: int
    """0 (useless) to 100, or `UNKNOWN_QUALITY` where NFIQ 2 finds too little to say."""
    area: int
    """Square pixels at 500 dpi that show ridges."""
    advice: tuple[str, ...]
    """What would make the next impression better; empty for a good one."""


class _Blocks(msgspec.Struct, frozen=True, kw_only=True):
    """What each block of a picture shows: arrays of rows x columns, `_STEP` pixels apart."""

    ridged: NDArray[np.bool_]
    wave: NDArray[np.complex128]
    """The wave, as the square of its frequency: opposite directions are one."""


def checked_quality(pixels: NDArray[np.uint8], *, field: str = "image") -> Quality:
    """Rate grey pixels (height x width, 500 dpi). Raises `InvalidValue`, with advice, for what shows no fingerprint."""
    if min(pixels.shape) < 2 * _BLOCK:
        raise InvalidValue(
            f"the picture is too small for a fingerprint: {pixels.shape[1]} by {pixels.shape[0]} pixels at 500 dpi",
            field=field,
            remedy="Scan the finger at 500 dpi, and state the resolution if it is another.",
        )
    blocks = _blocks(pixels)
    ridged, agreeing = _going_on(blocks)
    if ridged.sum() < _LEAST_BLOCKS or agreeing < _LEAST_AGREEING:
        raise InvalidValue(
            "the picture shows no ridges of a finger, or too few",
            field=field,
            remedy="Send one finger, dark on light, in its true resolution. If it is one: clean the sensor and the "
            "finger, moisten a dry finger or wipe a wet one, press evenly, cover more of the finger.",
        )
    waves = blocks.wave[ridged]
    if abs((waves / np.abs(waves)).mean()) > _ONE_DIRECTION:
        raise InvalidValue(
            "the picture shows parallel lines, not the ridges of a finger",
            field=field,
            remedy="Send one finger; press the pad of the finger, not its side or tip, onto the sensor.",
        )
    area = int(ridged.sum()) * _STEP**2
    nfiq2 = _nfiq2(pixels, ridged)
    return Quality(nfiq2=nfiq2, area=area, advice=tuple(_advice(pixels, ridged, nfiq2, area)))


def _blocks(pixels: NDArray[np.uint8]) -> _Blocks:
    """Look at a row of blocks at a time: a large picture needs no more memory than a small one."""
    views = np.lib.stride_tricks.sliding_window_view(pixels, (_BLOCK, _BLOCK))[::_STEP, ::_STEP]
    rows = [_row_of_blocks(row.astype(np.float32)) for row in views]
    return _Blocks(ridged=np.stack([row[0] for row in rows]), wave=np.stack([row[1] for row in rows]))


def _row_of_blocks(blocks: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.complex128]]:
    blocks = blocks - (blocks * _WINDOW).sum(axis=(1, 2), keepdims=True)
    seen = (blocks**2 * _WINDOW).sum(axis=(1, 2)) >= _FAINTEST**2
    spectrum = np.fft.rfft2(blocks * _WINDOW)
    power = (spectrum.real**2 + spectrum.imag**2) * _TWICE
    highest = (power * _WHITENING).reshape(len(power), -1).argmax(axis=1)
    own = np.where(_NEAR[highest], power, 0)
    one_wave = own.sum(axis=(1, 2)) >= _ONE_WAVE * (power * _DETAIL).sum(axis=(1, 2))
    wave = (own * _FREQUENCY**2).sum(axis=(1, 2)) / np.maximum(own.sum(axis=(1, 2)), 1e-9)
    within = power * _RIDGES
    one_way = np.abs((within * _HEADING).sum(axis=(1, 2))) >= _ONE_WAY * within.sum(axis=(1, 2))
    long_enough = np.abs(_FREQUENCY).ravel()[highest] > 1 / _PERIODS[1]
    return seen & one_wave & one_way & long_enough, wave


def _going_on(blocks: _Blocks) -> tuple[NDArray[np.bool_], float]:
    """The blocks whose ridges go on in three neighbours or more, and the share of all neighbours that agree."""
    agreeing = np.zeros(blocks.ridged.shape, int)
    met = 0
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here, there = _neighbours(blocks.ridged.shape, down, right)
        both = blocks.ridged[here] & blocks.ridged[there]
        one, other = blocks.wave[here], blocks.wave[there]
        agree = both & (np.abs(one - other) < _AGREE * (np.abs(one) + np.abs(other)) / 2)
        agreeing[here] += agree
        agreeing[there] += agree
        met += 2 * int(both.sum())
    return blocks.ridged & (agreeing >= 3), agreeing.sum() / max(met, 1)


def _neighbours(shape: tuple[int, ...], down: int, right: int) -> tuple[tuple[slice, slice], ...]:
    """All blocks that have a neighbour in this direction, and those neighbours."""
    height, width = shape
    here = slice(0, height - down), slice(max(0, -right), width - max(0, right))
    there = slice(down, height), slice(max(0, right), width - max(0, -right))
    return here, there


def _nfiq2(pixels: NDArray[np.uint8], ridged: NDArray[np.bool_]) -> int:
    rows, columns = np.nonzero(ridged)
    middle = int(rows.mean() * _STEP) + _BLOCK // 2, int(columns.mean() * _STEP) + _BLOCK // 2
    part = tuple(
        slice(max(at - _RATED_SIDE // 2, 0), at + _RATED_SIDE // 2) if side > _RATED_SIDE else slice(0, side)
        for at, side in zip(middle, pixels.shape, strict=True)
    )
    rated = np.ascontiguousarray(pixels[part])
    picture = b"P5 %d %d 255\n" % (rated.shape[1], rated.shape[0]) + rated.tobytes()
    try:
        found = _extractor().extract_minutiae(picture).quality()
    except nbis.NbisError:
        # It wants some hundred square millimetres to go by; the print is still one.
        return UNKNOWN_QUALITY
    return int(found.score)


def _advice(pixels: NDArray[np.uint8], ridged: NDArray[np.bool_], nfiq2: int, area: int) -> list[str]:
    advice = []
    if area < GOOD_AREA:
        advice.append("cover more of the finger")
    if GOOD <= nfiq2 <= BEST_QUALITY:
        return advice
    dark = _dark_share(pixels, ridged)
    if dark > 0.6:
        advice.append("wipe the finger dry, or press less")
    elif dark < 0.35:
        advice.append("moisten the finger, or press more")
    if nfiq2 < POOR:
        advice.append("clean the sensor and press again")
    return advice


def _dark_share(pixels: NDArray[np.uint8], ridged: NDArray[np.bool_]) -> float:
    """The share of the print that is nearer to its darkest than to its lightest: half where ridges equal valleys."""
    shown = np.kron(ridged, np.ones((_STEP, _STEP), bool))
    margin = (_BLOCK - _STEP) // 2
    inside = pixels[margin : margin + shown.shape[0], margin : margin + shown.shape[1]]
    values = inside[shown[: inside.shape[0], : inside.shape[1]]]
    low, high = np.percentile(values, [5, 95])
    return float(np.mean(values < (low + high) / 2))


@cache
def _extractor() -> nbis.NbisExtractor:
    """The one extractor of the process; threads may share it."""
    return nbis.new_nbis_extractor(
        nbis.NbisExtractorSettings(
            min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=True, ppi=500.0
        )
    )


def _window() -> NDArray[np.float32]:
    hann = np.hanning(_BLOCK + 2)[1:-1]
    window = np.outer(hann, hann)
    return np.asarray(window / window.sum(), np.float32)


_WINDOW = _window()
_FREQUENCY = np.fft.rfftfreq(_BLOCK)[None, :] + 1j * np.fft.fftfreq(_BLOCK)[:, None]
"""Of each bin of a block's spectrum, in waves per pixel; as complex numbers along x + iy."""
_TWICE = np.where((_FREQUENCY.real > 0) & (_FREQUENCY.real < 0.5), 2, 1)
"""The half of the spectrum that is not computed mirrors all columns but the first and the last."""
_DETAIL = np.abs(_FREQUENCY) >= 1.5 / _BLOCK
_RIDGES = (np.abs(_FREQUENCY) >= 1 / _PERIODS[1]) & (np.abs(_FREQUENCY) <= 1 / _PERIODS[0])
_HEADING = np.exp(2j * np.angle(_FREQUENCY))
_WHITENING = np.where(
    (np.abs(_FREQUENCY) > 0) & (np.abs(_FREQUENCY) <= 1 / _PERIODS[0]), np.abs(_FREQUENCY) ** 2, 0
)
_NEAR = np.stack(
    [
        np.minimum(np.abs(_FREQUENCY - wave), np.abs(_FREQUENCY + wave)) < 1.6 / _BLOCK
        for wave in _FREQUENCY.ravel()
    ]
)
"""For each bin, those that a wave of its frequency spills into through the window."""
