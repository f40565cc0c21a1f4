"""Messages: who opens one has read it, what became of ours is said honestly, and nothing in them is markup."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from tests.bureau.console.correspondent import Correspondent
from tests.bureau.consoles import RunningConsole
from tests.hubs import RunningHub

from allpoints.bureau.mailbox import Draft, Message, MessageState
from allpoints.errors import NotFound
from allpoints.wire.messages import Priority

HTMX = {"hx-request": "true"}
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def utopia(hub: RunningHub, console: RunningConsole) -> Correspondent:
    """UTO, with which ITA corresponds."""
    return Correspondent(hub, "UTO")


def until(console: RunningConsole, message_id: str, good: Callable[[Message], object] = bool) -> Message:
    """Wait until a message is as it should be."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            found = console.run(console.node.mailbox.message(message_id))
            if good(found):
                return found
        except NotFound:
            pass
        time.sleep(0.05)
    raise AssertionError("it does not happen")


def write(console: RunningConsole, **draft: object) -> str:
    """ITA's operator writes to UTO."""
    asker = console.sign_in().session.asker("ITA")
    said = Draft(**{"recipients": ("UTO",), "text": "What do you know?", **draft})  # type: ignore[arg-type]
    return console.run(console.node.mailbox.send(asker, said))


def test_an_unread_message_is_shown_when_somebody_opens_it_and_not_before(
    console: RunningConsole, utopia: Correspondent
) -> None:
    soon = datetime.now(UTC) + timedelta(hours=3)
    sent = utopia.write("ITA", Priority.URGENT, soon, subject="A boat in Ancona", text="Grey, twelve metres.")
    found = until(console, sent.head.id)
    client = console.client()
    listed = client.get("/messages", params={"bureau": "uto"}).text
    row = listed.partition(f'id="thread-{found.thread}"')[2].partition("</tr>")[0]
    assert "1 unread" in row
    assert "A boat in Ancona" in row
    assert "data-due" in row
    assert "urgent" in row
    thread = client.get(f"/threads/{found.thread}").text
    assert "Grey, twelve metres." not in thread
    assert "confirm to UTO that it is read" in thread
    assert console.run(console.node.mailbox.message(sent.head.id)).state is MessageState.UNREAD
    assert "Grey, twelve metres." in client.get(f"/messages/{sent.head.id}").text
    read = console.run(console.node.mailbox.message(sent.head.id))
    assert (read.state, read.read_by) == (MessageState.READ, "u-operator")


def test_what_others_write_is_text(console: RunningConsole, utopia: Correspondent) -> None:
    sent = utopia.write(
        "ITA",
        kind="urgent-assistance",
        author=HOSTILE,
        subject=HOSTILE,
        text=HOSTILE,
        references=(HOSTILE, "record:17", "javascript:alert(1)"),
        fields={"emergency": HOSTILE, "facts": HOSTILE, "since": HOSTILE, HOSTILE: HOSTILE, "contact": "x"},
    )
    until(console, sent.head.id)
    client = console.client()
    for path in (f"/messages/{sent.head.id}", "/messages", f"/messages?text={quote('alert')}"):
        text = client.get(path).text
        assert "alert(1)" in text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    text = client.get(f"/messages/{sent.head.id}").text
    assert 'href="/records/17"' in text
    assert 'href="javascript' not in text
    assert "as it came" in text


def test_a_form_is_read_in_the_readers_language(console: RunningConsole, utopia: Correspondent) -> None:
    fields = {"emergency": "pursuit", "help-wanted": ["find-person"], "facts": "…", "contact": "UTO desk"}
    sent = utopia.write("ITA", kind="urgent-assistance", fields={**fields, "since": "2026-11-29T05:42:00Z"})
    until(console, sent.head.id)
    text = console.client(language="fr").get(f"/messages/{sent.head.id}").text
    assert "Demande d’assistance urgente" in text
    assert '<time datetime="2026-11-29T05:42:00Z">' in text
    assert "pursuit" not in text


