"""Telling listeners that something has changed. They look for themselves what: nothing waits for a slow one."""

import asyncio
from collections.abc import AsyncIterator


class Announcements:
    """Who listens, and what wakes them."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()
        self.times = 0
        """How often something has changed."""

    def announce(self) -> None:
        """Wake every listener."""
        self.times += 1
        for listener in self._listeners:
            listener.set()

    async def changes(self, sign_of_life_s: float) -> AsyncIterator[bool]:
        """True whenever something has changed since the last time, False after so long without a change."""
        listener = asyncio.Event()
        self._listeners.add(listener)
        try:
            while True:
                try:
                    async with asyncio.timeout(sign_of_life_s):
                        await listener.wait()
                except TimeoutError:
                    yield False
                else:
                    listener.clear()
                    yield True
        finally:
            self._listeners.discard(listener)
