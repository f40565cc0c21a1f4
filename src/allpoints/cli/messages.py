"""`allpoints messages`: sealed messages of a bureau, written and read at its node on this machine.

The commands open the node's data folder and database, as `allpoints bureau serve` does, and may be used while it runs:
whatever either of them does is done once.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allpoints.cli import screen
from allpoints.cli.app import EPILOG
from allpoints.cli.message_view import show, show_copies, without_keys
from allpoints.cli.node import Data, at_its_node
from allpoints.errors import Forbidden, InvalidValue
from allpoints.records import Asker, Purpose
from allpoints.wire.messages import Priority

if TYPE_CHECKING:
    from allpoints.bureau.mailbox import Message
    from allpoints.bureau.node import Node

SEND_WAIT_S = 30.0
PIECE = 1 << 20

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    epilog=EPILOG,
    help="Sealed messages between bureaus, at the node on this machine.",
)

Person = Annotated[
    str, typer.Option("--person", help="Who you are: the name with which you sign in at the node.")
]
MessageId = Annotated[str, typer.Argument(metavar="MESSAGE", help="The message's id.")]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, one object a line.")]
Language = Annotated[str, typer.Option(help="The language of forms: en, fr, es or ar.")]
Limit = Annotated[int, typer.Option(help="How many at most.", min=1, max=100)]
Text = Annotated[str, typer.Option(help="The text; - reads it from stdin.")]
Fields = Annotated[
    list[str] | None,
    typer.Option("--field", help="A field of the form, as name=value; repeat it for others."),
]
Attached = Annotated[
    list[Path] | None,
    typer.Option("--attach", help="A file to go with it; repeat it for others.", exists=True, dir_okay=False),
]


@app.command()
def send(  # noqa: PLR0917 - called by name
    person: Person,
    to: Annotated[list[str], typer.Option(help="A recipient's code; repeat it for others.")],
    subject: Annotated[str, typer.Option(help="One line.")] = "",
    text: Text = "",
    form: Annotated[str, typer.Option(help="A structured form, such as information-request.")] = "message",
    field: Fields = None,
    reference: Annotated[
        list[str] | None, typer.Option(help="What it is about, such as record:17; repeat it for others.")
    ] = None,
    attach: Attached = None,
    priority: Annotated[Priority, typer.Option(help="How soon it wants somebody.")] = Priority.ROUTINE,
    answer_hours: Annotated[
        float | None, typer.Option(help="Within how many hours an answer is wanted.", min=0.1)
    ] = None,
    hub: Annotated[str | None, typer.Option(help="By which hub; by default the first.")] = None,
    data: Data = None,
) -> None:
    """Write to one bureau or several, and send it. Without a line it waits at the node."""
    from allpoints.bureau.mailbox import Draft

    deadline = datetime.now(UTC) + timedelta(hours=answer_hours) if answer_hours else None
    draft = Draft(
        recipients=tuple(to),
        subject=subject,
        text=_text(text),
        form=form,
        fields=_fields(field),
        references=tuple(reference or ()),
        priority=priority,
        deadline=deadline,
        hub=hub,
    )
    screen.say(at_its_node(data, lambda node: _send(node, person, draft, attach)))


@app.command()
def reply(  # noqa: PLR0917 - called by name
    message: MessageId,
    person: Person,
    text: Text = "",
    form: Annotated[str, typer.Option(help="A structured form, such as information-reply.")] = "message",
    field: Fields = None,
    attach: Attached = None,
    data: Data = None,
) -> None:
    """Answer a message in its thread."""
    from allpoints.bureau.mailbox import Draft

    draft = Draft(in_reply_to=message, text=_text(text), form=form, fields=_fields(field))
    screen.say(at_its_node(data, lambda node: _send(node, person, draft, attach)))


@app.command("list")
def list_(
    bureau: Annotated[str | None, typer.Option(help="Only threads with this bureau.")] = None,
    unread: Annotated[bool, typer.Option("--unread", help="Only threads with something unread.")] = False,
    limit: Limit = 50,
    json: Json = False,
    data: Data = None,
) -> None:
    """List threads, the latest first."""
    threads = at_its_node(data, lambda node: node.mailbox.threads(bureau=bureau, unread=unread, limit=limit))
    if json:
        for thread in threads:
            screen.write_json(thread)
        return
    screen.table(
        ("thread", "with", "subject", "latest", "messages", "unread", "answer due"),
        (
            (t.id, t.bureaus, t.subject or t.kind, t.latest_at, t.messages, t.unread or "", t.deadline)
            for t in threads
        ),
        empty="No messages.",
    )


@app.command()
def read(
    message: MessageId, person: Person, language: Language = "en", json: Json = False, data: Data = None
) -> None:
    """Read one message. The first time its sender is told that it was read, and when."""

    async def work(node: "Node") -> "Message":
        found = await node.mailbox.mark_read(await _asker(node, person), message)
        await node.mailbox.outbox.finish(SEND_WAIT_S)
        return found

    found = at_its_node(data, work)
    if json:
        screen.write_json(without_keys(found))
        return
    show(found, language)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="Words, or a part of a name or an id, in any script.")],
    limit: Limit = 50,
    json: Json = False,
    data: Data = None,
) -> None:
    """Search your bureau's messages, the latest first."""
    found = at_its_node(data, lambda node: node.mailbox.search(text, limit=limit))
    if json:
        for message in found:
            screen.write_json(without_keys(message))
        return
    screen.table(
        ("message", "from", "to", "subject", "at", "state"),
        (
            (m.id, m.sender, m.recipients, m.content.subject or m.content.kind, m.written_at, m.state)
            for m in found
        ),
        empty="Nothing found.",
    )


