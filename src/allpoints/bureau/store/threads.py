"""Threads: the messages of one matter, as they stand in a list."""

from datetime import UTC, datetime

import msgspec

from allpoints.bureau.store.database import Transaction
from allpoints.errors import InvalidValue, NotFound
from allpoints.wire.messages import Priority


class Place(msgspec.Struct, frozen=True):
    """Where in the list of threads one stands."""

    latest_at: datetime
    number: int

    def __str__(self) -> str:
        return f"{self.number}@{self.latest_at.astimezone(UTC).isoformat().replace('+00:00', 'Z')}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read what `str` wrote. Raises `InvalidValue`."""
        number, _, moment = text.partition("@")
        try:
            return cls(datetime.fromisoformat(moment), int(number))
        except ValueError:
            raise InvalidValue("is no place in the list", field="after") from None


class ThreadHead(msgspec.Struct, frozen=True, kw_only=True):
    """A thread in a list."""

    id: str
    number: int
    subject: str
    latest_at: datetime
    messages: int
    unread: int
    under_way: int
    refused: int
    deadline: datetime | None
    """The nearest that nobody has answered."""
    priority: Priority
    """The highest in it."""
    kind: str
    """Of its latest message."""
    bureaus: tuple[str, ...]
    """The others in it."""

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(self.latest_at, self.number)


async def threads(
    t: Transaction, *, own: str, bureau: str | None, unread: bool, after: Place | None, limit: int
) -> list[ThreadHead]:
    """A page of threads, the latest first."""
    rows = await t.rows(
        "threads",
        own=own,
        bureau=bureau,
        unread=unread,
        latest=after.latest_at if after else None,
        number=after.number if after else None,
        limit=limit,
    )
    return [
        msgspec.convert(dict(zip(ThreadHead.__struct_fields__, row, strict=True)), ThreadHead) for row in rows
    ]


async def subject(t: Transaction, thread: str) -> str:
    """What a thread is about. Raises `NotFound`."""
    row = await t.row("one_thread", thread)
    if row is None:
        raise NotFound("there is no such thread", field="thread")
    return str(row[1])
