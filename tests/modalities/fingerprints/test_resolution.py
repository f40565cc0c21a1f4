"""A print comes to 500 dpi from whatever resolution it has."""

import numpy as np
import pytest

from allpoints.errors import InvalidValue, TooLarge
from allpoints.modalities.fingerprints.resolution import at_500_dpi, ridge_period


def rings(period: float, side: int = 400) -> np.ndarray:
    """Concentric ridges of a period in pixels."""
    y, x = np.mgrid[:side, :side] - side / 2
    return (128 + 100 * np.cos(2 * np.pi * np.hypot(x, y) / period)).astype(np.uint8)


@pytest.mark.parametrize("period", [5, 8, 9, 12, 17])
def test_the_ridge_period_is_measured(period: float) -> None:
    assert ridge_period(rings(period)) == pytest.approx(period, rel=0.1)


@pytest.mark.parametrize("dpi", [250, 333, 500, 1000])
def test_a_stated_resolution_is_followed(dpi: int) -> None:
    found = at_500_dpi(rings(9 * dpi / 500), dpi)
    assert found.pixels.shape == (round(400 * 500 / dpi),) * 2
    assert ridge_period(found.pixels) == pytest.approx(9, rel=0.1)
    assert found.remark == ""


def test_ordinary_ridges_are_taken_for_500_dpi() -> None:
    for period in (6.5, 9, 11):
        found = at_500_dpi(rings(period), None)
        assert found.pixels.shape == (400, 400)
        assert "500 dpi was assumed" in found.remark


@pytest.mark.parametrize("dpi", [1_000])
def test_ridges_that_nobody_has_tell_the_resolution(dpi: int) -> None:
    found = at_500_dpi(rings(8.2 * dpi / 500, 800), None)
    assert found.pixels.shape[0] == pytest.approx(800 * 500 / dpi, rel=0.1)
    assert "suggest" in found.remark


@pytest.mark.parametrize("dpi", [0, 72, 249, 2_001, 1e9])
def test_a_resolution_out_of_range_is_refused(dpi: float) -> None:
    with pytest.raises(InvalidValue, match="dpi") as refused:
        at_500_dpi(rings(9), dpi)
    assert refused.value.remedy


def test_too_small_a_picture_is_refused() -> None:
    with pytest.raises(InvalidValue, match="too few"):
        at_500_dpi(rings(9, 100), 1_000)


def test_a_blank_picture_has_no_ridges() -> None:
    assert ridge_period(np.full((300, 300), 200, np.uint8)) is None
    assert ridge_period(np.zeros((10, 10), np.uint8)) is None


@pytest.mark.parametrize(
    ("shape", "dpi"), [((1_300, 1_300), 500), ((100, 1_900), 400), ((5_000, 5_000), 1_000)]
)
def test_more_than_a_finger_is_refused_before_it_is_resampled(shape: tuple[int, int], dpi: int) -> None:
    with pytest.raises(TooLarge, match="at most"):
        at_500_dpi(np.zeros(shape, np.uint8), dpi)
