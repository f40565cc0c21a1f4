"""`allpoints bench`: the measurements of a source checkout, run as they stand there."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from allpoints.cli.app import EPILOG
from allpoints.errors import NotFound

app = typer.Typer(add_completion=False)


@app.command(
    epilog=EPILOG,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which measurement; any options after it are its own.")] = "",
) -> None:
    """Measure it on this machine: allpoints bench identifiers --records 1000000."""
    checkout = _checkout()
    known = sorted(
        f.stem for f in (checkout / "bench").glob("*.py") if 'if __name__ == "__main__"' in f.read_text()
    )
    if name not in known:
        raise NotFound(
            f"there is no measurement {name!r:.40}" if name else "no measurement is named",
            field="bench",
            remedy=f"Choose one of: {', '.join(known)}.",
        )
    command = [sys.executable, "-m", f"bench.{name}", *context.args]
    raise typer.Exit(subprocess.run(command, cwd=checkout, check=False).returncode)  # noqa: S603 - our own module


def _checkout() -> Path:
    """The source checkout that we stand in or were started from. The measurements are not installed."""
    for folder in (Path.cwd(), *Path(__file__).parents):
        if (folder / "bench" / "__init__.py").exists() and (folder / "pyproject.toml").exists():
            return folder
    raise NotFound(
        "the measurements are not installed with the package",
        field="bench",
        remedy="Clone the repository and run it there.",
    )
