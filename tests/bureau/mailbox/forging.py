"""Messages as anybody with a key makes them, and a hub that hands out what it is told to."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from allpoints.bureau import BureauKey
from allpoints.bureau.call import random_name
from allpoints.bureau.mailbox import Quarantined
from allpoints.bureau.node import Node
from allpoints.bureau.sealed import Content, seal
from allpoints.wire.envelopes import key_digest
from allpoints.wire.messages import (
    Carried,
    Collected,
    Envelope,
    Priority,
    PublicKeys,
    SealingKey,
    SigningKey,
)


def carried(envelope: Envelope, bureau: str) -> Carried:
    """The envelope as the hub hands it out."""
    return Carried(
        number=1,
        head=envelope.head,
        key=next(key for key in envelope.keys if key.recipient == bureau),
        key_digests=tuple(map(key_digest, envelope.keys)),
        commitment=envelope.commitment,
        body=envelope.body,
        signature=envelope.signature,
        arrived_at=datetime.now(UTC),
    )


def sealing_key(node: Node) -> SealingKey:
    """What others seal to."""
    key = next(iter(node.vault.sealing.values()))
    return key.certified(node.vault.signing, datetime.now(UTC))


def sealed(sender: BureauKey, recipient: Node, *, content: Content | None = None, **more: Any) -> Envelope:
    """A message to one node."""
    return sealed_for(sender, sealing_key(recipient), content=content, **more)


def sealed_for(
    sender: BureauKey, *recipients: SealingKey, content: Content | None = None, **more: Any
) -> Envelope:
    """A message for these keys."""
    return seal(
        content or Content(kind="message", thread=random_name(), text="psst"),
        sender=sender,
        recipients={key.bureau: key for key in recipients},
        priority=Priority.ROUTINE,
        now=datetime.now(UTC),
        **more,
    )


async def hand_over(node: Node, *messages: Carried) -> list[Quarantined]:
    """Have the hub hand these out; return what was kept apart of them."""

    class Hub:
        async def collect_messages(self, ids: Sequence[str]) -> Collected:
            assert set(ids) == {each.head.id for each in messages}
            return Collected(tuple(ids))

    await node.mailbox.collector._take("hub", Hub(), messages)  # type: ignore[arg-type]
    ids = {each.head.id for each in messages}
    return [each for each in await node.mailbox.quarantine() if each.message in ids]


class Shown:
    """What a hub shows of bureaus that are none of its members."""

    def __init__(self, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
        self.keys: dict[str, PublicKeys] = {}
        real = node.hubs.as_node
        shown = self

        class Hub:
            async def public_keys(self, bureau: str) -> PublicKeys:
                if bureau in shown.keys:
                    return shown.keys[bureau]
                return await real().public_keys(bureau)

        monkeypatch.setattr(node.hubs, "as_node", lambda _hub=None: Hub())

    def show(self, bureau: str, *signing: BureauKey, revoked: datetime | None = None) -> None:
        """The first of these is revoked, if any is."""
        self.keys[bureau] = PublicKeys(
            bureau=bureau,
            signing=tuple(
                SigningKey(
                    key_id=key.key_id,
                    public_key=key.public_key,
                    active_at=datetime.now(UTC),
                    revoked_at=revoked if number == 0 else None,
                )
                for number, key in enumerate(signing)
            ),
            sealing=(),
        )
