"""Diffusions on the command line."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from tests.announcing import diffusion
from tests.cli.conftest import Run

Member = Callable[..., list[str]]


def test_a_diffusion_is_sent_to_those_that_are_named(run: Run, member: Member, tmp_path: Path) -> None:
    owner = member("UTO")
    said = diffusion("ALB")
    file = tmp_path / "diffusion.json"
    file.write_bytes(msgspec.json.encode(said))
    kept = run("diffusions", "send", file, "--json", *owner).lines[0]
    assert (kept["state"], kept["number"]) == ("sent", "")
    reader = member("ALB")
    assert "YELLOW diffusion" in run("notices", "show", kept["id"], *reader).out
    assert f"allpoints notices show {kept['id']}" in " ".join(
        run("notifications", "list", "--limit", 0, *reader).out.split()
    )

    changed = run("diffusions", "correct", kept["id"], file, "--version", 1, "--to", "FRA", *owner)
    assert "version 2" in changed.out
    assert run("notices", "show", kept["id"], *member("FRA")).status == 0
    assert run("notices", "show", kept["id"], *reader).status == 2
    assert "cancelled" in run("notices", "cancel", kept["id"], "--reason", "found", *owner).out


def test_a_diffusion_to_nobody_is_refused(run: Run, member: Member, tmp_path: Path) -> None:
    file = tmp_path / "diffusion.json"
    file.write_bytes(msgspec.json.encode(diffusion()))
    ended = run("diffusions", "send", file, *member("UTO"))
    assert (ended.status, ended.err.startswith("to: ")) == (2, True)
