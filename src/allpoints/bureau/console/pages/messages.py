"""Messages: the threads with other bureaus, what became of each, and its files. Who opens one has read it."""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import Parameter
from litestar.response import Stream

from allpoints.bureau.console.forms import whole_number
from allpoints.bureau.console.message_forms import lines, path_of
from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import N_, P_
from allpoints.bureau.desk import BegunAct
from allpoints.bureau.mailbox import READERS, Message, MessageState, Place, forms
from allpoints.bureau.mailbox.composing import replies_to
from allpoints.bureau.mailbox.file_types import SHOWN
from allpoints.bureau.node import Node
from allpoints.errors import NotFound
from allpoints.records import CASEWORK, Asker

SECTION = Section("/messages", P_("section", "Messages"), roles=READERS)
ROWS = 50
MESSAGES = 100
STUCK = (MessageState.HELD, MessageState.REFUSED)
Text = Annotated[str, Parameter(max_length=200)]


@get("/messages")
async def listed(
    visit: Visit,
    text: Text = "",
    bureau: Annotated[str, Parameter(max_length=20)] = "",
    unread: bool = False,
    after: str = "",
) -> Response[bytes]:
    """The threads, the latest first; with words to look for, the messages that hold them."""
    mailbox = visit.node.mailbox
    threads, found, next_page = [], [], ""
    if text.strip():
        found = await mailbox.search(text, before=whole_number(after), limit=ROWS)
        next_page = str(found[-1].number) if len(found) == ROWS else ""
    else:
        threads = await mailbox.threads(
            bureau=bureau.strip().upper() or None,
            unread=unread,
            after=Place.parse(after) if after else None,
            limit=ROWS,
        )
        next_page = str(threads[-1].place) if len(threads) == ROWS else ""
    waiting, stuck = await mailbox.count()
    newest, _ = await mailbox.newer()
    return await visit.page(
        "messages.html",
        part="rows",
        threads=threads,
        found=found,
        words=forms.words(visit.language.code),
        text=text,
        with_bureau=bureau,
        unread=unread,
        next=next_page,
        waiting=waiting,
        stuck=stuck,
        newest=newest,
        writes=visit.session.role in CASEWORK,
    )


@get("/messages/news")
async def news(visit: Visit, after: int) -> Response[bytes]:
    """How many messages have come after the newest that the list knows of."""
    _, come = await visit.node.mailbox.newer(after)
    return await visit.page("messages-news.html", count=come)


@get("/threads/{thread:str}")
async def thread(visit: Visit, thread: str, after: int = 0) -> Response[bytes]:
    """A thread. What nobody has opened is listed in it, and not shown before somebody opens it."""
    return await _thread(visit, thread, after=after, opened=None)


@get("/messages/{message:str}")
async def one(visit: Visit, message: str) -> Response[bytes]:
    """A message in its thread: whoever opens it has read it, and its sender is told so."""
    opened = await visit.node.mailbox.mark_read(_asker(visit), message)
    return await _thread(visit, opened.thread, after=0, opened=opened)


@get("/messages/{message:str}/state")
async def where(visit: Visit, message: str) -> Response[bytes]:
    """What became of a message of ours."""
    return await _state(visit, await visit.node.mailbox.message(message))


@post("/messages/{message:str}/state", status_code=200)
async def ask_where(visit: Visit, message: str) -> Response[bytes]:
    """Ask the hub what became of it."""
    found = await visit.node.mailbox.refresh(_asker(visit), message)
    return await _state(visit, found)


@post("/messages/{message:str}/retry", status_code=200, opt={"roles": CASEWORK})
async def retry(visit: Visit, message: str) -> Response[bytes]:
    """Try again to send what the hub has refused."""
    await visit.node.mailbox.retry(message)
    return await _state(visit, await visit.node.mailbox.message(message))


@post("/messages/{message:str}/recall", status_code=200, opt={"roles": CASEWORK})
async def recall(visit: Visit, message: str) -> Response[bytes]:
    """Want a message of ours back, unless that is taken back in time."""
    found = await visit.node.mailbox.message(message)
    label = visit.say(N_("Recalling the message to %(bureaus)s")) % {"bureaus": ", ".join(found.recipients)}
    await visit.hold("recall-message", {"message": message}, label)
    return await _state(visit, found, recalling=label)


async def do_recall(node: Node, act: BegunAct) -> None:
    """Take back what waits at the hub, and ask the others."""
    await node.mailbox.recall(act.asker, act.content["message"])


@get("/messages/{message:str}/attachments/{name:str}")
async def download(visit: Visit, message: str, name: str) -> Stream:
    """A file, as its sender attached it: to be saved, never to be shown."""
    kept, pieces = await visit.node.mailbox.open_file(message, name)
    file_name = kept.described.name if kept.described else kept.id
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"}
    return Stream(pieces, media_type="application/octet-stream", headers=headers)


@get("/messages/{message:str}/attachments/{name:str}/picture")
async def picture(visit: Visit, message: str, name: str) -> Response[bytes]:
    """A picture, drawn anew from its pixels."""
    kept = await visit.node.mailbox.opened_attachment(message, name)
    drawn = await visit.node.mailbox.attachments.picture(kept.id)
    return Response(drawn, media_type="image/png")


async def _thread(visit: Visit, thread: str, *, after: int, opened: Message | None) -> Response[bytes]:
    mailbox = visit.node.mailbox
    messages = await mailbox.thread(thread, after=after, limit=MESSAGES)
    if opened and opened.id not in {message.id for message in messages}:
        messages = await mailbox.thread(thread, after=opened.number - 1, limit=MESSAGES)
        after = opened.number - 1
    if not messages:
        raise NotFound("the thread has no such message", field="thread")
    language = visit.language.code
    return await visit.page(
        "thread.html",
        thread=thread,
        subject=messages[-1].content.subject,
        opened=opened.id if opened else "",
        after=after,
        next=messages[-1].number if len(messages) == MESSAGES else 0,
        shown=[
            (message, lines(message.content, language), await mailbox.attachments.of(message.id))
            for message in messages
        ],
        bureaus=sorted({code for message in messages for code in (message.sender, *message.recipients)}),
        words=forms.words(language),
        **_around(visit),
    )


async def _state(visit: Visit, message: Message, *, recalling: str = "") -> Response[bytes]:
    if not message.outgoing:
        raise NotFound("it is no message of ours", field="message")
    if not visit.is_part:
        return visit.go_to(f"/messages/{message.id}")
    return await visit.page(
        "message-state.html", message=message, **{**_around(visit), "recalling": recalling}
    )


def _around(visit: Visit) -> dict[str, Any]:
    return {
        "writes": visit.session.role in CASEWORK,
        "path_of": path_of,
        "replies_to": replies_to,
        "shows": SHOWN,
        "stuck_states": STUCK,
        "own": visit.node.vault.bureau,
        "recalling": "",
    }


def _asker(visit: Visit) -> Asker:
    return visit.session.asker(visit.node.vault.bureau)


ROUTES = (listed, news, thread, one, where, ask_where, retry, recall, download, picture)
ACTS = {"recall-message": do_recall}
