"""Sealed messages from node to node over a hub: how many a second, what sealing costs, what kills lose.

    python -m bench.messages [--json] [--messages 500] [--waiting 10000] [--attachment-mib 100] [--kills 50]
                             [--data DIR] [--seed N]

Two nodes and a hub run as their operators run them, each in processes of its own, with a PostgreSQL each. What is
measured: 4 KiB to one bureau, from the moment it is written at one node until it is kept at the other; 4 KiB to twenty
bureaus, handed to the hub; a large attachment; many messages that waited for a bureau that was off; and `kill -9` of
sender, hub and recipient in turn while messages are written without a pause.

Beside it stands what one would write otherwise: libsodium's sealed boxes, one for each recipient, which keep nothing
from a quantum computer and say nothing of who sealed; and a client that sends anew, under a new id, what was not
answered.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from nacl.public import PrivateKey, SealedBox
from tests.hubs import RunningHub, asker

from allpoints.bureau import AsyncClient, BureauKey, Signer
from allpoints.bureau.call import random_name
from allpoints.bureau.mailbox import Draft
from allpoints.bureau.sealed import Content, SealingPrivateKey, open_envelope, seal
from allpoints.errors import AllpointsError
from allpoints.records import Asker
from allpoints.wire.envelopes import key_digest
from allpoints.wire.messages import Carried, Envelope, Priority, SealingKey, SigningKey
from bench.nodes import KillableNode

SENDER, RECIPIENT, NAIVE = "ALB", "FRA", "UTO"
TWENTY = (
    *("AUT", "BEL", "BGR", "CHE", "CZE", "DEU", "DNK", "ESP", "EST", "FIN"),
    *("GRC", "HRV", "HUN", "IRL", "ISL", "ITA", "LTU", "LVA", "NLD", "NOR"),
)
SIZE = 4_096
AT_ONCE = 8
REPEATS = 200
PATIENCE_S = 1_800.0
UNDISTURBED_S = (0.3, 1.5)
"""How long messages are written between a recovery and the next kill."""


def text(number: int | str) -> str:
    """A text of 4 KiB that says which it is."""
    return f"{number} ".ljust(SIZE, "x")


def operator(bureau: str) -> Asker:
    """Who writes."""
    return asker(bureau, "operator", "criminal-investigation", "police")


# Sealing ------------------------------------------------------------------------------------------------


def sealing_cost() -> dict[str, float]:
    """What it costs to seal and to open, in milliseconds, beside libsodium's sealed boxes."""
    sender = BureauKey.generate(SENDER)
    private = {code: SealingPrivateKey.generate(code) for code in TWENTY}
    keys = {code: key.certified(BureauKey.generate(code), datetime.now(UTC)) for code, key in private.items()}
    boxes = [PrivateKey.generate() for _ in TWENTY]
    first = TWENTY[0]
    envelope = sealed(sender, {first: keys[first]}, "one")
    carried = as_carried(envelope)
    known = SigningKey(key_id=sender.key_id, public_key=sender.public_key, active_at=datetime.now(UTC))
    opening: dict[str, Any] = {
        "bureau": first,
        "sealing_keys": {private[first].key_id: private[first]},
        "signing_key_of": lambda *_: known,
    }
    body = text("box").encode()
    closed = SealedBox(boxes[0].public_key).encrypt(body)
    return {
        "seal_for_one_ms": milliseconds(lambda: sealed(sender, {first: keys[first]}, "one")),
        "seal_for_twenty_ms": milliseconds(lambda: sealed(sender, keys, "twenty")),
        "open_ms": milliseconds(lambda: open_envelope(carried, **opening)),
        "plain_boxes_for_one_ms": milliseconds(lambda: SealedBox(boxes[0].public_key).encrypt(body)),
        "plain_boxes_for_twenty_ms": milliseconds(
            lambda: [SealedBox(box.public_key).encrypt(body) for box in boxes]
        ),
        "plain_box_open_ms": milliseconds(lambda: SealedBox(boxes[0]).decrypt(closed)),
    }


def sealed(sender: BureauKey, recipients: dict[str, SealingKey], number: int | str) -> Envelope:
    """A message of 4 KiB."""
    return seal(
        Content(kind="message", thread=random_name(), text=text(number)),
        sender=sender,
        recipients=recipients,
        priority=Priority.ROUTINE,
        now=datetime.now(UTC),
    )


def as_carried(envelope: Envelope) -> Carried:
    """As its first recipient fetches it."""
    return Carried(
        number=1,
        head=envelope.head,
        key=envelope.keys[0],
        key_digests=tuple(map(key_digest, envelope.keys)),
        commitment=envelope.commitment,
        body=envelope.body,
        signature=envelope.signature,
        arrived_at=datetime.now(UTC),
    )


