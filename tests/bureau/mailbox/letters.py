"""Writing to one another in tests, and waiting for what the background does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from tests.hubs import asker

from allpoints.bureau.mailbox import Draft, Message, MessageState
from allpoints.bureau.node import Node
from allpoints.errors import NotFound
from allpoints.records import Asker

PATIENCE_S = 120.0
Answer = TypeVar("Answer")


def operator(node: Node, role: str = "operator", **who: str) -> Asker:
    """Somebody of the node's bureau."""
    purpose = "administration" if role == "administrator" else "criminal-investigation"
    return asker(node.vault.bureau, role, purpose, "police", **who)


async def until(look: Callable[[], Awaitable[Answer]], good: Callable[[Answer], Any] = bool) -> Answer:
    """Wait until what is looked at is good; not there is not yet."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        try:
            seen = await look()
        except NotFound:
            pass
        else:
            if good(seen):
                return seen
        assert asyncio.get_running_loop().time() < deadline, "it does not happen"
        await asyncio.sleep(0.02)


async def arrived(node: Node, message_id: str) -> Message:
    """The message, once the node has it."""
    return await until(lambda: node.mailbox.message(message_id))


async def sent(node: Node, message_id: str) -> Message:
    """The message, once the hub has it."""
    return await until(lambda: node.mailbox.message(message_id), lambda m: m.state is MessageState.SENT)


async def write(node: Node, *to: Node, **draft: Any) -> str:
    """Write a message; return its id."""
    recipients = tuple(other.vault.bureau for other in to)
    return await node.mailbox.send(operator(node), Draft(recipients=recipients, **{"text": "…", **draft}))


async def pieces(file: bytes, size: int = 1 << 20) -> AsyncIterator[bytes]:
    """A file as it comes over a line."""
    for start in range(0, len(file), size):
        yield file[start : start + size]
