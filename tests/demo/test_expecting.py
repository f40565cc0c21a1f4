"""What happens where the hub does not show what it should."""

import pytest

from allpoints.demo import expecting
from allpoints.demo.expecting import NotAsTold, until


def test_waiting_ends_with_what_is_found() -> None:
    looks = iter([[], [], [1, 2]])
    assert until(lambda: next(looks)) == [1, 2]


def test_waiting_in_vain_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expecting, "PATIENCE_S", 0.05)
    with pytest.raises(NotAsTold) as failed:
        until(list)
    assert "report" in failed.value.remedy