def milliseconds(work: Callable[[], object]) -> float:
    """The median of many, in milliseconds."""
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return round(statistics.median(times) * 1e3, 3)


# Through the hub ----------------------------------------------------------------------------------------


async def hand_over(hub: RunningHub, envelopes: Sequence[Envelope]) -> float:
    """Hand sealed messages to the hub over several connections; return the seconds it took."""
    left = iter(envelopes)
    key = hub.keys[SENDER]

    async def send() -> None:
        async with AsyncClient(hub.url, Signer(SENDER, key), operator(SENDER), timeout_s=60) as client:
            for envelope in left:
                await client.send_message(envelope)

    begun = time.perf_counter()
    await asyncio.gather(*(send() for _ in range(AT_ONCE)))
    return time.perf_counter() - begun


async def from_node_to_node(sender: KillableNode, recipient: KillableNode, count: int) -> float:
    """Write so many messages, and wait until all are kept at the other node; return messages a second."""
    before = recipient.received()
    async with sender.opened() as node:
        begun = time.perf_counter()
        for number in range(count):
            draft = Draft(recipients=(RECIPIENT,), text=text(f"measured {number}"))
            await node.mailbox.send(operator(SENDER), draft)
    await until(lambda: recipient.received() == before + count)
    return count / (time.perf_counter() - begun)