@app.command()
def recall(message: MessageId, person: Person, data: Data = None) -> None:
    """Want a message back. Who has it already is asked for it; `receipts` shows what they say."""

    async def work(node: "Node") -> "Message":
        await node.mailbox.recall(await _asker(node, person), message)
        await node.mailbox.outbox.finish(SEND_WAIT_S)
        return await node.mailbox.message(message)

    show_copies(at_its_node(data, work))


@app.command()
def receipts(message: MessageId, person: Person, json: Json = False, data: Data = None) -> None:
    """Show what became of each recipient's copy: where it is, and what its bureau's own receipts say."""

    async def work(node: "Node") -> "Message":
        return await node.mailbox.refresh(await _asker(node, person), message)

    found = at_its_node(data, work)
    if json:
        for copy in found.copies:
            screen.write_json(copy)
        return
    show_copies(found)


@app.command()
def fetch(
    attachment: Annotated[str, typer.Argument(metavar="ATTACHMENT", help="The attachment's id.")],
    to: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it: a new file.")],
    as_it_is: Annotated[
        bool, typer.Option("--as-it-is", help="Even if it is something else than it says.")
    ] = False,
    data: Data = None,
) -> None:
    """Save an attachment that has arrived whole."""

    async def work(node: "Node") -> str:
        kept = await node.mailbox.attachments.find(attachment)
        if not kept.honest and not as_it_is:
            raise InvalidValue(
                f"it is not what it says, but {kept.found_type}",
                field="attachment",
                remedy="Do not open it; give --as-it-is to save it all the same.",
            )
        with to.open("xb") as file:
            async for piece in node.mailbox.read_attachment(attachment):
                file.write(piece)
        return kept.found_type

    screen.say(f"{to} is {at_its_node(data, work)}.")


@app.command()
def collect(data: Data = None) -> None:
    """Fetch what waits at the hubs and send what waits here, where no node runs that does so."""

    async def work(node: "Node") -> tuple[int, bool]:
        count = sum([await node.mailbox.collector.collect(hub) for hub in node.hubs.names])
        return count, await node.mailbox.outbox.finish(SEND_WAIT_S)

    count, sent = at_its_node(data, work)
    screen.say(f"{count} collected; {'nothing' if sent else 'something'} is left to be sent.")


@app.command()
def quarantine(limit: Limit = 50, json: Json = False, data: Data = None) -> None:
    """List what came and was not let in, and why."""
    found = at_its_node(data, lambda node: node.mailbox.quarantine(limit=limit))
    if json:
        for each in found:
            screen.write_json(each)
        return
    screen.table(
        ("no.", "says it is from", "arrived", "state", "why"),
        ((each.number, each.sender, each.arrived_at, each.state, each.detail) for each in found),
        empty="Nothing was kept apart.",
    )


async def _asker(node: "Node", name: str) -> Asker:
    """In whose name something is done. Raises `NotFound`, and `Forbidden` for who does no casework."""
    from allpoints.bureau.mailbox import READERS

    person = await node.people.named(name)
    role = next((role for role in person.roles if role in READERS), None)
    purpose = next((each for each in person.purposes if each is not Purpose.ADMINISTRATION), None)
    if role is None or purpose is None or not person.active:
        raise Forbidden(f"{name} reads and writes no messages", field="--person")
    return Asker(
        bureau=node.vault.bureau,
        user=person.pseudonym,
        agency=person.agency,
        role=role,
        purpose=purpose,
        clearance=person.clearance,
    )


async def _send(node: "Node", person: str, draft: Any, attach: list[Path] | None) -> str:
    from msgspec.structs import replace

    asker = await _asker(node, person)
    attached = [(await node.mailbox.attach(asker, _pieces(file), name=file.name)).id for file in attach or ()]
    message_id = await node.mailbox.send(asker, replace(draft, attachments=tuple(attached)))
    await node.mailbox.outbox.finish(SEND_WAIT_S)
    message = await node.mailbox.message(message_id)
    if message.problem is not None:
        screen.warn(message.problem.detail)
    return f"{message_id} is {message.state}."


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece


def _text(said: str) -> str:
    return typer.get_text_stream("stdin").read() if said == "-" else said


def _fields(given: list[str] | None) -> dict[str, Any]:
    """Fields as `name=value`; a name that is repeated holds several values. Raises `InvalidValue`."""
    fields: dict[str, list[str]] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not equals:
            raise InvalidValue("is written as name=value", field="--field")
        fields.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}
