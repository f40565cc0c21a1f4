"""`allpoints demo`: a synthetic world, told as a story or served until Ctrl-C."""

from typing import Annotated

import typer

from allpoints.cli.app import EPILOG
from allpoints.demo import story

app = typer.Typer(add_completion=False)


@app.command(epilog=EPILOG)
def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Leave the world running for your own checks, until Ctrl-C.")
    ] = False,
) -> None:
    """See all of it work: three bureaus, a passport at a border, a hit, a receipt.

    Everything is made up, runs on this machine, and is gone afterwards.
    """
    raise typer.Exit(story.serve() if serve else story.run())
