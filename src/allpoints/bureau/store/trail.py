"""The node's own trail: who signed in, what was refused, who did which administrative act. It only grows."""

from datetime import datetime
from enum import StrEnum

import msgspec

from allpoints.bureau.store.database import Transaction

_LAST = (1 << 63) - 1


class Done(StrEnum):
    """What the trail tells of."""

    SIGNED_IN = "signed-in"
    SIGN_IN_REFUSED = "sign-in-refused"
    SIGNED_OUT = "signed-out"
    ROLE_CHOSEN = "role-chosen"
    PERSON_ADDED = "person-added"
    PERSON_CHANGED = "person-changed"
    PERSON_DEACTIVATED = "person-deactivated"
    PERSON_RESET = "person-reset"
    OPENID_LINKED = "openid-linked"
    TOKEN_MADE = "token-made"  # noqa: S105 - a word for the trail, as the next two
    TOKEN_ENDED = "token-ended"  # noqa: S105
    TOKEN_REFUSED = "token-refused"  # noqa: S105
    INVITATION_ACCEPTED = "invitation-accepted"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105 - a word for the trail
    PASSKEY_ADDED = "passkey-added"
    PASSKEY_REMOVED = "passkey-removed"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    KEY_ROTATED = "key-rotated"
    KEY_REVOKED = "key-revoked"
    REFUSED = "refused"


class TrailEntry(msgspec.Struct, frozen=True):
    """One thing that was done or refused."""

    id: int
    at: datetime
    act: str
    person: int | None
    """Who did it; None for whoever operates the machine, or somebody unknown."""
    display_name: str | None
    subject: str
    """To whom or what."""
    address: str
    detail: str


async def add(
    t: Transaction,
    act: Done,
    *,
    person: int | None = None,
    subject: str = "",
    address: str = "",
    detail: str = "",
) -> None:
    """Store that something was done, in the transaction that does it."""
    await t.rows("add_to_trail", act=act, person=person, subject=subject, address=address, detail=detail)


async def entries(t: Transaction, *, before: int | None = None, limit: int = 100) -> list[TrailEntry]:
    """The newest entries, or those before one of them."""
    rows = await t.rows("trail", before=_LAST if before is None else before, limit=limit)
    return [TrailEntry(*row) for row in rows]
