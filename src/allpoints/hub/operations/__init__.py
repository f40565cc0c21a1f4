"""The operations of the hub's API: one table, of which the OpenAPI document is made; a file for each subject."""

from allpoints.hub.operations.confirmations import CONFIRMATIONS
from allpoints.hub.operations.corridor import CORRIDOR
from allpoints.hub.operations.messages import MESSAGES
from allpoints.hub.operations.notices import NOTICES
from allpoints.hub.operations.operation import JSON, Operation

__all__ = ["JSON", "OPERATIONS", "Operation"]

OPERATIONS: tuple[Operation, ...] = (*CORRIDOR, *CONFIRMATIONS, *MESSAGES, *NOTICES)
