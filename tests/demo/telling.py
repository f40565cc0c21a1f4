"""The demo as a process of its own, as a newcomer starts it."""

import os
import subprocess
import sys
from pathlib import Path

import psutil


def start(act: str, temporary: Path) -> "subprocess.Popen[str]":
    """`run` or `serve` in a process group of its own, as in a terminal, with its temporary folder below this."""
    code = f"if __name__ == '__main__':\n    from allpoints.demo import {act}\n    raise SystemExit({act}())"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"TMPDIR": str(temporary), "COLUMNS": "160", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    """What it says up to a line with this text."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"never said {text!r}:\n{said}")


def left_behind(temporary: Path) -> list[str]:
    """Folders and processes that are still there: PostgreSQL works in its data folder."""
    processes = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        about = " ".join([process.info["cwd"] or "", *(process.info["cmdline"] or [])])
        if f"{temporary}/" in about:
            processes.append(about)
    return [*map(str, temporary.iterdir()), *processes]
