import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

from allpoints.cli import app
from allpoints.errors import (
    Conflict,
    Forbidden,
    InvalidValue,
    QuotaExceeded,
    TamperingFound,
    Unauthenticated,
    Unavailable,
)

COMMANDS = Path(__file__).parents[2] / "docs" / "commands.md"


def commands() -> Iterator[tuple[str, Any]]:
    for room in app.ROOMS:
        command = app.load(room)
        yield room, command
        for name, below in getattr(command, "commands", {}).items():
            yield f"{room} {name}", below


def test_every_command_is_documented() -> None:
    text = COMMANDS.read_text()
    assert [name for name, _ in commands() if f"allpoints {name}" not in text] == []


def test_every_option_of_ones_own_is_documented() -> None:
    """An option that the docs do not mention fails the build; one for each scheme stands there as a rule."""
    from allpoints.records import SCHEMES

    schemes = {f"--{scheme.name}" for scheme in SCHEMES}
    text = COMMANDS.read_text()
    options = {
        option
        for _, command in commands()
        for parameter in command.params
        for option in parameter.opts
        if option.startswith("--")
    }
    assert sorted(o for o in options - schemes - {"--help"} if o not in text) == []


def test_every_exit_status_is_documented() -> None:
    text = COMMANDS.read_text()
    for status in (0, 1, 2, 3, 4, 5, app.DEFECT, app.INTERRUPTED):
        assert f"| {status} |" in text


def test_asking_for_help_loads_no_room() -> None:
    code = """
import sys
sys.argv = ["allpoints", "--help"]
from allpoints.cli import main
try: main()
except SystemExit: pass
print([m for m in sys.modules if m.split(".")[0] in ("httpx", "litestar", "numpy", "psycopg", "phonenumbers")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert all(room in done.stdout for room in app.ROOMS)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidValue("x"), 2),
        (Conflict("x"), 2),
        (Forbidden("x"), 3),
        (Unauthenticated("x"), 3),
        (QuotaExceeded("x", retry_after_s=1), 3),
        (Unavailable("x"), 4),
        (TamperingFound("x"), 5),
    ],
)
def test_the_exit_status_tells_what_kind_of_error_it_was(error: Any, status: int) -> None:
    assert app.status_of(error) == status


def _fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(_: str) -> None:
        raise error

    monkeypatch.setattr(app, "load", fail)


def test_an_error_is_its_field_and_its_remedy_on_stderr(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(monkeypatch, InvalidValue("is odd", field="--plate", remedy="Make it even."))
    ended = run("check")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "--plate: is odd\nMake it even.\n"


def test_a_defect_shows_its_place_and_no_message(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(monkeypatch, KeyError("Anna Maria"))
    ended = run("check")
    assert ended.status == app.DEFECT
    assert "KeyError in " in ended.err
    assert "test_app.py" in ended.err
    assert "Anna" not in ended.err
    assert "Traceback" not in ended.err


def test_what_a_hub_says_cannot_act_on_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(monkeypatch, InvalidValue("\x1b[31mred [bold]x[/bold]", remedy="\x1b]0;title\x07"))
    ended = run("check")
    assert "\x1b" not in ended.err
    assert "[bold]x[/bold]" in ended.err


def test_an_interruption_ends_with_130_and_a_word(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(monkeypatch, KeyboardInterrupt())
    ended = run("check")
    assert (ended.status, ended.err) == (130, "Interrupted.\n")


def test_a_missing_file_is_bad_input(run: Run, tmp_path: Path) -> None:
    ended = run("check", "--file", tmp_path / "none")
    assert (ended.status, ended.err) == (2, f"{tmp_path / 'none'}: No such file or directory\n")


def test_an_unknown_command_is_bad_input(run: Run) -> None:
    assert run("chekc").status == 2
