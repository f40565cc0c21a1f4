"""What is no fingerprint is refused, and what is gets a quality and advice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from allpoints.demo.fingerprints import Finger, finger, impression
from allpoints.errors import InvalidValue
from allpoints.modalities.fingerprints.minutiae import UNKNOWN_QUALITY
from allpoints.modalities.fingerprints.quality import checked_quality

Grey = NDArray[np.uint8]
SIDE = 400
Y, X = np.mgrid[0:SIDE, 0:SIDE]


@pytest.fixture(scope="module")
def one() -> Finger:
    return finger(20)


@pytest.fixture(scope="module")
def printed(one: Finger) -> Grey:
    return impression(one, 0)


def noise(blur: float = 0.0) -> Grey:
    drawn = np.random.default_rng(0).standard_normal((SIDE, SIDE))
    if blur:
        drawn = cv2.GaussianBlur(drawn, (0, 0), blur)
    return np.clip(127 + 60 * drawn / drawn.std(), 0, 255).astype(np.uint8)


def natural() -> Grey:
    """A texture with the spectrum of photographs: amplitude falls with the frequency (Field 1987)."""
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.fftfreq(SIDE)[None])
    phase = np.exp(2j * np.pi * np.random.default_rng(1).random((SIDE, SIDE)))
    drawn = np.fft.ifft2(phase / np.maximum(frequency, 1 / SIDE)).real
    return np.clip(127 + 50 * drawn / drawn.std(), 0, 255).astype(np.uint8)


def text(size: int) -> Grey:
    page = Image.new("L", (SIDE, SIDE), 255)
    for line in range(0, SIDE, round(size * 1.3)):
        ImageDraw.Draw(page).text(
            (5, line), "the quick brown fox jumps over the lazy dog", 0, ImageFont.load_default(size)
        )
    return np.asarray(page)


def stripes(period: float) -> Grey:
    return (127 + 100 * np.sin(2 * np.pi * (X + 0.3 * Y) / period)).astype(np.uint8)


def eyes() -> Grey:
    """A drawn cat, more or less."""
    page = Image.new("L", (SIDE, SIDE), 200)
    pen = ImageDraw.Draw(page)
    pen.ellipse((60, 80, 340, 360), 120)
    for left in (120, 230):
        pen.ellipse((left, 170, left + 50, 220), 250)
        pen.ellipse((left + 20, 175, left + 32, 215), 10)
    for rise in (-20, 0, 20):
        pen.line((60, 280 + rise, 340, 280 - rise), 20, 2)
    return np.asarray(page)


NO_FINGERPRINT: dict[str, Callable[[], Grey]] = {
    "a white page": lambda: np.full((SIDE, SIDE), 255, np.uint8),
    "a black page": lambda: np.zeros((SIDE, SIDE), np.uint8),
    "noise": noise,
    "fine clouds": lambda: noise(2),
    "coarse clouds": lambda: noise(5),
    "a photograph's texture": natural,
    "a gradient": lambda: (X * 255 / SIDE).astype(np.uint8),
    "small text": lambda: text(14),
    "text": lambda: text(30),
    "large text": lambda: text(70),
    "stripes as wide as ridges": lambda: stripes(9),
    "wide stripes": lambda: stripes(14),
    "a chessboard": lambda: (255 * ((X // 9 + Y // 9) % 2)).astype(np.uint8),
    "a cat": eyes,
}


@pytest.mark.parametrize("what", NO_FINGERPRINT)
def test_what_is_no_fingerprint_is_refused_with_advice(what: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        checked_quality(NO_FINGERPRINT[what](), field="probe")
    assert refused.value.field == "probe"
    assert "finger" in (refused.value.remedy or "")


def test_a_fingerprint_has_a_quality_and_an_area(printed: Grey) -> None:
    found = checked_quality(printed)
    assert 20 < found.nfiq2 <= 100
    assert 25_000 < found.area < printed.size


def test_a_turned_a_mirrored_and_a_framed_fingerprint_is_one_too(printed: Grey) -> None:
    for each in (np.rot90(printed), printed[::-1], np.pad(printed, 300, constant_values=255)):
        assert checked_quality(np.ascontiguousarray(each)).area > 25_000


def test_noise_makes_the_quality_worse(printed: Grey) -> None:
    noisy = printed + np.random.default_rng(0).normal(0, 45, printed.shape)
    worse = checked_quality(np.clip(noisy, 0, 255).astype(np.uint8))
    assert worse.nfiq2 < checked_quality(printed).nfiq2


def test_a_corner_of_a_finger_is_told_to_cover_more(printed: Grey) -> None:
    middle = printed[130:250, 110:230]
    assert "cover more of the finger" in checked_quality(middle).advice


def test_a_faint_and_a_smeared_finger_are_told_what_to_do(one: Finger) -> None:
    ridges = one.ridges[80:420, 60:340]
    grain = np.random.default_rng(0).normal(0, 40, ridges.shape)
    grey = [
        np.clip(np.where(ridges > np.quantile(ridges, share), 60, 230) + grain, 0, 255).astype(np.uint8)
        for share in (0.82, 0.18)
    ]
    assert any("moisten" in told for told in checked_quality(grey[0]).advice)
    assert any("wipe" in told for told in checked_quality(grey[1]).advice)


def test_a_print_too_small_for_nfiq2_keeps_an_unknown_quality(printed: Grey) -> None:
    assert checked_quality(printed[140:240, 120:220]).nfiq2 == UNKNOWN_QUALITY


def test_threads_may_share_the_rating(one: Finger) -> None:
    prints = [impression(one, seed) for seed in range(6)]
    alone = [checked_quality(each) for each in prints]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(checked_quality, prints)) == alone


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 255))
def test_no_picture_however_shaped_breaks_it(height: int, width: int, level: int) -> None:
    pixels = np.random.default_rng(level).integers(0, level + 1, (height, width), dtype=np.uint8)
    with pytest.raises(InvalidValue):
        checked_quality(pixels)


def test_a_large_picture_is_rated_by_its_middle(printed: Grey) -> None:
    large = np.tile(printed, (4, 4))
    assert checked_quality(large).nfiq2 <= 100
