"""Sessions: who is signed in, in which role, for which purpose, and until when."""

from datetime import datetime

import msgspec

from allpoints.bureau.store.people import Person
from allpoints.records import Asker, Purpose, Role


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in, in one of their roles, for one purpose."""

    token_hash: bytes
    """SHA-256 of the token in the browser's cookie; the token itself is kept nowhere."""
    person: Person
    role: Role
    purpose: Purpose
    csrf: str
    """What a form of this session must bring along; it cannot be computed without the token."""
    expires_at: datetime

    @property
    def language(self) -> str:
        """The language that the person reads."""
        return self.person.language

    @property
    def theme(self) -> str:
        """`system`, `light` or `dark`."""
        return self.person.theme

    def asker(self, bureau: str) -> Asker:
        """What travels to a hub as signed claims: role and purpose of the session, the person's pseudonym."""
        return Asker(
            bureau=bureau,
            user=self.person.pseudonym,
            agency=self.person.agency,
            role=self.role,
            purpose=self.purpose,
            clearance=self.person.clearance,
        )
