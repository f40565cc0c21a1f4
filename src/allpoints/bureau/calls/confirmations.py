"""The calls of the hit clock: ask the owner to confirm a hit, answer, and see how fast everybody answers."""

from datetime import date

from allpoints.bureau.call import Call, get, post, random_name
from allpoints.wire.confirmations import (
    Confirmation,
    ConfirmationState,
    OwnersAnswer,
    Side,
    Statistics,
    Urgency,
)
from allpoints.wire.corridor import Page


def ask_confirmation(
    record: int, entry: str, *, urgency: Urgency = Urgency.ROUTINE, name: str | None = None
) -> Call[Confirmation]:
    """Ask the owner of a record to confirm a hit on it. `entry` is that of the check by which the record was found.

    A repeated call with the same random `name` asks once.
    """
    asked = {"record": record, "entry": entry, "urgency": urgency, "id": name or random_name()}
    return post("/v1/confirmations", asked, Confirmation)


def confirmations(
    *,
    after: int = 0,
    limit: int = 100,
    state: ConfirmationState | None = None,
    side: Side | None = None,
) -> Call[Page[Confirmation]]:
    """List what the bureau asked others to confirm and what it owes others, oldest first."""
    return get("/v1/confirmations", Page[Confirmation], after=after, limit=limit, state=state, side=side)


def confirmation(number: int) -> Call[Confirmation]:
    """Read one confirmation."""
    return get(f"/v1/confirmations/{number}", Confirmation)


def answer_confirmation(number: int, outcome: OwnersAnswer, *, name: str | None = None) -> Call[Confirmation]:
    """Say for the owner of the record whether the hit is one, for good.

    A repeated call with the same random `name` answers once.
    """
    said = {"outcome": outcome, "id": name or random_name()}
    return post(f"/v1/confirmations/{number}/answer", said, Confirmation)


def statistics(*, since: date | None = None) -> Call[Statistics]:
    """Read how fast the bureau answers and is answered, and the medians of all members; by default of
    the last 30 days."""
    return get("/v1/statistics", Statistics, since=since.isoformat() if since else None)
