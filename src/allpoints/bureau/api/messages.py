"""Messages: written, listed, opened, searched, recalled, and what became of them."""

from typing import Annotated

from litestar import get, post
from litestar.params import Parameter

from allpoints.bureau.api.admission import Caller
from allpoints.bureau.api.answers import FullMessage, MessageHead, full, head
from allpoints.bureau.api.problems import REFUSALS
from allpoints.bureau.mailbox import READERS, CopyOf, Draft, Message, Place, ThreadHead
from allpoints.bureau.mailbox.mailbox import MAX_PAGE
from allpoints.bureau.store.mailbox import MAX_NUMBER
from allpoints.records import CASEWORK
from allpoints.wire.corridor import Page

READ = {"roles": READERS}
WRITE = {"roles": CASEWORK}

Key = Annotated[
    str,
    Parameter(
        header="Idempotency-Key",
        pattern="^[!-~]{1,200}$",
        description="The program's own name for the message: sent again under it, it is sent once.",
    ),
]
Limit = Annotated[int, Parameter(ge=1, le=MAX_PAGE, description="How many at most.")]
After = Annotated[
    int | None, Parameter(ge=0, le=MAX_NUMBER, description="What the page before gave as `next`.")
]


@post("/messages", opt=WRITE, responses=REFUSALS)
async def send(caller: Caller, data: Draft, idempotency_key: Key) -> FullMessage:
    """Write to one bureau or several, or with `in_reply_to` answer a message. Without a line it waits at the node."""
    name = caller.name_of(idempotency_key)
    return await _full(caller, await caller.mailbox.send(caller.asker, data, name=name))


@get("/messages", opt=READ, responses=REFUSALS)
async def search(
    caller: Caller,
    text: Annotated[
        str, Parameter(min_length=1, max_length=200, description="Words, or part of a name or id.")
    ],
    after: After = None,
    limit: Limit = 50,
) -> Page[MessageHead]:
    """The messages that hold all words, in any script, the latest first."""
    return _page(await caller.mailbox.search(text, before=after, limit=limit), limit)


@get("/threads", opt=READ, responses=REFUSALS)
async def threads(
    caller: Caller,
    bureau: Annotated[
        str | None, Parameter(pattern="^[A-Z]{3}$", description="Only those with this bureau.")
    ] = None,
    unread: bool = False,
    after: Annotated[
        str | None, Parameter(max_length=80, description="What the page before gave as `next`.")
    ] = None,
    limit: Limit = 50,
) -> Page[ThreadHead]:
    """The threads, the latest first."""
    found = await caller.mailbox.threads(
        bureau=bureau, unread=unread, after=Place.parse(after) if after else None, limit=limit
    )
    return Page(items=tuple(found), next=str(found[-1].place) if len(found) == limit else None)


@get("/threads/{thread:str}/messages", opt=READ, responses=REFUSALS)
async def in_thread(caller: Caller, thread: str, after: After = None, limit: Limit = 50) -> Page[MessageHead]:
    """The messages of a thread, the oldest first."""
    return _page(await caller.mailbox.thread(thread, after=after or 0, limit=limit), limit)


@get("/messages/{message:str}", opt=READ, responses=REFUSALS)
async def one(caller: Caller, message: str) -> FullMessage:
    """One message. What a message says that nobody has opened is not told before somebody opens it."""
    return await _full(caller, message)


@post("/messages/{message:str}/reading", status_code=200, opt=READ, responses=REFUSALS)
async def read(caller: Caller, message: str) -> FullMessage:
    """Open a message for somebody who reads it. The first time its sender gets a signed receipt that it was read."""
    await caller.mailbox.mark_read(caller.asker, message)
    return await _full(caller, message)


@get("/messages/{message:str}/receipts", opt=READ, responses=REFUSALS)
async def receipts(caller: Caller, message: str) -> Page[CopyOf]:
    """What became of each recipient's copy of a message of ours, as the hub and the recipients' receipts say."""
    found = await caller.mailbox.refresh(caller.asker, message)
    return Page(items=found.copies)


@post("/messages/{message:str}/recall", status_code=200, opt=WRITE, responses=REFUSALS)
async def recall(caller: Caller, message: str) -> FullMessage:
    """Want a message of ours back: from the hub what nobody has fetched yet, from the others by asking them."""
    await caller.mailbox.recall(caller.asker, message)
    return await _full(caller, message)


async def _full(caller: Caller, message_id: str) -> FullMessage:
    return full(await caller.mailbox.message(message_id), await caller.mailbox.attachments.of(message_id))


def _page(found: list[Message], limit: int) -> Page[MessageHead]:
    return Page(
        items=tuple(map(head, found)), next=found[-1].number if found and len(found) == limit else None
    )


ROUTES = (send, search, threads, in_thread, one, read, receipts, recall)
