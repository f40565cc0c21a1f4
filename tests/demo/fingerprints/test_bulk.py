"""Minutiae of many drawn fingers."""

import numpy as np
import pytest

from allpoints.demo.fingerprints.bulk import FEWEST, HEIGHT, MOST, WIDTH, DrawnMinutiae, drawn_minutiae
from allpoints.demo.fingerprints.pattern import RIDGE_PERIOD
from allpoints.errors import InvalidValue


@pytest.fixture(scope="module")
def drawn() -> DrawnMinutiae:
    return drawn_minutiae(300, 5)


def test_the_same_seed_draws_the_same_and_more_begin_with_fewer(drawn: DrawnMinutiae) -> None:
    fewer = drawn_minutiae(20, 5)
    for finger in range(20):
        assert np.array_equal(fewer.of(finger), drawn.of(finger))


def test_another_seed_draws_others(drawn: DrawnMinutiae) -> None:
    assert not np.array_equal(drawn_minutiae(1, 6).of(0)[:5], drawn.of(0)[:5])


def test_a_finger_has_as_many_minutiae_as_fingers_have(drawn: DrawnMinutiae) -> None:
    numbers = np.diff(drawn.offsets)
    assert len(drawn) == len(numbers) == 300
    assert numbers.min() >= FEWEST
    assert numbers.max() <= MOST
    assert 35 < numbers.mean() < 55


def test_minutiae_lie_in_the_picture_with_an_angle_and_a_quality(drawn: DrawnMinutiae) -> None:
    assert 0 <= drawn.x.min() <= drawn.x.max() < WIDTH
    assert 0 <= drawn.y.min() <= drawn.y.max() < HEIGHT
    assert 0 <= drawn.angle.min() <= drawn.angle.max() <= np.float32(2 * np.pi)
    assert 0 <= drawn.quality.min() <= drawn.quality.max() <= 1


def test_no_two_minutiae_of_a_finger_are_nearer_than_a_ridge_or_so(drawn: DrawnMinutiae) -> None:
    for finger in range(len(drawn)):
        places = drawn.of(finger)[:, :2]
        apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
        assert apart[np.triu_indices(len(places), 1)].min() > 0.79 * RIDGE_PERIOD


def test_neighbours_lie_along_the_same_ridges(drawn: DrawnMinutiae) -> None:
    turns = []
    for finger in range(len(drawn)):
        rows = drawn.of(finger)
        apart = np.hypot(*(rows[:, None, :2] - rows[None, :, :2]).transpose(2, 0, 1))
        one, other = np.nonzero(np.triu(apart < 20, 1))
        turn = rows[one, 2] - rows[other, 2]
        turns.extend(np.abs(turn - np.pi * np.round(turn / np.pi)))
    assert np.median(turns) < np.radians(15)  # of random directions it would be 45°


def test_a_template_holds_what_was_drawn(drawn: DrawnMinutiae) -> None:
    made, rows = drawn.template(13), drawn.of(13)
    assert made.finger == 4
    assert (made.width, made.height) == (WIDTH, HEIGHT)
    assert sorted((m.x, m.y) for m in made.minutiae) == sorted((int(x), int(y)) for x, y, *_ in rows)


def test_fewer_than_none_cannot_be_drawn() -> None:
    with pytest.raises(InvalidValue, match="negative"):
        drawn_minutiae(-1, 0)
