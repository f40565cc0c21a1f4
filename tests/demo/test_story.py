"""The demo, started as a newcomer starts it."""

from pathlib import Path

import pytest
from tests.demo.telling import left_behind, start


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("story")


@pytest.fixture(scope="module")
def told(temporary: Path) -> str:
    process = start("run", temporary)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return said


@pytest.mark.parametrize(
    "said",
    [
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
        "STOLEN: travel document",
        "Seize the document and inform the owner.",
        "UTO acknowledges notification",
        "The receipt holds.",
        "The receipt is not proved.",
        "The owner says only that it holds this",
        "PIETRO BERETTA",
        "Мұхаммед Әлиев",
        "day and month swapped",
        "14 more, each found first",
        "陳國強",
        "a very common name without more: ",
        "BLANK STOLEN: travel document",
        "Chayapa Dejthamrong Krasuang Nilavadhanananda",
        "Λεωνίδας Ξυδάκης",
        "Leonidas Xydakis",
        "ALB says that both are about the same person",
        "median",
        "A traveller waits at a gate of ALB, and a clock runs",
        "The hub's clock says 60 minutes",
        "عند المعبر",
        "confirmed by UTO after",
        "UTC, as UTO has signed",
    ],
)
def test_the_story_shows_it(told: str, said: str) -> None:
    assert said in told


def test_every_step_says_that_it_is_synthetic(told: str) -> None:
    assert all(f"SYNTHETIC  {step}. " in told for step in range(1, 21))


def test_nothing_is_left_behind(told: str, temporary: Path) -> None:
    assert told
    assert left_behind(temporary) == []
