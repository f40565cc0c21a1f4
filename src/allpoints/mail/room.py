"""How much a bureau may keep at the hub: what it has not sent yet, and what it sent and nobody has fetched."""

from allpoints.errors import QuotaExceeded
from allpoints.store import messages
from allpoints.store.acts import Act

MAX_KEPT = 4 << 30
"""Bytes of sealed contents, keys and attachments."""
ROOM_AGAIN_S = 600
"""Recipients fetch within seconds; where they do not, trying more often helps nobody."""


async def check_room(act: Act, size: int) -> None:
    """Raise `QuotaExceeded` where so many bytes more are too many.

    Until the transaction ends nobody else of the bureau adds any: what two add at once, both count.
    """
    if await messages.kept_bytes(act) + size > MAX_KEPT:
        raise QuotaExceeded(
            f"your bureau keeps {MAX_KEPT >> 30} GiB here that nobody has fetched or that belong to no message: send "
            "or drop the attachments, or recall messages that wait",
            field="body",
            retry_after_s=ROOM_AGAIN_S,
        )
