import pytest
from tests.cli.conftest import Run

from allpoints.demo import story


def test_the_demo_ends_as_its_story_ends(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "run", lambda: 0)
    monkeypatch.setattr(story, "serve", lambda: 130)
    assert run("demo").status == 0
    assert run("demo", "--serve").status == 130
