"""The demo's hub comes up for everybody who wants to try it, and goes away completely."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.demo.telling import left_behind, read_until, start

from allpoints.demo.planted import SPECIMEN_ZONE


def test_the_world_stays_until_it_is_stopped_and_leaves_nothing(tmp_path: Path) -> None:
    process = start("serve", tmp_path)
    try:
        said = read_until(process, "code, for")
        assert re.search(r"its key +hub\.demo\.example\+", said)
        [profile] = re.findall(r"export ALLPOINTS_PROFILE=(\S+)", said)
        assert check(profile, *SPECIMEN_ZONE.split("\n")).returncode == 1, "a hit"
        assert check(profile, "--document", "FRA:P:09FR00000").returncode == 0, "no hit"
        assert_the_consoles_are_there(said + read_until(process, "administrator"))
        # Ctrl-C reaches everything that runs in the terminal.
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(120) == 130
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
        assert process.wait(120) == status
    finally:
        process.kill()
        process.communicate()
    assert left_behind(tmp_path) == []


def assert_the_consoles_are_there(said: str) -> None:
    """Each bureau's console answers, and somebody signs in as the screen says."""
    consoles = dict(re.findall(r"^(ALB|UTO|FRA) +(http://localhost:\d+)", said, re.MULTILINE))
    assert consoles.keys() == {"ALB", "UTO", "FRA"}
    [password] = re.findall(r"Everybody's password: (.+?)\. One", said)
    [code] = re.findall(r"^ALB +mira +officer +(\d{6})", said, re.MULTILINE)
    url = consoles["ALB"]
    with httpx.Client(base_url=url, headers={"origin": url}) as browser:
        typed = {"name": "mira", "password": password, "code": code}
        assert browser.post("/sign-in", data=typed).status_code == 303
        assert "Mira, at the gate" in browser.get("/check").text


def check(profile: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-c", "from allpoints.cli import main; main()", "check", *arguments]
    return subprocess.run(
        command, env=os.environ | {"ALLPOINTS_PROFILE": profile}, check=False, capture_output=True
    )
