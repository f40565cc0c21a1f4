"""The command line as a user runs it, in this process."""

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.hubs import RunningHub

# A console that is made without COLUMNS goes by what each test sets; a worker of xdist comes with it.
os.environ.pop("COLUMNS", None)
from allpoints.cli import main, screen  # noqa: F401


class Ended(NamedTuple):
    """How a command ended: exit status, standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """The JSON objects on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ended]


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLPOINTS_PROFILE", str(tmp_path / "profile" / "profile.toml"))
    monkeypatch.delenv("ALLPOINTS_PASSPHRASE", raising=False)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `allpoints` with these arguments."""

    def run(*arguments: object, stdin: str = "") -> Ended:
        monkeypatch.setattr("sys.argv", ["allpoints", *map(str, arguments)])
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return Ended(int(end.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def member(hub: RunningHub, tmp_path: Path, run: Run) -> Callable[..., list[str]]:
    """Write a profile for somebody of a bureau; return the option that chooses it."""

    def member(bureau: str, role: str = "operator", purpose: str = "criminal-investigation") -> list[str]:
        folder = tmp_path / bureau
        profile = ["--profile", str(folder / "profile.toml")]
        if not folder.exists():
            folder.mkdir(mode=0o700)
            hub.keys[bureau].save(folder / f"{bureau}.pem", unencrypted=True)
        said = ["--hub", hub.url, "--bureau", bureau, "--user", "u-7", "--agency", "police"]
        said += ["--hub-key", hub.client(bureau).about().vkey, "--as", role, "--purpose", purpose]
        assert run("bureau", "profile", *profile, *said).status == 0
        return profile

    return member
