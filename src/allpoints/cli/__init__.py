"""The `allpoints` command: for officers, bureaus and operators of a hub. `docs/commands.md` tells it all."""

from allpoints.cli.app import main

__all__ = ["main"]
