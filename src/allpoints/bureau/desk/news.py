"""What a hub tells a bureau becomes a matter: the same notification, with its deadline, for whom it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from allpoints.bureau.desk.kinds import KINDS, OTHER
from allpoints.bureau.store.desk import Waiting
from allpoints.wire.corridor import Notification

_ABOUT_ONE = {
    "confirmation-reminder": "confirmation-asked",
}
"""Told again of what waits already: the matter is changed and no second one made."""
_SUBJECTS = ("confirmation", "link", "examination", "notice", "id")
_URGENCIES = {"gate": "urgent", "urgent": "priority", "routine": "routine"}


def matter_of(hub: str, told: Notification) -> Waiting:
    """The matter for a notification."""
    kind = str(told.body.get("kind", ""))[:40] or "other"
    known = KINDS.get(kind, OTHER)
    return Waiting(
        key=_key(hub, kind, told),
        kind=_ABOUT_ONE.get(kind, kind),
        what=_what(told.body),
        hub=hub,
        detail={**told.body, "entry": told.entry},
        path=known.path_of(told.body),
        priority=_priority(told.body, known.priority),
        deadline=_deadline(told.body),
        roles=known.roles,
    )


def _key(hub: str, kind: str, told: Notification) -> str:
    subject = next((name for name in _SUBJECTS if name in told.body), None)
    if subject is None or kind in ("hit", "examined"):
        return f"{hub}:notification:{told.id}"
    return f"{hub}:{_ABOUT_ONE.get(kind, kind)}:{told.body[subject]}"


def _what(body: Mapping[str, Any]) -> str:
    """Reference or record, and the other bureau: what tells one row from another."""
    parts = [
        body.get("reference") or body.get("scheme") or "",
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
