"""Files with messages: whole or not at all, after an interruption with what is missing, and never what they are not."""

import os
from collections.abc import AsyncIterator, Sequence
from errno import ENOSPC
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image
from tests.bureau.mailbox.forging import Shown, carried, hand_over, sealed
from tests.bureau.mailbox.letters import arrived, operator, pieces, sent, until, write

from allpoints.bureau import BureauKey
from allpoints.bureau.call import random_name
from allpoints.bureau.client import AsyncClient
from allpoints.bureau.mailbox import AttachmentState, Draft, LyingFile, Message
from allpoints.bureau.mailbox.attachments import TooMuchUnsent
from allpoints.bureau.node import Node
from allpoints.bureau.sealed import Attachment, Content, new_attachment
from allpoints.bureau.store.attachments import unsent_bytes
from allpoints.errors import Conflict, InvalidValue, NotFound, TooLarge, Unavailable
from allpoints.wire.envelopes import PART
from allpoints.wire.messages import AttachmentHead, Carried, Collected


def drawn(kind: str = "PNG") -> bytes:
    file = BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (40, 60, 3), np.uint8)).save(
        file, kind, comment=b"<script>"
    )
    return file.getvalue()


async def attach(node: Node, file: bytes, name: str, media_type: str = "", *, user: str = "u-1") -> str:
    by = operator(node, user=user)
    return (await node.mailbox.attach(by, pieces(file), name=name, media_type=media_type)).id


def kept_in(node: Node) -> set[str]:
    """What lies on the disk of attachments."""
    return {each.name for each in (node.settings.data / "attachments").iterdir()}


async def read(node: Node, attachment_id: str) -> bytes:
    return b"".join([piece async for piece in node.mailbox.read_attachment(attachment_id)])


async def whole(node: Node, message: Message) -> str:
    """The id of the message's one attachment, once it is here."""
    [described] = message.content.attachments
    await until(
        lambda: node.mailbox.attachments.find(described.id), lambda kept: kept.state is AttachmentState.WHOLE
    )
    return described.id


async def test_a_file_of_several_parts_arrives_as_it_was(node: Node, other_node: Node) -> None:
    file = os.urandom(2 * PART + 12_345)
    attachment = await attach(node, file, "harbour.bin")
    message_id = await write(node, other_node, attachments=(attachment,))
    message = await arrived(other_node, message_id)
    assert await read(other_node, await whole(other_node, message)) == file
    assert await read(node, attachment) == file
    [kept] = await other_node.mailbox.attachments.of(message_id)
    assert (kept.described is not None and kept.described.name, kept.honest) == ("harbour.bin", True)
    folder = other_node.settings.data / "attachments"
    at_rest = b"".join(part.read_bytes() for part in folder.rglob("*") if part.is_file())
    assert file[:64] not in at_rest


