"""The peers that benchmarks are held against, in an environment of their own.

They bring many packages that the hub does not need, so they are installed into `.venv-peers` (pinned by
`requirements/peers.txt`) the first time that a benchmark asks for them, and run there as a process that reads JSON
lines and writes JSON lines.
"""

import json
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HOME = ROOT / ".venv-peers"
PINNED = ROOT / "requirements" / "peers.txt"
PROGRAM = "import peer_programs; peer_programs.main()"


class NoPeers(Exception):
    """The peers' packages could not be installed here."""


def run(task: str, lines: Iterable[Any], *options: str) -> list[Any]:
    """Run one of the `peer_programs` over JSON lines and return its lines. Raises `NoPeers`."""
    python = _python()
    given = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    done = subprocess.run(
        [python, "-c", PROGRAM, task, *options],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
    )
    if done.returncode:
        raise NoPeers(done.stderr.strip().splitlines()[-1] if done.stderr else "the peer said nothing")
    return [json.loads(line) for line in done.stdout.splitlines()]


def _python() -> Path:
    """The interpreter that has the peers; installs them where that has not happened yet."""
    python = HOME / "bin" / "python"
    ready = HOME / ".ready"
    if ready.exists() and ready.stat().st_mtime >= PINNED.stat().st_mtime:
        return python
    print("installing the peers into .venv-peers ...", file=sys.stderr, flush=True)
    venv.create(HOME, with_pip=True, clear=True)
    install = [
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--no-deps",
    ]
    done = subprocess.run(
        [python, "-m", "pip", *install, "-r", PINNED], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoPeers(f"pip: {done.stderr.strip().splitlines()[-1] if done.stderr else 'failed'}")
    ready.touch()
    return python
