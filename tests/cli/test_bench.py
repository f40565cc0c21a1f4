from pathlib import Path

import pytest
from tests.cli.conftest import Run

from allpoints.cli import bench


def test_a_measurement_that_there_is_not_names_those_there_are(run: Run) -> None:
    ended = run("bench", "everything")
    assert ended.status == 2
    assert "mrz" in ended.err
    assert "audit" in ended.err


def test_a_measurement_gets_its_own_options(run: Run) -> None:
    ended = run("bench", "mrz", "--help")
    assert ended.status == 0


def test_without_a_checkout_it_says_where_the_measurements_are(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bench, "__file__", str(tmp_path / "bench.py"))
    ended = run("bench", "mrz")
    assert ended.status == 2
    assert "Clone the repository" in ended.err
