"""Files come and go in a stream, and what lies about its type is refused."""

import hashlib
import os
import socket
from collections.abc import AsyncIterable, Iterator
from queue import SimpleQueue
from urllib.parse import quote, urlsplit

import httpx
import pytest
from tests.bureau.api.calling import account, problem, program, token
from tests.bureau.consoles import START_S, RunningConsole

from allpoints.bureau.mailbox import KeptAttachment
from allpoints.errors import MalformedInput
from allpoints.records import Asker
from allpoints.wire.envelopes import PART

FILE = os.urandom(PART + 17)


def in_pieces(file: bytes) -> Iterator[bytes]:
    """A body of which nobody says beforehand how long it is."""
    for start in range(0, len(file), 1 << 16):
        yield file[start : start + (1 << 16)]


def attach(client: httpx.Client, name: str, file: bytes, media_type: str = "") -> httpx.Response:
    """Hand a file over."""
    headers = {"content-type": media_type} if media_type else {}
    return client.post("/attachments", params={"name": name}, content=in_pieces(file), headers=headers)


def test_a_file_goes_with_a_message_and_comes_back_as_it_was(console: RunningConsole) -> None:
    client = program(console)
    answer = attach(client, "Snimka «ž».bin", FILE)
    assert answer.status_code == 201, answer.text
    attached = answer.json()
    assert (attached["size"], attached["sha256"]) == (len(FILE), hashlib.sha256(FILE).hexdigest())
    assert not {"key", "digest"} & attached.keys()
    said = {"recipients": ["SVN"], "text": "", "attachments": [attached["id"]]}
    message = client.post("/messages", json=said, headers={"idempotency-key": "f"}).json()
    assert message["said"]["attachments"] == [attached]
    path = f"/messages/{message['id']}/attachments/{attached['id']}"
    with client.stream("GET", path) as answer:
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-length"] == str(len(FILE))
        name = quote("Snimka «ž».bin")
        assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
        assert answer.read() == FILE
    again = client.post("/messages", json={**said, "text": "x"}, headers={"idempotency-key": "g"})
    assert problem(again, 404)["field"] == "attachments", "it belongs to the first"
    problem(client.get(path[:-1]), 404)


@pytest.mark.parametrize(
    ("name", "file", "media_type"),
    [
        ("scan.pdf", b"MZ\x90\0", "application/pdf"),
        ("photo.jpg", b"<html><script>alert(1)</script>", "image/jpeg"),
        ("notes.txt", b"plain", "image/png"),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused(
    console: RunningConsole, name: str, file: bytes, media_type: str
) -> None:
    refused = problem(attach(program(console), name, file, media_type), 422)
    assert (refused["code"], refused["field"]) == ("lying-file", "attachment")


@pytest.mark.parametrize("said", ["x/" + "y" * 99, "nonsense", "image/é"])
def test_what_is_no_media_type_is_refused(console: RunningConsole, said: str) -> None:
    client = program(console)
    headers = {b"content-type": said.encode()}
    refused = client.post("/attachments", params={"name": "x.bin"}, content=b"\0", headers=headers)
    assert problem(refused, 422)["field"] == "content-type"


def test_a_file_without_a_name_or_beyond_the_limit_is_refused(
    console: RunningConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = program(console)
    assert "name" in problem(client.post("/attachments", content=b"x"), 422)["detail"]
    monkeypatch.setattr("allpoints.bureau.mailbox.attachments.MAX_ATTACHMENT", 1 << 20)
    assert problem(attach(client, "long.bin", FILE), 413)["field"] == "attachment"


def test_a_file_that_is_cut_is_no_file(console: RunningConsole, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: SimpleQueue[object] = SimpleQueue()
    attach = console.node.mailbox.attach

    async def watched(asker: Asker, pieces: AsyncIterable[bytes], **file: str) -> KeptAttachment:
        try:
            kept = await attach(asker, pieces, **file)
        except BaseException as error:
            ended.put(error)
            raise
        ended.put(kept)
        return kept

    monkeypatch.setattr(console.node.mailbox, "attach", watched)
    place, shown = urlsplit(console.url), token(console, account(console))
    with socket.create_connection((place.hostname, place.port)) as line:
        line.sendall(
            b"POST /api/v1/attachments?name=cut.bin HTTP/1.1\r\nhost: localhost\r\n"
            b"authorization: Bearer " + shown.encode() + b"\r\ncontent-length: 100\r\n\r\nhalf"
        )
    assert isinstance(ended.get(timeout=START_S), MalformedInput)
