"""The network finds the same minutiae wherever a print lies in its picture."""

from math import pi

import numpy as np
import pytest

from allpoints.errors import Unavailable
from allpoints.modalities.fingerprints import leader


def near(one: list, other: list, dx: int = 0, dy: int = 0) -> float:
    """The share of one's minutiae that the other has within 6 pixels and 20 degrees."""
    found = [
        any(
            abs(a.x + dx - b.x) + abs(a.y + dy - b.y) <= 6
            and abs((a.angle - b.angle + pi) % (2 * pi) - pi) < 0.35
            for b in other
        )
        for a in one
    ]
    return sum(found) / len(found)


def test_a_print_has_its_minutiae_wherever_it_lies(two_impressions) -> None:
    print_ = two_impressions[0]
    here = leader.minutiae(print_)
    wide = np.pad(print_, ((80, 120), (150, 90)), constant_values=int(print_[0, 0]))
    there = leader.minutiae(wide)
    assert len(here) >= 15
    assert near(here, there, dx=150, dy=80) > 0.8
    assert all(0 <= m.x < print_.shape[1] and 0 <= m.y < print_.shape[0] for m in here)


def test_directions_turn_with_the_picture(two_impressions) -> None:
    print_ = two_impressions[0]
    upright, turned = leader.minutiae(print_), leader.minutiae(np.rot90(print_).copy())
    width = print_.shape[1]
    back = [type(m)(width - 1 - m.y, m.x, (m.angle - pi / 2) % (2 * pi), m.quality, m.kind) for m in turned]
    assert near(back, upright) > 0.6


def test_a_blank_picture_has_none() -> None:
    assert leader.minutiae(np.full((200, 200), 240, np.uint8)) == []


def test_a_network_that_cannot_be_loaded_is_unavailable(monkeypatch, tmp_path) -> None:
    (tmp_path / "leader").write_bytes(b"no network")
    monkeypatch.setattr(leader.parts, "path", lambda name: tmp_path / name)
    leader._session.cache_clear()
    with pytest.raises(Unavailable, match="LEADER"):
        leader.minutiae(np.zeros((100, 100), np.uint8))
    leader._session.cache_clear()
