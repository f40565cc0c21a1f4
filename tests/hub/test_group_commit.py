"""Who waits with whom."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from allpoints.access import Action
from allpoints.access.authenticate import HttpMessage
from allpoints.errors import Unavailable
from allpoints.hub import group_commit
from allpoints.hub.group_commit import CONCURRENT, GroupCommit
from allpoints.steps.commit import Done

QUICK = b'{"evidence": [{"kind": "identifier", "scheme": "plate", "value": "ALB:AA123BC"}]}'
SLOW = b'{"evidence": [{"kind": "person", "names": ["Anna"]}]}'


class Walked:
    """A pipeline that answers slow groups when it is told to."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.go_on = asyncio.Event()

    async def introduce(self, message: HttpMessage) -> None:
        """Every key is known."""

    async def check(self, asked: Sequence[tuple[HttpMessage, Action]]) -> list[Done]:
        """Answer each with its own body."""
        self.groups.append(len(asked))
        if any(message.body == SLOW for message, _ in asked):
            await self.go_on.wait()
        return [Done(result=m.body, at=datetime.now(UTC), entry="1.0", promise=None) for m, _ in asked]


def message(body: bytes) -> HttpMessage:
    return HttpMessage(method="POST", authority="h", path="/v1/checks", query="", headers=[], body=body)


async def asked(gate: GroupCommit, body: bytes) -> bytes:
    result: bytes = (await gate.check(message(body), Action.CHECK)).result
    return result


async def busy(gate: GroupCommit, walked: Walked) -> list[asyncio.Task[bytes]]:
    """The slow lane with as many groups under way as there may be."""
    tasks = []
    for number in range(1, CONCURRENT + 1):
        tasks.append(asyncio.create_task(asked(gate, SLOW)))
        async with asyncio.timeout(10):
            while len(walked.groups) < number:
                await asyncio.sleep(0)
    return tasks


async def test_a_plate_does_not_wait_for_the_search_of_names() -> None:
    walked = Walked()
    gate = GroupCommit(walked)  # type: ignore[arg-type]
    slow = await busy(gate, walked)
    async with asyncio.timeout(10):
        assert await asyncio.gather(*(asked(gate, QUICK) for _ in range(5))) == [QUICK] * 5
    assert not any(task.done() for task in slow)
    walked.go_on.set()
    assert await asyncio.gather(*slow) == [SLOW] * len(slow)


async def test_what_arrives_meanwhile_walks_together() -> None:
    walked = Walked()
    gate = GroupCommit(walked)  # type: ignore[arg-type]
    slow = await busy(gate, walked)
    slow += [asyncio.create_task(asked(gate, SLOW)) for _ in range(3)]
    await asyncio.sleep(0.01)
    walked.go_on.set()
    await asyncio.gather(*slow)
    assert walked.groups == [1] * CONCURRENT + [3]


async def test_a_queue_has_an_end_and_the_other_lane_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "MAX_WAITING", 1)
    walked = Walked()
    gate = GroupCommit(walked)  # type: ignore[arg-type]
    slow = await busy(gate, walked)
    slow.append(asyncio.create_task(asked(gate, SLOW)))
    await asyncio.sleep(0.01)
    with pytest.raises(Unavailable, match="too many"):
        await asked(gate, SLOW)
    assert await asked(gate, QUICK) == QUICK
    walked.go_on.set()
    await asyncio.gather(*slow)
