"""Waiting for what happens in the background."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], *, patience_s: float = 10.0) -> T:
    """Look again and again until there is something, and return it."""
    deadline = time.monotonic() + patience_s
    while not (found := await look()):
        assert time.monotonic() < deadline, "it has not happened"
        await asyncio.sleep(0.02)
    return found
