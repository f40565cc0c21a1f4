"""What the story promises, and what happens where the hub does not keep it."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from allpoints.errors import AllpointsError

PATIENCE_S = 10.0

Found = TypeVar("Found")


class NotAsTold(AllpointsError):
    """The demo did not show what it should; please report it with what stands above."""


def until(look: Callable[[], Sequence[Found]]) -> Sequence[Found]:
    """Return what is found, waiting until there is something. Raises `NotAsTold` where there never is."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    raise NotAsTold(f"nothing was found within {PATIENCE_S:.0f} seconds")
