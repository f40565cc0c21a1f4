"""The operations of the hit clock."""

from allpoints.hits.confirmations import Answered, Asked
from allpoints.hub.operations.operation import PAGE, Gives, Operation, Takes
from allpoints.wire.confirmations import Confirmation, ConfirmationState, Side, Statistics
from allpoints.wire.corridor import Page

CONFIRMATIONS: tuple[Operation, ...] = (
    Operation(
        method="post",
        path="/v1/confirmations",
        summary="Have the owner of a record confirm a hit on it",
        takes=Takes(Asked),
        gives=Gives(Confirmation, status=201),
    ),
    Operation(
        method="get",
        path="/v1/confirmations",
        summary="What one's bureau asked others to confirm and what it owes others",
        gives=Gives(Page[Confirmation]),
        query={
            **PAGE,
            "state": {"type": "string", "enum": [state.value for state in ConfirmationState]},
            "side": {"type": "string", "enum": [side.value for side in Side]},
        },
    ),
    Operation(
        method="get",
        path="/v1/confirmations/{confirmation_id}",
        summary="One confirmation",
        gives=Gives(Confirmation),
    ),
    Operation(
        method="post",
        path="/v1/confirmations/{confirmation_id}/answer",
        summary="Confirm or refute a hit for the owner of the record, for good",
        takes=Takes(Answered),
        gives=Gives(Confirmation),
    ),
    Operation(
        method="get",
        path="/v1/statistics",
        summary="How fast one's bureau answers and is answered, and the medians of all members",
        gives=Gives(Statistics),
        query={"since": {"type": "string", "format": "date"}},
    ),
)
