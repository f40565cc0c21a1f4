"""Who works at the bureau: accounts, the ways in, sessions, and what two people must agree on."""

from allpoints.bureau.store.people import Person
from allpoints.bureau.store.programs import ProgramToken
from allpoints.bureau.store.sessions import Session

__all__ = ["Person", "ProgramToken", "Session"]
