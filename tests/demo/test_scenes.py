"""What a scene does where the hub does not show what it should."""

import pytest

from allpoints.demo import scenes
from allpoints.demo.scenes import NotAsTold, identifier, until


def test_waiting_ends_with_what_is_found() -> None:
    looks = iter([[], [], [1, 2]])
    assert until(lambda: next(looks)) == [1, 2]


def test_waiting_in_vain_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenes, "_PATIENCE_S", 0.05)
    with pytest.raises(NotAsTold) as failed:
        until(list)
    assert "report" in failed.value.remedy


def test_an_identifier_is_asked_for_as_typed() -> None:
    assert identifier("plate", "UTO:UT-7007-DS").value == "UTO:UT-7007-DS"