async def test_an_upload_goes_on_with_the_parts_that_are_missing(
    still_node: Node, other_still_node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = os.urandom(3 * PART)
    attachment = await attach(still_node, file, "film.bin")
    message_id = await write(still_node, other_still_node, attachments=(attachment,))
    put: list[int] = []
    real = still_node.hubs.client

    def cut_after(parts: int) -> Any:
        class Cut:
            def __init__(self, client: AsyncClient) -> None:
                self.client = client

            def __getattr__(self, name: str) -> Any:
                return getattr(self.client, name)

            async def put_attachment_part(self, attachment_id: str, number: int, part: bytes) -> Any:
                if len(put) == parts:
                    raise Unavailable("the cable is cut")
                put.append(number)
                return await self.client.put_attachment_part(attachment_id, number, part)

        return lambda *args: Cut(real(*args))

    with monkeypatch.context() as line:
        line.setattr(still_node.hubs, "client", cut_after(2))
        async with still_node.database.transaction() as t:
            from allpoints.bureau.store import errands

            errand = await errands.find(t, message_id)
        assert errand is not None
        await still_node.mailbox.outbox._attempt(errand)
        assert put == [0, 1]
        line.setattr(still_node.hubs, "client", cut_after(99))
        assert await still_node.mailbox.outbox.finish(30)
    assert put == [0, 1, 2, 3][: len(put)]
    await sent(still_node, message_id)
    # And so does fetching it.
    got: list[int] = []
    fetch = other_still_node.mailbox.attachments.files.write

    def note(attachment_id: str, number: int, part: bytes) -> None:
        if len(got) == 1:
            got.append(-1)
            raise Unavailable("the cable is cut")
        got.append(number)
        fetch(attachment_id, number, part)

    monkeypatch.setattr(other_still_node.mailbox.attachments.files, "write", note)
    with pytest.raises(Unavailable):
        await other_still_node.mailbox.collector.collect("hub")
    await other_still_node.mailbox.collector.collect("hub")
    assert got[:3] == [0, -1, 1]
    assert len(got) == len(set(got))
    message = await arrived(other_still_node, message_id)
    assert await read(other_still_node, await whole(other_still_node, message)) == file


@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
async def test_an_attachment_cut_in_half_is_marked_and_never_read(
    node: Node, other_node: Node, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    real = other_node.hubs.as_node

    class Harming:
        def __init__(self, client: AsyncClient) -> None:
            self.client = client

        def __getattr__(self, name: str) -> Any:
            return getattr(self.client, name)

        async def attachment_part(self, attachment_id: str, number: int) -> bytes:
            part = await self.client.attachment_part(attachment_id, number)
            if number == 1 and harm == "gone":
                raise NotFound("no such part")
            if number == 1:
                part = part[: len(part) // 2] if harm == "cut" else part[:-1] + bytes([part[-1] ^ 1])
            return part

    monkeypatch.setattr(other_node.hubs, "as_node", lambda hub=None: Harming(real(hub)))
    attachment = await attach(node, os.urandom(PART + 999), "half.bin")
    message_id = await write(node, other_node, text="see the file", attachments=(attachment,))
    await arrived(other_node, message_id)
    broken = await until(
        lambda: other_node.mailbox.attachments.find(attachment),
        lambda kept: kept.state is not AttachmentState.ARRIVING,
    )
    assert broken.state is AttachmentState.BROKEN
    assert broken.problem
    with pytest.raises(Conflict):
        await read(other_node, attachment)
    assert (await other_node.mailbox.message(message_id)).content.text == "see the file"


async def test_a_file_that_lies_is_not_taken(node: Node) -> None:
    with pytest.raises(LyingFile, match="x-executable"):
        await attach(node, b"MZ\x90\0" + bytes(100), "invoice.pdf")
    with pytest.raises(LyingFile):
        await attach(node, b"<html><script>", "photo.jpg", "image/jpeg")


async def test_a_file_that_lies_and_comes_all_the_same_is_marked(
    node: Node, other_node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allpoints.bureau.mailbox.attachments.is_honest", lambda *_: True)
    attachment = await attach(node, b"MZ\x90\0" + bytes(100), "invoice.pdf", "application/pdf")
    monkeypatch.undo()
    message_id = await write(node, other_node, attachments=(attachment,))
    await whole(other_node, await arrived(other_node, message_id))
    [kept] = await other_node.mailbox.attachments.of(message_id)
    assert (kept.honest, kept.found_type) == (False, "application/x-executable")
    with pytest.raises(InvalidValue, match="no picture"):
        await other_node.mailbox.attachments.picture(kept.id)


async def test_a_picture_is_drawn_anew_and_brings_nothing_else(node: Node) -> None:
    attachment = await attach(node, drawn("JPEG"), "face.jpg")
    shown = await node.mailbox.attachments.picture(attachment)
    assert shown.startswith(b"\x89PNG")
    assert b"<script>" not in shown
    assert Image.open(BytesIO(shown)).size == (60, 40)


async def test_what_is_too_large_is_refused_and_what_is_dropped_is_gone(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allpoints.bureau.mailbox.attachments.MAX_ATTACHMENT", 1_000)
    with pytest.raises(TooLarge):
        await attach(node, bytes(1_001), "zeros")
    attachment = await attach(node, bytes(999), "zeros")
    await node.mailbox.detach(attachment)
    with pytest.raises(NotFound):
        await read(node, attachment)
    assert not (node.settings.data / "attachments" / attachment).exists()
    with pytest.raises(NotFound):
        await node.mailbox.send(
            operator(node), Draft(recipients=("FRA",), text="?", attachments=(attachment,))
        )


async def test_nobody_fills_the_disk_with_what_is_not_sent(
    node: Node, other_node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allpoints.bureau.mailbox.attachments.MOST_UNSENT", 2_500)
    first, _ = [await attach(node, b"x" * 900, f"{n}.txt", user="u-full") for n in range(2)]
    before = kept_in(node)
    for size in (900, 2_600):
        with pytest.raises(TooMuchUnsent) as refused:
            await attach(node, b"x" * size, "more.txt", user="u-full")
        assert (refused.value.field, refused.value.retry_after_s) == ("attachment", 3_600)
    assert kept_in(node) == before
    await attach(node, b"x" * 900, "another.txt", user="u-other")
    await write(node, other_node, attachments=(first,))
    await attach(node, b"x" * 900, "room again.txt", user="u-full")


async def test_what_is_no_media_type_is_refused_before_a_byte_is_read(node: Node) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("it is read")
        yield b""

    with pytest.raises(InvalidValue) as refused:
        await node.mailbox.attach(operator(node), never(), name="x", media_type="x/" + "y" * 99)
    assert refused.value.field == "content-type"


@pytest.mark.parametrize("where", ["at a part", "in the database"])
async def test_what_fails_while_it_is_sealed_leaves_nothing(
    node: Node, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    write_part = node.mailbox.attachments.files.write

    def full(attachment_id: str, number: int, part: bytes) -> None:
        if number == 1:
            raise OSError(ENOSPC, "No space left on device")
        write_part(attachment_id, number, part)

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("No space left")

    before, user = kept_in(node), f"u-fails-{where}"
    with monkeypatch.context() as broken:
        if where == "at a part":
            broken.setattr(node.mailbox.attachments.files, "write", full)
        else:
            broken.setattr("allpoints.bureau.store.attachments.end_arriving", away)
        with pytest.raises(Unavailable, match="No space"):
            await attach(node, os.urandom(PART + 1), "film.bin", user=user)
    assert kept_in(node) == before
    async with node.database.transaction() as t:
        assert await unsent_bytes(t, user) == 0


async def test_a_disk_that_is_full_while_a_file_comes_is_no_defect(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr("allpoints.bureau.mailbox.attachments.tempfile.TemporaryFile", full)
    with pytest.raises(Unavailable, match="No space"):
        await attach(node, b"x", "x.txt")


async def test_an_attachment_goes_with_one_message_only(node: Node, other_node: Node) -> None:
    attachment = await attach(node, b"once", "once.txt")
    await write(node, other_node, attachments=(attachment,))
    with pytest.raises(NotFound):
        await write(node, other_node, attachments=(attachment,))


async def test_what_nobody_sends_is_forgotten(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    attachment = await attach(node, b"draft", "draft.txt")
    await node.mailbox.attachments.forget_abandoned()
    assert await read(node, attachment) == b"draft"
    monkeypatch.setattr("allpoints.bureau.mailbox.attachments.ABANDONED", timedelta(0))
    await node.mailbox.attachments.forget_abandoned()
    with pytest.raises(NotFound):
        await read(node, attachment)


async def test_no_id_of_another_bureau_names_a_folder_elsewhere(node: Node) -> None:
    [kept] = [await node.mailbox.attachments.find(await attach(node, b"x", "x.txt"))]
    assert kept.described is not None
    outside = replace(kept.described, id="../../../../outside-of-it")
    with pytest.raises(InvalidValue):
        node.mailbox.attachments.files.there(outside.id)


class Parts:
    """A hub that gives out parts of attachments, and notes which were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def attachment_part(self, attachment_id: str, number: int) -> bytes:
        self.asked.append(attachment_id)
        return b"part"

    async def collect_messages(self, ids: Sequence[str]) -> Collected:
        return Collected(tuple(ids))


def with_a_file(sender: BureauKey, recipient: Node, file: Attachment) -> Carried:
    content = Content(kind="message", thread=random_name(), attachments=(file,))
    return carried(sealed(sender, recipient, content=content), recipient.vault.bureau)


def a_file() -> Attachment:
    return new_attachment(name="x.txt", media_type="text/plain", size=4, digest=bytes(32))


async def test_files_of_what_is_refused_are_not_fetched_and_stop_nothing(
    still_node: Node, other_still_node: Node
) -> None:
    sender, hub = other_still_node.vault.signing, Parts()
    good, bad = a_file(), a_file()
    forged = replace(with_a_file(sender, still_node, bad), signature=bytes(64))
    outside = replace(forged, head=replace(forged.head, attachments=(AttachmentHead(id="../x", size=99),)))
    page = [outside, forged, with_a_file(sender, still_node, good)]
    await still_node.mailbox.collector._take("hub", hub, page)  # type: ignore[arg-type]
    assert hub.asked == [good.id]


async def test_files_of_what_was_held_go_when_it_is_refused(
    still_node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Shown(still_node, monkeypatch)
    old, new = BureauKey.generate("LVA"), BureauKey.generate("LVA")
    shown.show("LVA", old)
    await hand_over(still_node, carried(sealed(old, still_node), "MLT"))
    shown.show("LVA", old, new)
    file, files = a_file(), still_node.mailbox.attachments.files
    page = [with_a_file(new, still_node, file)]
    await still_node.mailbox.collector._take("hub", Parts(), page)  # type: ignore[arg-type]
    assert files.there(file.id) == {0}
    await still_node.mailbox.refuse_key(operator(still_node, "administrator"), new.key_id)
    assert files.there(file.id) == set()


async def test_a_full_disk_is_waited_for(
    still_node: Node, other_still_node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    page = [with_a_file(other_still_node.vault.signing, still_node, a_file())]
    monkeypatch.setattr(still_node.mailbox.attachments.files, "write", full)
    with pytest.raises(Unavailable, match="No space"):
        await still_node.mailbox.collector._take("hub", Parts(), page)  # type: ignore[arg-type]


async def test_a_file_under_the_id_of_another_is_not_let_in(still_node: Node, other_still_node: Node) -> None:
    sender, file = other_still_node.vault.signing, a_file()
    page = [with_a_file(sender, still_node, file), with_a_file(sender, still_node, a_file())]
    page.append(with_a_file(sender, still_node, file))
    await still_node.mailbox.collector._take("hub", Parts(), page)  # type: ignore[arg-type]
    apart = {each.message: each.reason for each in await still_node.mailbox.quarantine()}
    assert [apart.get(each.head.id) for each in page] == [None, None, "another-message"]
