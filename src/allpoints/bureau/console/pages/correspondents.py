"""Whose key is whose: the keys of other bureaus, which of them an administrator accepts, and what was not let in."""

from base64 import b64encode

from litestar import Response, get, post

from allpoints.bureau.console.sections import Section
from allpoints.bureau.console.visit import Visit
from allpoints.bureau.console.words import P_
from allpoints.bureau.mailbox import KEY_READERS, KnownKey, QuarantineState
from allpoints.bureau.store.correspondents import Trust
from allpoints.records import Role

SECTION = Section("/messages/keys", P_("section", "Keys of others"), roles=(Role.ADMINISTRATOR,))
READERS = {"roles": KEY_READERS}
ROWS = 50


@get("/messages/keys", opt=READERS)
async def keys(visit: Visit) -> Response[bytes]:
    """Every key of another bureau that was ever seen, those first that wait for a decision."""
    return await _keys(visit)


@post("/messages/keys/{key:str}/acceptance", status_code=200)
async def accept(visit: Visit, key: str) -> Response[bytes]:
    """An administrator has compared it with what its bureau says."""
    await visit.node.mailbox.accept_key(visit.session.asker(visit.node.vault.bureau), key)
    return await _done(visit)


@post("/messages/keys/{key:str}/refusal", status_code=200)
async def refuse(visit: Visit, key: str) -> Response[bytes]:
    """It is not that bureau's: what it signed is refused."""
    await visit.node.mailbox.refuse_key(visit.session.asker(visit.node.vault.bureau), key)
    return await _done(visit)


@get("/messages/quarantine", opt=READERS)
async def quarantine(
    visit: Visit, show: QuarantineState | None = None, before: int | None = None
) -> Response[bytes]:
    """What came and was not let in, and why."""
    kept = await visit.node.mailbox.quarantine(state=show, before=before, limit=ROWS)
    return await visit.page(
        "quarantine.html",
        part="rows",
        kept=kept,
        show=show or "",
        states=tuple(QuarantineState),
        next=kept[-1].number if len(kept) == ROWS else 0,
    )


async def _done(visit: Visit) -> Response[bytes]:
    return await _keys(visit) if visit.is_part else visit.go_to("/messages/keys")


async def _keys(visit: Visit) -> Response[bytes]:
    known = await visit.node.mailbox.correspondents()
    known.sort(key=lambda key: (not _waits(key), key.bureau, key.seen_at))
    return await visit.page(
        "keys.html",
        part="rows",
        keys=[(key, _grouped(key.public_key), _waits(key)) for key in known],
        decides=visit.session.role is Role.ADMINISTRATOR,
    )


def _waits(key: KnownKey) -> bool:
    return key.state is Trust.HELD and key.revoked_at is None


def _grouped(public_key: bytes) -> str:
    """A key as its bureau's own commands show it, in groups of four, to be read out."""
    text = b64encode(public_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


ROUTES = (keys, accept, refuse, quarantine)
