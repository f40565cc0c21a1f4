"""Another bureau, which writes to the console's and reads what comes from there, over the hub's API alone."""

import time
from datetime import UTC, datetime
from typing import Any

from tests.hubs import RunningHub

from allpoints.bureau import BureauKey
from allpoints.bureau.call import random_name
from allpoints.bureau.sealed import Content, ReceiptOf, open_envelope, receipt_content, seal
from allpoints.wire.messages import Carried, Envelope, Priority

PATIENCE_S = 120.0


class Correspondent:
    """A bureau that is a member of the hub."""

    def __init__(self, hub: RunningHub, code: str) -> None:
        self.code = code
        self.client = hub.operator(code)
        self._keys = hub.sealed(code)

    @property
    def signing(self) -> BureauKey:
        """The key that it signs with."""
        return self._keys.signing

    def write(
        self, to: str, priority: Priority = Priority.ROUTINE, deadline: datetime | None = None, **content: Any
    ) -> Envelope:
        """Seal a content and send it."""
        said = Content(**{"kind": "message", "thread": random_name(), "author": "u-9", **content})
        envelope = seal(
            said,
            sender=self._keys.signing,
            recipients={to: self.client.public_keys(to).sealing[0]},
            priority=priority,
            now=datetime.now(UTC),
            deadline=deadline,
        )
        self.client.send_message(envelope)
        return envelope

    def read(self, message_id: str) -> tuple[Carried, Content]:
        """Wait for a message and open it."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for carried in self.client.waiting_messages().messages:
                if carried.head.id == message_id:
                    return carried, self._open(carried)
            time.sleep(0.05)
        raise AssertionError("it does not come")

    def confirm(self, message_id: str, of: ReceiptOf = ReceiptOf.READ) -> None:
        """Collect a message and say that it is read."""
        carried, content = self.read(message_id)
        self.client.collect_messages([message_id])
        receipt = receipt_content(carried, content, of, datetime.now(UTC))
        envelope = seal(
            receipt,
            sender=self._keys.signing,
            recipients={carried.head.sender: self.client.public_keys(carried.head.sender).sealing[0]},
            priority=Priority.ROUTINE,
            now=datetime.now(UTC),
        )
        self.client.send_message(envelope)

    def _open(self, carried: Carried) -> Content:
        shown = self.client.public_keys(carried.head.sender)
        known = {key.key_id: key for key in shown.signing}
        return open_envelope(
            carried,
            bureau=self.code,
            sealing_keys={self._keys.sealing.key_id: self._keys.sealing},
            signing_key_of=lambda _, name: known[name],
        )
