"""What waits for the bureau's people: the inbox, half-typed forms, and acts that can still be taken back."""

from allpoints.bureau.desk.desk import Desk
from allpoints.bureau.store.desk import BegunAct, HeldAct, Matter, MatterState, Waiting, Wanted

__all__ = ["BegunAct", "Desk", "HeldAct", "Matter", "MatterState", "Waiting", "Wanted"]
