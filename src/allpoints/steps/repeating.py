"""Repeated requests: what changes something carries an `Idempotency-Key`, and a retry gets the first reply."""

import hashlib

from allpoints.errors import InvalidValue, Unavailable
from allpoints.steps.authorise import Admitted
from allpoints.store.acts import Act
from allpoints.store.database import Database

MAX_KEY = 200
REPEATED = "repeated request"
"""What the log says of one that changed nothing any more."""


async def first_reply(act: Act, admitted: Admitted, what: str) -> bytes | None:
    """What was answered to the first request with this key; None where this is the first.

    `what` is what is done with the body: the key of one act does not answer for another. A second request waits until
    the first has committed. Raises `InvalidValue` for a request without a key, `Conflict` for a key that came with
    something else before.
    """
    return await act.claim_idempotency_key(
        admitted.asker.bureau, _idempotency_key(admitted), _digest(admitted, what)
    )


async def keep_reply(act: Act, admitted: Admitted, reply: bytes) -> None:
    """Keep the reply for a retry."""
    await act.keep_reply(admitted.asker.bureau, _idempotency_key(admitted), reply)


async def answered_before(database: Database, admitted: Admitted, what: str) -> bool:
    """Whether the same request was answered before, so that nothing that it brings needs to be looked at."""
    async with database.act(admitted.asker) as act:
        return await act.has_reply(admitted.asker.bureau, _idempotency_key(admitted), _digest(admitted, what))


def just_expired() -> Unavailable:
    """For the rare retry whose first reply is forgotten between a look at it and the transaction that gives it."""
    return Unavailable("the reply to the first request of this Idempotency-Key has just expired")


def _digest(admitted: Admitted, what: str) -> bytes:
    return hashlib.sha256(f"{what}\n".encode() + admitted.body).digest()


def _idempotency_key(admitted: Admitted) -> str:
    key = admitted.request.idempotency_key or ""
    if not 1 <= len(key) <= MAX_KEY:
        raise InvalidValue(
            f"an upload carries a key of 1 to {MAX_KEY} characters",
            field="Idempotency-Key",
            remedy="Draw a random one for each upload and keep it for retries.",
        )
    return key
