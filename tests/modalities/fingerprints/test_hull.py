"""A hull holds its places and what lies between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allpoints.modalities.fingerprints.hull import hull, within

places = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=3, max_size=40, unique=True)


def test_a_squares_hull_is_its_corners() -> None:
    square = np.array([(0, 0), (10, 0), (10, 10), (0, 10), (5, 5), (3, 7)], float)
    assert {tuple(corner) for corner in hull(square).tolist()} == {(0, 0), (10, 0), (10, 10), (0, 10)}


@settings(deadline=None)  # the first call compiles
@given(places)
def test_every_place_and_every_middle_lies_within(found: list[tuple[int, int]]) -> None:
    array = np.array(found, float)
    corners = hull(array)
    middle = (array[0] + array[-1]) / 2
    for x, y in [*array.tolist(), middle.tolist()]:
        assert within(x, y, corners, 1e-6)


@pytest.mark.parametrize(
    ("x", "y", "margin", "expected"),
    [(5, 5, 0, True), (12, 5, 0, False), (12, 5, 2, True), (12, 12, 2, False), (12, 12, 3, True)],
)
def test_the_margin_is_a_distance(x: float, y: float, margin: float, expected: bool) -> None:
    corners = hull(np.array([(0, 0), (10, 0), (10, 10), (0, 10)], float))
    assert within(x, y, corners, margin) is expected


def test_few_places_have_a_hull_too() -> None:
    assert within(0, 1, hull(np.array([(0, 0)], float)), 1)
    assert within(5, 1, hull(np.array([(0, 0), (10, 0)], float)), 1)
    assert not within(5, 1, hull(np.empty((0, 2))), 1)
