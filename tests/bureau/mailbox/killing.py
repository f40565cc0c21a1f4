"""Ending the node between any two things that it does: at each transaction and each call, before and after."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from allpoints.bureau.node import Node


class Killed(BaseException):
    """What `kill -9` is to a process."""


class Clock:
    """Counts the places where the node may end, and ends it at one of them."""

    def __init__(self, at: int) -> None:
        self._left = at
        self.killed = False

    def tick(self) -> None:
        self._left -= 1
        if self._left < 0:
            self.killed = True
            raise Killed


@contextmanager
def ending(node: Node, at: int) -> Iterator[Clock]:
    """The node ends at the place with this number; nothing that comes after it happens."""
    clock = Clock(at)
    transaction, client = node.database.transaction, node.hubs.client

    @asynccontextmanager
    async def killed_transaction() -> AsyncIterator[Any]:
        clock.tick()
        async with transaction() as t:
            yield t
            # Before the commit.
            clock.tick()
        clock.tick()

    def killed_client(*args: Any, **named: Any) -> Any:
        real = client(*args, **named)

        class Dying:
            def __getattr__(self, name: str) -> Any:
                call = getattr(real, name)

                async def ask(*args: Any, **named: Any) -> Any:
                    clock.tick()
                    answer = await call(*args, **named)
                    # The answer is lost.
                    clock.tick()
                    return answer

                return ask

        return Dying()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(node.database, "transaction", killed_transaction)
        patch.setattr(node.hubs, "client", killed_client)
        yield clock
