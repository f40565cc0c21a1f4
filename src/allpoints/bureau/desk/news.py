"""What a hub tells a bureau becomes a matter: the same notification, with its deadline, for whom it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from allpoints.bureau.desk.kinds import KINDS, OTHER
from allpoints.bureau.store.desk import Waiting
from allpoints.wire.corridor import Notification

SAME_AS = {"confirmation-reminder": "confirmation-asked"}
"""Told again of what waits already: the matter is changed and no second one made."""
_SUBJECTS = {"confirmation-asked": "confirmation", "link": "link", "message": "id", "message-recalled": "id"}
"""What waits once for each of these, however often it is told of; the others once for each notification."""
_URGENCIES = {"gate": "urgent", "urgent": "priority", "routine": "routine"}


def matter_of(hub: str, told: Notification) -> Waiting:
    """The matter for a notification."""
    said = str(told.body.get("kind", ""))[:40] or "other"
    kind = SAME_AS.get(said, said)
    known = KINDS.get(kind, OTHER)
    return Waiting(
        key=_key(hub, kind, told),
        kind=kind,
        what=_what(told.body),
        hub=hub,
        detail={**told.body, "entry": told.entry},
        path=known.path_of(told.body),
        priority="urgent" if said in SAME_AS else _priority(told.body, known.priority),
        deadline=_deadline(told.body),
        roles=known.roles,
    )


def _key(hub: str, kind: str, told: Notification) -> str:
    subject = told.body.get(_SUBJECTS.get(kind, ""))
    return f"{hub}:notification:{told.id}" if subject is None else f"{hub}:{kind}:{subject}"


def _what(body: Mapping[str, Any]) -> str:
    """Reference or record, and the other bureau: what tells one row from another."""
    parts = [
        body.get("reference") or body.get("number") or body.get("record") or "",
        body.get("sender") or body.get("bureau") or "",
    ]
    return " · ".join(str(part)[:80] for part in parts if part)


def _priority(body: Mapping[str, Any], usual: str) -> str:
    """As the sender of a message says; a confirmation is as urgent as what waits for it."""
    said = str(body.get("priority") or _URGENCIES.get(str(body.get("urgency")), ""))
    return said if said in ("urgent", "priority", "routine") else usual


def _deadline(body: Mapping[str, Any]) -> datetime | None:
    said = body.get("deadline") or body.get("due_at")
    try:
        return msgspec.convert(said, datetime) if said else None
    except msgspec.ValidationError:
        return None
