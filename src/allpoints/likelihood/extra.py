"""The libraries that only fitting and plotting need."""

from importlib import import_module
from typing import Any

from allpoints.errors import NotFound


def extra(module: str) -> Any:
    """Import a module of the extra `calibrate`. Raises `NotFound` with the remedy where it is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise NotFound(
            f"{error.name} is not installed",
            field="calibrate",
            remedy="Install the extra: pip install 'allpoints[calibrate]'.",
        ) from error
