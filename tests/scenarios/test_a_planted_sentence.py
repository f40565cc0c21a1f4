"""A sentence goes from one bureau to two others and nothing of it is ever at the hub: not in its database, its files,
its log, nor in the memory of any of its processes."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg
import pytest
from tests.hubs import RunningHub
from tests.sealing import SealedBureau

from allpoints.bureau import Client
from allpoints.bureau.sealed import (
    Attachment,
    Content,
    ReceiptOf,
    check_certificate,
    check_receipt,
    new_attachment,
    open_envelope,
    open_parts,
    receipt_content,
    seal,
    seal_part,
)
from allpoints.bureau.sealed.attachments import count_parts
from allpoints.wire.envelopes import PART
from allpoints.wire.messages import Carried, Envelope, Priority

SENTENCE = "The heron leaves the harbour at a quarter past four with nine crates of tea."
FILE = (SENTENCE * 40_000).encode()
SEEN = b"allpoints sealed message v1"
"""What every worker has in its memory: where this is not found, nothing was looked at."""
SLICE = 16 << 20


def _spellings(text: bytes) -> Iterator[bytes]:
    """As it is, in hexadecimal, and in base64 wherever it begins; a part of it is enough."""
    part = text[10:50]
    yield part
    yield part.hex().encode()
    for shift in range(3):
        yield base64.b64encode(bytes(shift) + part)[4:-4]


SECRETS = tuple(_spellings(SENTENCE.encode()))


class Office:
    """A bureau that writes and reads over the hub's API and nothing else."""

    def __init__(self, hub: RunningHub, code: str) -> None:
        self.keys: SealedBureau = hub.sealed(code)
        self.client: Client = hub.operator(code)

    def write(self, content: Content, *recipients: str) -> Envelope:
        """Seal a content to what the hub says are the recipients' keys, checked, and send it."""
        certified = {}
        for code in recipients:
            found = self.client.public_keys(code)
            check_certificate(found.sealing[0], code, found.signing)
            certified[code] = found.sealing[0]
        envelope = seal(
            content,
            sender=self.keys.signing,
            recipients=certified,
            priority=Priority.URGENT,
            now=datetime.now(UTC),
        )
        self.client.send_message(envelope)
        return envelope

    def attach(self, file: bytes) -> Attachment:
        """Seal a file and upload it."""
        attachment = new_attachment(
            name=f"{SENTENCE}.txt",
            media_type="text/plain",
            size=len(file),
            digest=hashlib.sha256(file).digest(),
        )
        for number in range(count_parts(attachment)):
            piece = file[number * PART : (number + 1) * PART]
            self.client.put_attachment_part(attachment.id, number, seal_part(attachment, number, piece))
        return attachment

    def read(self, carried: Carried) -> Content:
        """Open what waits."""

        def known(bureau: str, key_id: str) -> object:
            return next(k for k in self.client.public_keys(bureau).signing if k.key_id == key_id)

        return open_envelope(
            carried,
            bureau=self.keys.code,
            sealing_keys={self.keys.sealing.key_id: self.keys.sealing},
            signing_key_of=known,  # type: ignore[arg-type]
        )


def test_nothing_of_a_message_is_ever_at_the_hub(hub: RunningHub) -> None:
    albania, france, italy = (Office(hub, code) for code in ("ALB", "FRA", "ITA"))
    sent = albania.write(
        Content(
            kind="information-request",
            thread="thread-0000000000000001",
            subject=SENTENCE,
            text=SENTENCE * 100,
            author=SENTENCE,
            fields={"question": SENTENCE},
            references=(SENTENCE,),
            attachments=(albania.attach(FILE),),
        ),
        "FRA",
        "ITA",
    )
    assert _where(SECRETS, _database(hub)) == []
    assert _where((sent.head.id.encode(),), _database(hub)), "what the hub may know is found"

    for office in (france, italy):
        [waiting] = office.client.waiting_messages().messages
        opened = office.read(waiting)
        assert SENTENCE in opened.text
        [attachment] = opened.attachments
        parts = (
            office.client.attachment_part(attachment.id, number) for number in range(count_parts(attachment))
        )
        assert b"".join(open_parts(attachment, parts)) == FILE
        assert office.client.collect_messages([waiting.head.id]).ids == (sent.head.id,)
        office.write(receipt_content(waiting, opened, ReceiptOf.READ, datetime.now(UTC)), "ALB")

    receipts = albania.client.waiting_messages().messages
    confirmed = {each.head.sender: check_receipt(albania.read(each), each.head, sent) for each in receipts}
    assert {bureau: receipt.of for bureau, receipt in confirmed.items()} == {
        "FRA": ReceiptOf.READ,
        "ITA": ReceiptOf.READ,
    }
    assert {copy.state.value for copy in albania.client.delivery(sent.head.id).copies} == {"collected"}
    _assert_nothing_is_there(hub)


def _assert_nothing_is_there(hub: RunningHub) -> None:
    assert _where(SECRETS, _database(hub)) == []
    assert _where(SECRETS, _files(hub.folder)) == []
    workers = set()
    try:
        for name, content in _memory(_processes(hub)):
            assert not any(secret in content for secret in SECRETS), name
            if SEEN in content:
                workers.add(name.split()[0])
    except PermissionError:
        pytest.skip("this machine lets nobody read the memory of other processes")
    assert len(workers) >= 2, "nothing was looked at"


def _where(wanted: tuple[bytes, ...], places: Iterable[tuple[str, bytes]]) -> list[str]:
    return [name for name, content in places if any(each in content for each in wanted)]


def _database(hub: RunningHub) -> Iterator[tuple[str, bytes]]:
    """Every column of every row of every table, as it is stored."""
    with hub.superuser() as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        assert len(tables) > 20
        for (table,) in tables:
            yield table, _copied(connection, table)


def _copied(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)".encode()) as rows:
        return b"".join(map(bytes, rows))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All that the hub wrote: its process log, its indexes, PostgreSQL's files with the log that it recovers from."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()


def _processes(hub: RunningHub) -> Iterator[psutil.Process]:
    """The hub's processes and those of its PostgreSQL."""
    postmaster = next(hub.folder.rglob("postmaster.pid")).read_text().split()[0]
    for first in {hub.pid, int(postmaster)}:
        process = psutil.Process(first)
        yield process
        yield from process.children(recursive=True)


def _memory(processes: Iterable[psutil.Process]) -> Iterator[tuple[str, bytes]]:
    """What stands in memory that the processes can write to, what they share once, in overlapping slices."""
    shared = set()
    for process in processes:
        for line in Path(f"/proc/{process.pid}/maps").read_text().splitlines():
            addresses, permissions, _, device, inode, *_ = line.split()
            if not permissions.startswith("rw") or (addresses, device, inode) in shared:
                continue
            if permissions.endswith("s"):
                shared.add((addresses, device, inode))
            yield from _slices(process.pid, addresses)


def _slices(pid: int, addresses: str) -> Iterator[tuple[str, bytes]]:
    start, end = (int(address, 16) for address in addresses.split("-"))
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for place in range(start, end, SLICE):
            memory.seek(place)
            try:
                yield f"{pid} {addresses}", memory.read(min(SLICE + 200, end - place))
            except OSError:
                return  # reserved and not there, or a device