async def large_attachment(sender: KillableNode, recipient: KillableNode, mebibytes: int) -> dict[str, float]:
    """Attach a file, and wait until it has arrived whole at the other node."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(mebibytes):
            yield os.urandom(1 << 20)

    async with sender.opened() as node:
        begun = time.perf_counter()
        attachment = await node.mailbox.attach(operator(SENDER), pieces(), name="large.bin")
        attached = time.perf_counter()
        draft = Draft(recipients=(RECIPIENT,), text="see the file", attachments=(attachment.id,))
        await node.mailbox.send(operator(SENDER), draft)
    await until(lambda: recipient.whole(attachment.id))
    return {
        "attach_mib_per_s": round(mebibytes / (attached - begun), 1),
        "attachment_mib_per_s": round(mebibytes / (time.perf_counter() - attached), 1),
    }


async def waiting_for_who_was_off(
    hub: RunningHub, sender: KillableNode, recipient: KillableNode, count: int
) -> dict[str, float]:
    """Have messages wait for a node that is off, start it, and count what it has when nothing is left."""
    await until(lambda: recipient.sealing_key(hub) is not None)
    recipient.kill()
    key = recipient.sealing_key(hub)
    assert key is not None
    signing = sender.vault.signing
    envelopes = [sealed(signing, {RECIPIENT: key}, f"waited {number}") for number in range(count)]
    handed_over_s = await hand_over(hub, envelopes)
    begun = time.perf_counter()
    recipient.start()
    await until(lambda: recipient.nothing_waits(hub))
    collected_s = time.perf_counter() - begun
    numbers = Counter(recipient.numbers("waited "))
    return {
        "waiting": count,
        "waiting_handed_over_per_s": round(count / handed_over_s, 1),
        "waiting_collected_s": round(collected_s, 1),
        "waiting_lost": count - len(numbers),
        "waiting_doubled": sum(seen > 1 for seen in numbers.values()),
    }


# Kills --------------------------------------------------------------------------------------------------


async def killing(
    hub: RunningHub, sender: KillableNode, recipient: KillableNode, kills: int, draw: random.Random
) -> dict[str, float]:
    """Kill sender, hub and recipient in turn while messages are written; count what is lost and doubled."""
    written: list[int] = []
    naive: list[int] = []
    stop = asyncio.Event()
    async with sender.opened() as node:

        async def write() -> None:
            for number in itertools.count():
                if stop.is_set():
                    return
                draft = Draft(recipients=(RECIPIENT,), text=text(f"killed {number}"))
                await node.mailbox.send(operator(SENDER), draft)
                # Kept, and so acknowledged to who wrote it.
                written.append(number)
                await asyncio.sleep(0.05)

        writer = asyncio.ensure_future(write())
        naive_writer = asyncio.ensure_future(write_naively(hub, recipient, naive, stop))
        for number in range(kills):
            await asyncio.sleep(draw.uniform(*UNDISTURBED_S))
            victim = (sender, hub, recipient, hub)[number % 4]
            await asyncio.to_thread(victim.kill)
            await asyncio.sleep(draw.uniform(0, 1))
            await asyncio.to_thread(victim.start)
            sys.stderr.write(f"{number + 1:4} {type(victim).__name__:12} {len(written)} written\n")
        stop.set()
        await asyncio.gather(writer, naive_writer)
        await until(lambda: sender.left() == 0)
    await until(lambda: recipient.nothing_waits(hub))
    numbers = Counter(recipient.numbers("killed "))
    naively = Counter(recipient.numbers("naive "))
    return {
        "kills": kills,
        "written": len(written),
        "lost": sum(number not in numbers for number in written),
        "doubled": sum(seen > 1 for seen in numbers.values()),
        "naive_written": len(naive),
        "doubled_without_ids": sum(seen > 1 for seen in naively.values()),
    }


async def write_naively(
    hub: RunningHub, recipient: KillableNode, naive: list[int], stop: asyncio.Event
) -> None:
    """As a simple client does: what was not answered is sealed and sent anew."""
    key = hub.keys[NAIVE]
    async with AsyncClient(hub.url, Signer(NAIVE, key), operator(NAIVE), timeout_s=5) as client:
        sealing: SealingKey | None = None
        for number in itertools.count():
            while not stop.is_set():
                try:
                    sealing = sealing or (await client.public_keys(RECIPIENT)).sealing[0]
                    call = AsyncClient.send_message(sealed(key, {RECIPIENT: sealing}, f"naive {number}"))
                    await client.send(msgspec.structs.replace(call, once=True))
                except AllpointsError:
                    await asyncio.sleep(0.05)
                else:
                    naive.append(number)
                    break
            if stop.is_set():
                return


async def until(ready: Callable[[], bool]) -> None:
    """Wait until it is so. Raises `TimeoutError`."""
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(ready):
            await asyncio.sleep(0.05)


# All of it ----------------------------------------------------------------------------------------------


async def measure(options: argparse.Namespace, hub: RunningHub, folder: Path) -> dict[str, float]:
    """Everything in turn."""
    figures = sealing_cost()
    sender, recipient = (KillableNode(folder, hub, code) for code in (SENDER, RECIPIENT))
    try:
        for node in (sender, recipient):
            node.start()
        await until(lambda: recipient.sealing_key(hub) is not None)
        figures["messages_per_s"] = round(await from_node_to_node(sender, recipient, options.messages), 1)
        figures |= await to_twenty(hub, options.messages)
        figures |= await large_attachment(sender, recipient, options.attachment_mib)
        figures |= await waiting_for_who_was_off(hub, sender, recipient, options.waiting)
        figures |= await killing(hub, sender, recipient, options.kills, random.Random(options.seed))
    finally:
        for node in (sender, recipient):
            node.kill()
            node.stop_database()
    return figures


async def to_twenty(hub: RunningHub, count: int) -> dict[str, float]:
    """Messages to one and to twenty bureaus, handed to the hub over several connections."""
    private = {code: SealingPrivateKey.generate(code) for code in TWENTY}
    keys = {}
    for code, key in private.items():
        keys[code] = key.certified(hub.keys[code], datetime.now(UTC))
        hub.client(code, "administrator", "administration", "bureau").publish_sealing_key(keys[code])
    first = TWENTY[0]
    signing = hub.keys[SENDER]
    one = await hand_over(hub, [sealed(signing, {first: keys[first]}, n) for n in range(count)])
    twenty = await hand_over(hub, [sealed(signing, keys, n) for n in range(count // 4)])
    return {
        "handed_over_to_one_per_s": round(count / one, 1),
        "handed_over_to_twenty_per_s": round(count // 4 / twenty, 1),
    }


@contextlib.contextmanager
def a_hub(folder: Path) -> Iterator[RunningHub]:
    """A hub with all that takes part as members."""
    (folder / "hub").mkdir(parents=True, exist_ok=True)
    hub = RunningHub(folder / "hub")
    try:
        hub.start()
        hub.enrol(SENDER, RECIPIENT, NAIVE, *TWENTY)
        yield hub
    finally:
        hub.stop()
        hub.server.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status is 1 where anything was lost or doubled."""
    parser = argparse.ArgumentParser(prog="bench.messages", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--messages", type=int, default=500, help="written at one node, kept at the other")
    parser.add_argument("--waiting", type=int, default=10_000, help="for a node that is off")
    parser.add_argument("--attachment-mib", type=int, default=100)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--data", type=Path, help="folder for all data; by default a temporary one")
    parser.add_argument("--seed", type=int, default=1, help="of the moments drawn")
    options = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        folder = options.data or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="allpoints-messages-"))
        )
        hub = stack.enter_context(a_hub(folder))
        figures = asyncio.run(measure(options, hub, folder))
    if options.json:
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
    else:
        sys.stdout.writelines(f"{name:32} {value}\n" for name, value in figures.items())
    flaws = ("lost", "doubled", "waiting_lost", "waiting_doubled")
    return 1 if any(figures[flaw] for flaw in flaws) else 0


if __name__ == "__main__":
    sys.exit(main())