def test_what_became_of_ours_is_told_for_each_recipient(
    console: RunningConsole, utopia: Correspondent
) -> None:
    message = write(console)
    until(console, message, lambda found: found.state is MessageState.SENT)
    client = console.client()
    assert (
        "waits at the hub until it is fetched" in client.get(f"/messages/{message}/state", headers=HTMX).text
    )
    utopia.confirm(message)
    until(console, message, lambda found: found.copies[0].read_at)
    text = client.get(f"/messages/{message}").text
    assert re.search(r'<bdi>UTO</bdi>:\s*<span class="went read">read</span> <time', text)
    assert client.post(f"/messages/{message}/state").status_code == 303
    assert "read" in client.post(f"/messages/{message}/state", headers=HTMX).text


def test_a_recall_can_be_undone_and_is_honest(console: RunningConsole, utopia: Correspondent) -> None:
    message = write(console)
    until(console, message, lambda found: found.state is MessageState.SENT)
    client = console.client()
    asked = client.post(f"/messages/{message}/recall", headers=HTMX).text
    assert "Recalling the message to UTO" in asked
    assert "/undo" in asked
    [act] = [act for act in console.run(shown(console)) if act.act == "recall-message"]
    assert console.run(console.node.desk.undo(act.id, console.sign_in().session))
    assert console.run(console.node.mailbox.message(message)).recalled_at is None
    console.run(console.node.mailbox.recall(console.sign_in().session.asker("ITA"), message))
    until(console, message, lambda found: found.copies[0].copy == "recalled")
    assert "taken back at the hub before it was fetched" in client.get(f"/messages/{message}").text


async def shown(console: RunningConsole) -> list[object]:
    """The operator's held acts."""
    signed_in = await console._sign_in("operator", None, "en", "light")
    return list(await console.node.desk.shown_acts(signed_in.session))


def test_a_file_is_saved_and_never_shown(console: RunningConsole) -> None:
    client = console.client()
    sent = client.post(
        "/messages/new",
        data={"recipients": "UTO", "text": "See the file."},
        files={"file": ('a"b\r\nx: y.txt', b"<script>alert(1)</script> a text", "text/html")},
    )
    assert sent.status_code in (303, 422), sent.text
    sent = client.post(
        "/messages/new",
        data={"recipients": "UTO", "text": "See the file."},
        files={"file": ("Bericht «ü».txt", b"a text", "text/plain")},
    )
    path = sent.headers["location"]
    text = client.get(path).text
    [file] = re.findall(r'href="(/messages/[^"]+/attachments/[^"]+)"', text)
    answer = client.get(file)
    assert answer.content == b"a text"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''" + quote("Bericht «ü».txt")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    other = client.get(f"{file.rpartition('/')[0]}/{'x' * 20}")
    assert other.status_code == 404
    assert client.get(f"{file}/picture").status_code == 422


def test_a_message_that_is_not_there_and_a_place_that_is_none(console: RunningConsole) -> None:
    client = console.client()
    assert client.get("/messages/0000000000000000").status_code == 404
    assert client.get("/threads/0000000000000000").status_code == 404
    assert client.get("/messages?after=x@y").status_code == 422
    assert client.get("/messages?text=%00").status_code == 200


def test_what_is_new_is_counted_and_moves_nothing(console: RunningConsole, utopia: Correspondent) -> None:
    client = console.client()
    newest, _ = console.run(console.node.mailbox.newer())
    sent = utopia.write("ITA", subject="Something new")
    until(console, sent.head.id)
    assert 'role="status" hx-get="/messages/news' in client.get("/messages").text, "what comes is read out"
    assert "1 new message" in client.get(f"/messages/news?after={newest}", headers=HTMX).text
    assert "new message" not in client.get(f"/messages/news?after={2**40}", headers=HTMX).text


def test_analysts_read_and_do_not_write(console: RunningConsole) -> None:
    message = write(console)
    analyst = console.client("analyst")
    assert "/recall" not in analyst.get(f"/messages/{message}").text
    assert analyst.post(f"/messages/{message}/recall").status_code == 403
    assert analyst.get("/messages/new").status_code == 403
    assert console.client("officer").get("/messages").status_code == 403
