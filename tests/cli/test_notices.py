"""Notices on the command line: an owner's desk and the secretariat's."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.announcing import picture, request
from tests.cli.conftest import Run
from tests.hubs import RunningHub

from allpoints.records.colours import Colour

Member = Callable[..., list[str]]


@pytest.fixture
def owner(member: Member) -> list[str]:
    return member("UTO")


@pytest.fixture
def reviewer(hub: RunningHub, member: Member) -> list[str]:
    hub.secretariat()
    return member("HUB", "operator", "administration")


def written(folder: Path, said: Any) -> Path:
    file = folder / "notice.json"
    file.write_bytes(msgspec.json.encode(said))
    return file


def test_a_notice_goes_from_its_owner_to_the_secretariat_and_back(
    run: Run, owner: list[str], reviewer: list[str], tmp_path: Path
) -> None:
    said = request(Colour.RED, "Otto Gesucht", description="Wanted after the protests of May.")
    photo = tmp_path / "in-2025.jpg"
    photo.write_bytes(picture().image)
    ended = run("notices", "request", written(tmp_path, said), "--picture", photo, *owner)
    assert ended.status == 0, ended.err
    [listed] = [
        n
        for n in run("notices", "list", "--mine", "--limit", 0, "--json", *owner).lines
        if n["hit"]["reference"] == said.contribution.reference
    ]
    number = listed["id"]
    assert f"Notice {number} is requested" in ended.out

    assert str(number) in run("notices", "list", "--due", "--limit", 0, *reviewer).out
    shown = run("notices", "show", number, *reviewer).out
    for text in (
        "RED notice",
        "murder",
        "12 Gs 345/26",
        "for life",
        "in-2025",
        "Hint for political",
        "Otto Gesucht",
    ):
        assert text in shown
    asked = run("notices", "return", number, "--version", 1, "--no", "quality=Which guard?", *reviewer)
    assert f"Notice {number} is returned" in asked.out
    assert "quality: Which guard?" in run("notices", "show", number, *owner).out

    corrected = run("notices", "correct", number, written(tmp_path, said), "--version", 1, *owner)
    assert f"Notice {number} is requested" in corrected.out
    published = run("notices", "publish", number, "--version", 2, "--json", *reviewer).lines[0]
    assert (published["state"], published["number"][-2:]) == ("published", "-R")
    assert published["number"] in run("notices", "list", "--colour", "red", "--limit", 0, *owner).out

    saved = tmp_path / "saved.jpg"
    assert run("notices", "picture", number, 1, saved, *owner).status == 0
    assert saved.read_bytes().startswith(b"\xff\xd8\xff")
    for command, state in (("suspend", "suspended"), ("lift", "published")):
        assert state in run("notices", command, number, "--reason", "checking", *reviewer).out
    assert "cancelled" in run("notices", "cancel", number, "--reason", "arrested", *owner).out
    told = run("notifications", "list", "--limit", 0, *reviewer).out
    assert "red notice" in told


def test_a_notice_is_refused_with_the_reasons(
    run: Run, owner: list[str], reviewer: list[str], tmp_path: Path
) -> None:
    kept = run("notices", "request", written(tmp_path, request()), "--json", *owner).lines[0]
    ended = run("notices", "refuse", kept["id"], "--version", 1, "--no", "military=He deserted.", *reviewer)
    assert "is refused" in ended.out


@pytest.mark.parametrize("no", ["quality", "quality=", "style=bad", "=why"])
def test_what_names_no_item_and_no_reason_is_refused(run: Run, reviewer: list[str], no: str) -> None:
    ended = run("notices", "return", 1, "--version", 1, "--no", no, *reviewer)
    assert (ended.status, "--no" in ended.err) == (2, True)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", json.dumps({"colour": "pink"}), json.dumps({"colour": "red", "odd": 1})]
)
def test_a_file_that_holds_no_notice_is_named(run: Run, owner: list[str], tmp_path: Path, text: str) -> None:
    file = tmp_path / "odd.json"
    file.write_text(text)
    ended = run("notices", "request", file, *owner)
    assert (ended.status, "odd.json" in ended.err) == (2, True)


def test_what_a_colour_requires_is_said(run: Run, owner: list[str], tmp_path: Path) -> None:
    said = msgspec.to_builtins(request(Colour.RED))
    del said["grounds"]["order"]
    ended = run("notices", "request", written(tmp_path, said), *owner)
    assert ended.status == 2
    assert "grounds.order: a red notice requires the warrant or judgement" in ended.err


def test_nobody_else_publishes(run: Run, owner: list[str], tmp_path: Path) -> None:
    kept = run("notices", "request", written(tmp_path, request()), "--json", *owner).lines[0]
    assert run("notices", "publish", kept["id"], "--version", 1, *owner).status == 3
