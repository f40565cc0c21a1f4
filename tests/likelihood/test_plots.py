from collections.abc import Callable
from struct import unpack

import numpy as np
import pytest

from allpoints.likelihood.measures import Values
from allpoints.likelihood.plots import cross_entropy_plot, reliability_diagram, tippett_plot

Draw = Callable[[Values, Values], bytes]
ALL = pytest.mark.parametrize("draw", [reliability_diagram, tippett_plot, cross_entropy_plot])


@ALL
def test_a_picture_is_a_png(draw: Draw) -> None:
    random = np.random.default_rng(1)
    picture = draw(random.normal(1, 1, 100), random.normal(-1, 1, 100))
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert unpack(">II", picture[16:24]) == (720, 540)


@ALL
def test_other_llrs_make_another_picture(draw: Draw) -> None:
    random = np.random.default_rng(2)
    same, different = random.normal(1, 1, 100), random.normal(-1, 1, 100)
    assert draw(same, different) != draw(same * 3, different)


@ALL
def test_perfectly_apart_llrs_can_be_drawn(draw: Draw) -> None:
    assert draw(np.full(30, 2.0), np.full(30, -2.0))
