"""Ridges that grow."""

import numpy as np
import pytest

from allpoints.demo.fingerprints.ridges import HEIGHT, WIDTH, Finger, card, finger


@pytest.fixture(scope="module")
def one() -> Finger:
    return finger(3)


def test_the_same_seed_draws_the_same_finger(one: Finger) -> None:
    assert np.array_equal(one.ridges, finger(3).ridges)


def test_every_finger_of_a_person_is_another(one: Finger) -> None:
    assert not np.allclose(one.ridges, finger(3, 1).ridges, atol=0.5)


def test_a_card_has_the_ten_fingers(monkeypatch: pytest.MonkeyPatch, one: Finger) -> None:
    asked = []
    monkeypatch.setattr(
        "allpoints.demo.fingerprints.ridges.finger",
        lambda seed, position: asked.append((seed, position)) or one,
    )
    assert list(card(9)) == list(range(1, 11))
    assert asked == [(9, position) for position in range(1, 11)]


def test_ridges_cover_the_finger_and_are_half_of_it(one: Finger) -> None:
    assert one.ridges.shape == (HEIGHT, WIDTH)
    assert np.mean(np.abs(one.ridges) > 0.5) > 0.7
    assert np.mean(one.ridges > 0) == pytest.approx(0.5, abs=0.05)


def test_ridges_are_as_far_apart_as_on_skin(one: Finger) -> None:
    power = np.abs(np.fft.fft2(one.ridges)) ** 2
    frequency = np.hypot(np.fft.fftfreq(HEIGHT)[:, None], np.fft.fftfreq(WIDTH)[None])
    period = 1 / np.average(frequency, weights=power)
    assert 0.35 < period * 25.4 / 500 < 0.6  # millimetres
