"""Records whose review is due wait for those who answer for them: the hubs are asked several times a day."""

import asyncio
from datetime import UTC, datetime, time

from allpoints.bureau.desk.desk import Desk
from allpoints.bureau.desk.kinds import KINDS
from allpoints.bureau.hubs import Hubs
from allpoints.bureau.store.desk import Waiting
from allpoints.errors import AllpointsError
from allpoints.records import HeldRecord

LOOK_EVERY_S = 3 * 3_600.0
LOOK_AGAIN_S = 60.0
"""After a line was down."""
AT_ONCE = 100
MOST = 1_000
"""Reviews that wait in the inbox at a time; the page of the records lists them all."""


class Reviews:
    """Looks for what is due."""

    def __init__(self, desk: Desk, hubs: Hubs) -> None:
        self._desk = desk
        self._hubs = hubs

    async def work(self) -> None:
        """Look again and again. Never returns."""
        while True:
            pause = LOOK_EVERY_S
            for hub in self._hubs.names:
                try:
                    await self.look(hub)
                except AllpointsError:
                    pause = LOOK_AGAIN_S
            await asyncio.sleep(pause)

    async def look(self, hub: str) -> None:
        """Have the reviews that are due at a hub wait. Raises what the hub refuses."""
        client, today = self._hubs.as_node(hub), datetime.now(UTC).date()
        after, found = 0, 0
        while found < MOST:
            page = await client.records(after=after, limit=AT_ONCE, review_by=today)
            for held in page.items:
                await self._desk.add(self._waiting(hub, held))
            found += len(page.items)
            if page.next is None:
                return
            after = int(page.next)

    def _waiting(self, hub: str, held: HeldRecord) -> Waiting:
        path = f"/records/{held.id}"
        return Waiting(
            key=review_key(hub, held),
            kind="review",
            what=held.reference,
            hub=hub,
            detail={"record": held.id},
            path=path if hub == self._hubs.names[0] else f"{path}?hub={hub}",
            deadline=datetime.combine(held.retention.review_by, time.max, UTC),
            roles=KINDS["review"].roles,
        )


def review_key(hub: str, held: HeldRecord) -> str:
    """Under which the review of a record waits. Another day for it is another review."""
    return f"{hub}:review:{held.id}:{held.retention.review_by.isoformat()}"
