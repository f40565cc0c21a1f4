"""The demo's hub comes up for everybody who wants to try it, and goes away completely."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.demo.telling import left_behind, read_until, start

from allpoints.demo.planted import SPECIMEN_ZONE


def test_the_world_stays_until_it_is_stopped_and_leaves_nothing(tmp_path: Path) -> None:
    process = start("serve", tmp_path)
    try:
        said = read_until(process, "Ctrl-C stops the hub")
        assert re.search(r"its key +hub\.demo\.example\+", said)
        [profile] = re.findall(r"export ALLPOINTS_PROFILE=(\S+)", said)
        assert check(profile, *SPECIMEN_ZONE.split("\n")).returncode == 1, "a hit"
        assert check(profile, "--document", "FRA:P:09FR00000").returncode == 0, "no hit"
        # Ctrl-C reaches everything that runs in the terminal.
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.communicate()
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_it_can_be_stopped_while_it_starts(tmp_path: Path, number: int, status: int) -> None:
    process = start("run", tmp_path)
    try:
        read_until(process, "Starting PostgreSQL")
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        assert process.wait(30) == status
    finally:
        process.kill()
        process.communicate()
    assert left_behind(tmp_path) == []


def check(profile: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", "from allpoints.cli import main; main()", "check", *arguments]
    return subprocess.run(
        command, env=os.environ | {"ALLPOINTS_PROFILE": profile}, check=False, capture_output=True
    )
