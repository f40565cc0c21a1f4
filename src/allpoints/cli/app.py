"""The tree of commands, and how each of them ends: an exit status, never a traceback.

A command's module is imported when it is asked for, so that `allpoints --help` answers at once.
"""

import sys
import traceback
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from allpoints.errors import (
    AllpointsError,
    Forbidden,
    QuotaExceeded,
    TamperingFound,
    Unauthenticated,
    Unavailable,
)

ROOMS = {
    "check": "Ask whether anybody holds a document, person, vehicle, firearm, phone …",
    "contribute": "Contribute the records in a file.",
    "records": "Your bureau's own records: list, show, correct, withdraw.",
    "notifications": "What the hub told your bureau: who found its records.",
    "messages": "Sealed messages between bureaus, at the node on this machine.",
    "examine": "Candidate lists of fingerprints and faces: look, compare, decide.",
    "confirmations": "Hits that their owners confirm or refute: ask, answer, and by when.",
    "statistics": "How fast hits are confirmed, by your bureau and by everybody.",
    "notices": "Notices: list, show, request, correct, cancel; for the secretariat review.",
    "diffusions": "Diffusions to bureaus of your choice: send, correct.",
    "links": "What another bureau holds too: list, decide.",
    "audit": "The log that cannot be rewritten: who asked, receipts, verification.",
    "bureau": "Your bureau's keys, its enrolment, and your profile.",
    "hub": "For operators: set up and look after a hub on this machine.",
    "parts": "Third-party files that matching needs: list, fetch.",
    "demo": "A small synthetic world: see all of it work.",
    "calibrate": "Make or check the calibration of a modality's strength of evidence.",
    "bench": "Measure it on this machine.",
}
"""Each is a module of this package."""

NOTHING, FOUND, BAD_INPUT, REFUSED, UNAVAILABLE, TAMPERED, DEFECT, INTERRUPTED = 0, 1, 2, 3, 4, 5, 70, 130
"""Exit statuses: the same for every command."""

EPILOG = (
    "Exit status: 0 done, or no hit; 1 a hit, or some lines refused; 2 bad input; 3 refused by the hub; "
    "4 the hub cannot be reached or is not available; 5 what should prove itself does not: tampering."
)

_STATUS: tuple[tuple[type[AllpointsError], int], ...] = (
    (TamperingFound, TAMPERED),
    (Unavailable, UNAVAILABLE),
    (Unauthenticated, REFUSED),
    (Forbidden, REFUSED),
    (QuotaExceeded, REFUSED),
    (AllpointsError, BAD_INPUT),
)


class _Room(TyperCommand):
    """Stands for a module's commands until one of them is wanted."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        return load(str(self.name)).make_context(info_name, args, parent=parent, **extra)


class _House(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return list(ROOMS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _Room(cmd_name, help=ROOMS[cmd_name]) if cmd_name in ROOMS else None


def load(room: str) -> Any:
    """Import a module's commands."""
    return typer.main.get_command(import_module(f"allpoints.cli.{room}").app)


app = typer.Typer(
    cls=_House,
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    pretty_exceptions_enable=False,
)


@app.callback()
def allpoints() -> None:
    """Share what you know with other police bodies without giving it up."""


def main() -> None:
    """Run the command line and exit."""
    try:
        app()
    except AllpointsError as error:
        _say(str(error), error.remedy)
        sys.exit(status_of(error))
    except OSError as error:
        _say(f"{error.filename or 'system'}: {error.strerror or error}")
        sys.exit(BAD_INPUT)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _say("Interrupted.")
        raise
    except Exception as error:
        # Its place, never its message: that may quote somebody's data.
        _say(f"{type(error).__name__} in {_place(error)}", "This is a defect of Allpoints: please report it.")
        sys.exit(DEFECT)


def status_of(error: AllpointsError) -> int:
    """The exit status that tells a script what kind of error it was."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def _place(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{place.filename}:{place.lineno}"


def _say(message: str, remedy: str = "") -> None:
    from allpoints.cli.screen import note

    note(message, style="bold red")
    if remedy:
        note(remedy)
