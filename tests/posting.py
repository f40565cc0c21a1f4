"""Messages between members of a corridor, and the acts by which the hub carries them."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace
from tests.corridors import Corridor, operator
from tests.examining import acted
from tests.hubs import RunningHub, asker
from tests.sealing import THREAD, SealedBureau

from allpoints.access import Action
from allpoints.bureau.sealed import Attachment, Content, SealingPrivateKey, new_attachment, seal, seal_part
from allpoints.mail import attachments, carrying, public_keys
from allpoints.mail.carrying import Collection
from allpoints.pipeline import Task
from allpoints.steps.authorise import Admitted
from allpoints.steps.commit import Done, Work
from allpoints.store import messages
from allpoints.store.acts import Act
from allpoints.wire.envelopes import PART
from allpoints.wire.messages import Carried, Delivery, Envelope, Priority

CONTENT = Content(kind="message", thread=THREAD, subject="A boat", text="The red boat leaves at nine.")


class Post:
    """The bureaus of a corridor as they write to each other."""

    def __init__(self, corridor: Corridor, bureaus: Mapping[str, SealedBureau] | None = None) -> None:
        self.corridor = corridor
        self._bureaus = dict(bureaus or {})

    def where(self, other: SealedBureau) -> "Post":
        """The same, but for one bureau, which has published nothing yet."""
        return Post(self.corridor, {**self._bureaus, other.code: other})

    async def bureau(self, code: str) -> SealedBureau:
        """A member with its own signing key and a sealing key that is published."""
        if code not in self._bureaus:
            made = SealedBureau(code, self.corridor.keys[code], SealingPrivateKey.generate(code))
            self._bureaus[code] = made
            await self.publish(made)
        return self._bureaus[code]

    async def publish(self, who: SealedBureau) -> Done:
        """Publish a sealing key."""
        key = who.sealing.certified(who.signing, datetime.now(UTC))

        async def task(act: Act, _: Admitted) -> Work:
            return await public_keys.publish(act, who.code, key.key_id, key)

        administrator = asker(who.code, "administrator", "administration", "bureau")
        return await acted(self.corridor, administrator, Action.PUBLISH_SEALING_KEY, task)

    async def envelope(
        self,
        sender: str,
        *recipients: str,
        content: Content = CONTENT,
        now: datetime | None = None,
        **how: Any,
    ) -> Envelope:
        """A sealed message of one member to others, not sent yet."""
        keys = {}
        for code in recipients:
            recipient = await self.bureau(code)
            keys[code] = recipient.sealing.certified(recipient.signing, datetime.now(UTC))
        return seal(
            content,
            sender=(await self.bureau(sender)).signing,
            recipients=keys,
            now=now or datetime.now(UTC),
            **{"priority": Priority.ROUTINE, **how},
        )

    async def hand_over(self, envelope: Envelope, *, by: str | None = None) -> Done:
        """Send it, as its sender or as somebody else."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await carrying.send(act, admitted.asker, envelope, now=datetime.now(UTC))

        return await self.act(by or envelope.head.sender, Action.SEND_MESSAGE, task)

    async def send(self, sender: str, *recipients: str, **how: Any) -> Envelope:
        """Seal a message and send it."""
        envelope = await self.envelope(sender, *recipients, **how)
        await self.hand_over(envelope)
        return envelope

    async def waiting(self, code: str, *, after: int = 0, limit: int = 500) -> tuple[Carried, ...]:
        """What waits for a member."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return Work(
                result=await messages.waiting(
                    act, code, after=after, limit=limit, most_bytes=carrying.PAGE_BYTES
                )
            )

        found: tuple[Carried, ...] = (await self.act(code, Action.READ_MESSAGES, task)).result.messages
        return found

    async def copy(self, code: str, envelope: Envelope) -> Carried | None:
        """A member's copy of a message, where it waits."""
        found = [each for each in await self.waiting(code) if each.head.id == envelope.head.id]
        return found[0] if found else None

    async def collect(self, code: str, *sent: Envelope) -> Done:
        """Say that a member has these messages."""

        async def task(act: Act, _: Admitted) -> Work:
            return await carrying.collect(act, Collection(tuple(each.head.id for each in sent)))

        return await self.act(code, Action.COLLECT_MESSAGES, task)

    async def recall(self, code: str, envelope: Envelope) -> Done:
        """Take a message back."""

        async def task(act: Act, admitted: Admitted) -> Work:
            return await carrying.recall(act, admitted.asker, envelope.head.id)

        return await self.act(code, Action.RECALL_MESSAGE, task)

    async def states(self, envelope: Envelope) -> dict[str, str]:
        """What became of each recipient's copy, as the sender is told."""

        async def task(act: Act, _: Admitted) -> Work:
            return await carrying.delivery(act, envelope.head.id)

        done = await self.act(envelope.head.sender, Action.READ_DELIVERY, task)
        delivery: Delivery = done.result
        return {copy.recipient: copy.state.value for copy in delivery.copies}

    async def put(self, code: str, attachment: str, number: int, part: bytes) -> Done:
        """Upload one part."""

        async def task(act: Act, _: Admitted) -> Work:
            return await attachments.keep_part(act, attachment, number, part)

        return await self.act(code, Action.UPLOAD_ATTACHMENT, task)

    async def fetch(self, code: str, attachment: str, number: int) -> bytes:
        """Fetch one part."""

        async def task(act: Act, _: Admitted) -> Work:
            return await attachments.part(act, attachment, number)

        part: bytes = (await self.act(code, Action.READ_MESSAGES, task)).result
        return part

    async def upload(self, code: str, file: bytes) -> Attachment:
        """Seal a file and upload all of it."""
        attachment, parts = sealed_file(file)
        for number, part in enumerate(parts):
            await self.put(code, attachment.id, number, part)
        return attachment

    async def act(self, code: str, action: Action, task: Task) -> Done:
        """An act of a member's operator."""
        return await acted(self.corridor, operator(code), action, task)


def sealed_message(hub: RunningHub, sender: str, *recipients: str, **content: Any) -> Envelope:
    """A message between members of a running hub, not sent yet."""
    return seal(
        replace(CONTENT, **content),
        sender=hub.sealed(sender).signing,
        recipients={code: hub.sealed(code).certificate for code in recipients},
        priority=Priority.ROUTINE,
        now=datetime.now(UTC),
    )


def sealed_file(file: bytes) -> tuple[Attachment, Sequence[bytes]]:
    """A file as an attachment, and its sealed parts."""
    attachment = new_attachment(
        name="boat.jpg", media_type="image/jpeg", size=len(file), digest=hashlib.sha256(file).digest()
    )
    pieces = [file[start : start + PART] for start in range(0, max(1, len(file)), PART)]
    return attachment, [seal_part(attachment, number, piece) for number, piece in enumerate(pieces)]
