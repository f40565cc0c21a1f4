from pathlib import Path

import pytest
from tests.cli.conftest import Run

from allpoints import parts


def test_the_list_tells_licence_package_and_presence(run: Run) -> None:
    ended = run("parts")
    assert ended.status == 0
    for each in parts.manifest().parts:
        assert each.name in ended.out
    assert "Apache-2.0" in ended.out
    assert "no" not in ended.out.split()


def test_what_is_here_is_not_fetched(run: Run) -> None:
    ended = run("parts", "fetch")
    assert ended.status == 0
    assert ended.err.startswith("0 fetched")


def test_a_missing_copy_of_ones_own_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ALLPOINTS_PARTS", str(tmp_path))
    assert "no" in run("parts").out.split()
    ended = run("parts", "fetch")
    assert ended.status == 4
    assert "LEADER.onnx is missing" in ended.err
    assert "ALLPOINTS_PARTS" in ended.err
